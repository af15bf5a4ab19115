import { Group, Select, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { keyOf } from '#administrators/members.ts'
import { type AnswerOf, useApi } from '#api/api.tsx'
import { type Company, useMayIn, usePlaces } from '#frame/places.tsx'
import { Loaded } from '#parts/answers.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Facts } from '#parts/facts.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { companySignIn as text } from '#words/administrators.ts'

const ADDRESS = '/api/v1/companies/{companyId}/administrator-sign-in'
type SignIn = AnswerOf<typeof ADDRESS, 'get'>

/** Through which of its own connections a Company's administrators may come in. */
export function CompanySignIn({ company }: { readonly company: Company }) {
  const api = useApi()
  const may = useMayIn(company.id)
  const query = useQuery({
    queryKey: keyOf(company.id, 'sign-in'),
    queryFn: () => api.get(ADDRESS, { path: { companyId: company.id } }),
  })
  return (
    <Loaded query={query} rows={2}>
      {(signIn) => (
        <Stack gap="md">
          {signIn === null ? (
            <Text size="sm">{text.off}</Text>
          ) : (
            <Facts items={[[text.url, <Copyable key="url" value={signIn.url} what={text.url} />]]} />
          )}
          <ChooseConnection
            key={`${signIn?.environmentId}${signIn?.connectionId}`}
            company={company}
            signIn={signIn}
            readOnly={!may('company:write')}
          />
          {signIn !== null && may('company:write') && <SwitchOff company={company} url={signIn.url} />}
        </Stack>
      )}
    </Loaded>
  )
}

function ChooseConnection(props: { readonly company: Company; readonly signIn: SignIn; readonly readOnly: boolean }) {
  const { company, signIn, readOnly } = props
  const api = useApi()
  const queries = useQueryClient()
  const notice = useNotice()
  const { data: places } = usePlaces()
  const own = (places?.items ?? []).filter((place) => place.company.id === company.id)
  const form = useForm({
    initialValues: {
      environmentId: signIn?.environmentId ?? own[0]?.id ?? '',
      connectionId: signIn?.connectionId ?? '',
    },
  })
  const { environmentId } = form.values
  const connections = useQuery({
    queryKey: ['environment', environmentId, 'connections'],
    queryFn: () => api.get('/api/v1/environments/{environmentId}/connections', { path: { environmentId } }),
    enabled: environmentId !== '',
  })
  const found = connections.data?.items ?? []
  const send = async (body: typeof form.values) => {
    await api.ask('put', ADDRESS, { path: { companyId: company.id }, body })
    notice(text.saved)
    await queries.invalidateQueries({ queryKey: keyOf(company.id) })
  }
  return (
    <div className="form">
      <ApiForm form={form} send={send} submit={text.submit} disabled={readOnly}>
        <Select
          label={text.environment}
          data={own.map(({ id, name }) => ({ value: id, label: name }))}
          allowDeselect={false}
          disabled={readOnly}
          {...form.getInputProps('environmentId')}
          onChange={(value) => form.setValues({ environmentId: value ?? '', connectionId: '' })}
        />
        <Select
          label={text.connection}
          description={connections.data !== undefined && found.length === 0 ? text.noConnections : text.connectionHelp}
          data={found.map(({ id, name, state }) => ({
            value: id,
            label: state === 'draft' ? text.draft(name) : name,
          }))}
          disabled={readOnly}
          {...form.getInputProps('connectionId')}
          value={form.values.connectionId || null}
          onChange={(value) => form.setFieldValue('connectionId', value ?? '')}
        />
      </ApiForm>
    </div>
  )
}

function SwitchOff({ company, url }: { readonly company: Company; readonly url: string }) {
  const api = useApi()
  const queries = useQueryClient()
  const notice = useNotice()
  return (
    <Group>
      <ConfirmButton
        label={text.remove}
        title={text.removeTitle}
        consequence={text.removeWhat(url)}
        confirm={text.removeConfirm}
        act={() => api.ask('put', ADDRESS, { path: { companyId: company.id }, body: null })}
        done={() => {
          notice(text.removed)
          void queries.invalidateQueries({ queryKey: keyOf(company.id) })
        }}
      />
    </Group>
  )
}

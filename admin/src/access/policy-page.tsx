import { Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { PolicyEditor } from '#access/policy-editor.tsx'
import type { Answered } from '#api/api.tsx'
import { type Found, useHere } from '#api/here.ts'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Loaded } from '#parts/answers.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Page, Section } from '#parts/page.tsx'
import { VersionsLink } from '#versions/versions-link.tsx'
import { policy as text, access as words } from '#words/access.ts'

type Policy = Found<'access/policies/{id}'>
type Values = Pick<Policy, 'name' | 'text' | 'mode'>

export function NewPolicyPage() {
  const here = useHere()
  const base = baseOf(usePlace())
  const navigate = useNavigate()
  const notice = useNotice()
  const queries = useQueryClient()
  const send = async (body: Values) => {
    await here.post('access/policies', { body })
    notice(text.added)
    await queries.invalidateQueries({ queryKey: here.key('policies') })
    await navigate({ to: `${base}/access` })
  }
  return (
    <Page title={text.newTitle} back={{ to: `${base}/access`, label: text.back }}>
      <Section title={text.text}>
        <PolicyForm policy={{ name: '', text: text.example, mode: 'shadow' }} send={send} submit={text.add} />
      </Section>
    </Page>
  )
}

export function PolicyPage() {
  const { id = '' } = useParams({ strict: false })
  const here = useHere()
  const base = baseOf(usePlace())
  const notice = useNotice()
  const queries = useQueryClient()
  const key = here.key('policies', id)
  const query = useQuery({ queryKey: key, queryFn: () => here.getTagged('access/policies/{id}', { path: { id } }) })
  const send = async (body: Values) => {
    const changed = await here.patch('access/policies/{id}', { path: { id }, body, ifMatch: query.data?.etag })
    notice(text.saved)
    queries.setQueryData(key, changed)
  }
  return (
    <Page
      title={query.data?.data.name ?? words.policies}
      back={{ to: `${base}/access`, label: text.back }}
      actions={
        query.data && (
          <>
            <VersionsLink kind="policy" subjectId={id} />
            <RemovePolicy kept={query.data} />
          </>
        )
      }
    >
      <Loaded query={query}>
        {({ data, etag }) => (
          <Section title={text.text}>
            <PolicyForm key={etag} policy={data} send={send} />
          </Section>
        )}
      </Loaded>
    </Page>
  )
}

function PolicyForm(props: {
  readonly policy: Values
  readonly send: (values: Values) => Promise<void>
  readonly submit?: string
}) {
  const { policy, send, submit } = props
  const readOnly = !useMay()('access:write')
  const form = useForm<Values>({ initialValues: { name: policy.name, text: policy.text, mode: policy.mode } })
  return (
    <div className="form wide">
      <ApiForm form={form} send={send} disabled={readOnly} {...(submit === undefined ? {} : { submit })}>
        <TextInput label={text.name} readOnly={readOnly} {...form.getInputProps('name')} />
        <Select
          label={text.mode}
          description={words.modeHelp}
          data={Object.entries(words.modes).map(([value, label]) => ({ value, label }))}
          allowDeselect={false}
          disabled={readOnly}
          {...form.getInputProps('mode')}
        />
        <PolicyEditor
          readOnly={readOnly}
          value={form.values.text}
          onChange={(value) => form.setFieldValue('text', value)}
          error={form.errors.text}
        />
      </ApiForm>
    </div>
  )
}

function RemovePolicy({ kept: { data, etag } }: { readonly kept: Answered<Policy> }) {
  const here = useHere()
  const base = baseOf(usePlace())
  const navigate = useNavigate()
  const notice = useNotice()
  const queries = useQueryClient()
  if (!useMay()('access:write')) return undefined
  return (
    <ConfirmButton
      label={text.remove}
      title={text.removeTitle}
      consequence={text.removeWhat(data.name, words.modes[data.mode])}
      confirm={text.removeConfirm}
      act={() => here.remove('access/policies/{id}', { path: { id: data.id }, ifMatch: etag })}
      done={() => {
        notice(text.removed)
        void navigate({ to: `${base}/access` })
        void queries.invalidateQueries({ queryKey: here.key('policies') })
      }}
    />
  )
}

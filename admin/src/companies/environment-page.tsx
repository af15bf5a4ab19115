import { Anchor, Group, NumberInput, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type Answered, type AnswerOf, useApi } from '#api/api.tsx'
import { type Found, useHere } from '#api/here.ts'
import { linesOf } from '#clients/client-form.tsx'
import { NewEnvironmentButton } from '#companies/new-environment.tsx'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Loaded } from '#parts/answers.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Facts } from '#parts/facts.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Page, Section } from '#parts/page.tsx'
import { environment as text } from '#words/companies.ts'

const ADDRESS = '/api/v1/environments/{environmentId}'
type Environment = AnswerOf<typeof ADDRESS, 'get'>

export function EnvironmentPage() {
  const api = useApi()
  const here = useHere()
  const place = usePlace()
  const may = useMay()
  const query = useQuery({
    queryKey: here.key('itself'),
    queryFn: () => api.ask('get', ADDRESS, { path: { environmentId: place.id } }),
  })
  return (
    <Page title={text.title} intro={text.intro}>
      <Loaded query={query}>
        {(kept) => (
          <Section title={text.identity}>
            <Identity key={kept.etag} kept={kept} />
          </Section>
        )}
      </Loaded>
      {may('records:read') && (
        <Section title={text.records} intro={text.recordsIntro}>
          <Retention />
        </Section>
      )}
      <Section title={text.others}>
        <Elsewhere />
      </Section>
      {may('company:write') && (
        <Section title={text.another} intro={text.anotherIntro}>
          <NewEnvironmentButton company={place.company} />
        </Section>
      )}
      {may('company:write') && query.data && (
        <Section title={text.remove} intro={text.removeIntro}>
          <Remove environment={query.data.data} />
        </Section>
      )}
    </Page>
  )
}

function Identity({ kept: { data, etag } }: { readonly kept: Answered<Environment> }) {
  const api = useApi()
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  const readOnly = !useMay()('company:write')
  const form = useForm({ initialValues: { name: data.name, targets: data.targets.join('\n') } })
  const send = async ({ name, targets }: typeof form.values) => {
    const body = { name, targets: linesOf(targets) }
    const changed = await api.ask('patch', ADDRESS, { path: { environmentId: data.id }, body, ifMatch: etag })
    notice(text.saved)
    queries.setQueryData(here.key('itself'), changed)
    await queries.invalidateQueries({ predicate: ({ queryKey: [of] }) => of === 'environments' || of === 'companies' })
  }
  return (
    <Stack gap="md" className="form">
      <Facts
        items={[
          [text.slug, <SlugOf key="slug" environment={data} />],
          [text.url, <Copyable key="url" value={data.url} what={text.url} />],
          [text.id, <Copyable key="id" value={data.id} what={text.id} />],
        ]}
      />
      <ApiForm form={form} send={send} disabled={readOnly}>
        <TextInput label={text.name} readOnly={readOnly} {...form.getInputProps('name')} />
        <Textarea
          label={text.targets}
          description={text.targetsHelp}
          autosize
          minRows={3}
          maxRows={16}
          readOnly={readOnly}
          spellCheck={false}
          classNames={{ input: 'code' }}
          {...form.getInputProps('targets')}
        />
      </ApiForm>
    </Stack>
  )
}

function SlugOf({ environment: { company, slug } }: { readonly environment: Environment }) {
  return (
    <>
      <code>
        {company.slug}/{slug}
      </code>{' '}
      <span className="quiet">{text.slugHelp}</span>
    </>
  )
}

function Retention() {
  const here = useHere()
  const query = useQuery({ queryKey: here.key('record-settings'), queryFn: () => here.get('record-settings') })
  return <Loaded query={query}>{(settings) => <RetentionForm settings={settings} />}</Loaded>
}

function RetentionForm({ settings }: { readonly settings: Found<'record-settings'> }) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  const readOnly = !useMay()('records:write')
  const form = useForm({
    initialValues: { recordDays: settings.recordDays, messageDays: settings.messageDays } as Readonly<
      Record<'recordDays' | 'messageDays', number | string>
    >,
  })
  const send = async ({ recordDays, messageDays }: typeof form.values) => {
    // An empty field is no number; what it should be, the API says.
    const body = { recordDays, messageDays } as { readonly recordDays: number; readonly messageDays: number }
    const { data } = await here.put('record-settings', { body })
    queries.setQueryData(here.key('record-settings'), data)
  }
  const days = { min: 0, allowDecimal: false, readOnly }
  return (
    <div className="form">
      <ApiForm form={form} send={send} done={() => notice(text.recordsSaved)} disabled={readOnly}>
        <NumberInput
          label={text.recordDays}
          description={text.recordDaysHelp}
          {...days}
          {...form.getInputProps('recordDays')}
        />
        <NumberInput
          label={text.messageDays}
          description={text.messageDaysHelp}
          {...days}
          {...form.getInputProps('messageDays')}
        />
      </ApiForm>
    </div>
  )
}

function Elsewhere() {
  const base = baseOf(usePlace())
  const may = useMay()
  const links = [
    [text.connections, 'connections', 'connections:read'],
    [text.limits, 'sessions', 'sessions:read'],
    [text.versions, 'versions', 'connections:read'],
  ] as const
  return (
    <Group gap="lg">
      {links
        .filter(([, , scope]) => may(scope))
        .map(([label, path]) => (
          <Anchor key={path} component={Link} to={`${base}/${path}`} size="sm">
            {label}
          </Anchor>
        ))}
    </Group>
  )
}

function Remove({ environment: { id, slug, name, contents } }: { readonly environment: Environment }) {
  const api = useApi()
  const queries = useQueryClient()
  const navigate = useNavigate()
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm">{text.counted(contents)}</Text>
      <ConfirmButton
        label={text.remove}
        consequence={text.removeWhat(name, text.counted(contents))}
        confirm={text.removeConfirm}
        word={slug}
        act={() => api.ask('delete', ADDRESS, { path: { environmentId: id }, query: { confirm: slug } })}
        done={() => {
          // The frame of the page is that of the Environment: first away from it.
          void navigate({ to: '/companies' }).then(() => queries.invalidateQueries())
        }}
      />
    </Stack>
  )
}

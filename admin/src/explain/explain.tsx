/** Explain a response: a message that somebody has copied, told like a sign-in. Owns nothing; nothing is stored. */

import '#look/records.css'
import { Alert, Button, Group, Select, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { type Found, useHere } from '#api/here.ts'
import { useConnections } from '#connections/connections.tsx'
import { PastedOrDropped } from '#explain/drop-file.tsx'
import { Fault } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Facts } from '#parts/facts.tsx'
import { Fold } from '#parts/fold.tsx'
import { Page } from '#parts/page.tsx'
import { Checks } from '#records/checks.tsx'
import { Xml } from '#records/xml.tsx'
import { explain as text } from '#words/explain.ts'
import { record } from '#words/records.ts'

type Report = Found<'explain', 'post'>
type Asked = { readonly input: string; readonly connectionId: string; readonly file?: { name: string; text: string } }

export function ExplainPage() {
  const here = useHere()
  const { data: connections } = useConnections()
  const form = useForm<Asked>({ initialValues: { input: '', connectionId: '' } })
  const explaining = useMutation({
    mutationFn: async ({ input, connectionId, file }: Asked) => {
      const body = { input: file?.text ?? input, ...(connectionId === '' ? {} : { connectionId }) }
      return (await here.post('explain', { body })).data
    },
  })
  const { file, input } = form.values
  return (
    <Page title={text.title} intro={`${text.intro} ${text.nothingStored}`}>
      <form onSubmit={form.onSubmit((values) => explaining.mutate(values))}>
        <Stack gap="md" className="form wide">
          <PastedOrDropped
            file={file}
            take={(taken) => form.setFieldValue('file', taken)}
            label={text.input}
            help={text.inputHelp}
            input={form.getInputProps('input')}
          />
          <Select
            className="narrow"
            label={text.connection}
            description={text.connectionHelp}
            data={[
              { value: '', label: text.noConnection },
              ...(connections?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []),
            ]}
            allowDeselect={false}
            {...form.getInputProps('connectionId')}
          />
          <Group>
            <Button type="submit" loading={explaining.isPending} disabled={file === undefined && input.trim() === ''}>
              {text.submit}
            </Button>
          </Group>
          {explaining.error && <Fault error={explaining.error} />}
        </Stack>
      </form>
      {explaining.data && !explaining.isPending && <Explained key={explaining.submittedAt} report={explaining.data} />}
    </Page>
  )
}

/** Where it came, and where a screen reader goes on. */
function Explained({ report: { items, redacted } }: { readonly report: Report }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <Stack gap="lg">
      <h2 className="small-heading" ref={heading} tabIndex={-1}>
        {text.found(items.length)}
      </h2>
      {redacted && (
        <Alert color="quiet" variant="outline">
          {record.redacted}
        </Alert>
      )}
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one report, which does not change
        <Message key={index} number={index + 1} message={item} />
      ))}
    </Stack>
  )
}

type MessageProps = { readonly number: number; readonly message: Report['items'][number] }

function Message({ number, message }: MessageProps) {
  const { where, kind, ok, checks, facts, notes, xml } = message
  const title = kind ?? text.kindUnknown
  return (
    <article className="section">
      <Stack gap="md">
        <div>
          <h3 className="message-heading">
            {title}{' '}
            <State of={ok ? 'good' : 'broken'}>{ok ? text.ok : kind === null ? text.unreadable : text.wrong}</State>
          </h3>
          <Text size="sm" c="dimmed">
            {text.where} {where}
          </Text>
        </div>
        {notes.length > 0 && (
          <div>
            <Text size="sm">{text.notes}</Text>
            <ul>
              {notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </div>
        )}
        <Checks checks={checks} />
        {facts.length > 0 && (
          <Fold summary={text.facts} open>
            <Facts
              items={facts.map(({ name, value }) => [
                name,
                <code key={name} className="fact">
                  {value}
                </code>,
              ])}
            />
          </Fold>
        )}
        {xml !== null && (
          <Fold summary={text.xml}>
            <Xml xml={xml} label={text.xmlOf(number, title)} />
          </Fold>
        )}
      </Stack>
    </article>
  )
}

import '#look/connect.css'
import '#look/records.css'
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { type Found, useHere } from '#api/here.ts'
import { AwsReportView } from '#connect/aws-report.tsx'
import { Inspections } from '#connect/inspections.tsx'
import { PastedOrDropped, type TakenFile } from '#explain/drop-file.tsx'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Fault } from '#parts/answers.tsx'
import { Page, Section } from '#parts/page.tsx'
import { awsCheck as text } from '#words/aws-check.ts'

type Asked = { readonly text: string; readonly relayState: string; readonly file?: TakenFile }

/** What AWS would make of a response: of one that was pasted, or that an identity provider's test has sent. */
export function CheckPage() {
  const base = `${baseOf(usePlace())}/amazon-connect`
  const may = useMay()
  return (
    <Page
      title={text.title}
      intro={text.intro}
      back={{ to: base, label: text.back }}
      actions={
        <Button component={Link} to={`${base}/federation`} variant="default" size="xs">
          {text.federation}
        </Button>
      }
    >
      <Pasted />
      {may('amazon-connect:write') && <Inspections />}
    </Page>
  )
}

function Pasted() {
  const here = useHere()
  const form = useForm<Asked>({ initialValues: { text: '', relayState: '' } })
  const checking = useMutation({
    mutationFn: async ({ text: typed, relayState, file }: Asked) => {
      const body = {
        text: file?.text ?? typed,
        ...(relayState.trim() === '' ? {} : { relayState: relayState.trim() }),
      }
      return (await here.post('amazon-connect/check-response', { body })).data
    },
  })
  const { file } = form.values
  return (
    <>
      <Section title={text.paste} intro={text.pasteIntro}>
        <form onSubmit={form.onSubmit((values) => checking.mutate(values))}>
          <Stack gap="md" className="form wide">
            <PastedOrDropped
              file={file}
              take={(taken) => form.setFieldValue('file', taken)}
              label={text.text}
              help={text.textHelp}
              input={form.getInputProps('text')}
            />
            <TextInput
              label={text.relayState}
              description={text.relayStateHelp}
              spellCheck={false}
              {...form.getInputProps('relayState')}
            />
            <Group>
              <Button
                type="submit"
                loading={checking.isPending}
                disabled={file === undefined && form.values.text.trim() === ''}
              >
                {text.submit}
              </Button>
            </Group>
            {checking.error && <Fault error={checking.error} />}
          </Stack>
        </form>
      </Section>
      {checking.data && !checking.isPending && <Checked key={checking.submittedAt} found={checking.data} />}
    </>
  )
}

/** Where it came, and where a screen reader goes on. */
function Checked({ found: { items } }: { readonly found: Found<'amazon-connect/check-response', 'post'> }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <Stack gap="lg">
      <h2 className="small-heading" ref={heading} tabIndex={-1}>
        {text.found(items.length)}
      </h2>
      {items.map((report, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one answer, which does not change
        <AwsReportView key={index} report={report} />
      ))}
    </Stack>
  )
}

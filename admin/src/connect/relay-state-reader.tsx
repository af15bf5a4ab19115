import { Stack, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { type Found, useHere } from '#api/here.ts'
import { Findings } from '#connect/findings.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Facts } from '#parts/facts.tsx'
import { ApiForm } from '#parts/form.tsx'
import { findings, relayState as text } from '#words/amazon-connect.ts'
import { words } from '#words/words.ts'

type Reading = Found<'amazon-connect/relay-state', 'post'>

export function RelayStateReader() {
  const here = useHere()
  const [reading, setReading] = useState<Reading>()
  const form = useForm({ initialValues: { text: '' } })
  const send = async (body: typeof form.values) =>
    setReading((await here.post('amazon-connect/relay-state', { body })).data)
  return (
    <Stack gap="md">
      <div className="form">
        <ApiForm form={form} send={send} submit={text.submitRead} disabled={form.values.text.trim() === ''} forgetful>
          <Textarea
            label={text.text}
            description={text.textHelp}
            classNames={{ input: 'code' }}
            autosize
            minRows={2}
            maxRows={8}
            spellCheck={false}
            {...form.getInputProps('text')}
          />
        </ApiForm>
      </div>
      <div role="status">{reading && <Result reading={reading} />}</div>
    </Stack>
  )
}

function Result({ reading: { parts, landing, mended, findings: found } }: { readonly reading: Reading }) {
  const { region, instanceId, destination, newDomain, vdiPlatform, landing: landsAt, mended: asItShould } = text.parts
  return (
    <div className="found">
      {parts === null && <Text size="sm">{text.nothing}</Text>}
      {parts !== null && (
        <Facts
          items={[
            [region, parts.region],
            [instanceId, <code key="id">{parts.instanceId}</code>],
            [destination, parts.destination === null ? words.none : text.destinations[parts.destination]],
            ...(landing === null ? [] : [[landsAt, <code key="landing">{landing}</code>] as const]),
            [newDomain, parts.newDomain ? words.yes : words.no],
            ...(parts.vdiPlatform === null ? [] : [[vdiPlatform, parts.vdiPlatform] as const]),
            ...(mended === null || found.length === 0
              ? []
              : [[asItShould, <Copyable key="mended" value={mended} what={asItShould} />] as const]),
          ]}
        />
      )}
      {found.length === 0 ? <Text size="sm">{findings.fine}</Text> : <Findings items={found} />}
    </div>
  )
}

import { Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { type Found, useHere } from '#api/here.ts'
import { State } from '#parts/badge.tsx'
import { Facts } from '#parts/facts.tsx'
import { ApiForm } from '#parts/form.tsx'
import { simulator as text } from '#words/access.ts'

type Decision = Found<'access/simulate', 'post'>
const colours = { allow: 'good', reauthenticate: 'warning', deny: 'broken' } as const

/** Asks what would be decided. */
export function Simulator() {
  const here = useHere()
  const [decision, setDecision] = useState<Decision>()
  const form = useForm({
    initialValues: { user: '', client: '', action: 'sign-in' as 'sign-in' | 'authorize' | 'call', address: '', at: '' },
  })
  const send = async ({ user, client, action, address, at }: typeof form.values) => {
    const given = Object.entries({ user, client, at }).filter(([, value]) => value.trim() !== '')
    const body = { action, address: address.trim(), ...Object.fromEntries(given.map(([k, v]) => [k, v.trim()])) }
    setDecision((await here.post('access/simulate', { body })).data)
  }
  return (
    <Stack gap="md">
      <ApiForm form={form} send={send} submit={text.submit} forgetful>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
          <TextInput label={text.user} description={text.userHelp} {...form.getInputProps('user')} />
          <TextInput label={text.address} {...form.getInputProps('address')} />
          <Select
            label={text.action}
            data={Object.entries(text.actions).map(([value, label]) => ({ value, label }))}
            allowDeselect={false}
            {...form.getInputProps('action')}
          />
          <TextInput label={text.client} description={text.clientHelp} {...form.getInputProps('client')} />
          <TextInput label={text.at} description={text.atHelp} {...form.getInputProps('at')} />
        </SimpleGrid>
      </ApiForm>
      <div role="status">{decision && <Verdict decision={decision} />}</div>
    </Stack>
  )
}

export function Effect({ effect }: { readonly effect: Decision['effect'] }) {
  return <State of={colours[effect]}>{text.effects[effect]}</State>
}

function Verdict({ decision }: { readonly decision: Decision }) {
  const { effect, sentence, policies, saw, errors, shadow } = decision
  return (
    <Stack gap="sm">
      <div>
        <Effect effect={effect} /> {sentence}
      </div>
      {policies.length > 0 && (
        <Text size="sm">
          {text.because}: {policies.map(({ name }) => name).join(', ')}
        </Text>
      )}
      {errors.map((error) => (
        <Text key={error.code} size="sm" c="broken">
          {error.sentence} <code>{error.code}</code>
        </Text>
      ))}
      {shadow !== null && (
        <Text size="sm" component="div">
          {text.shadow}: <Effect effect={shadow.effect} /> {shadow.policies.map(({ name }) => name).join(', ')}
        </Text>
      )}
      <details>
        <summary>{text.saw}</summary>
        <Facts items={Object.entries(saw).map(([name, value]) => [name, inWords(value)])} />
      </details>
    </Stack>
  )
}

function inWords(value: unknown): string {
  if (value === null) return '–'
  return Array.isArray(value) ? value.join(', ') || '–' : String(value)
}

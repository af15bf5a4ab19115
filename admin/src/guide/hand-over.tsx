import { Button, Group, Modal, NumberInput, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Found, useHere } from '#api/here.ts'
import { Copyable } from '#parts/copyable.tsx'
import { ApiForm } from '#parts/form.tsx'
import { Time } from '#parts/time.tsx'
import { links as text } from '#words/set-up.ts'

type Made = Found<'connections/{id}/setup-links', 'post'>

/** Makes a set-up link, and shows it this once. */
export function HandOver({ connectionId }: { readonly connectionId: string }) {
  const [opened, setOpened] = useState(false)
  const [made, setMade] = useState<Made>()
  const close = () => {
    setOpened(false)
    setMade(undefined)
  }
  return (
    <>
      <Button onClick={() => setOpened(true)}>{text.button}</Button>
      {/* A link that is shown once must not go away by a click beside it. */}
      <Modal opened={opened} onClose={close} title={text.title} centered closeOnClickOutside={made === undefined}>
        {made === undefined ? (
          <LinkForm connectionId={connectionId} made={setMade} close={close} />
        ) : (
          <MadeLink made={made} close={close} />
        )}
      </Modal>
    </>
  )
}

function LinkForm(props: {
  readonly connectionId: string
  readonly made: (link: Made) => void
  readonly close: () => void
}) {
  const { connectionId, made, close } = props
  const here = useHere()
  const queries = useQueryClient()
  const form = useForm({ initialValues: { expiresInHours: 168 as number | string } })
  const send = async ({ expiresInHours }: typeof form.values) => {
    const body = { expiresInHours: Number(expiresInHours) }
    const { data } = await here.post('connections/{id}/setup-links', { path: { id: connectionId }, body })
    await queries.invalidateQueries({ queryKey: here.key('setup-links', connectionId) })
    made(data)
  }
  return (
    <ApiForm form={form} send={send} submit={text.make} cancel={close}>
      <Text size="sm">{text.intro}</Text>
      <NumberInput
        label={text.hours}
        description={text.hoursHelp}
        allowDecimal={false}
        data-autofocus
        {...form.getInputProps('expiresInHours')}
      />
    </ApiForm>
  )
}

function MadeLink({ made: { url, expiresAt }, close }: { readonly made: Made; readonly close: () => void }) {
  return (
    <Stack gap="md">
      <Text>{text.once}</Text>
      <Copyable value={url} what={text.link} />
      <Text size="sm" c="dimmed">
        {text.ends} <Time at={expiresAt} />
      </Text>
      <Group justify="flex-end">
        <Button onClick={close}>{text.copied}</Button>
      </Group>
    </Stack>
  )
}

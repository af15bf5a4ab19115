import '#look/records.css'
import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useHere } from '#api/here.ts'
import { Fault, Loaded } from '#parts/answers.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Time } from '#parts/time.tsx'
import { record as page, share as text } from '#words/records.ts'
import { words } from '#words/words.ts'

/** A link that shows the record to somebody without an account: made, copied, revoked. */
export function ShareRecord({ reference }: { readonly reference: string }) {
  const [opened, setOpened] = useState(false)
  const close = () => setOpened(false)
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {text.button}
      </Button>
      <Modal opened={opened} onClose={close} title={text.title} size="lg" centered>
        <Links reference={reference} close={close} />
      </Modal>
    </>
  )
}

function Links({ reference, close }: { readonly reference: string; readonly close: () => void }) {
  const here = useHere()
  const queries = useQueryClient()
  const key = here.key('shares', reference)
  const [hours, setHours] = useState('24')
  const path = { reference }
  const making = useMutation({
    mutationFn: async () =>
      (await here.post('records/{reference}/share', { path, body: { expiresInHours: Number(hours) } })).data,
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  })
  const list = useQuery({ queryKey: key, queryFn: () => here.get('records/{reference}/shares', { path }) })
  return (
    <Stack gap="md">
      <Text>{text.sentence}</Text>
      {making.data === undefined ? (
        <Group align="flex-end" gap="sm">
          <Select
            label={text.hours}
            data={Object.entries(text.hourChoices).map(([value, label]) => ({ value, label }))}
            value={hours}
            allowDeselect={false}
            onChange={(value) => setHours(value ?? '24')}
          />
          <Button loading={making.isPending} onClick={() => making.mutate()}>
            {text.make}
          </Button>
        </Group>
      ) : (
        <div className="made" role="status">
          <b>{text.madeTitle}</b>
          <Copyable value={making.data.url} what={text.link} />
          <Text size="sm">{text.once}</Text>
        </div>
      )}
      {making.error && <Fault error={making.error} />}
      <div>
        <h3 className="small-heading">{text.list}</h3>
        <Loaded query={list} rows={1}>
          {({ items }) => (items.length === 0 ? <Text c="dimmed">{text.none}</Text> : <List items={items} {...path} />)}
        </Loaded>
      </div>
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {making.data === undefined ? words.close : text.done}
        </Button>
      </Group>
    </Stack>
  )
}

type ListProps = {
  readonly reference: string
  readonly items: readonly { readonly id: string; readonly createdAt: string; readonly expiresAt: string }[]
}

function List({ reference, items }: ListProps) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  return (
    <ul className="entries" aria-label={`${text.list}: ${page.title(reference)}`}>
      {items.map(({ id, createdAt, expiresAt }) => (
        <li key={id}>
          <Group justify="space-between" gap="xs">
            <span>
              {text.made} <Time at={createdAt} />, {text.expires} <Time at={expiresAt} />
            </span>
            <ConfirmButton
              label={text.revoke}
              consequence={text.revokeWhat}
              confirm={text.revoke}
              act={() => here.remove('records/{reference}/shares/{id}', { path: { reference, id } })}
              done={() => {
                notice(text.revoked)
                void queries.invalidateQueries({ queryKey: here.key('shares', reference) })
              }}
            />
          </Group>
        </li>
      ))}
    </ul>
  )
}

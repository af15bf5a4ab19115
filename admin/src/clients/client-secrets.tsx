import { Button, Group, Select, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Listed, useHere } from '#api/here.ts'
import { useMay } from '#frame/places.tsx'
import { Fault, Loaded } from '#parts/answers.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { useNotice } from '#parts/notice.tsx'
import { ShownOnce } from '#parts/shown-once.tsx'
import { type Column, Table } from '#parts/table.tsx'
import { Time, useClock } from '#parts/time.tsx'
import { client as text } from '#words/clients.ts'

type Secret = Listed<'clients/{id}/secrets'>
const DAY_MS = 24 * 60 * 60 * 1000

/** The secrets of a client, none of which can be read here; a new one is shown once. */
export function ClientSecrets({ clientId }: { readonly clientId: string }) {
  const here = useHere()
  const may = useMay()
  const path = { id: clientId }
  const query = useQuery({
    queryKey: here.key('clients', clientId, 'secrets'),
    queryFn: () => here.get('clients/{id}/secrets', { path }),
  })
  return (
    <Loaded query={query} rows={2}>
      {({ items }) => (
        <Stack gap="md">
          {items.length === 0 ? (
            <Text c="dimmed">{text.noSecrets}</Text>
          ) : (
            <Table label={text.secrets} columns={columnsOf(clientId, items, may('clients:write'))} rows={items} />
          )}
          {may('clients:write') && <MakeSecret clientId={clientId} />}
        </Stack>
      )}
    </Loaded>
  )
}

function columnsOf(clientId: string, all: readonly Secret[], mayRevoke: boolean): readonly Column<Secret>[] {
  const { secretColumns: columns } = text
  const deed: Column<Secret> = {
    name: columns.deed,
    tight: true,
    cell: (secret) => <Revoke clientId={clientId} secret={secret} left={all.length - 1} />,
  }
  return [
    { name: columns.hint, tight: true, cell: ({ hint }) => <code>…{hint}</code> },
    { name: columns.made, cell: ({ createdAt }) => <Time at={createdAt} /> },
    { name: columns.expires, cell: ({ expiresAt }) => (expiresAt === null ? text.never : <Time at={expiresAt} />) },
    { name: columns.used, cell: ({ lastUsedAt }) => (lastUsedAt === null ? text.never : <Time at={lastUsedAt} />) },
    ...(mayRevoke ? [deed] : []),
  ]
}

function Revoke(props: { readonly clientId: string; readonly secret: Secret; readonly left: number }) {
  const { clientId, secret, left } = props
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  return (
    <ConfirmButton
      label={text.revoke}
      title={text.revokeTitle}
      consequence={text.revokeWhat(secret.hint, left)}
      confirm={text.revokeConfirm}
      act={() => here.remove('clients/{id}/secrets/{secretId}', { path: { id: clientId, secretId: secret.id } })}
      done={() => {
        notice(text.revoked)
        void queries.invalidateQueries({ queryKey: here.key('clients', clientId, 'secrets') })
      }}
    />
  )
}

function MakeSecret({ clientId }: { readonly clientId: string }) {
  const here = useHere()
  const queries = useQueryClient()
  const clock = useClock()
  const [days, setDays] = useState('365')
  const [secret, setSecret] = useState<string>()
  const making = useMutation({
    mutationFn: () => {
      const expiresAt = new Date(clock().getTime() + Number(days) * DAY_MS).toISOString()
      return here.post('clients/{id}/secrets', {
        path: { id: clientId },
        body: days === '0' ? {} : { expiresAt },
      })
    },
    onSuccess: ({ data }) => {
      setSecret(data.secret)
      void queries.invalidateQueries({ queryKey: here.key('clients', clientId, 'secrets') })
    },
  })
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <Select
          label={text.addSecretDays}
          data={Object.entries(text.addSecretChoices).map(([value, label]) => ({ value, label }))}
          value={days}
          allowDeselect={false}
          onChange={(value) => setDays(value ?? '365')}
        />
        <Button variant="default" loading={making.isPending} onClick={() => making.mutate()}>
          {text.addSecret}
        </Button>
      </Group>
      {making.error && <Fault error={making.error} />}
      {secret !== undefined && <SecretShown secret={secret} close={() => setSecret(undefined)} />}
    </Stack>
  )
}

export function SecretShown({ secret, close }: { readonly secret: string; readonly close: () => void }) {
  return (
    <ShownOnce title={text.secretShown} sentence={text.secretOnce} done={text.secretDone} close={close}>
      <Copyable value={secret} what={text.secretShown} />
    </ShownOnce>
  )
}

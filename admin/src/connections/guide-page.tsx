import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Listed, useHere } from '#api/here.ts'
import { useConnections } from '#connections/connections.tsx'
import { GuideView } from '#connections/guide-view.tsx'
import type { Connection, ConnectionChange } from '#connections/settings-values.ts'
import type { SetupSource } from '#connections/setup-source.ts'
import { NotFoundHere } from '#frame/not-found-here.tsx'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Fault, Loaded } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Page, Section } from '#parts/page.tsx'
import { type Column, Table } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { guide as text } from '#words/guide.ts'

/** The guide for an administrator: with the values of a connection, and the way to hand it to somebody else. */
export function GuidePage() {
  const { ticket } = useParams({ strict: false })
  const list = useConnections()
  return (
    <Loaded query={list}>
      {({ items }) => {
        const found = items.find((one) => one.ticket === ticket)
        return found === undefined ? <NotFoundHere /> : <GuideOf connection={found} />
      }}
    </Loaded>
  )
}

function GuideOf({ connection: { id, name, ticket } }: { readonly connection: Connection }) {
  const here = useHere()
  const base = baseOf(usePlace())
  const may = useMay()
  const path = { id }
  const products = useQuery({ queryKey: here.key('guides'), queryFn: () => here.get('guides') })
  const source: Omit<SetupSource, 'products'> = {
    key: here.key('connections'),
    readOnly: !may('connections:write'),
    guide: (product) => here.get('connections/{id}/guide/{product}', { path: { id, product } }),
    checks: async () => (await here.post('connections/{id}/checks', { path })).data.items,
    readMetadata: async (body) => (await here.post('connections/read-metadata', { body })).data,
    save: async (change) => {
      const { etag } = await here.getTagged('connections/{id}', { path })
      return here.patch('connections/{id}', { path, body: change as ConnectionChange, ifMatch: etag })
    },
  }
  return (
    <Page title={text.title} intro={text.intro} back={{ to: `${base}/connections/${ticket}`, label: name }}>
      <Loaded query={products}>{({ items }) => <GuideView source={{ ...source, products: items }} />}</Loaded>
      {may('connections:write') && (
        <Section title={text.links} intro={text.linksIntro}>
          <SetupLinks connectionId={id} />
        </Section>
      )}
    </Page>
  )
}

type SetupLink = Listed<'connections/{id}/setup-links'>

function SetupLinks({ connectionId }: { readonly connectionId: string }) {
  const here = useHere()
  const queries = useQueryClient()
  const [hours, setHours] = useState('168')
  const [url, setUrl] = useState<string>()
  const path = { id: connectionId }
  const key = here.key('setup-links', connectionId)
  const links = useQuery({ queryKey: key, queryFn: () => here.get('connections/{id}/setup-links', { path }) })
  const making = useMutation({
    mutationFn: () => here.post('connections/{id}/setup-links', { path, body: { expiresInHours: Number(hours) } }),
    onSuccess: ({ data }) => {
      setUrl(data.url)
      return queries.invalidateQueries({ queryKey: key })
    },
  })
  return (
    <Stack gap="md">
      <Loaded query={links} rows={1}>
        {({ items }) =>
          items.length > 0 && <Table label={text.links} columns={linkColumns(connectionId)} rows={items} />
        }
      </Loaded>
      <Group align="flex-end" gap="sm">
        <Select
          label={text.hours}
          data={Object.entries(text.hourChoices).map(([value, label]) => ({ value, label }))}
          value={hours}
          allowDeselect={false}
          onChange={(value) => setHours(value ?? '168')}
        />
        <Button variant="default" loading={making.isPending} onClick={() => making.mutate()}>
          {text.makeLink}
        </Button>
      </Group>
      {making.error && <Fault error={making.error} />}
      <Modal opened={url !== undefined} onClose={() => setUrl(undefined)} title={text.linkShown} centered>
        <Stack gap="md">
          <Text>{text.linkOnce}</Text>
          <Copyable value={url ?? ''} what={text.linkShown} />
          <Group justify="flex-end">
            <Button onClick={() => setUrl(undefined)}>{text.linkDone}</Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  )
}

function linkColumns(connectionId: string): readonly Column<SetupLink>[] {
  const { linkColumns: names } = text
  return [
    {
      name: names.state,
      tight: true,
      cell: ({ state }) => (
        <State {...(state === 'open' ? { of: 'good' as const } : {})}>{text.linkStates[state]}</State>
      ),
    },
    { name: names.made, cell: ({ createdAt }) => <Time at={createdAt} /> },
    { name: names.expires, cell: ({ expiresAt }) => <Time at={expiresAt} /> },
    { name: names.used, cell: ({ lastUsedAt }) => (lastUsedAt === null ? text.never : <Time at={lastUsedAt} />) },
    {
      name: names.deed,
      tight: true,
      cell: (link) => (link.state === 'open' ? <Revoke connectionId={connectionId} linkId={link.id} /> : undefined),
    },
  ]
}

function Revoke({ connectionId, linkId }: { readonly connectionId: string; readonly linkId: string }) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  return (
    <ConfirmButton
      label={text.revoke}
      title={text.revokeTitle}
      consequence={text.revokeWhat}
      confirm={text.revoke}
      act={() => here.remove('connections/{id}/setup-links/{linkId}', { path: { id: connectionId, linkId } })}
      done={() => {
        notice(text.revoked)
        void queries.invalidateQueries({ queryKey: here.key('setup-links', connectionId) })
      }}
    />
  )
}

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type Listed, useHere } from '#api/here.ts'
import { useMay } from '#frame/places.tsx'
import { Fault } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Section } from '#parts/page.tsx'
import { type Column, Table } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { links as text } from '#words/set-up.ts'

type SetupLink = Listed<'connections/{id}/setup-links'>

/** The links of a connection; where none was ever made, there is nothing to see. */
export function SetupLinks({ connectionId }: { readonly connectionId: string }) {
  const here = useHere()
  const path = { id: connectionId }
  const query = useQuery({
    queryKey: here.key('setup-links', connectionId),
    queryFn: () => here.get('connections/{id}/setup-links', { path }),
  })
  const may = useMay()('connections:write')
  if (query.isError) return <Fault error={query.error} onRetry={() => void query.refetch()} />
  if (query.data === undefined || query.data.items.length === 0) return undefined
  const act = { name: text.columns.act, cell: (link: SetupLink) => <Revoke connectionId={connectionId} link={link} /> }
  return (
    <Section title={text.list} intro={text.listIntro}>
      <Table label={text.list} columns={may ? [...columns, act] : columns} rows={query.data.items} />
    </Section>
  )
}

const columns: readonly Column<SetupLink>[] = [
  {
    name: text.columns.state,
    tight: true,
    cell: ({ state }) => <State of={state === 'open' ? 'good' : 'quiet'}>{text.states[state]}</State>,
  },
  { name: text.columns.made, cell: ({ createdAt }) => <Time at={createdAt} /> },
  { name: text.columns.expires, cell: ({ expiresAt }) => <Time at={expiresAt} /> },
  {
    name: text.columns.used,
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? text.unused : <Time at={lastUsedAt} />),
  },
]

function Revoke({ connectionId, link }: { readonly connectionId: string; readonly link: SetupLink }) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  if (link.state !== 'open') return undefined
  const path = { id: connectionId, linkId: link.id }
  return (
    <ConfirmButton
      label={text.revoke}
      title={text.revokeTitle}
      consequence={text.revokeWhat}
      confirm={text.revokeConfirm}
      act={() => here.remove('connections/{id}/setup-links/{linkId}', { path })}
      done={() => {
        notice(text.revoked)
        void queries.invalidateQueries({ queryKey: here.key('setup-links', connectionId) })
      }}
    />
  )
}

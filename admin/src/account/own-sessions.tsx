import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type AnswerOf, useApi } from '#api/api.tsx'
import { Loaded } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { useNotice } from '#parts/notice.tsx'
import { type Column, Table } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { account as text } from '#words/account.ts'

type OwnSession = AnswerOf<'/api/v1/me/sessions', 'get'>['items'][number]
const KEY = ['my-sessions']

export function OwnSessions() {
  const api = useApi()
  const query = useQuery({ queryKey: KEY, queryFn: () => api.get('/api/v1/me/sessions') })
  return (
    <Loaded query={query} rows={2}>
      {({ items }) => <Table label={text.sessions} columns={columns} rows={items} />}
    </Loaded>
  )
}

const { sessionColumns: names } = text
const columns: readonly Column<OwnSession>[] = [
  {
    name: names.device,
    cell: ({ device, current }) => (
      <>
        {device} {current && <State of="good">{text.thisOne}</State>}
      </>
    ),
  },
  { name: names.through, cell: ({ through }) => text.through[through] },
  { name: names.address, tight: true, cell: ({ address }) => address },
  { name: names.opened, tight: true, cell: ({ openedAt }) => <Time at={openedAt} /> },
  { name: names.seen, tight: true, cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
  {
    name: names.deed,
    tight: true,
    cell: (session) => (session.current ? undefined : <End session={session} />),
  },
]

function End({ session: { id, device } }: { readonly session: OwnSession }) {
  const api = useApi()
  const queries = useQueryClient()
  const notice = useNotice()
  return (
    <ConfirmButton
      label={text.end}
      title={text.endTitle}
      consequence={text.endWhat(device)}
      confirm={text.end}
      act={() => api.ask('delete', '/api/v1/me/sessions/{id}', { path: { id } })}
      done={() => {
        notice(text.ended)
        void queries.invalidateQueries({ queryKey: KEY })
      }}
    />
  )
}

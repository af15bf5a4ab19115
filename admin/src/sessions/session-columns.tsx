import { Anchor } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Listed, useHere } from '#api/here.ts'
import { ConfirmButton } from '#parts/confirm.tsx'
import { useNotice } from '#parts/notice.tsx'
import type { Column } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { sessions as text } from '#words/sessions.ts'

export type Session = Listed<'sessions'>

type Wanted = {
  /** The beginning of the addresses of the Environment. */
  readonly base: string
  /** Of everybody, or of one user, whom the page names already. */
  readonly of: 'everybody' | 'user'
  readonly mayEnd: boolean
}

export function sessionColumns({ base, of, mayEnd }: Wanted): readonly Column<Session>[] {
  const { columns } = text
  const user: Column<Session> = {
    name: columns.user,
    cell: ({ user }) => (
      <Anchor component={Link} to={`${base}/users/${user.id}`}>
        {user.displayName ?? user.username}
      </Anchor>
    ),
  }
  const deed: Column<Session> = {
    name: columns.deed,
    tight: true,
    cell: (session) => (session.ended === null ? <EndButton session={session} /> : undefined),
  }
  return [
    ...(of === 'everybody' ? [user] : []),
    { name: columns.device, cell: ({ device, userAgent }) => <span title={userAgent ?? ''}>{device}</span> },
    { name: columns.address, tight: true, cell: ({ address }) => address },
    { name: columns.connection, cell: ({ connection }) => connection?.name ?? text.password },
    { name: columns.opened, tight: true, cell: ({ openedAt }) => <Time at={openedAt} /> },
    { name: columns.lastSeen, tight: true, cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
    { name: columns.end, cell: (session) => <End session={session} /> },
    ...(mayEnd ? [deed] : []),
  ]
}

function End({ session: { ends, ended } }: { readonly session: Session }) {
  if (ended !== null) {
    return (
      <>
        <Time at={ended.at} /> <span className="origin">{ended.sentence}</span>
      </>
    )
  }
  if (ends === null) return undefined
  return (
    <>
      <Time at={ends.at} /> <span className="origin">{text.endsBy[ends.by]}</span>
    </>
  )
}

function EndButton({ session }: { readonly session: Session }) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  return (
    <ConfirmButton
      label={text.end}
      title={text.endTitle}
      consequence={text.endWhat(session.user.username, session.device)}
      confirm={text.endConfirm}
      act={() => here.post('sessions/{id}/end', { path: { id: session.id } })}
      done={() => {
        notice(text.ended)
        void queries.invalidateQueries({ queryKey: here.key('sessions') })
      }}
    />
  )
}

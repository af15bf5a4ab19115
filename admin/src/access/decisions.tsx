import { Effect } from '#access/simulator.tsx'
import { type Listed, useHere } from '#api/here.ts'
import { Empty } from '#parts/answers.tsx'
import { type Column, PagedTable, usePages } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { simulator, access as text } from '#words/access.ts'

type Decision = Listed<'access/decisions'>

const names = text.decisionColumns
const columns: readonly Column<Decision>[] = [
  { name: names.at, tight: true, cell: ({ at }) => <Time at={at} /> },
  { name: names.user, cell: ({ user }) => user?.username },
  { name: names.action, cell: ({ action }) => simulator.actions[action] },
  { name: names.client, cell: ({ clientId }) => clientId },
  { name: names.address, tight: true, cell: ({ address }) => address },
  { name: names.effect, tight: true, cell: ({ effect }) => <Effect effect={effect} /> },
  { name: names.policies, cell: ({ policies }) => policies.map(({ name }) => name).join(', ') },
]

/** What was decided of late, the newest first. */
export function Decisions() {
  const here = useHere()
  const pages = usePages(here.key('decisions'), (cursor) =>
    here.get('access/decisions', { query: { cursor, limit: 20 } }),
  )
  return (
    <PagedTable
      label={text.decisions}
      columns={columns}
      pages={pages}
      empty={<Empty title={text.emptyDecisionsTitle} sentence={text.emptyDecisions} />}
    />
  )
}

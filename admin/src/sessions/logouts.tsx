import { Anchor, Group, Select } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type Listed, useHere } from '#api/here.ts'
import { baseOf, usePlace } from '#frame/places.tsx'
import { Empty } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Page } from '#parts/page.tsx'
import { type Column, PagedTable, usePages } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { logouts as text } from '#words/sessions.ts'

type Logout = Listed<'logouts'>
type Search = { readonly state?: Logout['state']; readonly direction?: Logout['direction'] }

/** The ledger of logouts. */
export function LogoutsPage() {
  const here = useHere()
  const place = usePlace()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as Search
  const { state, direction } = search
  const pages = usePages(
    here.key('logouts', state, direction),
    (cursor) => here.get('logouts', { query: { cursor, 'filter[state]': state, 'filter[direction]': direction } }),
    { refetchInterval: 30_000 },
  )
  const choose = (change: { readonly [K in keyof Search]: string | null }) => {
    const next = Object.entries({ ...search, ...change }).filter(([, value]) => value !== null && value !== '')
    void navigate({ to: '.', search: Object.fromEntries(next) as never, replace: true })
  }
  return (
    <Page title={text.title} intro={text.intro}>
      <Group gap="sm">
        <Choice label={text.state} choices={text.states} value={state} choose={(value) => choose({ state: value })} />
        <Choice
          label={text.direction}
          choices={text.directions}
          value={direction}
          choose={(value) => choose({ direction: value })}
        />
      </Group>
      <PagedTable
        label={text.title}
        columns={columnsOf(baseOf(place))}
        pages={pages}
        empty={<Empty title={text.emptyTitle} sentence={text.empty} />}
      />
    </Page>
  )
}

function Choice(props: {
  readonly label: string
  readonly choices: Readonly<Record<string, string>>
  readonly value: string | undefined
  readonly choose: (value: string | null) => void
}) {
  const { label, choices, value, choose } = props
  const data = [{ value: '', label: text.all }, ...Object.entries(choices).map(([value, label]) => ({ value, label }))]
  return <Select label={label} data={data} value={value ?? ''} onChange={choose} allowDeselect={false} />
}

export function LogoutState({ state }: { readonly state: Logout['state'] }) {
  const of = {
    waiting: 'quiet',
    sent: 'quiet',
    done: 'good',
    partial: 'warning',
    refused: 'broken',
    'given-up': 'broken',
    unanswered: 'warning',
    'not-sent': 'quiet',
  } as const
  return <State of={of[state]}>{text.states[state]}</State>
}

function columnsOf(base: string): readonly Column<Logout>[] {
  const { columns } = text
  return [
    {
      name: columns.at,
      tight: true,
      cell: ({ id, createdAt }) => (
        <Anchor component={Link} to={`${base}/logouts/${id}`}>
          <Time at={createdAt} />
        </Anchor>
      ),
    },
    { name: columns.user, cell: ({ user }) => user?.username },
    { name: columns.direction, cell: ({ direction }) => text.directions[direction] },
    { name: columns.peer, cell: ({ connection, client }) => connection?.name ?? client?.name },
    { name: columns.why, cell: ({ why }) => text.why[why] },
    { name: columns.state, tight: true, cell: ({ state }) => <LogoutState state={state} /> },
    { name: columns.attempts, tight: true, cell: ({ attempts }) => attempts },
  ]
}

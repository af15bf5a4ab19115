/**
 * Sign-in records: the list, one record, and what is shown in the same manner: shared records and explained messages.
 *
 * Owns how a sign-in is told. Must not judge one: checks, sentences and cures come from the API.
 */

import '#look/records.css'
import { Anchor, Button, Group, Switch, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { type Listed, useHere } from '#api/here.ts'
import { useLive } from '#api/live.ts'
import { baseOf, usePlace } from '#frame/places.tsx'
import { Empty } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Page } from '#parts/page.tsx'
import { type Column, PagedTable, usePages } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { type Filters, filtersOf, RecordFilters } from '#records/record-filters.tsx'
import { records as text } from '#words/records.ts'

type Summary = Listed<'records'>
type Row = Summary & { readonly id: string }

export function RecordsPage() {
  const here = useHere()
  const base = baseOf(usePlace())
  const filters = filtersOf(useSearch({ strict: false }))
  const asked = Object.keys(filters).length > 0
  const pages = usePages<Row>(here.key('records', filters), async (cursor) => {
    const { items, next } = await here.get('records', { query: { ...filters, cursor } })
    return { items: items.map((one) => ({ ...one, id: one.reference })), next }
  })
  return (
    <Page title={text.title} intro={text.intro} actions={<Live />}>
      {/* Anew where the address has changed by a link of the page itself. */}
      <RecordFilters key={JSON.stringify(filters)} filters={filters} />
      <PagedTable
        label={text.title}
        columns={columnsOf(base, filters)}
        pages={pages}
        empty={asked ? <Empty title={text.notFoundTitle} sentence={text.notFound} /> : <NoRecords base={base} />}
      />
    </Page>
  )
}

/** While it is on, each sign-in that ends makes the list be read again: the API says what belongs into it. */
function Live() {
  const here = useHere()
  const { id } = usePlace()
  const queries = useQueryClient()
  const [on, setOn] = useState(true)
  const [count, setCount] = useState(0)
  const came = useCallback(() => {
    setCount((before) => before + 1)
    void queries.invalidateQueries({ queryKey: here.key('records') })
  }, [queries, here])
  const state = useLive(on ? `/api/v1/environments/${id}/records/live` : undefined, 'record', came)
  // Also what came before it was open, or while it was broken. Why it was refused, the list will hear as well.
  useEffect(() => {
    if (state === 'open' || state === 'refused') void queries.invalidateQueries({ queryKey: here.key('records') })
  }, [state, queries, here])
  const said = on ? (text.liveStates[state] ?? text.liveNew(count)) : text.liveOff
  return (
    <div className="live">
      <Switch
        label={text.live}
        checked={on}
        onChange={(event) => {
          setOn(event.currentTarget.checked)
          setCount(0)
        }}
      />
      <Text size="xs" c="dimmed" role="status" className="live-said">
        {said}
      </Text>
    </div>
  )
}

export function Outcome({ outcome, test }: Pick<Summary, 'outcome' | 'test'>) {
  const of = { started: 'quiet', 'signed-in': 'good', tested: 'good', refused: 'broken' } as const
  return (
    <>
      <State of={of[outcome]}>{text.outcomes[outcome]}</State>{' '}
      {test && outcome !== 'tested' && <State>{text.test}</State>}
    </>
  )
}

/** By the name that is known: of the account, or what the identity provider said. */
export const nameOf = ({ user, subject }: Pick<Summary, 'user' | 'subject'>) => user?.username ?? subject ?? undefined

function columnsOf(base: string, filters: Filters): readonly Column<Row>[] {
  const { columns } = text
  return [
    {
      name: columns.at,
      tight: true,
      cell: ({ reference, startedAt }) => (
        <Anchor component={Link} to={`${base}/records/${reference}`} inherit>
          <Time at={startedAt} />
        </Anchor>
      ),
    },
    { name: columns.outcome, tight: true, cell: (row) => <Outcome {...row} /> },
    {
      name: columns.who,
      cell: (row) => <div className="who">{nameOf(row) ?? <span className="quiet">{text.unknown}</span>}</div>,
    },
    { name: columns.connection, cell: ({ connection }) => connection?.name },
    {
      name: columns.why,
      cell: ({ reason, sentence }) =>
        reason !== null && (
          <>
            {sentence}
            <span className="origin">
              <Anchor component={Link} to={`${base}/records`} search={{ ...filters, reason } as never} inherit>
                <code>{reason}</code>
              </Anchor>
            </span>
          </>
        ),
    },
    {
      name: columns.reference,
      tight: true,
      cell: ({ reference }) => <Copyable value={reference} what={`${columns.reference} ${reference}`} />,
    },
  ]
}

function NoRecords({ base }: { readonly base: string }) {
  return (
    <Empty
      title={text.emptyTitle}
      sentence={text.empty}
      action={
        <Group>
          <Button component={Link} to={`${base}/connections`} variant="default">
            {text.emptyAction}
          </Button>
        </Group>
      }
    />
  )
}

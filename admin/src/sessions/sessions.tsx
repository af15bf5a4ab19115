/** Who is signed in: the list, Logout All, the limits. Owns nothing; the API judges every change. */

import { Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useHere } from '#api/here.ts'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Empty } from '#parts/answers.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Page, Section } from '#parts/page.tsx'
import { PagedTable, usePages } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { sessionColumns } from '#sessions/session-columns.tsx'
import { SessionLimits } from '#sessions/session-limits.tsx'
import { sessions as text } from '#words/sessions.ts'

type State = 'open' | 'ended' | 'all'
type Search = { readonly state?: State; readonly username?: string }

export function SessionsPage() {
  const here = useHere()
  const place = usePlace()
  const may = useMay()
  const { state = 'open', username } = useSearch({ strict: false }) as Search
  const pages = usePages(
    here.key('sessions', 'list', state, username),
    (cursor) => here.get('sessions', { query: { cursor, 'filter[state]': state, 'filter[username]': username } }),
    { refetchInterval: 30_000 },
  )
  return (
    <Page title={text.title} intro={text.intro} actions={may('sessions:write') && <LogoutAll />}>
      <SessionSearch state={state} username={username} />
      <PagedTable
        label={text.title}
        columns={sessionColumns({ base: baseOf(place), of: 'everybody', mayEnd: may('sessions:write') })}
        pages={pages}
        empty={<Empty title={text.emptyTitle} sentence={text.empty} />}
      />
      <Endings />
      <Section title={text.limits} intro={text.limitsIntro}>
        <SessionLimits />
      </Section>
    </Page>
  )
}

function SessionSearch({ state, username }: { readonly state: State; readonly username: string | undefined }) {
  const navigate = useNavigate()
  const [typed, setTyped] = useState(username ?? '')
  const go = (search: Search) => void navigate({ to: '.', search: search as never, replace: true })
  const named = typed.trim() === '' ? {} : { username: typed.trim() }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    go({ state, ...named })
  }
  return (
    <search>
      <form onSubmit={submit}>
        <Group align="flex-start" gap="sm">
          <TextInput
            className="grow"
            label={text.username}
            description={text.usernameHelp}
            type="search"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group gap="xs" className="beside-fields">
            <Button type="submit" variant="default">
              {text.submit}
            </Button>
            <SegmentedControl
              aria-label={text.state}
              data={Object.entries(text.states).map(([value, label]) => ({ value, label }))}
              value={state}
              onChange={(value) => go({ state: value as State, ...named })}
            />
          </Group>
        </Group>
      </form>
    </search>
  )
}

const COUNTED = 200

function LogoutAll() {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  const open = useQuery({
    queryKey: here.key('sessions', 'count'),
    queryFn: () => here.get('sessions', { query: { limit: COUNTED } }),
  })
  const count = open.data?.items.length ?? 0
  return (
    <ConfirmButton
      label={text.endAll}
      button={{ size: 'sm', disabled: count === 0 }}
      consequence={text.endAllWhat(text.openCount(count, typeof open.data?.next === 'string'))}
      confirm={text.endAllConfirm}
      act={async () => {
        const { data } = await here.post('sessions/end-all')
        notice(text.endAllBegun(data.total))
        await queries.invalidateQueries({ queryKey: here.key('sessions') })
      }}
    />
  )
}

/** How far each Logout All is; asked again while one is under way. */
function Endings() {
  const here = useHere()
  const query = useQuery({
    queryKey: here.key('sessions', 'endings'),
    queryFn: () => here.get('session-endings', { query: { limit: 5 } }),
    refetchInterval: ({ state }) => (state.data?.items.some((one) => one.finishedAt === null) ? 2000 : false),
  })
  const items = query.data?.items ?? []
  if (items.length === 0) return undefined
  return (
    <Section title={text.endings}>
      <Stack gap="xs" role="status">
        {items.map(({ id, ended, total, startedAt, finishedAt }) => (
          <Text key={id} size="sm">
            <Time at={startedAt} />: {text.endingLine(ended, total)},{' '}
            {finishedAt === null ? text.underWay : text.finished}
          </Text>
        ))}
      </Stack>
    </Section>
  )
}

import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { type Found, useHere } from '#api/here.ts'
import { ActivateButton } from '#connections/connection-deeds.tsx'
import { ConnectionState, useConnections } from '#connections/connections.tsx'
import type { Connection } from '#connections/settings-values.ts'
import { TestResult } from '#connections/test-result.tsx'
import { NotFoundHere } from '#frame/not-found-here.tsx'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Empty, Fault, Loaded } from '#parts/answers.tsx'
import { Page, Section } from '#parts/page.tsx'
import { Time, useClock } from '#parts/time.tsx'
import { connections as list } from '#words/connections.ts'
import { testSignin as text } from '#words/test-signin.ts'

export type SigninTest = Found<'tests/{id}'>

/** Test sign-in. Which test is meant stands in the address, so that its result is still there after a reload. */
export function TestPage() {
  const { ticket } = useParams({ strict: false })
  const query = useConnections()
  return (
    <Loaded query={query}>
      {({ items }) => {
        const found = items.find((one) => one.ticket === ticket)
        return found === undefined ? <NotFoundHere /> : <OneTest connection={found} />
      }}
    </Loaded>
  )
}

function OneTest({ connection }: { readonly connection: Connection }) {
  const base = baseOf(usePlace())
  const { test } = useSearch({ strict: false }) as { readonly test?: string }
  return (
    <Page
      title={text.title(connection.name)}
      intro={
        <>
          <ConnectionState state={connection.state} /> {text.intro}
        </>
      }
      back={{ to: `${base}/connections/${connection.ticket}`, label: connection.name || list.title }}
    >
      <Begin connection={connection} again={test !== undefined} />
      {test !== undefined && <Result key={test} id={test} connection={connection} />}
    </Page>
  )
}

/** The window is opened at once, because browsers let nothing open that nobody has just asked for. */
function Begin({ connection, again }: { readonly connection: Connection; readonly again: boolean }) {
  const here = useHere()
  const navigate = useNavigate()
  const may = useMay()
  const [blocked, setBlocked] = useState<string>()
  const beginning = useMutation({
    mutationFn: async (opened: Window | null) => {
      try {
        const { data } = await here.post('connections/{id}/test', { path: { id: connection.id } })
        if (opened !== null) opened.location.href = data.url
        setBlocked(opened === null ? data.url : undefined)
        await navigate({ to: '.', search: { test: data.id } as never, replace: true })
      } catch (error) {
        opened?.close()
        throw error
      }
    },
  })
  const begin = () => {
    const opened = window.open('', '_blank', 'popup,width=560,height=760')
    // What is opened there is another's page: it must not reach this one.
    if (opened !== null) opened.opener = null
    beginning.mutate(opened)
  }
  if (!may('connections:write')) return again ? undefined : <Text c="dimmed">{text.mayNot}</Text>
  return (
    <Stack gap="xs" align="flex-start">
      <Button onClick={begin} loading={beginning.isPending} variant={again ? 'default' : 'filled'}>
        {again ? text.again : text.begin}
      </Button>
      {!again && <Text c="dimmed">{text.how}</Text>}
      {beginning.error && <Fault error={beginning.error} />}
      {blocked !== undefined && (
        <Text role="alert">
          {text.blocked}{' '}
          <Anchor href={blocked} target="_blank" rel="noreferrer" onClick={() => setBlocked(undefined)}>
            {text.open}
          </Anchor>
        </Text>
      )}
    </Stack>
  )
}

const ASK_AGAIN_MS = 1000

function Result({ id, connection }: { readonly id: string; readonly connection: Connection }) {
  const here = useHere()
  const clock = useClock()
  const over = (test: SigninTest) => test.outcome === 'waiting' && new Date(test.expiresAt) <= clock()
  const query = useQuery({
    queryKey: here.key('tests', id),
    queryFn: () => here.get('tests/{id}', { path: { id } }),
    refetchInterval: ({ state: { data } }) => (data?.outcome === 'waiting' && !over(data) ? ASK_AGAIN_MS : false),
    refetchIntervalInBackground: true,
  })
  return (
    <Loaded query={query}>
      {(test) => {
        if (over(test)) return <Empty title={text.overTitle} sentence={text.over} />
        if (test.outcome === 'waiting') return <StillWaiting test={test} />
        return <TestResult test={test} next={test.outcome === 'passed' && <Next connection={connection} />} />
      }}
    </Loaded>
  )
}

function StillWaiting({ test }: { readonly test: SigninTest }) {
  return (
    <div className="empty" role="status">
      <Text fw={600}>{text.waiting}</Text>
      <Text size="sm" c="dimmed">
        {text.until} <Time at={test.expiresAt} />
      </Text>
    </div>
  )
}

function Next({ connection }: { readonly connection: Connection }) {
  const base = baseOf(usePlace())
  const here = useHere()
  const queries = useQueryClient()
  const path = { id: connection.id }
  const query = useQuery({
    queryKey: here.key('connections', connection.id),
    queryFn: () => here.getTagged('connections/{id}', { path }),
  })
  const draft = query.data?.data.state === 'draft'
  return (
    <Section title={text.next} intro={draft ? text.activateIntro : text.liveAlready}>
      <Group gap="xs">
        {query.data && draft && (
          <ActivateButton
            kept={query.data}
            done={() => void queries.invalidateQueries({ queryKey: here.key('connections') })}
          />
        )}
        <Button component={Link} to={`${base}/connections/${connection.ticket}`} variant="default">
          {text.settings}
        </Button>
      </Group>
    </Section>
  )
}

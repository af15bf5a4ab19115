import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type Found, useHere } from '#api/here.ts'
import { baseOf, usePlace } from '#frame/places.tsx'
import { Loaded } from '#parts/answers.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Facts } from '#parts/facts.tsx'
import { Page, Section } from '#parts/page.tsx'
import { Time } from '#parts/time.tsx'
import { LogoutState } from '#sessions/logouts.tsx'
import { logouts as text } from '#words/sessions.ts'

type Logout = Found<'logouts/{id}'>

/** One logout: what was said, how often it was tried, and what came back. */
export function LogoutPage() {
  const { id = '' } = useParams({ strict: false })
  const here = useHere()
  const place = usePlace()
  const query = useQuery({
    queryKey: here.key('logouts', id),
    queryFn: () => here.get('logouts/{id}', { path: { id } }),
  })
  return (
    <Page title={text.one} back={{ to: `${baseOf(place)}/logouts`, label: text.back }}>
      <Loaded query={query}>
        {(logout) => (
          <>
            <Section title={text.directions[logout.direction]}>
              <LogoutFacts logout={logout} />
            </Section>
            <Section title={text.attemptsTitle}>
              <Attempts attempts={logout.attemptsMade} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function LogoutFacts({ logout }: { readonly logout: Logout }) {
  const { columns } = text
  const next =
    logout.nextAttemptAt === null ? [] : [[text.next, <Time key="next" at={logout.nextAttemptAt} />] as const]
  const message =
    logout.messageId === null
      ? []
      : [[text.messageId, <Copyable key="id" value={logout.messageId} what={text.messageId} />] as const]
  return (
    <Facts
      items={[
        [columns.state, <LogoutState key="state" state={logout.state} />],
        [columns.at, <Time key="at" at={logout.createdAt} />],
        [columns.user, logout.user?.username ?? '–'],
        [columns.peer, logout.connection?.name ?? logout.client?.name ?? '–'],
        [columns.why, text.why[logout.why]],
        [text.sessions, logout.endedSessions],
        [text.binding, logout.binding],
        ...next,
        ...message,
      ]}
    />
  )
}

function Attempts({ attempts }: { readonly attempts: Logout['attemptsMade'] }) {
  if (attempts.length === 0) return <Text c="dimmed">{text.noAttempts}</Text>
  return (
    <ol className="entries">
      {attempts.map(({ number, at, sentence, cure, expected, received, code, tookMs }) => (
        <li key={number}>
          <b>{text.number(number)}</b>, <Time at={at} />{' '}
          {tookMs !== null && <span className="quiet">{text.took(tookMs)}</span>}
          <div>
            {sentence} {cure}
          </div>
          <span className="origin">
            {code !== null && <code>{code}</code>}
            {expected !== null && ` ${text.expected}: ${expected}`}
            {received !== null && ` ${text.received}: ${received}`}
          </span>
        </li>
      ))}
    </ol>
  )
}

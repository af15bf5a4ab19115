import { Anchor, Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Overview } from '#home/home.tsx'
import { Empty } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Time } from '#parts/time.tsx'
import { home as text } from '#words/home.ts'

type HealthProps = { readonly connections: Overview['connections']; readonly base: string }

/** Each connection: whether it works, what failed last, and what will be wrong soon. */
export function ConnectionsHealth({ connections, base }: HealthProps) {
  if (connections.length === 0) {
    return (
      <Empty
        title={text.noConnections}
        sentence={text.noConnectionsWhat}
        action={
          <Button component={Link} to={`${base}/connections`}>
            {text.addFirst}
          </Button>
        }
      />
    )
  }
  return (
    <ul className="entries">
      {connections.map((one) => (
        <li key={one.id}>
          <OneConnection connection={one} base={base} />
        </li>
      ))}
    </ul>
  )
}

const looks = { good: 'good', failing: 'broken', unused: 'quiet', draft: 'quiet' } as const

function OneConnection({
  connection,
  base,
}: { readonly connection: HealthProps['connections'][number] } & Pick<HealthProps, 'base'>) {
  const { name, ticket, health, lastSuccess, lastFailure, warnings } = connection
  return (
    <>
      <Anchor component={Link} to={`${base}/connections/${ticket}`}>
        {name}
      </Anchor>{' '}
      <State of={looks[health]}>{text.health[health]}</State>{' '}
      {warnings.length > 0 && <State of="warning">{text.toDo}</State>}
      {lastSuccess && (
        <span className="origin">
          {text.lastSuccess}{' '}
          <Anchor component={Link} to={`${base}/records/${lastSuccess.reference}`} inherit>
            <Time at={lastSuccess.at} />
          </Anchor>
        </span>
      )}
      {lastFailure && (
        <span className="origin">
          {text.lastFailure}{' '}
          <Anchor component={Link} to={`${base}/records/${lastFailure.reference}`} inherit>
            <Time at={lastFailure.at} />
          </Anchor>
          {lastFailure.sentence !== null && `: ${lastFailure.sentence}`}
        </span>
      )}
      {warnings.map(({ code, sentence, cure }) => (
        <span key={code + sentence} className="origin">
          <b>{sentence}</b> {cure}
        </span>
      ))}
    </>
  )
}

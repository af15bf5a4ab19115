import { Text } from '@mantine/core'
import type { AwsReport } from '#connect/aws-said.ts'
import { State } from '#parts/badge.tsx'
import { Facts } from '#parts/facts.tsx'
import { Fold } from '#parts/fold.tsx'
import { report as text } from '#words/aws-check.ts'

type Check = AwsReport['checks'][number]
type ChecksProps = { readonly checks: readonly Check[] }
/** Whose sentence stands above already, with its cure. */
type Told = { readonly told: string | undefined }

export function AwsChecks({ checks, told }: ChecksProps & Told) {
  const of = (outcome: Check['outcome']) => checks.filter((check) => check.outcome === outcome)
  const failed = of('failed')
  return (
    <div className="checks">
      {failed.length === 0 && <Text>{text.noneFailed}</Text>}
      {failed.length > 0 && (
        <ul className="entries" aria-label={text.alsoFailed(failed.length)}>
          {failed.map((check) => (
            <li key={check.code + check.sentence}>
              <FailedCheck check={check} told={told} />
            </li>
          ))}
        </ul>
      )}
      <Others summary={text.passed} checks={of('passed')} />
      <Others summary={text.notChecked} checks={of('not-checked')} />
    </div>
  )
}

function FailedCheck({ check, told }: Told & { readonly check: Check }) {
  const { title, sentence, cure, code } = check
  return (
    <div className="failed-check">
      <div>
        <State of="broken">{text.failed}</State> <b>{title}</b>
      </div>
      {sentence !== told && (
        <div>
          {sentence} {cure}
        </div>
      )}
      <Facts items={[...valuesOf(check), [text.code, <code key="code">{code}</code>]]} />
    </div>
  )
}

function valuesOf({ expected, received }: Check) {
  const value = (name: string, value: string | null) =>
    value === null
      ? []
      : [
          [
            name,
            <code key={name} className="fact">
              {value}
            </code>,
          ] as const,
        ]
  return [...value(text.expected, expected), ...value(text.received, received)]
}

function Others({ summary, checks }: ChecksProps & { readonly summary: (count: number) => string }) {
  if (checks.length === 0) return undefined
  return (
    <Fold summary={summary(checks.length)}>
      <ul className="entries">
        {checks.map((check) => (
          <li key={check.code + check.sentence}>
            {check.title}
            <span className="origin">{check.sentence}</span>
            {check.received !== null && (
              <span className="origin">
                {text.received}: <code>{check.received}</code>
              </span>
            )}
          </li>
        ))}
      </ul>
    </Fold>
  )
}

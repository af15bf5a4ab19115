import '#look/records.css'
import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { AwsChecks } from '#connect/aws-checks.tsx'
import { AwsErrors } from '#connect/aws-errors.tsx'
import { AwsFacts } from '#connect/aws-facts.tsx'
import type { AwsReport } from '#connect/aws-said.ts'
import { State } from '#parts/badge.tsx'
import { Facts } from '#parts/facts.tsx'
import { Fold } from '#parts/fold.tsx'
import { report as text } from '#words/aws-check.ts'

type ViewProps = {
  readonly report: AwsReport
  /** Where it comes from; otherwise the report says where it was found. */
  readonly from?: ReactNode
}

/** The first error as people would see it, then what failed, then all that is known. */
export function AwsReportView({ report, from }: ViewProps) {
  const { notes, checks, errors, facts, firstError } = report
  const first = errors.find(({ error }) => error === firstError)
  return (
    <article className="section">
      <Stack gap="md">
        <Verdict first={first} verified={isVerified(checks)} origin={from ?? `${text.where} ${report.where}`} />
        {notes.length > 0 && (
          <div>
            <Text size="sm">{text.notes}</Text>
            <ul>
              {notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </div>
        )}
        <AwsChecks checks={checks} told={first?.why} />
        <Fold summary={text.errors}>
          <AwsErrors errors={errors} />
        </Fold>
        <Fold summary={text.facts}>
          <AwsFacts facts={facts} />
        </Fold>
      </Stack>
    </article>
  )
}

/** Else what it says may be anybody’s words. */
function isVerified(checks: AwsReport['checks']): boolean {
  const passes = (wanted: string) => checks.some(({ code, outcome }) => code === wanted && outcome === 'passed')
  return passes('assertion') && passes('signature')
}

type VerdictProps = {
  readonly first: AwsReport['errors'][number] | undefined
  readonly verified: boolean
  readonly origin: ReactNode
}

function Verdict({ first, verified, origin }: VerdictProps) {
  const below = (
    <Text size="sm" c="dimmed" component="div">
      {origin}
    </Text>
  )
  if (first === undefined) {
    return (
      <div>
        <h3 className="message-heading">
          <State of={verified ? 'good' : 'warning'}>{verified ? text.fine : text.unverified}</State>
        </h3>
        {below}
        <Text>{verified ? text.fineWhat : text.unverifiedWhat}</Text>
      </div>
    )
  }
  const refused = first.stage === 'connect' ? text.refusedInConnect : first.certain ? text.refused : text.perhaps
  return (
    <Stack gap="xs">
      <div>
        <h3 className="message-heading">
          <State of="broken">{refused}</State>
        </h3>
        {below}
      </div>
      <blockquote className="aws-says">{first.text}</blockquote>
      <Facts
        items={[
          [text.why, first.why],
          [text.cure, first.cure],
        ]}
      />
    </Stack>
  )
}

/**
 * Explaining: what messages say without signing anybody in, and what sign-in records hold, for people.
 *
 * Owns the format of cases and results, the text of reports, the steps of a record, and what is hidden from whom. Changes
 * nothing; must not know sessions or users.
 */

import { printable } from '#config/printable.ts'
import { explanationOf } from '#explain/explanation-of.ts'
import type { RecordedCheck, SigninRecord } from '#signin-records/signin-records.ts'

const beginnings = {
  here: 'here',
  'identity-provider': 'at the identity provider',
  client: 'with an assertion that an application brought',
} as const satisfies Readonly<Record<SigninRecord['details']['startedAt'], string>>

/** A sign-in record as text for people: each check with a tick or a cross, and for what failed the evidence and the cure. */
export function recordReport(record: SigninRecord): string {
  const { details } = record
  const head = [
    `Sign-in ${record.reference}: ${record.outcome}${record.reason === undefined ? '' : ` (${record.reason})`}`,
    `  began     ${record.startedAt.toISOString()} ${beginnings[details.startedAt]}, from ${details.client.address}`,
    ...(record.finishedAt === undefined ? [] : [`  ended     ${record.finishedAt.toISOString()}`]),
    ...(record.subject === undefined ? [] : [`  subject   ${record.subject}`]),
    ...(details.done === undefined ? [] : [`  done      ${details.done}`]),
    ...(details.answer?.issuer === undefined ? [] : [`  issuer    ${details.answer.issuer}`]),
    ...(details.answer?.statusMessage === undefined
      ? []
      : [`  message   ${JSON.stringify(details.answer.statusMessage)} (the identity provider’s own words)`]),
  ]
  return [...head, '', ...details.checks.flatMap(checkLines)].map(printable).join('\n')
}

const signs = { passed: '✓', failed: '✗', 'not-reached': '–', 'not-checked': '?' } as const

/** A check as lines: its sign and title; where it failed, the evidence, why, and the cure. */
export function checkLines(check: RecordedCheck): string[] {
  const known = explanationOf(check.code)
  const line = `${signs[check.outcome]} ${known?.title ?? check.code} [${check.code}, ${check.about}]`
  if (check.outcome !== 'failed') return [line]
  return [
    line,
    `    expected  ${check.expected ?? ''}`,
    `    received  ${check.received ?? ''}`,
    ...(known === undefined
      ? []
      : [`    why       ${known.sentence} (${known.section})`, `    cure      ${known.cure}`]),
  ]
}

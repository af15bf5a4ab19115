import type { Check, CheckCode } from '@sallyport/saml'
import { printable } from '#config/printable.ts'
import { checkLines } from '#explain/explain.ts'
import type { ExplainedMessage } from '#explain/explain-message.ts'
import { type ShowOptions, showXml } from '#explain/show-xml.ts'
import { allExplanations } from '#login/login-checks.ts'

const hidden = '[redacted]'

/** One explained message as text for people. */
export function messageReport(message: ExplainedMessage, options: ShowOptions): string {
  const { where, kind, xml, notes } = message
  const checks = message.checks.map((check) => redacted(check, options))
  const facts = message.facts.map(([name, value, personal]) => {
    return `  ${name.padEnd(11)} ${personal !== undefined && options.redact ? hidden : value}`
  })
  const unchecked = notChecked(checks)
  // Two spaces before every line: what the message holds cannot look like a line of the report.
  const shown = xml === undefined ? [] : showXml(xml, options).flatMap((line) => line.split(/\r?\n/))
  return [
    `${kind ?? 'Something'} in ${where}: ${summary(checks)}`,
    ...facts,
    ...notes.map((note) => `  note        ${note}`),
    '',
    ...checks.flatMap(checkLines),
    ...(unchecked.length === 0 ? [] : ['', 'Not checked:', ...unchecked]),
    ...(shown.length === 0 ? [] : ['', 'The message:', '', ...shown.map((line) => `  ${line}`)]),
  ]
    .map(printable)
    .join('\n')
}

/** One explained message as data. */
export function messageData(message: ExplainedMessage, options: ShowOptions): Readonly<Record<string, unknown>> {
  const { where, kind, notes, xml } = message
  return {
    where,
    kind,
    ok: !message.checks.some(({ outcome }) => outcome === 'failed'),
    checks: message.checks.map((check) => ({
      ...redacted(check, options),
      ...(check.outcome === 'failed' ? allExplanations[check.code] : { title: allExplanations[check.code].title }),
    })),
    facts: message.facts.map(([name, value, personal]) => ({
      name,
      value: personal !== undefined && options.redact ? hidden : value,
    })),
    notes,
    ...(xml === undefined ? {} : { message: showXml(xml, options).join('\n') }),
  }
}

function summary(checks: readonly Check[]): string {
  const count = (outcome: Check['outcome']): number => checks.filter((check) => check.outcome === outcome).length
  const failures = count('failed')
  if (failures > 0) return `${failures} of ${checks.length} checks failed`
  return count('not-checked') > 0 ? 'nothing is wrong with what was checked' : 'all checks passed'
}

// The name of a person stands in one check.
function redacted(check: Check, { redact }: ShowOptions): Check {
  return redact && check.code === 'subject' && check.received !== undefined ? { ...check, received: hidden } : check
}

const optionFor: Readonly<Partial<Record<CheckCode, string>>> = {
  'response-issuer': '--issuer',
  'assertion-issuer': '--issuer',
  'metadata-entity-id': '--issuer',
  audience: '--audience',
  destination: '--acs',
  'confirmation-recipient': '--acs',
  'in-response-to': '--in-response-to',
  'signature-key': '--certificate',
  'signature-present': '--certificate',
}

function notChecked(checks: readonly Check[]): string[] {
  return checks
    .filter(({ outcome }) => outcome === 'not-checked')
    .map(({ code, about, received }) => {
      const option = optionFor[code]
      const said = received === undefined ? '' : `: ${received}`
      return `  ${code} (${about})${said}${option === undefined ? '' : `  (${option} checks it)`}`
    })
}

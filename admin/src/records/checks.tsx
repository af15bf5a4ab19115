import '#look/records.css'
import { Text } from '@mantine/core'
import type { Found } from '#api/here.ts'
import { State } from '#parts/badge.tsx'
import { Facts } from '#parts/facts.tsx'
import { Fold } from '#parts/fold.tsx'
import { record as text } from '#words/records.ts'

export type Check = Found<'records/{reference}'>['checks'][number]

type ChecksProps = {
  readonly checks: readonly Check[]
  /** The code of the one whose sentence and cure stand above already. */
  readonly told?: string | undefined
  /** Whether what failed keeps nobody out. */
  readonly harmless?: boolean
}

/** What failed, with all that is known of it; what passed, folded. */
export function Checks({ checks, told, harmless = false }: ChecksProps) {
  const failed = checks.filter(({ outcome }) => outcome === 'failed')
  return (
    <div className="checks">
      {failed.length === 0 && checks.some(({ outcome }) => outcome === 'passed') && <Text>{text.noneFailed}</Text>}
      {failed.length > 0 && (
        <ul className="entries">
          {failed.map((check, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two messages may fail the same check
            <li key={index}>
              <FailedCheck check={check} told={check.code === told} harmless={harmless} />
            </li>
          ))}
        </ul>
      )}
      {(['passed', 'not-reached', 'not-checked'] as const).map((outcome) => (
        <Others key={outcome} outcome={outcome} checks={checks.filter((check) => check.outcome === outcome)} />
      ))}
    </div>
  )
}

type FailedProps = { readonly check: Check; readonly told: boolean; readonly harmless: boolean }

function FailedCheck({ check, told, harmless }: FailedProps) {
  const { title, sentence, cure, cureAtProduct } = check
  return (
    <div className="failed-check">
      <div>
        <State of={harmless ? 'warning' : 'broken'}>{harmless ? text.noticed : text.failed}</State> <b>{title}</b>
      </div>
      {!told && (
        <div>
          {sentence} {cure}
        </div>
      )}
      {!told && cureAtProduct && <div className="at-product">{cureAtProduct.sentence}</div>}
      <CheckFacts check={check} />
    </div>
  )
}

function CheckFacts({ check: { expected, received, code, section } }: { readonly check: Check }) {
  const values = [
    ...(expected === null ? [] : [[text.expected, <code key="expected">{expected}</code>] as const]),
    ...(received === null ? [] : [[text.received, <code key="received">{received}</code>] as const]),
  ]
  return (
    <Facts
      items={[
        ...values,
        [text.code, <code key="code">{code}</code>],
        ...(section === null ? [] : [[text.section, section] as const]),
      ]}
    />
  )
}

type OthersProps = { readonly outcome: keyof typeof text.groups; readonly checks: readonly Check[] }

function Others({ outcome, checks }: OthersProps) {
  if (checks.length === 0) return undefined
  return (
    <Fold summary={text.groups[outcome](checks.length)}>
      <ul className="entries">
        {checks.map((check, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two messages may pass the same check
          <li key={index}>
            {check.title} <span className="quiet">({check.about})</span>
            {check.expected !== null && check.expected !== check.received && (
              <OneValue name={text.expected} value={check.expected} />
            )}
            {check.received !== null && <OneValue name={text.received} value={check.received} />}
          </li>
        ))}
      </ul>
    </Fold>
  )
}

function OneValue({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <span className="origin">
      {name}: <code>{value}</code>
    </span>
  )
}

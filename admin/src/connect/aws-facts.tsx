import type { ReactNode } from 'react'
import type { AwsReport } from '#connect/aws-said.ts'
import { Facts } from '#parts/facts.tsx'
import { report } from '#words/aws-check.ts'

const text = report.of

/** What AWS reads of a response; what AWS needs and is not there is told, what it can do without is left out. */
export function AwsFacts({ facts }: { readonly facts: AwsReport['facts'] }) {
  const { nameId, roles, notBefore, notOnOrAfter, principalTags } = facts
  const named = roles.flatMap(({ value, role, provider }) =>
    role === null || provider === null
      ? [needed(text.roleValue, [value])]
      : [needed(text.role, [arnOf('role', role)]), needed(text.provider, [arnOf('saml-provider', provider)])],
  )
  const tags = principalTags.map(({ key, values }) => `${key}: ${values.join(', ')}`)
  return (
    <Facts
      items={distinct([
        needed(text.issuer, [facts.issuer]),
        ...known(text.statusMessage, [facts.statusMessage]),
        needed(text.nameId, [nameId && [nameId.value, nameId.format].filter(Boolean).join(', ')]),
        needed(text.audiences, facts.audiences),
        needed(text.recipients, facts.recipients),
        ...known(text.destination, [facts.destination]),
        ...(named.length === 0 ? [needed(text.roleValue, [])] : named),
        needed(text.roleSessionName, facts.roleSessionName),
        needed(text.sessionDuration, facts.sessionDuration),
        ...known(text.sourceIdentity, facts.sourceIdentity),
        ...known(text.principalTags, tags),
        ...known(text.issueInstant, [facts.issueInstant]),
        needed(text.valid, [report.validBetween(notBefore, notOnOrAfter)]),
        ...known(text.sessionNotOnOrAfter, [facts.sessionNotOnOrAfter]),
        ...known(text.attributes, facts.attributes),
        needed(text.size, [report.characters(facts.size)]),
        needed(text.relayState, [facts.relayState]),
      ])}
    />
  )
}

type Arn = { readonly partition: string; readonly account: string; readonly name: string }
type Item = readonly [name: string, value: ReactNode]

const arnOf = (kind: string, { partition, account, name }: Arn) => `arn:${partition}:iam::${account}:${kind}/${name}`

function needed(name: string, values: readonly (string | null)[]): Item {
  return (
    known(name, values)[0] ?? [
      name,
      <span key={name} className="quiet">
        {report.absent}
      </span>,
    ]
  )
}

function known(name: string, values: readonly (string | null)[]): readonly Item[] {
  const there = values.filter((value) => value !== null && value !== '')
  if (there.length === 0) return []
  const shown = (
    <code key={name} className="fact">
      {there.join('\n')}
    </code>
  )
  return [[name, shown]]
}

/** A response may name several roles. */
function distinct(items: readonly Item[]): readonly Item[] {
  const counts = new Map<string, number>()
  return items.map(([name, value]) => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return [count === 1 ? name : `${name} ${count}`, value]
  })
}

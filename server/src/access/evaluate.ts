// The decision itself, from rules and a request: no database, no clock.

import { isAllowed, isExempt } from '#access/addresses.ts'
import { ask, type Cedar } from '#access/cedar.ts'
import { type Compiled, type Effect, sorted, tagOf } from '#access/compile.ts'
import { type Address, readAddress, writeAddress } from '#access/ip.ts'
import { type AccessRequest, actions } from '#access/request.ts'
import type { Rules } from '#access/rules.ts'
import { everything } from '#access/shipped.ts'

export type PolicyName = { readonly id: string; readonly name: string }

export type Seen = string | number | boolean | readonly string[] | null

export const decisionErrors = [
  'policy-failed',
  'policy-unreadable',
  'request-unreadable',
  'address-unreadable',
] as const

export type DecisionError = {
  readonly code: (typeof decisionErrors)[number]
  readonly sentence: string
}

export type Decision = {
  readonly effect: Effect
  /** Those that decided. */
  readonly policies: readonly PolicyName[]
  /** What they looked at, named as policies do; null: it was not there. */
  readonly saw: Readonly<Record<string, Seen>>
  /** Where there is one, it is the reason to deny. */
  readonly errors: readonly DecisionError[]
  /** What would be if the policies in shadow mode were enforced; absent where that is the same. */
  readonly shadow?: { readonly effect: Effect; readonly policies: readonly PolicyName[] }
}

const shippedPermit: PolicyName = { id: everything.id, name: everything.name }

/** Where there are no rules. */
export const nothingForbids: Decision = Object.freeze({
  effect: 'allow',
  policies: [shippedPermit],
  saw: {},
  errors: [],
})

/** A policy that fails is skipped by Cedar, so a forbid would allow: here each error denies. */
export function evaluate(rules: Rules, request: AccessRequest): Decision {
  const address = readAddress(request.context.address)
  if (!actions.includes(request.action)) return refused('request-unreadable', 'There is no such action.')
  if (address === undefined) return refused('address-unreadable', 'The address of whoever asks cannot be read.')
  const values = valuesOf(rules, request, address)
  const answer = ask(rules.cedar, rules, values)
  if (answer.type === 'failure') return refused('request-unreadable', `It cannot be judged: ${firstOf(answer.errors)}.`)
  const { reason, errors } = answer.response.diagnostics
  const forbidding = reason
    .flatMap((id) => rules.policies.get(id) ?? [])
    .filter(({ effect }) => effect !== 'allow')
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const enforced = forbidding.filter(({ mode }) => mode === 'enforced')
  const failed = [
    ...rules.broken.map((name) => error('policy-unreadable', `The policy “${name}” cannot be read.`)),
    ...errors.flatMap(({ policyId, error: { message } }) => failureOf(rules.policies.get(policyId), message)),
  ]
  const effect = failed.length > 0 ? 'deny' : strongest(enforced)
  const deciding = enforced.filter((policy) => policy.effect === effect)
  const looksAt = deciding.length > 0 ? sorted(deciding.flatMap((policy) => policy.looksAt)) : rules.looksAt
  const shadow = failed.length > 0 ? 'deny' : strongest(forbidding)
  return {
    effect,
    policies: deciding.length > 0 || effect !== 'allow' ? deciding.map(nameOf) : [shippedPermit],
    saw: seenBy(looksAt, values),
    errors: failed,
    ...(shadow === effect
      ? {}
      : { shadow: { effect: shadow, policies: forbidding.filter((one) => one.effect === shadow).map(nameOf) } }),
  }
}

/** One in shadow mode harms nobody. */
function failureOf(policy: Compiled | undefined, message: string): readonly DecisionError[] {
  if (policy?.mode === 'shadow') return []
  return [error('policy-failed', `The policy “${policy?.name ?? 'of an unknown name'}” failed: ${message}.`)]
}

function strongest(forbidding: readonly Compiled[]): Effect {
  if (forbidding.some(({ effect }) => effect === 'deny')) return 'deny'
  return forbidding.length > 0 ? 'reauthenticate' : 'allow'
}

function refused(code: DecisionError['code'], sentence: string): Decision {
  return { effect: 'deny', policies: [], saw: {}, errors: [error(code, sentence)] }
}

function error(code: DecisionError['code'], sentence: string): DecisionError {
  return { code, sentence }
}

function firstOf(errors: readonly Cedar.DetailedError[]): string {
  return errors[0]?.message ?? 'no reason was given'
}

function nameOf({ id, name }: Compiled): PolicyName {
  return { id, name }
}

export type Values = Parameters<typeof ask>[2]

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

/** As the schema has them. */
export function valuesOf(
  { allowed, usesAttributes }: Pick<Rules, 'allowed' | 'usesAttributes'>,
  request: AccessRequest,
  address: Address,
): Values {
  const { action, user, client, context } = request
  const principal = { type: 'User', id: user?.id ?? '' }
  const resource = { type: 'Client', id: client?.id ?? '' }
  const { at, authnContext, sessionAgeSeconds, authorizedClientIds } = context
  const person = {
    type: user?.type ?? 'nobody',
    teams: [...(user?.teams ?? [])],
    roles: [...(user?.roles ?? [])],
    ...(user?.accessProfile === undefined ? {} : { accessProfile: user.accessProfile }),
  }
  const asked = usesAttributes ? (user?.attributes ?? {}) : {}
  const tags = Object.entries(asked).map(([name, values]): [string, string[]] => [name, [...values]])
  const program = {
    clientId: client?.id ?? '',
    kind: client?.kind ?? 'none',
    exempt: client !== undefined && isExempt(allowed, client),
    ...(client?.purpose === undefined ? {} : { purpose: client.purpose }),
  }
  return {
    principal,
    action: { type: 'Action', id: action },
    resource,
    context: {
      address: { __extn: { fn: 'ip', arg: writeAddress(address) } },
      at: { __extn: { fn: 'datetime', arg: at.toISOString() } },
      weekday: weekdays[at.getUTCDay()] ?? '',
      ...(allowed.ranges.length === 0 ? {} : { inAllowedAddresses: isAllowed(allowed, address) }),
      ...(authnContext === undefined ? {} : { authnContext }),
      ...(sessionAgeSeconds === undefined ? {} : { sessionAgeSeconds: Math.floor(sessionAgeSeconds) }),
      ...(authorizedClientIds === undefined ? {} : { authorizedClientIds: [...authorizedClientIds] }),
    },
    entities: [
      { uid: principal, attrs: person, parents: [], tags: Object.fromEntries(tags) },
      { uid: resource, attrs: program, parents: [] },
    ],
  }
}

function seenBy(names: readonly string[], values: Values): Readonly<Record<string, Seen>> {
  return Object.fromEntries(names.map((name) => [name, shown(valueNamed(name, values))]))
}

function valueNamed(name: string, { context, entities: [person, program] }: Values): Cedar.CedarValueJson | undefined {
  const [of = '', attribute = ''] = name.split(/\.(.*)/s)
  if (of === 'context') return context[attribute]
  if (of === 'resource') return program?.attrs[attribute === 'id' ? 'clientId' : attribute]
  if (attribute === 'id') return person?.uid && 'id' in person.uid ? person.uid.id : undefined
  return person?.attrs[attribute] ?? person?.tags?.[tagOf(name) ?? '']
}

function shown(value: Cedar.CedarValueJson | undefined): Seen {
  if (value === undefined || value === null) return null
  if (Array.isArray(value)) return value.map(String)
  if (typeof value !== 'object') return value
  const { __extn } = value as { readonly __extn?: { readonly arg?: unknown } }
  return String(__extn?.arg ?? '')
}

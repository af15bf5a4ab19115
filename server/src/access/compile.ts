// A policy as it is decided by: its effect, and which values it looks at.

import type { Cedar } from '#access/cedar.ts'

export type Effect = 'allow' | 'reauthenticate' | 'deny'
export const effects = ['allow', 'reauthenticate', 'deny'] as const

export type PolicyToRead = {
  readonly id: string
  readonly name: string
  readonly text: string
  readonly mode: 'enforced' | 'shadow'
}

export type Compiled = PolicyToRead & {
  readonly effect: Effect
  /** As policies write them: `context.address`, `principal.getTag("department")`. */
  readonly looksAt: readonly string[]
}

/** Undefined where it is none: then it was not saved by this version. */
export function compile(cedar: typeof Cedar, policy: PolicyToRead): Compiled | undefined {
  const read = cedar.policyToJson(policy.text)
  if (read.type === 'failure') return undefined
  return { ...policy, effect: effectOf(read.json), looksAt: sorted(looksAt(read.json)) }
}

export function effectOf({ effect, annotations = {} }: Cedar.PolicyJson): Effect {
  if (effect === 'permit') return 'allow'
  return annotations.effect === 'reauthenticate' ? 'reauthenticate' : 'deny'
}

/** The address says more than whether it is in one of the ranges. */
export function sorted(names: readonly string[]): readonly string[] {
  const all = names.includes('context.inAllowedAddresses') ? ['context.address', ...names] : names
  return [...new Set(all)].toSorted()
}

/** Of which kind somebody is does not interest: there is one. */
function looksAt({ principal, resource, conditions }: Cedar.PolicyJson): readonly string[] {
  return [
    ...(principal.op === 'All' || principal.op === 'is' ? [] : ['principal.id']),
    ...(resource.op === 'All' || resource.op === 'is' ? [] : ['resource.clientId']),
    ...conditions.flatMap(({ body }) => namesIn(body)),
  ]
}

function namesIn(expression: unknown): readonly string[] {
  if (typeof expression !== 'object' || expression === null) return []
  return Object.entries(expression).flatMap(([operator, operands]) => {
    const own = nameOf(operator, operands)
    return own === undefined ? namesIn(operands) : [own]
  })
}

type Operands = {
  readonly left?: { readonly Var?: string }
  readonly right?: { readonly Value?: unknown }
  readonly attr?: unknown
}

function nameOf(operator: string, operands: unknown): string | undefined {
  if (operator === 'Var') return operands === 'action' || operands === 'context' ? undefined : `${operands}.id`
  const { left, right, attr } = (operands ?? {}) as Operands
  if (left?.Var === undefined) return undefined
  if ((operator === '.' || operator === 'has') && typeof attr === 'string') return `${left.Var}.${attr}`
  if ((operator === 'getTag' || operator === 'hasTag') && typeof right?.Value === 'string') {
    return tagName(right.Value)
  }
  return undefined
}

const TAG = 'principal.getTag('

function tagName(name: string): string {
  return `${TAG}${JSON.stringify(name)})`
}

export function tagOf(name: string): string | undefined {
  return name.startsWith(TAG) ? JSON.parse(name.slice(TAG.length, -1)) : undefined
}

export function asksForTags(compiled: readonly Compiled[]): boolean {
  return compiled.some(({ text }) => /\b(has|get)Tag\b/.test(text))
}

// Cedar, a WebAssembly that is loaded when something is first to be decided by it, and its memory. It keeps parsed policy
// sets by an id, in one thread, and forgets none by itself.
//
// Policies are validated when they are saved. Requests are not validated again by Cedar, which would take a third of its
// time: they are all made in one place, and a test holds that place to the schema.

import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs'

export type { Cedar }

let loading: Promise<typeof Cedar> | undefined

export function loadCedar(): Promise<typeof Cedar> {
  loading ??= import('@cedar-policy/cedar-wasm/nodejs')
  return loading
}

/** Texts by the id of their policy, under an id that is the same after each change. */
export type PolicySet = { readonly setId: string; readonly texts: Readonly<Record<string, string>> }

const held = new Map<string, PolicySet>()
const AT_MOST = 1000

/**
 * Asks Cedar, which is made to hold exactly this set. Nothing is waited for between the two: another set of the same id
 * may be decided by in the meantime.
 */
export function ask(
  cedar: typeof Cedar,
  set: PolicySet,
  call: Pick<Cedar.StatefulAuthorizationCall, 'principal' | 'action' | 'resource' | 'context' | 'entities'>,
): Cedar.AuthorizationAnswer {
  if (held.get(set.setId) !== set) hold(cedar, set)
  return cedar.statefulIsAuthorized({ ...call, preparsedPolicySetId: set.setId, validateRequest: false })
}

function hold(cedar: typeof Cedar, set: PolicySet): void {
  const parsed = cedar.preparsePolicySet(set.setId, { staticPolicies: set.texts })
  // Its parts were read one by one before.
  if (parsed.type === 'failure') throw new Error(`policies cannot be read: ${parsed.errors[0]?.message}`)
  held.delete(set.setId)
  held.set(set.setId, set)
  if (held.size <= AT_MOST) return
  const [oldest = ''] = held.keys()
  cedar.preparsePolicySet(oldest, { staticPolicies: {} })
  held.delete(oldest)
}

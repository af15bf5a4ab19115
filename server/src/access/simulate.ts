// What would be decided: for one who asks, and for those who have asked.

import { judgeBy } from '#access/access.ts'
import { type AddressSettings, findAddressSettings } from '#access/addresses.ts'
import { loadCedar } from '#access/cedar.ts'
import { type Decision, evaluate, nothingForbids } from '#access/evaluate.ts'
import { listPolicies, type PolicyToSave } from '#access/policies.ts'
import { listDecisions, type RecordedDecision } from '#access/recorded.ts'
import type { AccessRequest } from '#access/request.ts'
import { makeRules, type Rules } from '#access/rules.ts'
import { findSessionAttributes } from '#access/session-attributes.ts'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

/** What is left out is as it is now; a policy of the draft stands for the one of the same name. */
export type Draft = {
  readonly addresses?: AddressSettings | undefined
  readonly policies?: readonly PolicyToSave[] | undefined
}

/** Each kind keeps its place in Cedar's memory, so that two can be asked in turn. */
export async function rulesOfDraft(
  db: Handle,
  environmentId: Id<'env'>,
  draft: Draft,
  setId: 'draft' | 'draft-before' = 'draft',
): Promise<Rules> {
  const drafted = draft.policies ?? []
  const kept = (await listPolicies(db, environmentId)).filter(({ name }) => !drafted.some((one) => one.name === name))
  const all = [...kept, ...drafted.map((one, nth) => ({ ...one, id: `draft_${nth}` }))]
  return makeRules(await loadCedar(), {
    setId,
    version: '',
    addresses: draft.addresses ?? (await findAddressSettings(db, environmentId)),
    policies: all.flatMap(({ id, name, text, mode }) => (mode === 'off' ? [] : [{ id, name, text, mode }])),
  })
}

export async function simulate(
  db: Handle,
  environmentId: Id<'env'>,
  request: AccessRequest,
  draft: Draft,
): Promise<Decision> {
  return judgeBy(await rulesOfDraft(db, environmentId, draft), db, environmentId, request)
}

export type Changed = {
  readonly action: AccessRequest['action']
  readonly clientId: string | undefined
  readonly loses: readonly string[]
  readonly gains: readonly string[]
}

export type Report = {
  readonly replayed: number
  readonly same: number
  readonly changed: readonly Changed[]
}

/** The event loop is free again after so many. */
const AT_ONCE = 100

/**
 * Replays the newest decisions on the rules as they are and on the draft. Who is told apart by name: a person counts once
 * for each action and client, as losing where they were let in before and would not be now.
 */
export async function reportOn(
  db: Handle,
  environmentId: Id<'env'>,
  { draft, last }: { readonly draft: Draft; readonly last: number },
): Promise<Report> {
  const recorded = await listDecisions(db, environmentId, { limit: last })
  const now = await rulesOfDraft(db, environmentId, {}, 'draft-before')
  const then = await rulesOfDraft(db, environmentId, draft)
  const groups = new Map<string, { of: RecordedDecision; loses: Set<string>; gains: Set<string> }>()
  let same = 0
  for (const [nth, one] of recorded.entries()) {
    if (nth % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve))
    const request = await withAttributes(db, environmentId, one.request, now.usesAttributes || then.usesAttributes)
    const [before, after] = [allows(now, request), allows(then, request)]
    if (before === after) {
      same++
      continue
    }
    const key = JSON.stringify([one.action, one.clientId])
    const group = groups.get(key) ?? { of: one, loses: new Set(), gains: new Set() }
    groups.set(key, group)
    group[before ? 'loses' : 'gains'].add(one.username ?? one.userId ?? '')
  }
  const changed = [...groups.values()].map(({ of: { action, clientId }, loses, gains }) => {
    return { action, clientId, loses: [...loses].sort(), gains: [...gains].sort() }
  })
  return { replayed: recorded.length, same, changed }
}

function allows(rules: Rules, request: AccessRequest): boolean {
  return (rules.plain && request.action !== 'authorize' ? nothingForbids : evaluate(rules, request)).effect === 'allow'
}

async function withAttributes(
  db: Handle,
  environmentId: Id<'env'>,
  request: AccessRequest,
  wanted: boolean,
): Promise<AccessRequest> {
  const { user, sessionId } = request
  if (!wanted || user === undefined || user.attributes !== undefined || sessionId === undefined) return request
  return { ...request, user: { ...user, attributes: await findSessionAttributes(db, environmentId, sessionId) } }
}

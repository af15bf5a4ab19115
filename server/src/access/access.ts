/**
 * Who may come in, from where, with which client and under which conditions: the one place where that is decided.
 *
 * Owns Allowed IP Addresses, the policies of an Environment and those that are shipped, the schema they are written
 * against, and what was decided lately (the tables `environment_access`, `access_policies`, `session_attributes` and
 * `access_decisions`). Must not know sessions, sign-ins or OAuth: they say who asks for what, and carry out what is
 * decided here.
 */

import { type Decision, evaluate, nothingForbids } from '#access/evaluate.ts'
import { noteDecision } from '#access/recorded.ts'
import type { AccessRequest } from '#access/request.ts'
import { findRules, type Rules, shippedRules } from '#access/rules.ts'
import { findSessionAttributes } from '#access/session-attributes.ts'
import type { Id, World } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

export type AccessContext = {
  /** A database, or a transaction for both. */
  readonly db: { readonly read: Handle; readonly write: Handle }
  readonly world: Pick<World, 'chance'>
}

/**
 * Everything is allowed that no policy forbids; deny wins over reauthenticate, and that over allow. The decision is
 * noted. Where nothing restricts an Environment, that is all it costs.
 */
export async function decide(ctx: AccessContext, environmentId: Id<'env'>, request: AccessRequest): Promise<Decision> {
  const decision = await judge(ctx.db.read, environmentId, request)
  await noteDecision(ctx, environmentId, { request, decision })
  return decision
}

/** The same without a note of it. One query, and another one where a policy asks for attributes that are not given. */
export async function judge(db: Handle, environmentId: Id<'env'>, request: AccessRequest): Promise<Decision> {
  const rules = (await findRules(db, environmentId)) ?? (await shippedFor(request))
  if (rules === undefined) return nothingForbids
  return judgeBy(rules, db, environmentId, request)
}

export async function judgeBy(
  rules: Rules,
  db: Handle,
  environmentId: Id<'env'>,
  request: AccessRequest,
): Promise<Decision> {
  return evaluate(rules, await withAttributes(db, environmentId, request, rules))
}

/** Of what is shipped, only this asks nothing of the Environment. */
async function shippedFor({ action, context }: AccessRequest): Promise<Rules | undefined> {
  return action === 'authorize' && context.authorizedClientIds !== undefined ? shippedRules() : undefined
}

async function withAttributes(
  db: Handle,
  environmentId: Id<'env'>,
  request: AccessRequest,
  { usesAttributes }: Rules,
): Promise<AccessRequest> {
  const { user, sessionId } = request
  if (!usesAttributes || user === undefined || user.attributes !== undefined || sessionId === undefined) return request
  return { ...request, user: { ...user, attributes: await findSessionAttributes(db, environmentId, sessionId) } }
}

/** What `decide` takes inside a transaction. */
export function within(tx: Handle, { world }: Pick<AccessContext, 'world'>): AccessContext {
  return { db: { read: tx, write: tx }, world }
}

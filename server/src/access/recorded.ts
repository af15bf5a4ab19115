// What was decided lately: for people who ask why, and to try other rules on.

import { z } from 'zod'
import type { AccessContext } from '#access/access.ts'
import type { Effect } from '#access/compile.ts'
import type { Decision, PolicyName } from '#access/evaluate.ts'
import { type AccessRequest, type Action, clientKinds, purposes } from '#access/request.ts'
import { withinSize } from '#access/session-attributes.ts'
import { type Id, newId } from '#config/world.ts'
import type { AccessDecisionRow } from '#storage/access-tables.ts'
import type { Database, Handle } from '#storage/database.ts'

const MINUTE_MS = 60 * 1000
const DAY_MS = 24 * 60 * MINUTE_MS
const KEPT_MS = 30 * DAY_MS
export const MOST_KEPT = 10_000
/** In characters of JSON. */
const MOST_ATTRIBUTES = 4 * 1024

type Decided = { readonly request: AccessRequest; readonly decision: Decision }

/** A sign-in and an authorization are each noted; of calls that are alike one now and then, for they have no end. */
export async function noteDecision(ctx: AccessContext, environmentId: Id<'env'>, decided: Decided): Promise<void> {
  const { request, decision } = decided
  if (request.action === 'call' && !isDue(environmentId, decided)) return
  await ctx.db.write
    .insertInto('access_decisions')
    .values({
      id: newId(ctx.world.chance, 'dec'),
      environment_id: environmentId,
      at: request.context.at.getTime(),
      action: request.action,
      user_id: request.user?.id ?? null,
      client_id: request.client?.id ?? null,
      address: request.context.address,
      effect: decision.effect,
      shadow_effect: decision.shadow?.effect ?? null,
      policies: JSON.stringify(decision.policies),
      request: JSON.stringify(toStore(request)),
    })
    .execute()
}

const noted = new Map<string, number>()

/** Of this process. */
function isDue(environmentId: Id<'env'>, { request, decision }: Decided): boolean {
  const { user, client, context } = request
  const policies = decision.policies.map(({ id }) => id)
  const same = [user?.id, client?.id, context.address, decision.effect, decision.shadow?.effect, ...policies]
  const key = JSON.stringify([environmentId, ...same])
  const now = context.at.getTime()
  const before = noted.get(key)
  const pause = decision.effect === 'allow' ? 60 * MINUTE_MS : MINUTE_MS
  if (before !== undefined && now >= before && now - before < pause) return false
  noted.delete(key)
  noted.set(key, now)
  if (noted.size > MOST_KEPT) noted.delete(noted.keys().next().value ?? '')
  return true
}

function toStore(request: AccessRequest): AccessRequest {
  const { user } = request
  if (user?.attributes === undefined) return request
  return { ...request, user: { ...user, attributes: withinSize(user.attributes, MOST_ATTRIBUTES) } }
}

const list = z.array(z.string())

const storedRequest = z.object({
  user: z
    .object({
      id: z.string(),
      type: z.enum(['platform', 'site']),
      teams: list,
      roles: list,
      accessProfile: z.string().optional(),
      attributes: z.record(z.string(), list).optional(),
    })
    .optional(),
  sessionId: z.string().optional(),
  client: z.object({ id: z.string(), kind: z.enum(clientKinds), purpose: z.enum(purposes).optional() }).optional(),
  context: z.object({
    address: z.string(),
    at: z.coerce.date(),
    authnContext: z.string().optional(),
    sessionAgeSeconds: z.number().optional(),
    authorizedClientIds: list.optional(),
  }),
})

const storedPolicies = z.array(z.object({ id: z.string(), name: z.string() }))

export type RecordedDecision = {
  readonly id: Id<'dec'>
  readonly at: Date
  readonly action: Action
  readonly userId: string | undefined
  /** Undefined where there is no such user any more. */
  readonly username: string | undefined
  readonly clientId: string | undefined
  readonly address: string
  readonly effect: Effect
  readonly shadowEffect: Effect | undefined
  readonly policies: readonly PolicyName[]
  readonly request: AccessRequest
}

export type DecisionPage = {
  readonly userId?: string | undefined
  readonly effect?: Effect | undefined
  readonly after?: { readonly at: Date; readonly id: string } | undefined
  readonly limit: number
}

/** The newest first. */
export async function listDecisions(
  db: Handle,
  environmentId: Id<'env'>,
  { userId, effect, after, limit }: DecisionPage,
): Promise<readonly RecordedDecision[]> {
  let all = db
    .selectFrom('access_decisions')
    .leftJoin('users', (join) =>
      join
        .onRef('users.id', '=', 'access_decisions.user_id')
        .onRef('users.environment_id', '=', 'access_decisions.environment_id'),
    )
    .selectAll('access_decisions')
    .select('users.username as username')
    .where('access_decisions.environment_id', '=', environmentId)
  if (userId !== undefined) all = all.where('access_decisions.user_id', '=', userId)
  if (effect !== undefined) all = all.where('access_decisions.effect', '=', effect)
  if (after !== undefined) {
    const at = after.at.getTime()
    all = all
      .where('access_decisions.at', '<=', at)
      .where((e) => e.or([e('access_decisions.at', '<', at), e('access_decisions.id', '<', after.id as Id<'dec'>)]))
  }
  const rows = await all
    .orderBy('access_decisions.at', 'desc')
    .orderBy('access_decisions.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(decisionOf)
}

function decisionOf(row: AccessDecisionRow & { readonly username: string | null }): RecordedDecision {
  const request = storedRequest.parse(JSON.parse(row.request))
  return {
    id: row.id,
    at: new Date(row.at),
    action: row.action,
    userId: row.user_id ?? undefined,
    username: row.username ?? undefined,
    clientId: row.client_id ?? undefined,
    address: row.address,
    effect: row.effect,
    shadowEffect: row.shadow_effect ?? undefined,
    policies: storedPolicies.parse(JSON.parse(row.policies)),
    request: { ...request, action: row.action, sessionId: request.sessionId as Id<'sess'> | undefined },
  }
}

/** Removes what is old, and what is more than an Environment may keep: of all Environments. */
export async function sweepDecisions(db: Pick<Database, 'read' | 'write'>, now: Date): Promise<void> {
  await db.write
    .deleteFrom('access_decisions')
    .where('at', '<', now.getTime() - KEPT_MS)
    .execute()
  const environments = await db.read.selectFrom('environments').select('id').execute()
  for (const { id } of environments) await sweepMost(db, id)
}

async function sweepMost({ read, write }: Pick<Database, 'read' | 'write'>, environmentId: Id<'env'>): Promise<void> {
  const oldest = await read
    .selectFrom('access_decisions')
    .select(['at', 'id'])
    .where('environment_id', '=', environmentId)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .offset(MOST_KEPT - 1)
    .limit(1)
    .executeTakeFirst()
  if (oldest === undefined) return
  await write
    .deleteFrom('access_decisions')
    .where('environment_id', '=', environmentId)
    .where('at', '<=', oldest.at)
    .where((e) => e.or([e('at', '<', oldest.at), e('id', '<', oldest.id)]))
    .execute()
}

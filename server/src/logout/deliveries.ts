import { sql } from 'kysely'
import type { Id } from '#config/world.ts'
import { findConnectionInPlace } from '#connections/connections.ts'
import type { Job } from '#jobs/jobs.ts'
import { backoffMs, GIVE_UP_AFTER_MS } from '#logout/backoff.ts'
import { type Delivery, type DeliveryContext, deliver } from '#logout/deliver.ts'
import { deliverToken } from '#logout/deliver-token.ts'
import { insertAttempt, type Logout, logoutOf } from '#logout/logouts.ts'
import { endPause, pause } from '#logout/pauses.ts'
import { newMessageId } from '#logout/write-message.ts'
import { raise } from '#storage/database.ts'

/** Longer than an attempt can take: whose lease has run out has died, and another may try. */
const LEASE_MS = 15_000

const AT_ONCE = 32
const AT_ONCE_OF_ONE_PARTNER = 4

/**
 * Delivers what waits in the ledger. Every attempt is leased to one process; a result counts only while the lease does, so
 * that one delivery is marked done once, whatever is killed when. Attempts go on beside one another: an identity provider
 * or a client that hangs holds up nobody else's.
 */
export function deliveryJob(ctx: DeliveryContext): Job {
  const underWay = new Map<Id<'logout'>, UnderWay>()
  const isFull = (partner: string): boolean => {
    const of = [...underWay.values()].filter((one) => one.partner === partner)
    return of.length >= Math.min(AT_ONCE_OF_ONE_PARTNER, ...of.map(({ most }) => most))
  }

  const once: Job['once'] = async (stop) => {
    const room = AT_ONCE - underWay.size
    if (room <= 0) return 'idle'
    const busy = new Set([...underWay.values()].map(({ partner }) => partner))
    const due = await findDue(ctx, [...busy].filter(isFull), room)
    let begun = 0
    for (const { id, partner, paused } of due) {
      // After failures one attempt finds out for all whether there is an answer again.
      const most = paused ? 1 : AT_ONCE_OF_ONE_PARTNER
      if (underWay.has(id) || isFull(partner)) continue
      const done = attempt(ctx, id, stop)
        .catch((error: unknown) => ctx.log.error({ err: error, logout: id }, 'a logout could not be attempted'))
        .finally(() => {
          underWay.delete(id)
          raise(ctx.db.write, 'work-waiting')
        })
      underWay.set(id, { partner, most, done })
      begun++
    }
    // Whatever ends rings again.
    return begun > 0 && underWay.size < AT_ONCE ? 'more' : 'idle'
  }
  const settle = async (): Promise<void> => void (await Promise.all([...underWay.values()].map(({ done }) => done)))
  return { name: 'logout deliveries', once, settle }
}

type UnderWay = { readonly partner: string; readonly most: number; readonly done: Promise<void> }

type Due = { readonly id: Id<'logout'>; readonly partner: string; readonly paused: boolean }

async function findDue({ db, world }: DeliveryContext, full: readonly string[], room: number): Promise<readonly Due[]> {
  const now = world.clock().getTime()
  let query = db.read
    .selectFrom('logouts')
    .leftJoin('logout_pauses', 'logout_pauses.partner', 'logouts.partner')
    .select(['logouts.id', 'logouts.partner', 'logout_pauses.failures'])
    .where('next_attempt_at', '<=', now)
    .where((either) => either.or([either('leased_until', 'is', null), either('leased_until', '<=', now)]))
    .where((either) => either.or([either('paused_until', 'is', null), either('paused_until', '<=', now)]))
    .orderBy('next_attempt_at')
    .limit(room)
  if (full.length > 0) query = query.where('logouts.partner', 'not in', full)
  const rows = await query.execute()
  return rows.map(({ id, partner, failures }) => ({ id, partner, paused: failures !== null }))
}

type Leased = { readonly logout: Logout; readonly until: number }

/** Takes the row, if nobody else has; the id of the message is new each time, as its times are. */
async function lease({ db, world }: DeliveryContext, id: Id<'logout'>): Promise<Leased | undefined> {
  const now = world.clock().getTime()
  const until = now + LEASE_MS
  const row = await db.write
    .updateTable('logouts')
    .set({
      leased_until: until,
      message_id: newMessageId(world.chance),
      attempts: sql<number>`attempts + 1`,
    })
    .where('id', '=', id)
    .where('next_attempt_at', '<=', now)
    .where((either) => either.or([either('leased_until', 'is', null), either('leased_until', '<=', now)]))
    .returningAll()
    .executeTakeFirst()
  return row && { logout: logoutOf(row), until }
}

async function attempt(ctx: DeliveryContext, id: Id<'logout'>, stop: AbortSignal): Promise<void> {
  const leased = await lease(ctx, id)
  if (leased === undefined) return
  const at = ctx.world.clock()
  const delivery = await deliverTo(ctx, leased.logout, stop)
  if (delivery === undefined) return
  if (delivery.details.code === 'stopped') return giveBack(ctx, leased)
  await settleAttempt(ctx, leased, { delivery, at })
}

/** Undefined where whom it was for is gone, and the entry with them. */
async function deliverTo(ctx: DeliveryContext, logout: Logout, stop: AbortSignal): Promise<Delivery | undefined> {
  const { environmentId, partner, messageId, subject, userId, chainId } = logout
  if (messageId === undefined) return undefined
  if (partner.clientId !== undefined) {
    if (userId === undefined || chainId === undefined) return undefined
    return deliverToken(ctx, environmentId, { id: messageId, clientId: partner.clientId, userId, chainId, stop })
  }
  const place = await findConnectionInPlace(ctx.db.read, environmentId, partner.connectionId)
  return place === undefined || subject === undefined ? undefined : deliver(ctx, place, { messageId, subject, stop })
}

/** The service stops in the middle: the next one may begin at once. */
async function giveBack({ db }: DeliveryContext, { logout, until }: Leased): Promise<void> {
  await db.write
    .updateTable('logouts')
    .set({ leased_until: null, attempts: sql<number>`attempts - 1` })
    .where('id', '=', logout.id)
    .where('leased_until', '=', until)
    .where('state', '=', 'waiting')
    .execute()
}

async function settleAttempt(
  ctx: DeliveryContext,
  { logout, until }: Leased,
  { delivery, at }: { readonly delivery: Delivery; readonly at: Date },
): Promise<void> {
  const now = ctx.world.clock()
  const { outcome, details, unreachable } = delivery
  const next = afterAttempt(logout, outcome, now)
  const settled = await ctx.db.transaction(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('logouts')
      .set({ ...next, leased_until: null })
      .where('id', '=', logout.id)
      .where('leased_until', '=', until)
      .where('state', '=', 'waiting')
      .executeTakeFirst()
    // The lease had run out: whoever has it now says what came of it.
    if (numUpdatedRows === 0n) return false
    await insertAttempt(tx, logout, { number: logout.attempts, at, outcome, details })
    if (unreachable) await pause(tx, logout, now)
    else await endPause(tx, logout)
    return true
  })
  if (settled) ctx.attempts.note(outcome)
  const about = { logout: logout.id, ...logout.partner, attempt: logout.attempts, outcome, code: details.code }
  if (outcome !== 'done') ctx.log.warn(about, 'somebody was told of a logout, and did not confirm it')
}

function afterAttempt({ attempts, createdAt }: Logout, outcome: Delivery['outcome'], now: Date) {
  const finished = { next_attempt_at: null, finished_at: now.getTime() }
  if (outcome !== 'failed') return { state: outcome, ...finished }
  const next = now.getTime() + backoffMs(attempts)
  if (next >= createdAt.getTime() + GIVE_UP_AFTER_MS) return { state: 'given-up', ...finished } as const
  return { next_attempt_at: next }
}

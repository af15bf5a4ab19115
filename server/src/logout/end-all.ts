import { sql } from 'kysely'
import type { Id, World } from '#config/world.ts'
import type { Job } from '#jobs/jobs.ts'
import { type Ending, findEnding } from '#logout/endings.ts'
import { endAndTell } from '#logout/tell.ts'
import { idleSince } from '#sessions/sessions.ts'
import { findSessionSettings } from '#sessions/settings.ts'
import type { Database, Handle } from '#storage/database.ts'

const BATCH = 500

/** Much longer than a batch takes: whose lease has run out has died, and another goes on. */
const LEASE_MS = 30_000

type Context = { readonly db: Database; readonly world: World }

/** An ending that this process works at, and nobody else until then. */
type Lease = {
  readonly id: Id<'ending'>
  readonly environmentId: Id<'env'>
  readonly openedBefore: number
  readonly until: number
  /** The last session of the batch before: those before it need not be looked at again. */
  readonly after?: { readonly openedAt: number; readonly id: Id<'sess'> } | undefined
}

/**
 * Logout All of an Environment. Each batch is a transaction of its own, with how far the ending has come: what was cut
 * off goes on there, in whatever process. Between the batches others get their turn.
 */
export function endAllJob(ctx: Context): Job {
  let lease: Lease | undefined
  return {
    name: 'ending of all sessions',
    once: async (stop) => {
      lease ??= await takeLease(ctx)
      if (lease === undefined) return 'idle'
      lease = await endBatch(ctx, lease)
      await turnOfOthers()
      if (stop.aborted && lease !== undefined) {
        await giveBack(ctx, lease)
        lease = undefined
      }
      return 'more'
    },
  }
}

/**
 * The same for a process that has nothing else to do. `begin` writes the ending down with this lease, and `onProgress`
 * hears of each batch. What it returns is unfinished where another process has taken over.
 */
export async function endAllHere(
  ctx: Context,
  begin: (leasedUntil: number) => Promise<Ending>,
  onProgress: (ending: Ending) => void,
): Promise<Ending> {
  const { db, world } = ctx
  const until = world.clock().getTime() + LEASE_MS
  let ending = await begin(until)
  const { id, environmentId, openedBefore } = ending
  let lease: Lease | undefined = { id, environmentId, openedBefore: openedBefore.getTime(), until }
  while (lease !== undefined) {
    lease = await endBatch(ctx, lease)
    ending = (await findEnding(db.read, environmentId, id)) ?? ending
    onProgress(ending)
    await turnOfOthers()
  }
  return ending
}

function turnOfOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function takeLease({ db, world }: Context): Promise<Lease | undefined> {
  const now = world.clock().getTime()
  const until = now + LEASE_MS
  const due = await db.read
    .selectFrom('session_endings')
    .select('id')
    .where('finished_at', 'is', null)
    .where((e) => e.or([e('leased_until', 'is', null), e('leased_until', '<=', now)]))
    .orderBy('started_at')
    .limit(1)
    .executeTakeFirst()
  if (due === undefined) return undefined
  const row = await db.write
    .updateTable('session_endings')
    .set({ leased_until: until })
    .where('id', '=', due.id)
    .where('finished_at', 'is', null)
    .where((e) => e.or([e('leased_until', 'is', null), e('leased_until', '<=', now)]))
    .returningAll()
    .executeTakeFirst()
  return row && { id: row.id, environmentId: row.environment_id, openedBefore: row.opened_before, until }
}

/** The next process need not wait until the lease runs out. */
async function giveBack({ db }: Context, { id, until }: Lease): Promise<void> {
  await db.write
    .updateTable('session_endings')
    .set({ leased_until: null })
    .where('id', '=', id)
    .where('leased_until', '=', until)
    .execute()
}

/** Undefined where nothing is left to do, or another process does it by now. */
async function endBatch({ db, world }: Context, lease: Lease): Promise<Lease | undefined> {
  const now = world.clock()
  const until = now.getTime() + LEASE_MS
  return db.transaction(async (tx) => {
    // First, so that on PostgreSQL too nobody else is at it until the end of the transaction.
    const { numUpdatedRows } = await tx
      .updateTable('session_endings')
      .set({ leased_until: until })
      .where('id', '=', lease.id)
      .where('leased_until', '=', lease.until)
      .where('finished_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return undefined
    const open = await findOpen(tx, lease, now)
    const which = { ids: open.map(({ id }) => id) }
    const ending = { why: 'ended-by-administrator', now, chance: world.chance } as const
    const ended = await endAndTell(tx, lease.environmentId, which, ending)
    const last = open.length < BATCH ? undefined : open.at(-1)
    await tx
      .updateTable('session_endings')
      .set({
        ended: sql<number>`ended + ${sql.lit(ended.length)}`,
        ...(last === undefined ? { finished_at: now.getTime(), leased_until: null } : {}),
      })
      .where('id', '=', lease.id)
      .execute()
    return last && { ...lease, until, after: { openedAt: last.opened_at, id: last.id } }
  })
}

/** Not those that have lapsed: they ended by themselves, and no identity provider is told of it. */
async function findOpen(tx: Handle, { environmentId, openedBefore, after }: Lease, now: Date) {
  const settings = await findSessionSettings(tx, environmentId)
  let open = tx
    .selectFrom('sessions')
    .select(['id', 'opened_at'])
    .where('environment_id', '=', environmentId)
    .where('ended_at', 'is', null)
    .where('opened_at', '<', openedBefore)
    // The pluses leave SQLite the index that is in the order of the batches.
    .where(sql<number>`+expires_at`, '>', now.getTime())
    .where(sql<number>`+last_seen_at`, '>', idleSince(settings, now))
  if (after !== undefined) {
    const { openedAt, id } = after
    open = open.where('opened_at', '>=', openedAt).where((e) => e.or([e('opened_at', '>', openedAt), e('id', '>', id)]))
  }
  return open.orderBy('opened_at').orderBy('id').limit(BATCH).execute()
}

import { sql } from 'kysely'
import type { Id } from '#config/world.ts'
import { type EndedSession, type EndedWhy, endedSession } from '#sessions/ends.ts'
import { idleSince } from '#sessions/sessions.ts'
import { defaultSessionSettings } from '#sessions/settings.ts'
import type { Database, Handle } from '#storage/database.ts'
import type { SessionRow } from '#storage/tables.ts'

/** Ended sessions stay so long, so that administrators and browsers can still be told why. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000
const MINUTE_MS = 60 * 1000
const AT_ONCE = 1000

/** Hears of sessions of an Environment that have ended, in the transaction that writes it down. */
export type TellOfEnds = (tx: Handle, environmentId: Id<'env'>, ended: readonly EndedSession[]) => Promise<void>

const nobody: TellOfEnds = async () => {}

/** Writes down the ends that came by themselves, and removes what ended long ago: of all Environments. */
export async function sweepSessions(db: Database, now: Date, tell: TellOfEnds = nobody): Promise<void> {
  while ((await endIdle(db, now, tell)) === AT_ONCE);
  while ((await endExpired(db, now, tell)) === AT_ONCE);
  while ((await removeOld(db, now)) === AT_ONCE);
}

async function endExpired(db: Database, now: Date, tell: TellOfEnds): Promise<number> {
  const lapsed = await db.read
    .selectFrom('sessions')
    .select('id')
    .where('ended_at', 'is', null)
    .where('expires_at', '<=', now.getTime())
    .limit(AT_ONCE)
    .execute()
  if (lapsed.length === 0) return 0
  const ids = lapsed.map(({ id }) => id)
  await db.transaction(async (tx) => {
    const ended = await tx
      .updateTable('sessions')
      .set({
        ended_at: sql.ref('expires_at'),
        ended_why: sql`case expires_why when 'identity-provider' then 'identity-provider-time' else 'lifetime' end`,
      })
      .where('id', 'in', ids)
      .where('ended_at', 'is', null)
      .returningAll()
      .execute()
    await tellEach(tx, ended, tell)
  })
  return lapsed.length
}

async function tellEach(tx: Handle, rows: readonly SessionRow[], tell: TellOfEnds): Promise<void> {
  for (const [environmentId, ended] of Map.groupBy(rows, (row) => row.environment_id)) {
    await tell(
      tx,
      environmentId,
      ended.map((row) => endedSession(row, row.ended_why as EndedWhy)),
    )
  }
}

async function endIdle(db: Database, now: Date, tell: TellOfEnds): Promise<number> {
  const environments = await db.read
    .selectFrom('environments')
    .leftJoin('environment_sessions', 'environment_sessions.environment_id', 'environments.id')
    .select(['environments.id', 'environment_sessions.idle_minutes'])
    .execute()
  let most = 0
  for (const { id, idle_minutes } of environments) {
    const idleMinutes = idle_minutes ?? defaultSessionSettings.idleMinutes
    if (idleMinutes > 0) most = Math.max(most, await endIdleOf(db, id, { idleMinutes, now, tell }))
  }
  return most
}

async function endIdleOf(
  db: Database,
  environmentId: Id<'env'>,
  { idleMinutes, now, tell }: { readonly idleMinutes: number; readonly now: Date; readonly tell: TellOfEnds },
): Promise<number> {
  const idle = idleMinutes * MINUTE_MS
  const lapsed = await db.read
    .selectFrom('sessions')
    .select('id')
    .where('environment_id', '=', environmentId)
    .where('ended_at', 'is', null)
    .where('last_seen_at', '<=', idleSince({ idleMinutes }, now))
    // Whichever came first is what ended it.
    .where(sql<number>`last_seen_at + ${sql.lit(idle)}`, '<', sql.ref<number>('expires_at'))
    .limit(AT_ONCE)
    .execute()
  if (lapsed.length === 0) return 0
  const ids = lapsed.map(({ id }) => id)
  await db.transaction(async (tx) => {
    const ended = await tx
      .updateTable('sessions')
      .set({ ended_at: sql`last_seen_at + ${sql.lit(idle)}`, ended_why: 'idle' })
      .where('id', 'in', ids)
      .where('ended_at', 'is', null)
      // Not those that somebody has used in this very moment.
      .where('last_seen_at', '<=', idleSince({ idleMinutes }, now))
      .returningAll()
      .execute()
    await tellEach(tx, ended, tell)
  })
  return lapsed.length
}

async function removeOld(db: Database, now: Date): Promise<number> {
  const old = await db.read
    .selectFrom('sessions')
    .select('id')
    .where('ended_at', '<', now.getTime() - KEPT_MS)
    .limit(AT_ONCE)
    .execute()
  if (old.length === 0) return 0
  await db.write
    .deleteFrom('sessions')
    .where(
      'id',
      'in',
      old.map(({ id }) => id),
    )
    .execute()
  return old.length
}

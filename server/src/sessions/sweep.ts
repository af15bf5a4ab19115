import { sql } from 'kysely'
import { defaultSessionSettings } from '#sessions/settings.ts'
import type { Database } from '#storage/database.ts'

/** Ended sessions stay so long, so that administrators and browsers can still be told why. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000
const MINUTE_MS = 60 * 1000
const AT_ONCE = 1000

/** Writes down the ends that came by themselves, and removes what ended long ago: of all Environments. */
export async function sweepSessions(db: Database, now: Date): Promise<void> {
  // Whichever came first is what ended it.
  while ((await endIdle(db, now)) === AT_ONCE);
  while ((await endExpired(db, now)) === AT_ONCE);
  while ((await removeOld(db, now)) === AT_ONCE);
}

async function endExpired(db: Database, now: Date): Promise<number> {
  const lapsed = await db.read
    .selectFrom('sessions')
    .select('id')
    .where('ended_at', 'is', null)
    .where('expires_at', '<=', now.getTime())
    .limit(AT_ONCE)
    .execute()
  if (lapsed.length === 0) return 0
  await db.write
    .updateTable('sessions')
    .set({
      ended_at: sql.ref('expires_at'),
      ended_why: sql`case expires_why when 'identity-provider' then 'identity-provider-time' else 'lifetime' end`,
    })
    .where(
      'id',
      'in',
      lapsed.map(({ id }) => id),
    )
    .where('ended_at', 'is', null)
    .execute()
  return lapsed.length
}

async function endIdle(db: Database, now: Date): Promise<number> {
  const idle = sql<number>`coalesce(environment_sessions.idle_minutes, ${sql.lit(defaultSessionSettings.idleMinutes)})`
  const lapsed = await db.read
    .selectFrom('sessions')
    .leftJoin('environment_sessions', 'environment_sessions.environment_id', 'sessions.environment_id')
    .select(['sessions.id', 'sessions.last_seen_at', idle.as('idle')])
    .where('ended_at', 'is', null)
    .where(idle, '>', 0)
    .where(sql`last_seen_at + ${idle} * ${sql.lit(MINUTE_MS)}`, '<', sql.ref('expires_at'))
    .where(sql`last_seen_at + ${idle} * ${sql.lit(MINUTE_MS)}`, '<=', now.getTime())
    .limit(AT_ONCE)
    .execute()
  if (lapsed.length === 0) return 0
  await db.transaction(async (tx) => {
    for (const { id, last_seen_at, idle } of lapsed) {
      const ended = { ended_at: last_seen_at + idle * MINUTE_MS, ended_why: 'idle' }
      const same = tx.updateTable('sessions').set(ended).where('id', '=', id).where('ended_at', 'is', null)
      await same.where('last_seen_at', '=', last_seen_at).execute()
    }
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

import { ANSWER_WITHIN_MS } from '#logout/logout.ts'
import type { Database } from '#storage/database.ts'

/** How long the ledger keeps what is finished. */
const KEPT_MS = 90 * 24 * 60 * 60 * 1000
const AT_ONCE = 1000

/** Writes down that no answer came, and removes what finished long ago: of all Environments. */
export async function sweepLogouts(db: Database, now: Date): Promise<void> {
  await db.write
    .updateTable('logouts')
    .set({ state: 'unanswered', finished_at: now.getTime() })
    .where('state', '=', 'sent')
    .where('created_at', '<=', now.getTime() - ANSWER_WITHIN_MS)
    .execute()
  while ((await removeOld(db, now)) === AT_ONCE);
  await db.write
    .deleteFrom('session_endings')
    .where('finished_at', '<', now.getTime() - KEPT_MS)
    .execute()
}

async function removeOld(db: Database, now: Date): Promise<number> {
  const old = await db.read
    .selectFrom('logouts')
    .select('id')
    .where('finished_at', '<', now.getTime() - KEPT_MS)
    .where((either) => either.or([either('kept_until', 'is', null), either('kept_until', '<', now.getTime())]))
    .limit(AT_ONCE)
    .execute()
  if (old.length === 0) return 0
  const ids = old.map(({ id }) => id)
  await db.write.deleteFrom('logouts').where('id', 'in', ids).execute()
  return old.length
}

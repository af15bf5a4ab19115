import type { Id } from '#config/world.ts'
import { findRecordSettings } from '#signin-records/settings.ts'
import type { Handle } from '#storage/database.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** So many at once: whoever signs in meanwhile does not wait long. */
const AT_ONCE = 500

/** Removes the messages and records that each Environment has kept long enough, and links that are over. */
export async function sweepRecords(db: Handle, now: Date): Promise<void> {
  await db.deleteFrom('record_shares').where('expires_at', '<=', now.getTime()).execute()
  const environments = await db.selectFrom('environments').select('id').execute()
  for (const { id } of environments) await sweepEnvironment(db, id, now)
}

async function sweepEnvironment(db: Handle, environmentId: Id<'env'>, now: Date): Promise<void> {
  const { messageDays, recordDays } = await findRecordSettings(db, environmentId)
  const before = (days: number): number => now.getTime() - days * DAY_MS
  await inPieces(async () => {
    const old = db
      .selectFrom('signin_messages')
      .select('record_id')
      .where('environment_id', '=', environmentId)
      .where('at', '<=', before(messageDays))
      .limit(AT_ONCE)
    const { numDeletedRows } = await db
      .deleteFrom('signin_messages')
      .where('environment_id', '=', environmentId)
      .where('at', '<=', before(messageDays))
      .where('record_id', 'in', old)
      .executeTakeFirst()
    return numDeletedRows
  })
  await inPieces(async () => {
    const old = db
      .selectFrom('signin_records')
      .select('id')
      .where('environment_id', '=', environmentId)
      .where('started_at', '<=', before(recordDays))
      .limit(AT_ONCE)
    const { numDeletedRows } = await db
      .deleteFrom('signin_records')
      .where('environment_id', '=', environmentId)
      .where('id', 'in', old)
      .executeTakeFirst()
    return numDeletedRows
  })
}

async function inPieces(removeSome: () => Promise<bigint>): Promise<void> {
  while ((await removeSome()) > 0n);
}

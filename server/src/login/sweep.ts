import { sweepTests } from '#login/signin-tests.ts'
import type { Handle } from '#storage/database.ts'

/** Answered and expired sign-ins stay an hour longer, so that a late answer is told apart from an unknown one. */
const KEPT_AFTER_EXPIRY_MS = 60 * 60 * 1000

/** Removes what sign-ins have left behind: of all Environments, as time passes for all of them alike. */
export async function sweepLogins(db: Handle, now: Date): Promise<void> {
  const at = now.getTime()
  await db
    .deleteFrom('pending_logins')
    .where('expires_at', '<', at - KEPT_AFTER_EXPIRY_MS)
    .execute()
  await db.deleteFrom('used_assertions').where('expires_at', '<', at).execute()
  await db.deleteFrom('verified_responses').where('expires_at', '<', at).execute()
  await sweepTests(db, now)
}

import type { Handle } from '#storage/database.ts'

/** Removes what has expired: of all Environments. */
export async function sweepOauth(db: Handle, now: Date): Promise<void> {
  await db.deleteFrom('oauth_artifacts').where('expires_at', '<=', now.getTime()).execute()
}

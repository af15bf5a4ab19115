import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import { tokenHash } from '#storage/token-hash.ts'

const WINDOW_MS = 10 * 60 * 1000

/**
 * So many attempts within ten minutes. A whole company may come from one address; a person tries a few times. Names are
 * counted whether somebody has them or not, so that the limit tells nothing.
 */
export const limits = {
  'sign-in from': 100,
  'sign-in as': 20,
  'mail from': 50,
  'mail to': 3,
} as const

export type Limit = keyof typeof limits

/** Counts an attempt; false where there were too many already. One statement, so it holds on several nodes. */
export async function countAttempt(
  db: Handle,
  environmentId: Id<'env'>,
  { limit, of }: { readonly limit: Limit; readonly of: string },
  now: Date,
): Promise<boolean> {
  const window_at = now.getTime() - (now.getTime() % WINDOW_MS)
  const { count } = await db
    .insertInto('password_attempts')
    // A hash: of any length, without letters that a database would not take, and nobody's name or address.
    .values({ environment_id: environmentId, subject: tokenHash(`${limit} ${of}`), window_at, count: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['environment_id', 'subject', 'window_at'])
        .doUpdateSet((e) => ({ count: e('password_attempts.count', '+', 1) })),
    )
    .returning('count')
    .executeTakeFirstOrThrow()
  return count <= limits[limit]
}

/** Removes what limits and links have left behind: of all Environments, as time passes for all of them alike. */
export async function sweepPasswords(db: Handle, now: Date): Promise<void> {
  await db
    .deleteFrom('password_attempts')
    .where('window_at', '<', now.getTime() - WINDOW_MS)
    .execute()
  await db.deleteFrom('password_resets').where('expires_at', '<', now.getTime()).execute()
}

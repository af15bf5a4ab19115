import type { Handle } from '#storage/database.ts'
import { tokenHash } from '#storage/token-hash.ts'

const WINDOW_MS = 10 * 60 * 1000

/**
 * So many attempts within ten minutes. Addresses are counted whether somebody has them or not, so that the limit tells
 * nothing. No lock outlasts it: whoever knows an administrator's address could lock them out.
 */
export const limits = {
  'sign-in from': 60,
  'sign-in as': 12,
  'code as': 12,
  'passkey from': 120,
  'link from': 60,
  'single sign-on from': 60,
} as const

export type Limit = keyof typeof limits

/** Counts an attempt; false where there were too many already. One statement, so it holds on several nodes. */
export async function countAttempt(db: Handle, limit: Limit, of: string, now: Date): Promise<boolean> {
  const window_at = now.getTime() - (now.getTime() % WINDOW_MS)
  const { count } = await db
    .insertInto('administrator_attempts')
    // A hash: of any length, without letters that a database would not take, and nobody's name or address.
    .values({ subject: tokenHash(`${limit} ${of}`), window_at, count: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['subject', 'window_at'])
        .doUpdateSet((e) => ({ count: e('administrator_attempts.count', '+', 1) })),
    )
    .returning('count')
    .executeTakeFirstOrThrow()
  return count <= limits[limit]
}

/** Seconds until attempts are counted anew. */
export function secondsToWait(now: Date): number {
  return Math.ceil((WINDOW_MS - (now.getTime() % WINDOW_MS)) / 1000)
}

export async function sweepAttempts(db: Handle, now: Date): Promise<void> {
  const before = now.getTime() - WINDOW_MS
  await db.deleteFrom('administrator_attempts').where('window_at', '<', before).execute()
}

/**
 * Passwords of people who do not come through an identity provider.
 *
 * Owns the tables `user_passwords`, `environment_passwords`, `password_resets` and `password_attempts`, the pages where
 * people sign in with a password, forget it and choose another, and the mails about that. What a session is, is
 * `sessions`'. Must not know assertions, and changes nothing else of a user.
 */

import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import type { UserPasswordRow } from '#storage/password-tables.ts'
import type { User } from '#users/users.ts'

export type StoredPassword = {
  readonly hash: string
  readonly setAt: Date
  readonly mustChange: boolean
  readonly failedAttempts: number
  readonly lockedUntil: Date | undefined
}

type Whose = Pick<User, 'environmentId' | 'id'>

/** So many wrong passwords in a row are somebody who mistypes; from then on each one makes the next wait longer. */
const FREE_FAILURES = 5
const MINUTE_MS = 60 * 1000
const LONGEST_LOCK_MS = 60 * MINUTE_MS

export async function findPassword(
  db: Handle,
  environmentId: Id<'env'>,
  userId: Id<'user'>,
): Promise<StoredPassword | undefined> {
  const row = await db
    .selectFrom('user_passwords')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row && passwordOf(row)
}

/** Sets the password, or another one; what failed before is forgotten. */
export async function savePassword(
  db: Handle,
  { environmentId, id }: Whose,
  { hash, mustChange, now }: { readonly hash: string; readonly mustChange: boolean; readonly now: Date },
): Promise<void> {
  const values = {
    hash,
    set_at: now.getTime(),
    must_change: mustChange ? (1 as const) : (0 as const),
    failed_attempts: 0,
    locked_until: null,
  }
  await db
    .insertInto('user_passwords')
    .values({ user_id: id, environment_id: environmentId, ...values })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet(values).where('user_passwords.environment_id', '=', environmentId),
    )
    .execute()
}

/**
 * Counts an attempt before its password is looked at, so that many at the same moment are not tried for the price of
 * one. False where the password is locked; such an attempt is not counted, or a stranger could lock somebody out for
 * good. To be run in a transaction: the row is held between the two statements.
 */
export async function takeAttempt(tx: Handle, { environmentId, id }: Whose, now: Date): Promise<boolean> {
  const row = await tx
    .updateTable('user_passwords')
    .set((e) => ({ failed_attempts: e('failed_attempts', '+', 1) }))
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', id)
    .where((e) => e.or([e('locked_until', 'is', null), e('locked_until', '<=', now.getTime())]))
    .returning('failed_attempts')
    .executeTakeFirst()
  if (row === undefined) return false
  const lock = lockAfter(row.failed_attempts)
  if (lock === 0) return true
  await tx
    .updateTable('user_passwords')
    .set({ locked_until: now.getTime() + lock })
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', id)
    .execute()
  return true
}

/** How long nothing is accepted after so many failures in a row: 1, 2, 4 … minutes, an hour at most. */
export function lockAfter(failures: number): number {
  return failures < FREE_FAILURES ? 0 : Math.min(MINUTE_MS * 2 ** (failures - FREE_FAILURES), LONGEST_LOCK_MS)
}

/** The password was right. False where it has been changed since it was looked at. */
export async function forgetAttempts(db: Handle, { environmentId, id }: Whose, hash: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('user_passwords')
    .set({ failed_attempts: 0, locked_until: null })
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', id)
    .where('hash', '=', hash)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

function passwordOf(row: UserPasswordRow): StoredPassword {
  return Object.freeze({
    hash: row.hash,
    setAt: new Date(row.set_at),
    mustChange: row.must_change === 1,
    failedAttempts: row.failed_attempts,
    lockedUntil: row.locked_until === null ? undefined : new Date(row.locked_until),
  })
}

import { type Chance, type Id, newToken } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import { tokenHash } from '#storage/token-hash.ts'
import type { User } from '#users/users.ts'

/** Long enough for slow mail. */
export const RESET_LIFETIME_MS = 30 * 60 * 1000

/** Makes a token with which the person may choose a new password, once. Only its hash is kept. */
export async function insertReset(
  db: Handle,
  { environmentId, id }: Pick<User, 'environmentId' | 'id'>,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<string> {
  const token = newToken(chance)
  await db
    .insertInto('password_resets')
    .values({
      token_hash: tokenHash(token),
      environment_id: environmentId,
      user_id: id,
      expires_at: now.getTime() + RESET_LIFETIME_MS,
      used_at: null,
    })
    .execute()
  return token
}

/** Whose token it is, where it is still good. Looking does not use it up: mail programs open links on their own. */
export async function findReset(
  db: Handle,
  environmentId: Id<'env'>,
  token: string,
  now: Date,
): Promise<Id<'user'> | undefined> {
  const row = await db
    .selectFrom('password_resets')
    .select('user_id')
    .where('environment_id', '=', environmentId)
    .where('token_hash', '=', tokenHash(token))
    .where('used_at', 'is', null)
    .where('expires_at', '>', now.getTime())
    .executeTakeFirst()
  return row?.user_id
}

/** Uses the token up. False where it is not good any more: of two at the same moment one is told so. */
export async function takeReset(db: Handle, environmentId: Id<'env'>, token: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('password_resets')
    .set({ used_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('token_hash', '=', tokenHash(token))
    .where('used_at', 'is', null)
    .where('expires_at', '>', now.getTime())
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Links that were sent before are good no longer. */
export async function voidResets(db: Handle, environmentId: Id<'env'>, userId: Id<'user'>, now: Date): Promise<void> {
  await db
    .updateTable('password_resets')
    .set({ used_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .execute()
}

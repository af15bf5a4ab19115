/**
 * Users: the people of an Environment.
 *
 * Owns the table `users`. Must not know connections' settings, assertions, sessions or how a sign-in goes on.
 */

import { type Chance, type Id, newId } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import type { UserRow } from '#storage/tables.ts'

export type User = {
  readonly id: Id<'user'>
  readonly environmentId: Id<'env'>
  /** The connection that speaks for this person; no other one is believed. */
  readonly connectionId: Id<'conn'> | undefined
  readonly username: string
  readonly federatedId: string | undefined
  readonly userType: 'platform' | 'site'
  readonly firstName: string | undefined
  readonly lastName: string | undefined
  readonly email: string | undefined
}

/** What people are found by: the username, or the identifier that several systems share. */
export type UserKey = { readonly kind: 'username' | 'federated-id'; readonly value: string }

/** Compared exactly: an identity provider's `Ada` and `ada` may be two people. */
export async function findUser(db: Handle, environmentId: Id<'env'>, key: UserKey): Promise<User | undefined> {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where(key.kind === 'username' ? 'username' : 'federated_id', '=', key.value)
    .executeTakeFirst()
  return row && userOf(row)
}

export async function findUserById(db: Handle, environmentId: Id<'env'>, id: Id<'user'>): Promise<User | undefined> {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && userOf(row)
}

export type NewUser = Omit<User, 'id' | 'environmentId'> & { readonly connectionId: Id<'conn'> }

/**
 * Makes a user who came by single sign-on. Undefined where somebody has the username or federated id already: of two
 * first sign-ins at the same moment one makes the user, and the other finds them.
 */
export async function insertUserFromSignIn(
  db: Handle,
  environmentId: Id<'env'>,
  user: NewUser,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<User | undefined> {
  const row = await db
    .insertInto('users')
    .values({
      id: newId(chance, 'user'),
      environment_id: environmentId,
      connection_id: user.connectionId,
      username: user.username,
      federated_id: user.federatedId ?? null,
      user_type: user.userType,
      first_name: user.firstName ?? null,
      last_name: user.lastName ?? null,
      email: user.email ?? null,
      created_through: 'sso',
      created_at: now.getTime(),
      updated_at: now.getTime(),
      last_sign_in_at: now.getTime(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  return row && userOf(row)
}

export async function noteSignIn(db: Handle, environmentId: Id<'env'>, id: Id<'user'>, now: Date): Promise<void> {
  await db
    .updateTable('users')
    .set({ last_sign_in_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .execute()
}

export function userOf(row: UserRow): User {
  return Object.freeze({
    id: row.id,
    environmentId: row.environment_id,
    connectionId: row.connection_id ?? undefined,
    username: row.username,
    federatedId: row.federated_id ?? undefined,
    userType: row.user_type,
    firstName: row.first_name ?? undefined,
    lastName: row.last_name ?? undefined,
    email: row.email ?? undefined,
  })
}

/** How a page addresses a person. */
export function displayName(user: Pick<User, 'username' | 'firstName' | 'lastName'>): string {
  return [user.firstName, user.lastName].filter((part) => part !== undefined && part !== '').join(' ') || user.username
}

/**
 * Users: the people of an Environment.
 *
 * Owns the tables `users` and `user_fields`. Must not know connections' settings, assertions, sessions or how a sign-in
 * goes on.
 */

import { type Chance, type Id, newId } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import type { UserRow } from '#storage/tables.ts'
import { startKey } from '#users/search.ts'
import { type Source, type Sourced, sourcedOf, storedSource } from '#users/source.ts'

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
  readonly createdThrough: UserRow['created_through']
  readonly accessProfileId: Id<'prof'> | undefined
  readonly defaultApplicationId: Id<'app'> | undefined
  /** Nobody may sign in as a deactivated user. */
  readonly deactivatedAt: Date | undefined
  /** Grows with every change; what a caller read is current as long as this is the same. */
  readonly version: number
}

/**
 * What people are found by: the username, the identifier that several systems share, or the NameID of one connection
 * (`nameIdKey`), which finds only those who were made under it.
 */
export type UserKey =
  | { readonly kind: 'username' | 'federated-id'; readonly value: string }
  | { readonly kind: 'name-id'; readonly connectionId: Id<'conn'>; readonly value: string }

/** Compared exactly: an identity provider's `Ada` and `ada` may be two people. */
export async function findUser(db: Handle, environmentId: Id<'env'>, key: UserKey): Promise<User | undefined> {
  const all = db.selectFrom('users').selectAll().where('environment_id', '=', environmentId)
  const row = await (key.kind === 'name-id'
    ? all.where('connection_id', '=', key.connectionId).where('name_id_key', '=', key.value)
    : all.where(key.kind === 'username' ? 'username' : 'federated_id', '=', key.value)
  ).executeTakeFirst()
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

/** Those of these that there are. */
export async function findUsersById(
  db: Handle,
  environmentId: Id<'env'>,
  ids: readonly Id<'user'>[],
): Promise<readonly User[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('users')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return rows.map(userOf)
}

/** Whose address this is, written in capitals or not. */
export async function findUserByEmail(db: Handle, environmentId: Id<'env'>, email: string): Promise<User | undefined> {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('email_key', '=', emailKey(email))
    .executeTakeFirst()
  return row && userOf(row)
}

/** The fields that are written when a user is made. */
export type NewUser = Omit<User, 'id' | 'environmentId' | 'deactivatedAt' | 'version'> & {
  readonly nameIdKey?: string | undefined
}

/**
 * Makes a user. Undefined where somebody has the username, federated id, NameID or e-mail address already: of two first
 * sign-ins at the same moment one makes the user, and the other finds them.
 */
export async function insertUser(
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
      connection_id: user.connectionId ?? null,
      username: user.username,
      federated_id: user.federatedId ?? null,
      name_id_key: user.nameIdKey ?? null,
      user_type: user.userType,
      first_name: user.firstName ?? null,
      last_name: user.lastName ?? null,
      email: user.email ?? null,
      email_key: user.email === undefined ? null : emailKey(user.email),
      username_start: startKey(user.username),
      email_start: startKey(user.email),
      first_name_start: startKey(user.firstName),
      last_name_start: startKey(user.lastName),
      access_profile_id: user.accessProfileId ?? null,
      default_application_id: user.defaultApplicationId ?? null,
      created_through: user.createdThrough,
      created_at: now.getTime(),
      updated_at: now.getTime(),
      last_sign_in_at: null,
      deactivated_at: null,
      version: 1,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  return row && userOf(row)
}

export type UserChange = Partial<
  Pick<
    User,
    | 'connectionId'
    | 'username'
    | 'federatedId'
    | 'userType'
    | 'firstName'
    | 'lastName'
    | 'email'
    | 'accessProfileId'
    | 'defaultApplicationId'
    | 'deactivatedAt'
  >
>

/**
 * Changes the fields that are given; one that is given as undefined is emptied. A field whose value is not the same
 * afterwards gets `source`. Throws what the database throws where a name or an address belongs to somebody else.
 */
export async function updateUser(
  db: Handle,
  user: User,
  change: UserChange,
  { source, now }: { readonly source: (field: keyof UserChange) => Source; readonly now: Date },
): Promise<User> {
  const fields = (Object.keys(change) as (keyof UserChange)[]).filter((field) => !isSame(user[field], change[field]))
  if (fields.length === 0) return user
  const columns = Object.assign({}, ...fields.map((field) => columnsOf(field, change[field]))) as Partial<UserRow>
  const row = await db
    .updateTable('users')
    .set({ ...columns, updated_at: now.getTime(), version: user.version + 1 })
    .where('environment_id', '=', user.environmentId)
    .where('id', '=', user.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await noteFields(db, user, new Map(fields.map((field) => [field, source(field)])), now)
  return userOf(row)
}

/** A change of what hangs on the user, such as a team, is a change of the user. */
export async function touchUser(db: Handle, user: Pick<User, 'environmentId' | 'id'>, now: Date): Promise<void> {
  await db
    .updateTable('users')
    .set((e) => ({ updated_at: now.getTime(), version: e('version', '+', 1) }))
    .where('environment_id', '=', user.environmentId)
    .where('id', '=', user.id)
    .execute()
}

/** Notes where fields of a user came from. */
export async function noteFields(
  db: Handle,
  user: Pick<User, 'environmentId' | 'id'>,
  sources: ReadonlyMap<string, Source>,
  now: Date,
): Promise<void> {
  if (sources.size === 0) return
  await db
    .insertInto('user_fields')
    .values(
      [...sources].map(([field, source]) => ({
        environment_id: user.environmentId,
        user_id: user.id,
        field,
        source: storedSource(source),
        since: now.getTime(),
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'field']).doUpdateSet((e) => ({
        source: e.ref('excluded.source'),
        since: e.ref('excluded.since'),
      })),
    )
    .execute()
}

export async function listFieldSources(
  db: Handle,
  { environmentId, id }: Pick<User, 'environmentId' | 'id'>,
): Promise<ReadonlyMap<string, Sourced>> {
  const rows = await db
    .selectFrom('user_fields')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', id)
    .orderBy('field')
    .execute()
  return new Map(rows.map((row) => [row.field, sourcedOf(row)]))
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
    createdThrough: row.created_through,
    accessProfileId: row.access_profile_id ?? undefined,
    defaultApplicationId: row.default_application_id ?? undefined,
    deactivatedAt: row.deactivated_at === null ? undefined : new Date(row.deactivated_at),
    version: row.version,
  })
}

/** How a page addresses a person. */
export function displayName(user: Pick<User, 'username' | 'firstName' | 'lastName'>): string {
  return [user.firstName, user.lastName].filter((part) => part !== undefined && part !== '').join(' ') || user.username
}

/** Capitals make no other address: mail systems deliver both to the same person. */
export function emailKey(email: string): string {
  return email.toLowerCase()
}

function isSame(a: unknown, b: unknown): boolean {
  return a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : a === b
}

function columnsOf(field: keyof UserChange, value: UserChange[keyof UserChange]): Record<string, unknown> {
  const stored = value instanceof Date ? value.getTime() : (value ?? null)
  if (field === 'email') {
    const key = value === undefined ? null : emailKey(value as string)
    return { email: stored, email_key: key, email_start: startKey(value as string | undefined) }
  }
  const column = columnOf[field]
  return {
    [column]: stored,
    ...(searched.has(field) ? { [`${column}_start`]: startKey(value as string | undefined) } : {}),
  }
}

const searched: ReadonlySet<keyof UserChange> = new Set(['username', 'firstName', 'lastName'])

const columnOf: Readonly<Record<Exclude<keyof UserChange, 'email'>, keyof UserRow>> = {
  connectionId: 'connection_id',
  username: 'username',
  federatedId: 'federated_id',
  userType: 'user_type',
  firstName: 'first_name',
  lastName: 'last_name',
  accessProfileId: 'access_profile_id',
  defaultApplicationId: 'default_application_id',
  deactivatedAt: 'deactivated_at',
}

/**
 * Accounts: users as administrators go through them, page by page, each with everything that hangs on it.
 *
 * Must not know who may see or change them.
 */

import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import { hole, prepared } from '#storage/prepared.ts'
import type { UserRow } from '#storage/tables.ts'
import {
  type ApplicationAccess,
  type MembershipColumns,
  membershipColumns,
  readMemberships,
  type TeamMembership,
} from '#users/memberships.ts'
import { beginsWith } from '#users/search.ts'
import { emailKey, type User, userOf } from '#users/users.ts'

/** A user, and when. */
export type DatedUser = User & {
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly lastSignInAt: Date | undefined
}

export type Account = {
  readonly user: DatedUser
  readonly teams: readonly TeamMembership[]
  readonly applications: readonly ApplicationAccess[]
  readonly accessProfileName: string | undefined
}

/** In one statement. */
export async function findAccount(db: Handle, environmentId: Id<'env'>, id: string): Promise<Account | undefined> {
  const [row] = await accountQuery(db, { environmentId, id })
  return row && accountOf(row)
}

const accountQuery = prepared((db) =>
  db
    .selectFrom('users')
    .leftJoin('access_profiles', 'access_profiles.id', 'users.access_profile_id')
    .selectAll('users')
    .select('access_profiles.name as profile_name')
    .select(membershipColumns(db))
    .where('users.environment_id', '=', hole('environmentId'))
    .where('users.id', '=', hole('id')),
)

export type AccountRow = UserRow & MembershipColumns & { readonly profile_name: string | null }

export function accountOf(row: AccountRow): Account {
  return { user: datedUserOf(row), ...readMemberships(row), accessProfileName: row.profile_name ?? undefined }
}

export type AccountPage = {
  readonly username?: string | undefined
  readonly email?: string | undefined
  readonly federatedId?: string | undefined
  readonly userType?: User['userType'] | undefined
  readonly teamId?: string | undefined
  readonly connectionId?: string | undefined
  readonly active?: boolean | undefined
  /** Beginnings of names; each word of it. */
  readonly search?: string | undefined
  readonly sort: 'username' | 'createdAt'
  readonly descending: boolean
  readonly after?: { readonly value: string | number; readonly id: string } | undefined
  readonly limit: number
}

/** Up to so many members, a team's are fetched and sorted; of a larger one enough are met on the way through all. */
const SMALL_TEAM = 5000

/** Each page costs the same, however many users there are: it begins where the one before ended, in an index. */
export async function listUsers(
  db: Handle,
  environmentId: Id<'env'>,
  page: AccountPage,
): Promise<readonly DatedUser[]> {
  let all = db.selectFrom('users').selectAll().where('users.environment_id', '=', environmentId)
  const { username, email, federatedId, userType, teamId, connectionId, active } = page
  if (username !== undefined) all = all.where('username', '=', username)
  if (email !== undefined) all = all.where('email_key', '=', emailKey(email))
  if (federatedId !== undefined) all = all.where('federated_id', '=', federatedId)
  if (userType !== undefined) all = all.where('user_type', '=', userType)
  if (connectionId !== undefined) all = all.where('connection_id', '=', connectionId as Id<'conn'>)
  if (active !== undefined) all = all.where('deactivated_at', active ? 'is' : 'is not', null)
  const { search = '' } = page
  if (search.trim() !== '') all = all.where((e) => beginsWith(e, search))
  if (teamId !== undefined) {
    const ids = await membersOf(db, environmentId, teamId as Id<'team'>)
    all =
      ids === undefined
        ? all.where((e) =>
            e.exists(
              e
                .selectFrom('user_teams')
                .select('user_id')
                .whereRef('user_teams.user_id', '=', 'users.id')
                .where('team_id', '=', teamId as Id<'team'>),
            ),
          )
        : all.where('users.id', 'in', ids.length === 0 ? ['user_'] : ids)
  }
  const direction = page.descending ? 'desc' : 'asc'
  const beyond = page.descending ? ('<' as const) : ('>' as const)
  if (page.sort === 'username') {
    if (page.after !== undefined) all = all.where('username', beyond, String(page.after.value))
    const rows = await all.orderBy('username', direction).limit(page.limit).execute()
    return rows.map(datedUserOf)
  }
  if (page.after !== undefined) {
    const at = Number(page.after.value)
    const id = page.after.id as Id<'user'>
    // The first condition is the one that an index answers.
    all = all
      .where('created_at', page.descending ? '<=' : '>=', at)
      .where((e) => e.or([e('created_at', beyond, at), e('users.id', beyond, id)]))
  }
  const rows = await all.orderBy('created_at', direction).orderBy('users.id', direction).limit(page.limit).execute()
  return rows.map(datedUserOf)
}

/** Undefined where they are too many to name. */
async function membersOf(
  db: Handle,
  environmentId: Id<'env'>,
  teamId: Id<'team'>,
): Promise<readonly Id<'user'>[] | undefined> {
  const rows = await db
    .selectFrom('user_teams')
    .select('user_id')
    .where('environment_id', '=', environmentId)
    .where('team_id', '=', teamId)
    .limit(SMALL_TEAM + 1)
    .execute()
  return rows.length > SMALL_TEAM ? undefined : rows.map(({ user_id }) => user_id)
}

/**
 * Holds the user in this state until the end of the transaction. False where it is in another one by now.
 */
export async function holdUser(db: Handle, { environmentId, id, version }: User): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ version })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** The account as it is now, held so until the end of the transaction. */
export async function holdAccount(tx: Handle, environmentId: Id<'env'>, id: Id<'user'>): Promise<Account | undefined> {
  await tx
    .updateTable('users')
    .set((e) => ({ version: e.ref('version') }))
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .execute()
  return findAccount(tx, environmentId, id)
}

/** With everything that hangs on it; sessions, too. */
export async function deleteUser(db: Handle, environmentId: Id<'env'>, id: Id<'user'>): Promise<void> {
  await db.deleteFrom('users').where('environment_id', '=', environmentId).where('id', '=', id).execute()
}

function datedUserOf(row: UserRow): DatedUser {
  return Object.freeze({
    ...userOf(row),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    lastSignInAt: row.last_sign_in_at === null ? undefined : new Date(row.last_sign_in_at),
  })
}

/** Whether their Access Profile has the permission User Management. */
export async function mayManageUsers(db: Handle, environmentId: Id<'env'>, id: Id<'user'>): Promise<boolean> {
  const found = await db
    .selectFrom('users')
    .innerJoin('access_profiles', 'access_profiles.id', 'users.access_profile_id')
    .select('users.id')
    .where('users.environment_id', '=', environmentId)
    .where('users.id', '=', id)
    .where('access_profiles.user_management', '=', 1)
    .executeTakeFirst()
  return found !== undefined
}

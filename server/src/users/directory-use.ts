/**
 * How much of the directory is in use, and removing what is not.
 *
 * What people belong to (teams, access profiles) cannot be removed while they do: the database refuses it too. An
 * application or a role takes people's access to it along. Standard entries stay, whoever asks.
 */

import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

/** How many users each has; those that have none are not in it. */
export type Use = {
  readonly teams: ReadonlyMap<Id<'team'>, number>
  readonly accessProfiles: ReadonlyMap<Id<'prof'>, number>
  readonly applications: ReadonlyMap<Id<'app'>, number>
  readonly roles: ReadonlyMap<Id<'role'>, number>
}

export async function countUse(db: Handle, environmentId: Id<'env'>): Promise<Use> {
  const teams = await db
    .selectFrom('user_teams')
    .select((e) => ['team_id as id', e.fn.countAll<number>().as('count')])
    .where('environment_id', '=', environmentId)
    .groupBy('team_id')
    .execute()
  const profiles = await db
    .selectFrom('users')
    .select((e) => ['access_profile_id as id', e.fn.countAll<number>().as('count')])
    .where('environment_id', '=', environmentId)
    .where('access_profile_id', 'is not', null)
    .groupBy('access_profile_id')
    .execute()
  const applications = await db
    .selectFrom('user_applications')
    .select((e) => ['application_id as id', e.fn.countAll<number>().as('count')])
    .where('environment_id', '=', environmentId)
    .groupBy('application_id')
    .execute()
  const roles = await db
    .selectFrom('user_roles')
    .select((e) => ['role_id as id', e.fn.countAll<number>().as('count')])
    .where('environment_id', '=', environmentId)
    .groupBy('role_id')
    .execute()
  return {
    teams: counts(teams),
    accessProfiles: counts(profiles.flatMap(({ id, count }) => (id === null ? [] : [{ id, count }]))),
    applications: counts(applications),
    roles: counts(roles),
  }
}

function counts<I>(rows: readonly { readonly id: I; readonly count: number }[]): ReadonlyMap<I, number> {
  return new Map(rows.map(({ id, count }) => [id, Number(count)]))
}

/** @throws where it has members (isForeignKeyViolation) */
export async function deleteTeam(db: Handle, environmentId: Id<'env'>, id: Id<'team'>): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('teams')
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('standard', 'is', null)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** @throws where users have it (isForeignKeyViolation) */
export async function deleteAccessProfile(db: Handle, environmentId: Id<'env'>, id: Id<'prof'>): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('access_profiles')
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('standard', 'is', null)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** With its roles, and everybody's access to it. */
export async function deleteApplication(db: Handle, environmentId: Id<'env'>, id: Id<'app'>): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('applications')
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Whoever has it, has it no more. */
export async function deleteRole(db: Handle, environmentId: Id<'env'>, id: Id<'role'>): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('roles')
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/**
 * What users can belong to: the Teams, Access Profiles, Applications and Roles of an Environment.
 *
 * Owns the tables `teams`, `access_profiles`, `applications` and `roles`. Names are compared exactly and are unique, a
 * Role's within its Application. Must not know who belongs to what (memberships.ts).
 */

import { type Chance, type Id, newId } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import type { AccessProfileRow } from '#storage/tables.ts'

export type Team = { readonly id: Id<'team'>; readonly name: string; readonly standard?: 'portal' }
export type AccessProfile = {
  readonly id: Id<'prof'>
  readonly name: string
  readonly standard?: 'portal' | 'regular' | 'administrator'
  /** The permission User Management: those who have it are not held to the session limit. */
  readonly userManagement: boolean
}
export type Application = { readonly id: Id<'app'>; readonly name: string }
export type Role = { readonly id: Id<'role'>; readonly applicationId: Id<'app'>; readonly name: string }

/** The team that all Site Users have as their primary one. */
export const PORTAL_TEAM = 'Portal Users and Customers'

export const STANDARD_PROFILES = {
  portal: 'Portal User Profile',
  regular: 'Regular User',
  administrator: 'Administrator',
} as const

type Made = { readonly chance: Chance; readonly now: Date }

/** What every Environment has from its beginning, and cannot lose. */
export async function insertStandardDirectory(
  db: Handle,
  environmentId: Id<'env'>,
  { chance, now }: Made,
): Promise<void> {
  const common = { environment_id: environmentId, created_at: now.getTime(), updated_at: now.getTime() }
  await db
    .insertInto('teams')
    .values({ id: newId(chance, 'team'), name: PORTAL_TEAM, standard: 'portal', ...common })
    .execute()
  await db
    .insertInto('access_profiles')
    .values([
      { id: newId(chance, 'prof'), name: STANDARD_PROFILES.portal, standard: 'portal', user_management: 0, ...common },
      {
        id: newId(chance, 'prof'),
        name: STANDARD_PROFILES.regular,
        standard: 'regular',
        user_management: 0,
        ...common,
      },
      {
        id: newId(chance, 'prof'),
        name: STANDARD_PROFILES.administrator,
        standard: 'administrator',
        user_management: 1,
        ...common,
      },
    ])
    .execute()
}

export async function insertTeam(
  db: Handle,
  environmentId: Id<'env'>,
  name: string,
  { chance, now }: Made,
): Promise<Team> {
  const team = { id: newId(chance, 'team'), name }
  const times = { created_at: now.getTime(), updated_at: now.getTime() }
  await db
    .insertInto('teams')
    .values({ ...team, environment_id: environmentId, standard: null, ...times })
    .execute()
  return team
}

export async function insertAccessProfile(
  db: Handle,
  environmentId: Id<'env'>,
  { name, userManagement }: Pick<AccessProfile, 'name' | 'userManagement'>,
  { chance, now }: Made,
): Promise<AccessProfile> {
  const id = newId(chance, 'prof')
  const common = { environment_id: environmentId, standard: null, created_at: now.getTime(), updated_at: now.getTime() }
  const user_management = userManagement ? 1 : 0
  await db
    .insertInto('access_profiles')
    .values({ id, name, user_management, ...common })
    .execute()
  return { id, name, userManagement }
}

/** False where there is no such profile, or it is a standard one, whose permissions stay as they are. */
export async function setUserManagement(
  db: Handle,
  environmentId: Id<'env'>,
  { id, userManagement }: Pick<AccessProfile, 'id' | 'userManagement'>,
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('access_profiles')
    .set({ user_management: userManagement ? 1 : 0, updated_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('standard', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function insertApplication(
  db: Handle,
  environmentId: Id<'env'>,
  name: string,
  { chance, now }: Made,
): Promise<Application> {
  const application = { id: newId(chance, 'app'), name }
  const times = { created_at: now.getTime(), updated_at: now.getTime() }
  await db
    .insertInto('applications')
    .values({ ...application, environment_id: environmentId, ...times })
    .execute()
  return application
}

export async function insertRole(
  db: Handle,
  environmentId: Id<'env'>,
  { applicationId, name }: { readonly applicationId: Id<'app'>; readonly name: string },
  { chance, now }: Made,
): Promise<Role> {
  const role = { id: newId(chance, 'role'), name }
  const times = { created_at: now.getTime(), updated_at: now.getTime() }
  await db
    .insertInto('roles')
    .values({ ...role, environment_id: environmentId, application_id: applicationId, ...times })
    .execute()
  return { ...role, applicationId }
}

/** Those that exist, in the order in which they were asked for. */
export async function findTeams(
  db: Handle,
  environmentId: Id<'env'>,
  names: readonly string[],
): Promise<readonly Team[]> {
  const found = await inChunks(names, (chunk) =>
    db
      .selectFrom('teams')
      .selectAll()
      .where('environment_id', '=', environmentId)
      .where('name', 'in', [...chunk])
      .execute(),
  )
  return inOrder(names, found.map(teamOf))
}

export async function findPortalTeam(db: Handle, environmentId: Id<'env'>): Promise<Team> {
  const row = await db
    .selectFrom('teams')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('standard', '=', 'portal')
    .executeTakeFirstOrThrow()
  return teamOf(row)
}

/** By record id, else by name. */
export async function findAccessProfile(
  db: Handle,
  environmentId: Id<'env'>,
  idOrName: string,
): Promise<AccessProfile | undefined> {
  const rows = await db
    .selectFrom('access_profiles')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where((e) => e.or([e('id', '=', idOrName as Id<'prof'>), e('name', '=', idOrName)]))
    .execute()
  const row = rows.find(({ id }) => id === idOrName) ?? rows[0]
  return row && accessProfileOf(row)
}

export async function findStandardProfile(
  db: Handle,
  environmentId: Id<'env'>,
  standard: NonNullable<AccessProfile['standard']>,
): Promise<AccessProfile> {
  const row = await db
    .selectFrom('access_profiles')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('standard', '=', standard)
    .executeTakeFirstOrThrow()
  return accessProfileOf(row)
}

export async function findApplication(
  db: Handle,
  environmentId: Id<'env'>,
  name: string,
): Promise<Application | undefined> {
  const row = await db
    .selectFrom('applications')
    .select(['id', 'name'])
    .where('environment_id', '=', environmentId)
    .where('name', '=', name)
    .executeTakeFirst()
  return row && { id: row.id, name: row.name }
}

/** Those of one Application that exist, in the order in which they were asked for. */
export async function findRoles(
  db: Handle,
  environmentId: Id<'env'>,
  { applicationId, names }: { readonly applicationId: Id<'app'>; readonly names: readonly string[] },
): Promise<readonly Role[]> {
  const rows = await inChunks(names, (chunk) =>
    db
      .selectFrom('roles')
      .select(['id', 'application_id', 'name'])
      .where('environment_id', '=', environmentId)
      .where('application_id', '=', applicationId)
      .where('name', 'in', [...chunk])
      .execute(),
  )
  return inOrder(
    names,
    rows.map(({ id, application_id, name }) => ({ id, applicationId: application_id, name })),
  )
}

export async function listTeams(db: Handle, environmentId: Id<'env'>): Promise<readonly Team[]> {
  const rows = await db
    .selectFrom('teams')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('name')
    .execute()
  return rows.map(teamOf)
}

export async function listAccessProfiles(db: Handle, environmentId: Id<'env'>): Promise<readonly AccessProfile[]> {
  const all = db.selectFrom('access_profiles').selectAll().where('environment_id', '=', environmentId)
  return (await all.orderBy('name').execute()).map(accessProfileOf)
}

export async function listApplications(db: Handle, environmentId: Id<'env'>): Promise<readonly Application[]> {
  const all = db.selectFrom('applications').select(['id', 'name']).where('environment_id', '=', environmentId)
  return (await all.orderBy('name').execute()).map(({ id, name }) => ({ id, name }))
}

/** Of one Application, or of all. */
export async function listRoles(
  db: Handle,
  environmentId: Id<'env'>,
  applicationId?: Id<'app'>,
): Promise<readonly Role[]> {
  let all = db.selectFrom('roles').select(['id', 'application_id', 'name']).where('environment_id', '=', environmentId)
  if (applicationId !== undefined) all = all.where('application_id', '=', applicationId)
  const rows = await all.orderBy('name').execute()
  return rows.map(({ id, application_id, name }) => ({ id, applicationId: application_id, name }))
}

/** A statement has room for so many values; a message can hold more names. */
const CHUNK = 1000

async function inChunks<Row>(
  names: readonly string[],
  find: (chunk: readonly string[]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (let from = 0; from < names.length; from += CHUNK) rows.push(...(await find(names.slice(from, from + CHUNK))))
  return rows
}

function inOrder<T extends { readonly name: string }>(names: readonly string[], found: readonly T[]): readonly T[] {
  const byName = new Map(found.map((one) => [one.name, one]))
  return names.flatMap((name) => byName.get(name) ?? [])
}

function teamOf({ id, name, standard }: { id: Id<'team'>; name: string; standard: 'portal' | null }): Team {
  return { id, name, ...(standard === null ? {} : { standard }) }
}

type StoredProfile = Pick<AccessProfileRow, 'id' | 'name' | 'standard' | 'user_management'>

function accessProfileOf({ id, name, standard, user_management }: StoredProfile): AccessProfile {
  return { id, name, ...(standard === null ? {} : { standard }), userManagement: user_management === 1 }
}

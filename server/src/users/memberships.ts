/**
 * Who belongs to what: a user's teams, application access and roles, each with where it came from.
 *
 * Owns the tables `user_teams`, `user_applications` and `user_roles`. What stays as it was keeps its source and its time.
 */

import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import { type RowsWithin, readRows, rowsWithin } from '#storage/rows-within.ts'
import { type Source, type Sourced, sourcedOf, storedSource } from '#users/source.ts'

type Of = { readonly environmentId: Id<'env'>; readonly id: Id<'user'> }

export type TeamMembership = Sourced & {
  readonly teamId: Id<'team'>
  readonly name: string
  readonly primary: boolean
}
export type ApplicationAccess = Sourced & {
  readonly applicationId: Id<'app'>
  readonly name: string
  /** The role that the person works in; undefined where they have chosen none. */
  readonly activeRoleId: Id<'role'> | undefined
  readonly roles: readonly RoleGrant[]
}
export type RoleGrant = Sourced & { readonly roleId: Id<'role'>; readonly name: string }

/** The primary team first. */
export async function listTeamsOf(db: Handle, user: Of): Promise<readonly TeamMembership[]> {
  const rows = await teamRows(db)
    .where('user_teams.environment_id', '=', user.environmentId)
    .where('user_id', '=', user.id)
    .execute()
  return rows.map(teamOf)
}

/** By name, with the roles in each. */
export async function listApplicationsOf(db: Handle, user: Of): Promise<readonly ApplicationAccess[]> {
  const roles = await roleRows(db)
    .where('user_roles.environment_id', '=', user.environmentId)
    .where('user_id', '=', user.id)
    .execute()
  const applications = await applicationRows(db)
    .where('user_applications.environment_id', '=', user.environmentId)
    .where('user_id', '=', user.id)
    .execute()
  return applicationsOf(applications, roles)
}

/** The same, as columns of a query that has `users`; `readMemberships` reads them. */
export function membershipColumns(db: Handle) {
  const environment = db.dynamic.ref('users.environment_id')
  const user = db.dynamic.ref('users.id')
  const teams = teamRows(db).whereRef('user_teams.environment_id', '=', environment).whereRef('user_id', '=', user)
  const roles = roleRows(db).whereRef('user_roles.environment_id', '=', environment).whereRef('user_id', '=', user)
  const applications = applicationRows(db)
    .whereRef('user_applications.environment_id', '=', environment)
    .whereRef('user_id', '=', user)
  return [
    rowsWithin(db, teams).as('teams'),
    rowsWithin(db, roles).as('roles'),
    rowsWithin(db, applications).as('applications'),
  ] as const
}

export type MembershipColumns = {
  readonly teams: RowsWithin<TeamOfUser>
  readonly roles: RowsWithin<RoleOfUser>
  readonly applications: RowsWithin<ApplicationOfUser>
}

export function readMemberships({ teams, roles, applications }: MembershipColumns): {
  readonly teams: readonly TeamMembership[]
  readonly applications: readonly ApplicationAccess[]
} {
  return {
    teams: readRows(teams).map(teamOf),
    applications: applicationsOf(readRows(applications), readRows(roles)),
  }
}

function teamRows(db: Handle) {
  return db
    .selectFrom('user_teams')
    .innerJoin('teams', 'teams.id', 'user_teams.team_id')
    .select(['team_id', 'is_primary', 'source', 'since', 'teams.name as name'])
    .orderBy('is_primary', 'desc')
    .orderBy('teams.name')
}

function roleRows(db: Handle) {
  return db
    .selectFrom('user_roles')
    .innerJoin('roles', 'roles.id', 'user_roles.role_id')
    .select(['role_id', 'user_roles.application_id as application_id', 'source', 'since', 'roles.name as name'])
    .orderBy('roles.name')
}

function applicationRows(db: Handle) {
  return db
    .selectFrom('user_applications')
    .innerJoin('applications', 'applications.id', 'user_applications.application_id')
    .select(['application_id', 'active_role_id', 'source', 'since', 'applications.name as name'])
    .orderBy('applications.name')
}

type RowOf<Query extends { readonly execute: () => Promise<readonly unknown[]> }> = Awaited<
  ReturnType<Query['execute']>
>[number]
type TeamOfUser = RowOf<ReturnType<typeof teamRows>>
type RoleOfUser = RowOf<ReturnType<typeof roleRows>>
type ApplicationOfUser = RowOf<ReturnType<typeof applicationRows>>

function teamOf(row: TeamOfUser): TeamMembership {
  return { teamId: row.team_id, name: row.name, primary: row.is_primary === 1, ...sourcedOf(row) }
}

function applicationsOf(
  rows: readonly ApplicationOfUser[],
  roles: readonly RoleOfUser[],
): readonly ApplicationAccess[] {
  return rows.map((row) => ({
    applicationId: row.application_id,
    name: row.name,
    activeRoleId: row.active_role_id ?? undefined,
    ...sourcedOf(row),
    roles: roles
      .filter(({ application_id }) => application_id === row.application_id)
      .map((role) => ({ roleId: role.role_id, name: role.name, ...sourcedOf(role) })),
  }))
}

export type WantedTeam = { readonly teamId: Id<'team'>; readonly primary: boolean; readonly source: Source }

/** Makes these the teams of the user, and no others; exactly one of them is primary. True where anything changed. */
export async function replaceTeams(db: Handle, user: Of, wanted: readonly WantedTeam[], now: Date): Promise<boolean> {
  if (wanted.filter(({ primary }) => primary).length !== 1) throw new TypeError('a user has exactly one primary team')
  const current = await db
    .selectFrom('user_teams')
    .select(['team_id', 'is_primary'])
    .where('environment_id', '=', user.environmentId)
    .where('user_id', '=', user.id)
    .execute()
  const keep = (row: (typeof current)[number]): boolean =>
    wanted.some(({ teamId, primary }) => teamId === row.team_id && primary === (row.is_primary === 1))
  const gone = current.filter((row) => !keep(row)).map(({ team_id }) => team_id)
  const added = wanted.filter(
    ({ teamId, primary }) => !current.some((row) => row.team_id === teamId && (row.is_primary === 1) === primary),
  )
  // What changes its rank goes first, so that there is never a second primary team.
  if (gone.length > 0) {
    await db
      .deleteFrom('user_teams')
      .where('environment_id', '=', user.environmentId)
      .where('user_id', '=', user.id)
      .where('team_id', 'in', gone)
      .execute()
  }
  if (added.length > 0) {
    await db
      .insertInto('user_teams')
      .values(
        added.map(({ teamId, primary, source }) => ({
          environment_id: user.environmentId,
          user_id: user.id,
          team_id: teamId,
          is_primary: primary ? (1 as const) : (0 as const),
          source: storedSource(source),
          since: now.getTime(),
        })),
      )
      .execute()
  }
  return gone.length + added.length > 0
}

/** True where the user had none before. */
export async function grantApplication(
  db: Handle,
  user: Of,
  { applicationId, source }: { readonly applicationId: Id<'app'>; readonly source: Source },
  now: Date,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await db
    .insertInto('user_applications')
    .values({
      environment_id: user.environmentId,
      user_id: user.id,
      application_id: applicationId,
      active_role_id: null,
      source: storedSource(source),
      since: now.getTime(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows > 0n
}

/** With the roles in it. True where there was access. */
export async function withdrawApplication(db: Handle, user: Of, applicationId: Id<'app'>): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('user_applications')
    .where('environment_id', '=', user.environmentId)
    .where('user_id', '=', user.id)
    .where('application_id', '=', applicationId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

export type WantedRole = { readonly roleId: Id<'role'>; readonly source: Source }

/** Makes these the roles of the user in an application that they have access to. True where anything changed. */
export async function replaceRoles(
  db: Handle,
  user: Of,
  { applicationId, roles }: { readonly applicationId: Id<'app'>; readonly roles: readonly WantedRole[] },
  now: Date,
): Promise<boolean> {
  const current = await db
    .selectFrom('user_roles')
    .select('role_id')
    .where('environment_id', '=', user.environmentId)
    .where('user_id', '=', user.id)
    .where('application_id', '=', applicationId)
    .execute()
  const gone = current.map(({ role_id }) => role_id).filter((id) => !roles.some(({ roleId }) => roleId === id))
  const added = roles.filter(({ roleId }) => !current.some(({ role_id }) => role_id === roleId))
  if (gone.length > 0) {
    const mine = db
      .deleteFrom('user_roles')
      .where('environment_id', '=', user.environmentId)
      .where('user_id', '=', user.id)
    await mine.where('role_id', 'in', gone).execute()
    // Nobody works in a role that they do not have any more.
    await db
      .updateTable('user_applications')
      .set({ active_role_id: null })
      .where('environment_id', '=', user.environmentId)
      .where('user_id', '=', user.id)
      .where('active_role_id', 'in', gone)
      .execute()
  }
  if (added.length > 0) {
    await db
      .insertInto('user_roles')
      .values(
        added.map(({ roleId, source }) => ({
          environment_id: user.environmentId,
          user_id: user.id,
          application_id: applicationId,
          role_id: roleId,
          source: storedSource(source),
          since: now.getTime(),
        })),
      )
      .execute()
  }
  return gone.length + added.length > 0
}

/** Which of their roles in an application the person works in. False where they do not have it there. */
export async function setActiveRole(
  db: Handle,
  user: Of,
  { applicationId, roleId }: { readonly applicationId: Id<'app'>; readonly roleId: Id<'role'> },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('user_applications')
    .set({ active_role_id: roleId })
    .where('environment_id', '=', user.environmentId)
    .where('user_id', '=', user.id)
    .where('application_id', '=', applicationId)
    .where((e) =>
      e.exists(
        e
          .selectFrom('user_roles')
          .select('role_id')
          .whereRef('user_roles.user_id', '=', 'user_applications.user_id')
          .whereRef('user_roles.application_id', '=', 'user_applications.application_id')
          .where('role_id', '=', roleId),
      ),
    )
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

// Brings an account up to date with the assertion of a later sign-in: all of it, or nothing.

import type { Connection } from '#connections/connections.ts'
import { emailTaken } from '#provisioning/create-account.ts'
import { type Fault, withNearMatches } from '#provisioning/fault.ts'
import type { Given } from '#provisioning/given.ts'
import { fromAttribute, platformTeams, siteTeams, wantedRoles } from '#provisioning/plan-account.ts'
import type { Handle } from '#storage/database.ts'
import { findPortalTeam, findRoles, findTeams, listRoles, listTeams } from '#users/directory.ts'
import {
  grantApplication,
  listApplicationsOf,
  replaceRoles,
  replaceTeams,
  type WantedRole,
  type WantedTeam,
} from '#users/memberships.ts'
import { findUserByEmail, listFieldSources, touchUser, type User, updateUser } from '#users/users.ts'

export type Synced = { readonly user: User } | { readonly fault: Fault }

/** Whether the assertions of this connection change this account at all. */
export function isSynced(user: User, { settings }: Connection): boolean {
  return settings.createUsers.enabled && user.createdThrough === 'sso'
}

/**
 * First and last name and e-mail address follow the assertion; teams and roles that it gives replace those that were there.
 * What it leaves out or empty stays. Where a team, a role or an address cannot be, nothing changes and the fault says why.
 */
export async function syncAccount(
  tx: Handle,
  { user, connection, given }: { readonly user: User; readonly connection: Connection; readonly given: Given },
  now: Date,
): Promise<Synced> {
  const teams = await wantedTeams(tx, user, connection, given)
  if (teams !== undefined && 'code' in teams) return { fault: teams }
  const roles = await wantedRolesOf(tx, user, connection, given)
  if (roles !== undefined && 'code' in roles) return { fault: roles }
  if (given.email !== undefined) {
    const owner = await findUserByEmail(tx, user.environmentId, given.email)
    if (owner !== undefined && owner.id !== user.id) return { fault: emailTaken(given.email, owner) }
  }
  const { attributes } = connection.settings.createUsers
  const changed = await updateUser(tx, user, basics(given), {
    source: (field) => fromAttribute(connection, attributes[field as 'firstName']),
    now,
  })
  const moved = teams !== undefined && (await replaceTeams(tx, user, teams, now))
  const regraded = roles !== undefined && (await setRoles(tx, user, roles, now))
  if (moved || regraded) await touchUser(tx, user, now)
  return { user: changed }
}

function basics(given: Given): Partial<Pick<User, 'firstName' | 'lastName' | 'email'>> {
  const { firstName, lastName, email } = given
  return {
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
    ...(email === undefined ? {} : { email }),
  }
}

async function wantedTeams(
  tx: Handle,
  user: User,
  connection: Connection,
  given: Given,
): Promise<readonly WantedTeam[] | Fault | undefined> {
  if (given.teams.length === 0) return undefined
  const teams = await findTeams(tx, user.environmentId, given.teams)
  if (teams.length < given.teams.length) {
    const missing = given.teams.filter((name) => !teams.some((team) => team.name === name))
    const existing = (await listTeams(tx, user.environmentId)).map(({ name }) => name)
    return doesNotExist('team', missing, existing)
  }
  const chosen = { teams, source: fromAttribute(connection, connection.settings.createUsers.attributes.team) }
  return user.userType === 'platform'
    ? platformTeams(chosen)
    : siteTeams(await findPortalTeam(tx, user.environmentId), chosen)
}

type RolesToSet = {
  readonly applicationId: NonNullable<User['defaultApplicationId']>
  readonly roles: readonly WantedRole[]
}

// The attribute speaks of the Application that this connection gave. Roles in others, which an administrator has granted,
// are not its business; Site Users have none.
async function wantedRolesOf(
  tx: Handle,
  user: User,
  connection: Connection,
  given: Given,
): Promise<RolesToSet | Fault | undefined> {
  if (given.roles.length === 0 || user.userType === 'site') return undefined
  const applicationId = await applicationGiven(tx, user, connection)
  if (applicationId === undefined) return doesNotExist('role', given.roles, [])
  const roles = await findRoles(tx, user.environmentId, { applicationId, names: given.roles })
  if (roles.length < given.roles.length) {
    const missing = given.roles.filter((name) => !roles.some((role) => role.name === name))
    const existing = (await listRoles(tx, user.environmentId, applicationId)).map(({ name }) => name)
    return doesNotExist('role', missing, existing)
  }
  const source = fromAttribute(connection, connection.settings.createUsers.attributes.role)
  return { applicationId, roles: wantedRoles(roles, source) }
}

// Not simply the default Application: people choose theirs, and would choose where a role of theirs counts. Where the access
// was given by somebody else, the default counts as long as it is not the person's choice.
async function applicationGiven(
  tx: Handle,
  user: User,
  connection: Connection,
): Promise<RolesToSet['applicationId'] | undefined> {
  const accesses = await listApplicationsOf(tx, user)
  const given = accesses.find(
    ({ source }) => (source.by === 'connection' || source.by === 'default') && source.connectionId === connection.id,
  )
  if (given !== undefined) return given.applicationId
  const chosenBy = (await listFieldSources(tx, user)).get('defaultApplicationId')?.source.by
  return chosenBy === 'person' ? undefined : user.defaultApplicationId
}

async function setRoles(tx: Handle, user: User, { applicationId, roles }: RolesToSet, now: Date): Promise<boolean> {
  const [{ source }] = roles as readonly [WantedRole]
  const granted = await grantApplication(tx, user, { applicationId, source }, now)
  return (await replaceRoles(tx, user, { applicationId, roles }, now)) || granted
}

function doesNotExist(kind: 'team' | 'role', missing: readonly string[], existing: readonly string[]): Fault {
  const where = kind === 'team' ? 'of this Environment' : 'of the person’s Application'
  return {
    code: 'user-sync',
    expected: `${kind}s ${where}`,
    received: `the ${kind} ${withNearMatches(missing, existing)}, which does not exist`,
  }
}

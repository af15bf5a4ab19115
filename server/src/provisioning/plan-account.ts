// What a new account is made of: the assertion, and where it gives nothing, or nothing that exists, the defaults.

import type { Id } from '#config/world.ts'
import type { Connection } from '#connections/connections.ts'
import type { Fault } from '#provisioning/fault.ts'
import type { Given } from '#provisioning/given.ts'
import type { Handle } from '#storage/database.ts'
import {
  findAccessProfile,
  findApplication,
  findPortalTeam,
  findRoles,
  findStandardProfile,
  findTeams,
  type Role,
  type Team,
} from '#users/directory.ts'
import type { WantedRole, WantedTeam } from '#users/memberships.ts'
import type { Source } from '#users/source.ts'

type Sourced<T> = { readonly value: T; readonly source: Source }

export type AccountPlan = {
  readonly userType: Sourced<'platform' | 'site'>
  readonly teams: readonly WantedTeam[]
  readonly accessProfile: Sourced<Id<'prof'>>
  readonly application: Sourced<Id<'app'>> | undefined
  readonly roles: readonly WantedRole[]
}

/** Plans the account of somebody who is new. */
export async function planAccount(db: Handle, connection: Connection, given: Given): Promise<AccountPlan | Fault> {
  const settings = connection.settings.createUsers
  const userType = pick(connection, settings.attributes.userType, given.userType, settings.defaults.userType)
  return userType.value === 'site'
    ? planSiteUser(db, connection, given, userType)
    : planPlatformUser(db, connection, given, userType)
}

// Application, profile and roles are for Platform Users only.
async function planSiteUser(
  db: Handle,
  connection: Connection,
  given: Given,
  userType: AccountPlan['userType'],
): Promise<AccountPlan> {
  const portal = await findPortalTeam(db, connection.environmentId)
  const chosen = await chooseTeams(db, connection, given)
  const profile = await findStandardProfile(db, connection.environmentId, 'portal')
  return {
    userType,
    teams: siteTeams(portal, chosen),
    accessProfile: { value: profile.id, source: { by: 'rule' } },
    application: undefined,
    roles: [],
  }
}

async function planPlatformUser(
  db: Handle,
  connection: Connection,
  given: Given,
  userType: AccountPlan['userType'],
): Promise<AccountPlan | Fault> {
  const teams = platformTeams(await chooseTeams(db, connection, given))
  if (teams.length === 0) return noTeam(connection, given)
  const application = await chooseApplication(db, connection, given)
  return {
    userType,
    teams,
    accessProfile: await chooseProfile(db, connection, given),
    application,
    roles: application === undefined ? [] : await chooseRoles(db, connection, given, application.value),
  }
}

type ChosenTeams = { readonly teams: readonly Team[]; readonly source: Source }

/** The first is primary. */
export function platformTeams({ teams, source }: ChosenTeams): readonly WantedTeam[] {
  return teams.map(({ id }, nth) => ({ teamId: id, primary: nth === 0, source }))
}

/** The portal's team is primary, whatever comes beside it. */
export function siteTeams(portal: Team, { teams, source }: ChosenTeams): readonly WantedTeam[] {
  const further = teams.filter(({ id }) => id !== portal.id)
  return [
    { teamId: portal.id, primary: true, source: { by: 'rule' } },
    ...further.map(({ id }) => ({ teamId: id, primary: false, source })),
  ]
}

async function chooseTeams(db: Handle, connection: Connection, given: Given): Promise<ChosenTeams> {
  const { attributes, defaults } = connection.settings.createUsers
  const teams = await findTeams(db, connection.environmentId, given.teams)
  if (teams.length > 0) return { teams, source: fromAttribute(connection, attributes.team) }
  const byDefault = await findTeams(db, connection.environmentId, defaults.team === undefined ? [] : [defaults.team])
  return { teams: byDefault, source: fromDefault(connection) }
}

async function chooseProfile(db: Handle, connection: Connection, given: Given): Promise<AccountPlan['accessProfile']> {
  const { attributes, defaults } = connection.settings.createUsers
  const find = async (idOrName: string | undefined): Promise<Id<'prof'> | undefined> =>
    idOrName === undefined ? undefined : (await findAccessProfile(db, connection.environmentId, idOrName))?.id
  const byAttribute = await find(given.accessProfile)
  if (byAttribute !== undefined)
    return { value: byAttribute, source: fromAttribute(connection, attributes.accessProfile) }
  const byDefault = await find(defaults.accessProfile)
  if (byDefault !== undefined) return { value: byDefault, source: fromDefault(connection) }
  const regular = await findStandardProfile(db, connection.environmentId, 'regular')
  return { value: regular.id, source: { by: 'rule' } }
}

async function chooseApplication(
  db: Handle,
  connection: Connection,
  given: Given,
): Promise<AccountPlan['application']> {
  const { attributes, defaults } = connection.settings.createUsers
  const find = async (name: string | undefined): Promise<Id<'app'> | undefined> =>
    name === undefined ? undefined : (await findApplication(db, connection.environmentId, name))?.id
  const byAttribute = await find(given.application)
  if (byAttribute !== undefined)
    return { value: byAttribute, source: fromAttribute(connection, attributes.application) }
  const byDefault = await find(defaults.application)
  return byDefault === undefined ? undefined : { value: byDefault, source: fromDefault(connection) }
}

async function chooseRoles(
  db: Handle,
  connection: Connection,
  given: Given,
  applicationId: Id<'app'>,
): Promise<readonly WantedRole[]> {
  const { attributes, defaults } = connection.settings.createUsers
  const find = (names: readonly string[]): Promise<readonly Role[]> =>
    findRoles(db, connection.environmentId, { applicationId, names })
  const byAttribute = await find(given.roles)
  if (byAttribute.length > 0) return wantedRoles(byAttribute, fromAttribute(connection, attributes.role))
  return wantedRoles(await find(defaults.roles), fromDefault(connection))
}

export function wantedRoles(roles: readonly Role[], source: Source): readonly WantedRole[] {
  return roles.map(({ id }) => ({ roleId: id, source }))
}

export function fromAttribute({ id }: Connection, attribute: string | undefined): Source {
  return { by: 'connection', connectionId: id, attribute: attribute ?? '' }
}

function fromDefault({ id }: Connection): Source {
  return { by: 'default', connectionId: id }
}

function pick<T>(
  connection: Connection,
  attribute: string | undefined,
  given: T | undefined,
  byDefault: T,
): Sourced<T> {
  return given === undefined
    ? { value: byDefault, source: fromDefault(connection) }
    : { value: given, source: fromAttribute(connection, attribute) }
}

function noTeam(connection: Connection, given: Given): Fault {
  const { attributes, defaults } = connection.settings.createUsers
  const attribute = attributes.team === undefined ? 'no Attribute for Team is set' : listed(given.teams)
  const byDefault =
    defaults.team === undefined ? 'there is no Default Team' : `the Default Team ${defaults.team} does not exist`
  return { code: 'user-team', expected: 'a team that exists', received: `${attribute}; ${byDefault}` }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'the assertion names no team' : `the assertion names ${names.join(', ')}`
}

import { type AddressSettings, findAddressSettings } from '#access/addresses.ts'
import { listPolicies, type Policy } from '#access/policies.ts'
import { type Company, listCompanies } from '#companies/companies.ts'
import { type Environment, listEnvironments } from '#companies/environments.ts'
import type { Id } from '#config/world.ts'
import { type AmazonConnectSettings, findAmazonConnect } from '#connect/settings.ts'
import { type Connection, listConnections } from '#connections/connections.ts'
import type { Wanted, WantedUser } from '#declaration/declaration.ts'
import { type Client, listClients } from '#oauth/clients.ts'
import { findSessionSettings, type SessionSettings } from '#sessions/settings.ts'
import type { Handle } from '#storage/database.ts'
import {
  type AccessProfile,
  type Application,
  listAccessProfiles,
  listApplications,
  listRoles,
  listTeams,
  type Role,
  type Team,
} from '#users/directory.ts'
import { countUse, type Use } from '#users/directory-use.ts'
import { type ApplicationAccess, listApplicationsOf, listTeamsOf, type TeamMembership } from '#users/memberships.ts'
import { findUser, findUserByEmail, type User } from '#users/users.ts'

/** Everything in the database that a declaration can speak of. */
export type State = { readonly companies: readonly CompanyState[] }
export type CompanyState = Company & { readonly environments: readonly EnvironmentState[] }
export type EnvironmentState = Environment & {
  readonly sessions: SessionSettings
  readonly teams: readonly Team[]
  readonly accessProfiles: readonly AccessProfile[]
  readonly applications: readonly ApplicationState[]
  /** Counted only where something may be removed: it means going through all users. */
  readonly use: Use | undefined
  readonly connections: readonly Connection[]
  readonly clients: readonly Client[]
  readonly addresses: AddressSettings
  readonly policies: readonly Policy[]
  readonly amazonConnect?: AmazonConnectSettings | undefined
  /** Users would go with their Environment, so removing one says how many. */
  readonly users: number
  /** Of the users, those whom the file speaks of, and those who have a name or address that it gives to somebody. */
  readonly people: readonly UserState[]
}
export type ApplicationState = Application & { readonly roles: readonly Role[] }
export type UserState = {
  readonly user: User
  readonly accessProfile: string | undefined
  readonly defaultApplication: string | undefined
  readonly teams: readonly TeamMembership[]
  readonly applications: readonly ApplicationAccess[]
}

export type ToRead = {
  /** Whose users' accounts are read. */
  readonly wanted?: Wanted
  readonly countUse?: boolean
}

export async function readState(db: Handle, { wanted, countUse = false }: ToRead = {}): Promise<State> {
  const companies: CompanyState[] = []
  for (const company of await listCompanies(db)) {
    const environments: EnvironmentState[] = []
    const inFile = wanted?.companies.find(({ slug }) => slug === company.slug)
    for (const environment of await listEnvironments(db, company.id)) {
      const { users = [] } = inFile?.environments.find(({ slug }) => slug === environment.slug) ?? {}
      environments.push(await readEnvironment(db, environment, { users, isCounted: countUse }))
    }
    companies.push({ ...company, environments })
  }
  return { companies }
}

async function readEnvironment(
  db: Handle,
  environment: Environment,
  { users, isCounted }: { readonly users: readonly WantedUser[]; readonly isCounted: boolean },
): Promise<EnvironmentState> {
  const { id } = environment
  const directory = await readDirectory(db, id)
  return {
    ...environment,
    sessions: await findSessionSettings(db, id),
    ...directory,
    use: isCounted ? await countUse(db, id) : undefined,
    connections: await listConnections(db, id),
    clients: byName(await listClients(db, id)),
    addresses: await findAddressSettings(db, id),
    policies: await listPolicies(db, id),
    amazonConnect: await findAmazonConnect(db, id),
    users: await countUsers(db, environment),
    people: await readPeople(db, environment, users, directory),
  }
}

type Directory = Pick<EnvironmentState, 'teams' | 'accessProfiles' | 'applications'>

async function readDirectory(db: Handle, id: Id<'env'>): Promise<Directory> {
  const roles = await listRoles(db, id)
  const applications = (await listApplications(db, id)).map((application) => ({
    ...application,
    roles: byName(roles.filter(({ applicationId }) => applicationId === application.id)),
  }))
  const [teams, accessProfiles] = [await listTeams(db, id), await listAccessProfiles(db, id)]
  return { teams: byName(teams), accessProfiles: byName(accessProfiles), applications: byName(applications) }
}

/** Databases sort by rules of their own. */
function byName<T extends { readonly name: string }>(entries: readonly T[]): readonly T[] {
  return [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function readPeople(
  db: Handle,
  { id }: Environment,
  wanted: readonly WantedUser[],
  { accessProfiles, applications }: Directory,
): Promise<readonly UserState[]> {
  const found = new Map<Id<'user'>, User>()
  const note = (user: User | undefined): void => void (user && found.set(user.id, user))
  for (const { username, federatedId, email } of wanted) {
    note(await findUser(db, id, { kind: 'username', value: username }))
    if (federatedId !== undefined) note(await findUser(db, id, { kind: 'federated-id', value: federatedId }))
    if (email !== undefined) note(await findUserByEmail(db, id, email))
  }
  const people: UserState[] = []
  for (const user of found.values()) {
    people.push({
      user,
      accessProfile: accessProfiles.find((one) => one.id === user.accessProfileId)?.name,
      defaultApplication: applications.find((one) => one.id === user.defaultApplicationId)?.name,
      teams: await listTeamsOf(db, user),
      applications: await listApplicationsOf(db, user),
    })
  }
  return people
}

async function countUsers(db: Handle, environment: Environment): Promise<number> {
  const { count } = await db
    .selectFrom('users')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('environment_id', '=', environment.id)
    .executeTakeFirstOrThrow()
  return count
}

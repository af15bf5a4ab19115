/**
 * The declaration: Companies, Environments, their directories, connections and clients as a file (sallyport.yaml) describes them.
 *
 * Owns the file's shape, the plan that leads from the database to it, how a plan is shown and carried out, and the way
 * back (export). Must not know signing in, the sessions that are open, or how the command line is read.
 */

import { z } from 'zod'
import { slug } from '#companies/slug.ts'
import { targetList } from '#companies/targets.ts'
import type { AmazonConnectSettings } from '#connect/settings.ts'
import { problemsOf, takeSettings } from '#connections/intake.ts'
import { type ConnectionSettings, connectionName, ticket } from '#connections/settings.ts'
import type { Given, Path, Report, Sources } from '#connections/sources.ts'
import { strictObject } from '#connections/strict-object.ts'
import { access, takePolicy, type WantedAccess } from '#declaration/access-shape.ts'
import { clients, type WantedClientFields } from '#declaration/clients-shape.ts'
import { amazonConnect, takeDeclaredConnect } from '#declaration/connect-shape.ts'
import {
  directoryShape,
  users,
  type WantedAccessProfile,
  type WantedApplication,
  type WantedUserFields,
} from '#declaration/directory-shape.ts'
import type { PlacedProblem } from '#declaration/document.ts'
import { sessions } from '#declaration/sessions-shape.ts'
import type { SessionSettings } from '#sessions/settings.ts'

/** What a declaration asks for. `path` is where it says so. */
export type Wanted = { readonly companies: readonly WantedCompany[] }

export type WantedCompany = {
  readonly path: Path
  readonly slug: string
  readonly name: string
  readonly environments: readonly WantedEnvironment[]
}

export type WantedEnvironment = {
  readonly path: Path
  readonly slug: string
  readonly name: string
  readonly targets: readonly string[]
  /** Absent: as they are. */
  readonly sessions?: SessionSettings | undefined
  readonly access: WantedAccess
  /** Absent: as it is. */
  readonly amazonConnect?: AmazonConnectSettings | undefined
  readonly teams: readonly string[]
  readonly accessProfiles: readonly WantedAccessProfile[]
  readonly applications: readonly WantedApplication[]
  readonly connections: readonly WantedConnection[]
  readonly clients: readonly WantedClient[]
  readonly users: readonly WantedUser[]
}

export type WantedClient = WantedClientFields & { readonly path: Path }

export type WantedUser = WantedUserFields & { readonly path: Path }

export type WantedConnection = {
  readonly path: Path
  /** Absent: that of the connection with this name, or a new one. */
  readonly ticket: string | undefined
  readonly name: string
  readonly settings: ConnectionSettings
}

const name = z.string().trim().min(1, 'must not be empty').max(200, 'is too long: 200 characters at most')

// Beside `ticket` and `name`, the fields of a connection are its settings, which `takeSettings` judges.
const connectionHead = z.looseObject({ ticket: ticket.optional(), name: connectionName })

export const environmentShape = {
  slug,
  name: name.describe('for people'),
  targets: targetList.default([]),
  sessions,
  access,
  amazonConnect,
  ...directoryShape,
  connections: z.array(connectionHead).default([]),
  clients,
  users,
}

export const companyShape = {
  slug,
  name: name.describe('for people'),
  environments: z.array(strictObject(environmentShape)).default([]),
}

export const declarationShape = { companies: z.array(strictObject(companyShape)) }

const declaration = strictObject(declarationShape)

export type ReadWanted =
  | { readonly ok: true; readonly wanted: Wanted }
  | { readonly ok: false; readonly problems: readonly PlacedProblem[] }

/** Judges the data of a declaration: its shape, each connection's settings, and that nothing is named twice. */
export async function readWanted(data: unknown, sources: Sources): Promise<ReadWanted> {
  const parsed = declaration.safeParse(data ?? {})
  const problems: PlacedProblem[] = [...problemsOf(parsed.error?.issues ?? [])]
  const report: Report = (path, message) => problems.push({ path, message })
  // Settings are judged wherever there are any, so that a slip elsewhere does not hide what is wrong with them.
  const settings = new Map<string, ConnectionSettings>()
  for (const { path, given } of connectionsIn(data)) {
    const { ticket: _ticket, name: _name, ...rest } = given
    const taken = await takeSettings(rest, sources)
    if (taken.ok) settings.set(path.join('.'), taken.settings)
    else for (const problem of taken.problems) report([...path, ...problem.path], problem.message)
  }
  const texts = new Map<string, string>()
  for (const [given, path] of policiesIn(data)) {
    const { text, problems: wrong } = await takePolicy(given, path, sources)
    problems.push(...wrong)
    if (text !== undefined) texts.set(path.join('.'), text)
  }
  const connects = new Map<string, AmazonConnectSettings>()
  for (const [environment, path] of environmentsIn(data)) {
    if (!isObject(environment.amazonConnect)) continue
    const taken = await takeDeclaredConnect(environment.amazonConnect, [...path, 'amazonConnect'], sources)
    problems.push(...taken.problems)
    if (taken.settings !== undefined) connects.set(path.join('.'), taken.settings)
  }
  reportDuplicates(data, report)
  if (!parsed.success || problems.length > 0) return { ok: false, problems }
  const companies = parsed.data.companies.map((company, i) =>
    wantedCompany(company, ['companies', i], { settings, texts, connects }),
  )
  return { ok: true, wanted: { companies } }
}

/** What was taken in, by the place in the file. */
type Judged = {
  readonly settings: ReadonlyMap<string, ConnectionSettings>
  readonly texts: ReadonlyMap<string, string>
  readonly connects: ReadonlyMap<string, AmazonConnectSettings>
}

type CompanyData = z.output<typeof declaration>['companies'][number]

function wantedCompany(
  { slug, name, environments }: CompanyData,
  path: Path,
  { settings, texts, connects }: Judged,
): WantedCompany {
  return {
    path,
    slug,
    name,
    environments: environments.map((environment, i) => {
      const inCompany = [...path, 'environments', i]
      const connections = environment.connections.map((connection, j) => {
        const inEnvironment = [...inCompany, 'connections', j]
        const own = settings.get(inEnvironment.join('.'))!
        return { path: inEnvironment, ticket: connection.ticket, name: connection.name, settings: own }
      })
      const users = environment.users.map((user, j) => ({ ...user, path: [...inCompany, 'users', j] }))
      const clients = environment.clients.map((client, j) => ({ ...client, path: [...inCompany, 'clients', j] }))
      const policies = environment.access.policies.map(({ name, mode }, j) => {
        return { name, mode, text: texts.get([...inCompany, 'access', 'policies', j].join('.'))! }
      })
      const access = { ...environment.access, policies }
      const amazonConnect = connects.get(inCompany.join('.'))
      return { ...environment, path: inCompany, access, amazonConnect, connections, clients, users }
    }),
  }
}

function* environmentsIn(data: unknown): Generator<Entry> {
  for (const [company, path] of entriesOf(data, ['companies'])) yield* entriesOf(company, [...path, 'environments'])
}

function* connectionsIn(data: unknown): Generator<{ readonly path: Path; readonly given: Given }> {
  for (const [environment, inCompany] of environmentsIn(data)) {
    for (const [given, path] of entriesOf(environment, [...inCompany, 'connections'])) yield { path, given }
  }
}

function* policiesIn(data: unknown): Generator<Entry> {
  for (const environment of environmentsIn(data)) yield* policiesOf(environment)
}

function policiesOf([environment, path]: Entry): Generator<Entry> {
  return entriesOf(environment.access, [...path, 'access', 'policies'])
}

/** The objects in the list that `owner` has under the last step of `path`. */
function* entriesOf(owner: unknown, path: Path): Generator<Entry> {
  const list = isObject(owner) ? owner[String(path.at(-1))] : undefined
  if (!Array.isArray(list)) return
  for (const [index, entry] of list.entries()) if (isObject(entry)) yield [entry, [...path, index]]
}

function isObject(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Looked for in the data as it came, so that a slip elsewhere does not hide them. */
function reportDuplicates(data: unknown, report: Report): void {
  const companies = [...entriesOf(data, ['companies'])]
  const environments = companies.map(([company, path]) => [...entriesOf(company, [...path, 'environments'])])
  const within = (list: string) => environments.flat().map(([entry, path]) => [...entriesOf(entry, [...path, list])])
  const [connections, applications, users] = [within('connections'), within('applications'), within('users')]
  reportRepeated(companies, 'slug', report)
  for (const ofOneCompany of environments) reportRepeated(ofOneCompany, 'slug', report)
  for (const ofOneEnvironment of [...connections, ...applications]) reportRepeated(ofOneEnvironment, 'name', report)
  reportRepeated(connections.flat(), 'ticket', report)
  for (const ofOneEnvironment of within('clients'))
    for (const key of ['id', 'name']) reportRepeated(ofOneEnvironment, key, report)
  for (const environment of environments.flat()) reportRepeated([...policiesOf(environment)], 'name', report)
  for (const ofOneEnvironment of users) {
    for (const key of ['username', 'federatedId', 'email']) reportRepeated(ofOneEnvironment, key, report)
    for (const [user, path] of ofOneEnvironment) {
      reportRepeated([...entriesOf(user, [...path, 'applications'])], 'name', report)
    }
  }
  for (const [environment, path] of environments.flat()) {
    reportRepeatedNames(environment, [...path, 'teams'], report)
    reportRepeatedNames(environment, [...path, 'accessProfiles'], report)
  }
  for (const [application, path] of applications.flat()) reportRepeatedNames(application, [...path, 'roles'], report)
}

type Entry = readonly [Given, Path]

function reportRepeated(entries: readonly Entry[], key: string, report: Report): void {
  reportTwice(
    entries.map(([entry, path]) => [entry[key], [...path, key]]),
    report,
  )
}

/** The names in the list that `owner` has under the last step of `path`, bare or as the `name` of an object. */
function reportRepeatedNames(owner: Given, path: Path, report: Report): void {
  const list = owner[String(path.at(-1))]
  if (!Array.isArray(list)) return
  reportTwice(
    list.map((entry, i) => (isObject(entry) ? [entry.name, [...path, i, 'name']] : [entry, [...path, i]])),
    report,
  )
}

function reportTwice(values: readonly (readonly [unknown, Path])[], report: Report): void {
  const seen = new Set<string>()
  for (const [value, path] of values) {
    if (typeof value !== 'string') continue
    // An e-mail address in capitals is the same one (users/users.ts); every other name is another.
    const key = path.at(-1) === 'email' ? value.trim().toLowerCase() : value.trim()
    if (seen.has(key)) report(path, `“${value.trim()}” is used twice`)
    seen.add(key)
  }
}

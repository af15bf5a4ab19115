// Why somebody is who they are here: each thing with its source, as data and as one sentence for people.

import { z } from 'zod'
import { time } from '#admin/fields.ts'
import { findTokenNames } from '#admin/tokens/tokens.ts'
import { summaryExample } from '#admin/users/user-examples.ts'
import type { Id } from '#config/world.ts'
import { listConnections } from '#connections/connections.ts'
import type { Handle } from '#storage/database.ts'
import type { Account } from '#users/accounts.ts'
import { type Source, type Sourced, source } from '#users/source.ts'
import { listFieldSources } from '#users/users.ts'

const origin = {
  source: source.nullable().describe('Null where it was not written down'),
  since: time.nullable(),
  sentence: z.string(),
}

export const provenance = z
  .object({
    userId: z.string(),
    fields: z.array(z.object({ field: z.string(), value: z.string().nullable(), ...origin })),
    teams: z.array(z.object({ id: z.string(), name: z.string(), primary: z.boolean(), ...origin })),
    applications: z.array(z.object({ id: z.string(), name: z.string(), ...origin })),
    roles: z.array(z.object({ id: z.string(), name: z.string(), applicationId: z.string(), ...origin })),
  })
  .meta({ id: 'Provenance' })

const labels: Readonly<Record<string, string>> = {
  username: 'Username',
  federatedId: 'Federated Id',
  userType: 'User Type',
  firstName: 'First Name',
  lastName: 'Last Name',
  email: 'Email',
  accessProfileId: 'Access Profile',
  defaultApplicationId: 'Default Application',
  connectionId: 'Connection',
  deactivatedAt: 'Deactivated',
}

export async function provenanceOf(
  db: Handle,
  environmentId: Id<'env'>,
  account: Account,
): Promise<z.input<typeof provenance>> {
  const { user, teams, applications } = account
  const noted = await listFieldSources(db, user)
  const all = [...noted.values(), ...teams, ...applications, ...applications.flatMap(({ roles }) => roles)]
  const names = await namesIn(db, environmentId, all)
  const tell = (what: string, sourced: Sourced | undefined) => originOf(what, sourced, names)
  const values = fieldValues(account, names)
  return {
    userId: user.id,
    // What is empty is told of only where somebody emptied it.
    fields: Object.keys(labels)
      .filter((field) => values[field] !== undefined || noted.has(field))
      .map((field) => {
        const value = values[field]
        const what = value === undefined ? `No ${labels[field]}` : `${labels[field]} “${value}”`
        return { field, value: value ?? null, ...tell(what, noted.get(field)) }
      }),
    teams: teams.map((team) => {
      const { teamId, name, primary } = team
      return { id: teamId, name, primary, ...tell(`${primary ? 'Primary Team' : 'Team'} ${name}`, team) }
    }),
    applications: applications.map((access) => {
      return { id: access.applicationId, name: access.name, ...tell(`Application ${access.name}`, access) }
    }),
    roles: applications.flatMap(({ applicationId, name, roles }) =>
      roles.map((role) => {
        return { id: role.roleId, name: role.name, applicationId, ...tell(`Role ${role.name} in ${name}`, role) }
      }),
    ),
  }
}

type Names = { readonly connections: ReadonlyMap<string, string>; readonly tokens: ReadonlyMap<string, string> }

async function namesIn(db: Handle, environmentId: Id<'env'>, all: readonly Sourced[]): Promise<Names> {
  const connections = await listConnections(db, environmentId)
  const tokens = all.flatMap(({ source }) => (source.by === 'api' ? [source.tokenId] : []))
  return {
    connections: new Map(connections.map(({ id, name }) => [id, name])),
    tokens: await findTokenNames(db, [...new Set(tokens)]),
  }
}

function fieldValues(
  { user, applications, accessProfileName }: Account,
  { connections }: Names,
): Readonly<Record<string, string | undefined>> {
  return {
    username: user.username,
    federatedId: user.federatedId,
    userType: user.userType === 'site' ? 'Site User' : 'Platform User',
    firstName: user.firstName,
    lastName: user.lastName,
    email: user.email,
    accessProfileId: accessProfileName,
    defaultApplicationId: applications.find(({ applicationId }) => applicationId === user.defaultApplicationId)?.name,
    connectionId: user.connectionId && connections.get(user.connectionId),
    deactivatedAt: user.deactivatedAt?.toISOString(),
  }
}

function originOf(what: string, sourced: Sourced | undefined, names: Names) {
  if (sourced === undefined)
    return { source: null, since: null, sentence: `${what}: where it came from was not written down.` }
  const since = sourced.since.toISOString()
  const shown = `${since.slice(0, 10)} ${since.slice(11, 16)} UTC`
  return { source: sourced.source, since, sentence: `${what}: ${phrases(sourced.source, names)}, since ${shown}.` }
}

function phrases(source: Source, { connections, tokens }: Names): string {
  const connection = (id: string): string => connections.get(id) ?? 'that was removed'
  switch (source.by) {
    case 'connection':
      return source.attribute === ''
        ? `from the NameID of the connection ${connection(source.connectionId)}`
        : `from the attribute ${source.attribute} of the connection ${connection(source.connectionId)}`
    case 'default':
      return `a default of the connection ${connection(source.connectionId)}`
    case 'rule':
      return 'a rule of Sallyport'
    case 'api':
      return `from the API, with the token ${tokens.get(source.tokenId) ?? 'that was removed'}`
    case 'administrator':
      return `from the administrator ${source.name ?? source.administratorId}`
    case 'setup-link':
      return 'from a set-up link'
    case 'declaration':
      return 'from sallyport.yaml'
    case 'import':
      return `from the import ${source.importId}`
    case 'person':
      return 'chosen by the person, in Personal Settings'
  }
}

const exampleOrigin = {
  source: { by: 'connection', connectionId: 'conn_k4vq2m7xw3nphz5tb6ay', attribute: 'role' },
  since: '2026-03-01T12:00:00.000Z',
}

export const provenanceExample = {
  userId: summaryExample.id,
  fields: [],
  teams: [],
  applications: [],
  roles: [
    {
      id: 'role_h7vq2m4xw3nphz5tb6ay',
      name: 'Manager',
      applicationId: 'app_r5vq2m7xw3nphz4tb6ay',
      ...exampleOrigin,
      sentence:
        'Role Manager in Service Desk: from the attribute role of the connection Directory, since 2026-03-01 12:00 UTC.',
    },
  ],
}

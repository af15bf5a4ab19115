/**
 * Connections: an Environment's trust in identity providers.
 *
 * Owns the table `connections`. Must not know signing in, users or sessions.
 */

import type { Company } from '#companies/companies.ts'
import { companyOf } from '#companies/companies.ts'
import { type Environment, environmentOf } from '#companies/environments.ts'
import type { Chance, Id } from '#config/world.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { type ConnectionSettings, connectionSettings, draftSettings } from '#connections/settings.ts'
import type { Handle } from '#storage/database.ts'
import type { ConnectionRow } from '#storage/tables.ts'

/** Nobody signs in through a draft, and what it does not have yet is empty. */
export type ConnectionState = 'draft' | 'live'

export type Connection = {
  readonly id: Id<'conn'>
  readonly environmentId: Id<'env'>
  readonly ticket: string
  readonly name: string
  /** The place in the list of its Environment, from 0. */
  readonly position: number
  readonly state: ConnectionState
  readonly settings: Readonly<ConnectionSettings>
  /** Where the identity provider publishes its metadata, where that is known. */
  readonly identityProviderMetadataUrl?: string
}

export type ConnectionInPlace = {
  readonly connection: Connection
  readonly environment: Environment
  readonly company: Company
}

/** The way in from a URL: the ticket alone says which Environment and Company are meant. */
export async function findConnectionByTicket(db: Handle, ticket: string): Promise<ConnectionInPlace | undefined> {
  const row = await inPlace(db).where('connections.ticket', '=', ticket).executeTakeFirst()
  return row && placeOf(row)
}

/** The connection with its Environment and Company. */
export async function findConnectionInPlace(
  db: Handle,
  environmentId: Id<'env'>,
  id: Id<'conn'>,
): Promise<ConnectionInPlace | undefined> {
  const row = await inPlace(db)
    .where('connections.environment_id', '=', environmentId)
    .where('connections.id', '=', id)
    .executeTakeFirst()
  return row && placeOf(row)
}

function inPlace(db: Handle) {
  return db
    .selectFrom('connections')
    .innerJoin('environments', 'environments.id', 'connections.environment_id')
    .innerJoin('companies', 'companies.id', 'environments.company_id')
    .selectAll('connections')
    .select(['environments.company_id', 'environments.targets'])
    .select(['environments.slug as environment_slug', 'environments.name as environment_name'])
    .select(['companies.slug as company_slug', 'companies.name as company_name'])
}

type RowInPlace = NonNullable<Awaited<ReturnType<ReturnType<typeof inPlace>['executeTakeFirst']>>>

function placeOf(row: RowInPlace): ConnectionInPlace {
  const { company_id, targets, environment_slug, environment_name, company_slug, company_name } = row
  return Object.freeze({
    connection: connectionOf(row),
    environment: environmentOf({
      id: row.environment_id,
      company_id,
      slug: environment_slug,
      name: environment_name,
      targets,
    }),
    company: companyOf({ id: company_id, slug: company_slug, name: company_name }),
  })
}

export async function findConnection(
  db: Handle,
  environmentId: Id<'env'>,
  id: Id<'conn'>,
): Promise<Connection | undefined> {
  const row = await db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && connectionOf(row)
}

/** In the order in which people see them, drafts too. */
export async function listConnections(db: Handle, environmentId: Id<'env'>): Promise<readonly Connection[]> {
  const rows = await db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('position')
    .orderBy('id')
    .execute()
  return rows.map(connectionOf)
}

/** Those through which people can sign in, in the order in which they see them. */
export async function listLiveConnections(db: Handle, environmentId: Id<'env'>): Promise<readonly Connection[]> {
  return (await listConnections(db, environmentId)).filter(({ state }) => state === 'live')
}

/** Whoever changes connections of an Environment waits here for others who do. In a transaction. */
export async function holdConnections(tx: Handle, environmentId: Id<'env'>): Promise<void> {
  await tx
    .updateTable('environments')
    .set((e) => ({ updated_at: e.ref('updated_at') }))
    .where('id', '=', environmentId)
    .execute()
}

/** @throws when the ticket, or the name within the Environment, is taken (isUniqueViolation) */
export async function insertConnection(
  db: Handle,
  environmentId: Id<'env'>,
  connection: Omit<Connection, 'environmentId'>,
  now: Date,
): Promise<void> {
  const times = { created_at: now.getTime(), updated_at: now.getTime() }
  await db
    .insertInto('connections')
    .values({ id: connection.id, environment_id: environmentId, ...columnsOf(connection), ...times })
    .execute()
}

/** @throws when the ticket, or the name within the Environment, is taken (isUniqueViolation) */
export async function updateConnection(
  db: Handle,
  environmentId: Id<'env'>,
  connection: Omit<Connection, 'environmentId'>,
  now: Date,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({ ...columnsOf(connection), updated_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('id', '=', connection.id)
    .execute()
}

function columnsOf(connection: Omit<Connection, 'environmentId'>) {
  const { ticket, name, position, state, settings, identityProviderMetadataUrl } = connection
  const metadata_url = identityProviderMetadataUrl ?? null
  return { ticket, name, position, state, settings: JSON.stringify(settings), metadata_url }
}

export async function deleteConnection(db: Handle, environmentId: Id<'env'>, id: Id<'conn'>): Promise<void> {
  await db.deleteFrom('connections').where('environment_id', '=', environmentId).where('id', '=', id).execute()
}

/** The entity id by which the identity provider knows us: the one set, or the address of our metadata. */
export function requestIssuerOf(connection: Pick<Connection, 'ticket' | 'settings'>, publicUrl: string): string {
  return connection.settings.requestIssuer ?? endpointsOf(publicUrl, connection.ticket).metadata
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const TICKET_LENGTH = 14

/** 14 lower-case letters (66 random bits). */
export function newTicket(chance: Chance): string {
  let text = ''
  while (text.length < TICKET_LENGTH) {
    // Only bytes below the largest multiple of 26, so that every letter is equally likely.
    for (const byte of chance.bytes(TICKET_LENGTH)) if (byte < 234) text += LETTERS[byte % 26]
  }
  return text.slice(0, TICKET_LENGTH)
}

function connectionOf(row: ConnectionRow): Connection {
  const { id, environment_id, ticket, name, position, state, metadata_url } = row
  const shape = state === 'draft' ? draftSettings : connectionSettings
  const settings = deepFreeze(shape.parse(JSON.parse(row.settings)))
  const published = metadata_url === null ? {} : { identityProviderMetadataUrl: metadata_url }
  return Object.freeze({ id, environmentId: environment_id, ticket, name, position, state, settings, ...published })
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part)
  return Object.freeze(value)
}

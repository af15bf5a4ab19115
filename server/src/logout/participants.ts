import type { Id } from '#config/world.ts'
import { type ConnectionInPlace, listConnections, requestIssuerOf } from '#connections/connections.ts'
import { nameIdOf } from '#sessions/ends.ts'
import { nameIdKey, type StoredNameId, sameQualifiers } from '#sessions/name-id.ts'
import type { Handle } from '#storage/database.ts'

export type Named = { readonly nameId: StoredNameId; readonly sessionIndexes: readonly string[] }

/** An identity provider and ourselves as it knows us. */
export type Partners = {
  readonly identityProvider: string
  readonly serviceProvider: string
  /** Several connections may stand for one and the same partner: to it we are one service provider. */
  readonly connectionIds: readonly Id<'conn'>[]
}

/** The two sides of a connection, and all connections of the Environment between the same two. */
export async function partnersOf(
  db: Handle,
  { environment, connection }: ConnectionInPlace,
  publicUrl: string,
): Promise<Partners> {
  const identityProvider = connection.settings.issuer
  const serviceProvider = requestIssuerOf(connection, publicUrl)
  const same = (await listConnections(db, environment.id)).filter(
    (one) => one.settings.issuer === identityProvider && requestIssuerOf(one, publicUrl) === serviceProvider,
  )
  return { identityProvider, serviceProvider, connectionIds: same.map(({ id }) => id) }
}

/**
 * The sessions that a LogoutRequest means (Core 3.7.3.1): of the same identity provider and the same name of ours, with
 * that NameID, and of those the ones with a listed SessionIndex, or all where none is listed. No cookie is needed.
 */
export async function sessionsMeant(
  db: Handle,
  environmentId: Id<'env'>,
  { nameId, sessionIndexes }: Named,
  partners: Partners,
): Promise<readonly Id<'sess'>[]> {
  const rows = await db
    .selectFrom('sessions')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('name_id_key', '=', nameIdKey(nameId))
    .where('ended_at', 'is', null)
    .execute()
  return rows
    .filter((row) => partners.connectionIds.some((id) => id === row.connection_id))
    .filter((row) => sameQualifiers(nameIdOf(row) ?? nameId, nameId, partners))
    .filter((row) => listsSession(sessionIndexes, row.session_index ?? undefined))
    .map(({ id }) => id)
}

/**
 * Whether a LogoutRequest lists this session of the person, or none and so all (Core 3.7.1). White space around an index
 * says nothing: in the assertion it is an attribute, which keeps it, in the request an element.
 */
export function listsSession(sessionIndexes: readonly string[], sessionIndex: string | undefined): boolean {
  return sessionIndexes.length === 0 || sessionIndexes.includes(sessionIndex?.trim() ?? '')
}

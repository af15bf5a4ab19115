import type { Id } from '#config/world.ts'
import { type ConnectionInPlace, listConnections, requestIssuerOf } from '#connections/connections.ts'
import { nameIdOf } from '#sessions/ends.ts'
import { nameIdKey, type StoredNameId, sameQualifiers } from '#sessions/name-id.ts'
import type { Handle } from '#storage/database.ts'

export type Named = { readonly nameId: StoredNameId; readonly sessionIndexes: readonly string[] }

/**
 * The sessions that a LogoutRequest means (Core 3.7.3.1): of the same identity provider and the same name of ours, with
 * that NameID, and of those the ones with a listed SessionIndex, or all where none is listed. No cookie is needed.
 */
export async function sessionsMeant(
  db: Handle,
  place: ConnectionInPlace,
  { nameId, sessionIndexes }: Named,
  publicUrl: string,
): Promise<readonly Id<'sess'>[]> {
  const { environment, connection } = place
  const us = requestIssuerOf(connection, publicUrl)
  // Several connections may stand for one and the same partner: to it we are one service provider.
  const same = (await listConnections(db, environment.id)).filter(
    (one) => one.settings.issuer === connection.settings.issuer && requestIssuerOf(one, publicUrl) === us,
  )
  const rows = await db
    .selectFrom('sessions')
    .selectAll()
    .where('environment_id', '=', environment.id)
    .where('name_id_key', '=', nameIdKey(nameId))
    .where('ended_at', 'is', null)
    .execute()
  const sides = { identityProvider: connection.settings.issuer, serviceProvider: us }
  return rows
    .filter((row) => same.some(({ id }) => id === row.connection_id))
    .filter((row) => sameQualifiers(nameIdOf(row) ?? nameId, nameId, sides))
    .filter((row) => sessionIndexes.length === 0 || sessionIndexes.includes(row.session_index ?? ''))
    .map(({ id }) => id)
}

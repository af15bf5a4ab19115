import type { Id } from '#config/world.ts'
import { type Client, clientOf } from '#oauth/clients.ts'
import { type Handle, isPostgres } from '#storage/database.ts'

const IDS_AT_ONCE = 500

export type ClientToTell = { readonly chainId: string; readonly clientId: string }

/**
 * Who was given something in these chains of sessions, and wants to hear when they are over (Back-Channel Logout 1.0
 * section 2.2). A few statements for any number of them: 100,000 sessions may end at once.
 */
export async function clientsToTell(
  db: Handle,
  environmentId: Id<'env'>,
  chainIds: readonly string[],
): Promise<readonly ClientToTell[]> {
  const given: ClientToTell[] = []
  for (let start = 0; start < chainIds.length; start += IDS_AT_ONCE) {
    const rows = await db
      .selectFrom('oauth_artifacts')
      .select(['chain_id', 'client_id'])
      .distinct()
      .where('environment_id', '=', environmentId)
      .where('chain_id', 'in', chainIds.slice(start, start + IDS_AT_ONCE))
      .execute()
    for (const { chain_id, client_id } of rows) {
      if (chain_id !== null && client_id !== null) given.push({ chainId: chain_id, clientId: client_id })
    }
  }
  const wanting = await findWanting(db, environmentId, [...new Set(given.map(({ clientId }) => clientId))])
  return given.filter(({ clientId }) => wanting.has(clientId))
}

async function findWanting(
  db: Handle,
  environmentId: Id<'env'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Client>> {
  if (ids.length === 0) return new Map()
  const named = db
    .selectFrom('oauth_clients')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', 'in', ids)
    .orderBy('id')
  // None of them goes until the ledger names them: that would undo the logout.
  const rows = await (isPostgres(db) ? named.forKeyShare() : named).execute()
  const clients = rows.map(clientOf).filter(({ settings }) => settings.backChannelLogoutUri !== undefined)
  return new Map(clients.map((client) => [client.id, client]))
}

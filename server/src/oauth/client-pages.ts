// The clients of an Environment as administrators go through them: page by page, and by name.

import type { Id } from '#config/world.ts'
import { type Client, clientOf } from '#oauth/clients.ts'
import type { Handle } from '#storage/database.ts'
import type { ClientKind } from '#storage/oauth-tables.ts'

export type ClientPage = {
  readonly name?: string | undefined
  readonly kind?: ClientKind | undefined
  readonly after?: { readonly name: string } | undefined
  readonly limit: number
}

/** By name. */
export async function listClientPage(
  db: Handle,
  environmentId: Id<'env'>,
  { name, kind, after, limit }: ClientPage,
): Promise<readonly Client[]> {
  let all = db.selectFrom('oauth_clients').selectAll().where('environment_id', '=', environmentId)
  if (name !== undefined) all = all.where('name', '=', name)
  if (kind !== undefined) all = all.where('kind', '=', kind)
  // No two have one name.
  if (after !== undefined) all = all.where('name', '>', after.name)
  const rows = await all.orderBy('name').limit(limit).execute()
  return rows.map(clientOf)
}

/** Two that are made at the same moment may pass the limit together: it is a bound, and no promise. */
export async function countClients(db: Handle, environmentId: Id<'env'>): Promise<number> {
  const { count } = await db
    .selectFrom('oauth_clients')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('environment_id', '=', environmentId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

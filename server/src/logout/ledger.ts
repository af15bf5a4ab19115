// The logout ledger as administrators go through it, page by page, the newest first.

import { type Expression, sql } from 'kysely'
import type { Id } from '#config/world.ts'
import { type Logout, logoutOf } from '#logout/logouts.ts'
import type { Handle } from '#storage/database.ts'
import type { LogoutRow } from '#storage/logout-tables.ts'

export const logoutStates = [
  /** To be sent from server to server, or sent and to be tried again. */
  'waiting',
  /** Gone through the browser, which has not come back yet. */
  'sent',
  'done',
  /** Ended, but not everywhere. */
  'partial',
  'refused',
  'given-up',
  /** The browser did not come back. */
  'unanswered',
  /** Nobody was to be told, or nothing is known that could be said. */
  'not-sent',
] as const satisfies readonly LogoutRow['state'][]

export type LogoutQuery = {
  readonly userId?: string | undefined
  readonly connectionId?: string | undefined
  readonly clientId?: string | undefined
  readonly state?: LogoutRow['state'] | undefined
  readonly direction?: LogoutRow['direction'] | undefined
  readonly after?: { readonly createdAt: Date; readonly id: string } | undefined
  readonly limit: number
}

export type LedgerEntry = {
  readonly logout: Logout
  /** Undefined where there is no such user any more, or nobody knew whom it was about. */
  readonly username: string | undefined
  /** Of the connection, or of the client. */
  readonly partnerName: string
}

export async function listLogouts(
  db: Handle,
  environmentId: Id<'env'>,
  { userId, connectionId, clientId, state, direction, after, limit }: LogoutQuery,
): Promise<readonly LedgerEntry[]> {
  let all = entries(db, environmentId)
  if (userId !== undefined) all = all.where('logouts.user_id', '=', userId as Id<'user'>)
  // Two indexes fit then, and SQLite does not know which of them leads to fewer.
  const one = userId === undefined ? sql.ref('logouts.state') : unindexed('state')
  if (state !== undefined) all = all.where(one, '=', state)
  if (connectionId !== undefined) all = all.where(unindexed('connection_id'), '=', connectionId)
  if (clientId !== undefined) all = all.where(unindexed('client_id'), '=', clientId)
  if (direction !== undefined) all = all.where('direction', '=', direction)
  if (after !== undefined) {
    const at = after.createdAt.getTime()
    all = all
      .where('logouts.created_at', '<=', at)
      .where((e) => e.or([e('logouts.created_at', '<', at), e('logouts.id', '<', after.id as Id<'logout'>)]))
  }
  const rows = await all.orderBy('logouts.created_at', 'desc').orderBy('logouts.id', 'desc').limit(limit).execute()
  return rows.map(entryOf)
}

export async function findLogout(db: Handle, environmentId: Id<'env'>, id: string): Promise<LedgerEntry | undefined> {
  const row = await entries(db, environmentId)
    .where('logouts.id', '=', id as Id<'logout'>)
    .executeTakeFirst()
  return row && entryOf(row)
}

/** Of how many of these sessions an identity provider is to be told. */
export async function countToTell(
  db: Handle,
  environmentId: Id<'env'>,
  { userId, ids }: { readonly userId: Id<'user'>; readonly ids: readonly Id<'sess'>[] },
): Promise<number> {
  const rows = await db
    .selectFrom('logouts')
    .select('session_id')
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .where('direction', '=', 'to-provider')
    .where(unindexed('state'), '=', 'waiting')
    .execute()
  const known = new Set<string>(ids)
  return rows.filter(({ session_id }) => session_id !== null && known.has(session_id)).length
}

function entries(db: Handle, environmentId: Id<'env'>) {
  return db
    .selectFrom('logouts')
    .leftJoin('connections', 'connections.id', 'logouts.connection_id')
    .leftJoin('oauth_clients', (join) =>
      join
        .onRef('oauth_clients.environment_id', '=', 'logouts.environment_id')
        .onRef('oauth_clients.id', '=', 'logouts.client_id'),
    )
    .leftJoin('users', 'users.id', 'logouts.user_id')
    .selectAll('logouts')
    .select(['users.username', 'connections.name as connection_name', 'oauth_clients.name as client_name'])
    .where('logouts.environment_id', '=', environmentId)
}

type EntryRow = LogoutRow & {
  readonly username: string | null
  readonly connection_name: string | null
  readonly client_name: string | null
}

function entryOf(row: EntryRow): LedgerEntry {
  const partnerName = row.connection_name ?? row.client_name ?? ''
  return { logout: logoutOf(row), username: row.username ?? undefined, partnerName }
}

function unindexed(column: 'state' | 'connection_id' | 'client_id'): Expression<string> {
  return sql<string>`${sql.ref(`logouts.${column}`)} || ''`
}

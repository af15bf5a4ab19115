import type { Id } from '#config/world.ts'
import type { StoredNameId } from '#sessions/name-id.ts'
import { type Handle, raise } from '#storage/database.ts'
import type { SessionRow } from '#storage/tables.ts'
import { tokenHash } from '#storage/token-hash.ts'

/** Why a session ended. The words for people are in session-words.ts; whom it is told, `logout` decides. */
export const endings = [
  /** Log out, in the browser that it is. */
  'logged-out',
  /** By the same person, from the list of their sessions. */
  'ended-by-person',
  'ended-by-administrator',
  /** A later sign-in of the person was one too many. */
  'limit',
  /** The same browser signed in again. */
  'replaced',
  'lifetime',
  'idle',
  /** SessionNotOnOrAfter of the assertion (Core 2.7.2). */
  'identity-provider-time',
  /** A LogoutRequest of the identity provider (Core 3.7). */
  'identity-provider',
  'deactivated',
  'removed',
  'password-changed',
] as const

export type EndedWhy = (typeof endings)[number]

/** A session that has just ended, with what single logout says of it. */
export type EndedSession = {
  readonly id: Id<'sess'>
  readonly chainId: string
  readonly userId: Id<'user'>
  readonly connectionId: Id<'conn'> | undefined
  readonly nameId: StoredNameId | undefined
  readonly sessionIndex: string | undefined
  readonly why: EndedWhy
}

export type Which =
  | { readonly token: string }
  | { readonly ids: readonly Id<'sess'>[] }
  | { readonly userId: Id<'user'> }
  /** This one, where it is that person's. */
  | { readonly id: Id<'sess'>; readonly userId: Id<'user'> }

/**
 * Ends those that have not ended, and returns them: of all who end a session, one gets it. Belongs into one transaction
 * with whatever follows of it, `tellProviders` of `logout` above all.
 */
export async function endSessions(
  db: Handle,
  environmentId: Id<'env'>,
  which: Which,
  { why, now }: { readonly why: EndedWhy; readonly now: Date },
): Promise<readonly EndedSession[]> {
  if ('ids' in which && which.ids.length === 0) return []
  let query = db
    .updateTable('sessions')
    .set({ ended_at: now.getTime(), ended_why: why })
    .where('environment_id', '=', environmentId)
    .where('ended_at', 'is', null)
    // Those have ended by themselves; the sweep writes it down.
    .where('expires_at', '>', now.getTime())
  if ('token' in which) query = query.where('token_hash', '=', tokenHash(which.token))
  if ('ids' in which) query = query.where('id', 'in', which.ids)
  if ('userId' in which) query = query.where('user_id', '=', which.userId)
  if ('id' in which) query = query.where('id', '=', which.id)
  const rows = await query.returningAll().execute()
  if (rows.length > 0) raise(db, 'sessions-ended')
  return rows.map((row) => endedSession(row, why))
}

export function endedSession(row: SessionRow, why: EndedWhy): EndedSession {
  return Object.freeze({
    id: row.id,
    chainId: row.chain_id ?? row.id,
    userId: row.user_id,
    connectionId: row.connection_id ?? undefined,
    nameId: nameIdOf(row),
    sessionIndex: row.session_index ?? undefined,
    why,
  })
}

export function nameIdOf(row: SessionRow): StoredNameId | undefined {
  if (row.name_id === null) return undefined
  return {
    value: row.name_id,
    ...(row.name_id_format === null ? {} : { format: row.name_id_format }),
    ...(row.name_qualifier === null ? {} : { nameQualifier: row.name_qualifier }),
    ...(row.sp_name_qualifier === null ? {} : { spNameQualifier: row.sp_name_qualifier }),
  }
}

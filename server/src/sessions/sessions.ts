/**
 * Sessions: one browser on one device, opened by one sign-in.
 *
 * Owns the tables `sessions` and `environment_sessions`, the session's token, how long it lives and
 * how many a person may have. Must not know how somebody signed in, nor what a session is good for, nor whom its end is
 * told (logout).
 */

import { type Chance, type Id, newId, newToken } from '#config/world.ts'
import { type EndedSession, type EndedWhy, endSessions } from '#sessions/ends.ts'
import { nameIdKey, type StoredNameId } from '#sessions/name-id.ts'
import { defaultSessionSettings, findSessionSettings, type SessionSettings } from '#sessions/settings.ts'
import type { Handle } from '#storage/database.ts'
import type { SessionRow } from '#storage/tables.ts'
import { tokenHash } from '#storage/token-hash.ts'
import { mayManageUsers } from '#users/accounts.ts'
import { noteSignIn } from '#users/users.ts'

const MINUTE_MS = 60 * 1000

/** An end that has just passed by our clock may not have passed by the identity provider's. */
const LEAST_LIFETIME_MS = MINUTE_MS

export type Session = {
  readonly id: Id<'sess'>
  readonly environmentId: Id<'env'>
  /** The same in the sessions that this person had in this browser one after the other. */
  readonly chainId: string
  readonly userId: Id<'user'>
  /** None where the person signed in with a password. */
  readonly connectionId: Id<'conn'> | undefined
  readonly openedAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
  /** What set `expiresAt`: the Environment's lifetime, or SessionNotOnOrAfter of the assertion. */
  readonly expiresWhy: 'lifetime' | 'identity-provider'
  readonly authnContext: string | undefined
  /** Undefined: the assertion said nothing of clients, so all are allowed. */
  readonly authorizedClientIds: readonly string[] | undefined
  readonly address: string | undefined
  readonly userAgent: string | undefined
  /** The record of the sign-in that opened it; those from before it was kept have none. */
  readonly recordId: Id<'rec'> | undefined
}

export type SessionToOpen = {
  readonly userId: Id<'user'>
  readonly connectionId: Id<'conn'> | undefined
  /** Kept for single logout, which names the person as the assertion did. */
  readonly nameId: StoredNameId | undefined
  readonly sessionIndex: string | undefined
  readonly authnContext: string | undefined
  /** SessionNotOnOrAfter, where the assertion has one. */
  readonly notOnOrAfter: Date | undefined
  readonly authorizedClientIds?: readonly string[] | undefined
  readonly client?: { readonly address: string; readonly userAgent?: string | undefined }
  /** The session that this browser had a moment ago, where it was the same person's: what hangs on it goes on. */
  readonly follows?: Pick<EndedSession, 'chainId' | 'userId'> | undefined
  readonly recordId?: Id<'rec'> | undefined
}

export type OpenedSession = {
  readonly session: Session
  /** Known to the browser alone from now on. */
  readonly token: string
  /** The oldest sessions of the person, where this is more than they may have. */
  readonly ended: readonly EndedSession[]
}

/**
 * Opens a session, and ends the oldest ones beyond the limit. In a transaction: the row of the user is written first, so
 * that of many sign-ins of one person each waits for the one before, and sees its session.
 */
export async function openSession(
  tx: Handle,
  environmentId: Id<'env'>,
  session: SessionToOpen,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<OpenedSession> {
  await noteSignIn(tx, environmentId, session.userId, now)
  const settings = await findSessionSettings(tx, environmentId)
  const ended = await makeRoom(tx, environmentId, session.userId, { settings, now })
  const token = newToken(chance)
  const id = newId(chance, 'sess')
  const { follows } = session
  const row: SessionRow = {
    id,
    chain_id: follows?.userId === session.userId ? follows.chainId : id,
    environment_id: environmentId,
    user_id: session.userId,
    connection_id: session.connectionId ?? null,
    token_hash: tokenHash(token),
    name_id: session.nameId?.value ?? null,
    name_id_format: session.nameId?.format ?? null,
    name_qualifier: session.nameId?.nameQualifier ?? null,
    sp_name_qualifier: session.nameId?.spNameQualifier ?? null,
    name_id_key: session.nameId === undefined ? null : nameIdKey(session.nameId),
    session_index: session.sessionIndex ?? null,
    authn_context: session.authnContext ?? null,
    opened_at: now.getTime(),
    last_seen_at: now.getTime(),
    ...expiry(session.notOnOrAfter, settings, now),
    ended_at: null,
    ended_why: null,
    authorized_client_ids:
      session.authorizedClientIds === undefined ? null : JSON.stringify(session.authorizedClientIds),
    address: session.client?.address ?? null,
    user_agent: session.client?.userAgent ?? null,
    record_id: session.recordId ?? null,
  }
  await tx.insertInto('sessions').values(row).execute()
  return { session: sessionOf(row), token, ended }
}

function expiry(notOnOrAfter: Date | undefined, { lifetimeMinutes }: SessionSettings, now: Date) {
  const end = now.getTime() + lifetimeMinutes * MINUTE_MS
  if (notOnOrAfter === undefined || notOnOrAfter.getTime() >= end) {
    return { expires_at: end, expires_why: 'lifetime' } as const
  }
  const earliest = now.getTime() + LEAST_LIFETIME_MS
  return { expires_at: Math.max(notOnOrAfter.getTime(), earliest), expires_why: 'identity-provider' } as const
}

/** AgileApps, Session Management: the oldest go, automatically; those who manage users are not limited. */
async function makeRoom(
  tx: Handle,
  environmentId: Id<'env'>,
  userId: Id<'user'>,
  { settings, now }: { readonly settings: SessionSettings; readonly now: Date },
): Promise<readonly EndedSession[]> {
  if (!settings.limit.enabled || (await mayManageUsers(tx, environmentId, userId))) return []
  const open = await tx
    .selectFrom('sessions')
    .select('id')
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now.getTime())
    .where('last_seen_at', '>', idleSince(settings, now))
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  const ids = open.slice(settings.limit.maximum - 1).map(({ id }) => id)
  return endSessions(tx, environmentId, { ids }, { why: 'limit', now })
}

/** What was last seen then or before has been idle too long. */
export function idleSince({ idleMinutes }: Pick<SessionSettings, 'idleMinutes'>, now: Date): number {
  return idleMinutes === 0 ? -1 : now.getTime() - idleMinutes * MINUTE_MS
}

export type FoundSession = {
  readonly session: Session
  /** Where it is over: since when, and why. */
  readonly ended?: { readonly why: EndedWhy; readonly at: Date }
  /** It is long enough since it was last noted that somebody was seen: `noteSeen` is due. */
  readonly seenNoted: boolean
}

/** The session of a browser, with why it ended where it has. One indexed query. */
export async function findSession(
  db: Handle,
  environmentId: Id<'env'>,
  token: string,
  now: Date,
): Promise<FoundSession | undefined> {
  const row = await db
    .selectFrom('sessions')
    .leftJoin('environment_sessions', 'environment_sessions.environment_id', 'sessions.environment_id')
    .selectAll('sessions')
    .select('environment_sessions.idle_minutes')
    .where('sessions.token_hash', '=', tokenHash(token))
    .where('sessions.environment_id', '=', environmentId)
    .executeTakeFirst()
  return row && foundSession(row, now)
}

/** What a session is made of. The other columns are for finding it, and for single logout. */
export type SessionColumns = Pick<
  SessionRow,
  | 'id'
  | 'environment_id'
  | 'user_id'
  | 'connection_id'
  | 'opened_at'
  | 'last_seen_at'
  | 'expires_at'
  | 'expires_why'
  | 'ended_at'
  | 'ended_why'
  | 'authn_context'
  | 'authorized_client_ids'
  | 'chain_id'
  | 'address'
  | 'user_agent'
  | 'record_id'
>

/** `idle_minutes` is null where the Environment has no settings of its own. */
export function foundSession(row: SessionColumns & { readonly idle_minutes: number | null }, now: Date): FoundSession {
  const idleMinutes = row.idle_minutes ?? defaultSessionSettings.idleMinutes
  const ended = endOf(row, idleMinutes, now)
  const seenNoted = now.getTime() - row.last_seen_at < noteEvery(idleMinutes)
  return { session: sessionOf(row), seenNoted, ...(ended === undefined ? {} : { ended }) }
}

export function endOf(row: SessionColumns, idleMinutes: number, now: Date): FoundSession['ended'] {
  if (row.ended_at !== null) return { why: row.ended_why as EndedWhy, at: new Date(row.ended_at) }
  const idleEnd = idleMinutes === 0 ? Number.POSITIVE_INFINITY : row.last_seen_at + idleMinutes * MINUTE_MS
  if (Math.min(row.expires_at, idleEnd) > now.getTime()) return undefined
  if (idleEnd < row.expires_at) return { why: 'idle', at: new Date(idleEnd) }
  return {
    why: row.expires_why === 'identity-provider' ? 'identity-provider-time' : 'lifetime',
    at: new Date(row.expires_at),
  }
}

/** Not each request is worth a write: an end by idleness comes at most a tenth of its time too early. */
function noteEvery(idleMinutes: number): number {
  return Math.min(5 * MINUTE_MS, idleMinutes === 0 ? Number.POSITIVE_INFINITY : (idleMinutes * MINUTE_MS) / 10)
}

/** Somebody was seen in this session. */
export async function noteSeen(db: Handle, { environmentId, id }: Session, now: Date): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ last_seen_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .where('last_seen_at', '<', now.getTime())
    .execute()
}

export function sessionOf(row: SessionColumns): Session {
  return Object.freeze({
    id: row.id,
    environmentId: row.environment_id,
    chainId: row.chain_id ?? row.id,
    userId: row.user_id,
    connectionId: row.connection_id ?? undefined,
    openedAt: new Date(row.opened_at),
    lastSeenAt: new Date(row.last_seen_at),
    expiresAt: new Date(row.expires_at),
    expiresWhy: row.expires_why ?? 'lifetime',
    authnContext: row.authn_context ?? undefined,
    authorizedClientIds: row.authorized_client_ids === null ? undefined : JSON.parse(row.authorized_client_ids),
    address: row.address ?? undefined,
    userAgent: row.user_agent ?? undefined,
    recordId: row.record_id ?? undefined,
  })
}

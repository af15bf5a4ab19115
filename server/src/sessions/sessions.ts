/**
 * Sessions: one browser on one device, opened by one sign-in.
 *
 * Owns the table `sessions`, the session's token and how long it lives. Must not know how somebody signed in, nor what
 * a session is good for.
 */

import { type Chance, type Id, newId, newToken } from '#config/world.ts'
import { tokenHash } from '#http/token-hash.ts'
import type { Handle } from '#storage/database.ts'
import type { SessionRow } from '#storage/tables.ts'

/** A working day. The identity provider's SessionNotOnOrAfter may make it shorter (Core 2.7.2). */
export const SESSION_LIFETIME_MS = 12 * 60 * 60 * 1000

/** An end that has just passed by our clock may not have passed by the identity provider's. */
const LEAST_LIFETIME_MS = 60 * 1000

export type Session = {
  readonly id: Id<'sess'>
  readonly environmentId: Id<'env'>
  readonly userId: Id<'user'>
  readonly connectionId: Id<'conn'> | undefined
  readonly openedAt: Date
  readonly expiresAt: Date
}

export type StoredNameId = {
  readonly value: string
  readonly format?: string | undefined
  readonly nameQualifier?: string | undefined
  readonly spNameQualifier?: string | undefined
}

export type SessionToOpen = {
  readonly userId: Id<'user'>
  /** None where the person signed in with a password. */
  readonly connectionId: Id<'conn'> | undefined
  /** Kept for single logout, which names the person as the assertion did. */
  readonly nameId: StoredNameId | undefined
  readonly sessionIndex: string | undefined
  readonly authnContext: string | undefined
  /** SessionNotOnOrAfter, where the assertion has one. */
  readonly notOnOrAfter: Date | undefined
}

/** Opens a session and returns it with its token, which is known to the browser alone from then on. */
export async function openSession(
  db: Handle,
  environmentId: Id<'env'>,
  session: SessionToOpen,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<{ readonly session: Session; readonly token: string }> {
  const token = newToken(chance)
  const end = now.getTime() + SESSION_LIFETIME_MS
  const row: SessionRow = {
    id: newId(chance, 'sess'),
    environment_id: environmentId,
    user_id: session.userId,
    connection_id: session.connectionId ?? null,
    token_hash: tokenHash(token),
    name_id: session.nameId?.value ?? null,
    name_id_format: session.nameId?.format ?? null,
    name_qualifier: session.nameId?.nameQualifier ?? null,
    sp_name_qualifier: session.nameId?.spNameQualifier ?? null,
    session_index: session.sessionIndex ?? null,
    authn_context: session.authnContext ?? null,
    opened_at: now.getTime(),
    last_seen_at: now.getTime(),
    expires_at: Math.min(end, Math.max(session.notOnOrAfter?.getTime() ?? end, now.getTime() + LEAST_LIFETIME_MS)),
    ended_at: null,
    ended_why: null,
  }
  await db.insertInto('sessions').values(row).execute()
  return { session: sessionOf(row), token }
}

/** The session of a browser: only where it has neither ended nor expired. One indexed query. */
export async function findSession(
  db: Handle,
  environmentId: Id<'env'>,
  token: string,
  now: Date,
): Promise<Session | undefined> {
  const row = await db
    .selectFrom('sessions')
    .selectAll()
    .where('token_hash', '=', tokenHash(token))
    .where('environment_id', '=', environmentId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now.getTime())
    .executeTakeFirst()
  return row && sessionOf(row)
}

/** Ends the session of that token; without effect where there is none, or it has ended. */
export async function endSession(
  db: Handle,
  environmentId: Id<'env'>,
  token: string,
  ending: { readonly why: 'logged-out' | 'replaced'; readonly now: Date },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ ended_at: ending.now.getTime(), ended_why: ending.why })
    .where('token_hash', '=', tokenHash(token))
    .where('environment_id', '=', environmentId)
    .where('ended_at', 'is', null)
    .execute()
}

/** Ends all sessions of a user at once. */
export async function endSessionsOf(
  db: Handle,
  environmentId: Id<'env'>,
  userId: Id<'user'>,
  ending: { readonly why: 'deactivated' | 'password-changed'; readonly now: Date },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ ended_at: ending.now.getTime(), ended_why: ending.why })
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .execute()
}

function sessionOf(row: SessionRow): Session {
  return Object.freeze({
    id: row.id,
    environmentId: row.environment_id,
    userId: row.user_id,
    connectionId: row.connection_id ?? undefined,
    openedAt: new Date(row.opened_at),
    expiresAt: new Date(row.expires_at),
  })
}

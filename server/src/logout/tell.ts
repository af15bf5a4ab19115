import type { Chance, Id } from '#config/world.ts'
import { type Connection, findConnection } from '#connections/connections.ts'
import { type AttemptDetails, insertAttempt, insertLogouts, newLogout } from '#logout/logouts.ts'
import { tellClients } from '#logout/tell-clients.ts'
import { tellingOf } from '#logout/telling.ts'
import { detailsFor } from '#logout/words.ts'
import { type EndedSession, type EndedWhy, endSessions, type Which } from '#sessions/ends.ts'
import { nameIdKey } from '#sessions/name-id.ts'
import type { Handle } from '#storage/database.ts'
import type { LogoutRow } from '#storage/logout-tables.ts'
import { tokenHash } from '#storage/token-hash.ts'

type Made = { readonly chance: Chance; readonly now: Date }

/** Ends sessions here, and writes down whom it is to be told: together or not at all, so `tx` is a transaction. */
export async function endAndTell(
  tx: Handle,
  environmentId: Id<'env'>,
  which: Which,
  { why, ...made }: Made & { readonly why: EndedWhy },
): Promise<readonly EndedSession[]> {
  const ended = await endSessions(tx, environmentId, which, { why, now: made.now })
  await tellOfEnds(tx, environmentId, ended, made)
  return ended
}

/**
 * Writes down whom the ends of these sessions are told: identity providers and clients. Those that were replaced belong
 * to them, and what has replaced them must be there already.
 */
export async function tellOfEnds(
  tx: Handle,
  environmentId: Id<'env'>,
  ended: readonly EndedSession[],
  made: Made,
): Promise<void> {
  await tellProviders(tx, environmentId, ended, made)
  await tellClients(tx, environmentId, ended, made)
}

/**
 * Writes down a LogoutRequest for each ended session whose identity provider is told from server to server. They are
 * sent after the transaction (deliveries.ts). What goes through the browser is sent by it (front-channel.ts).
 */
export async function tellProviders(
  tx: Handle,
  environmentId: Id<'env'>,
  ended: readonly EndedSession[],
  /** `about`: a token by which the browser that logged out asks how it went; for one session. */
  { about, ...made }: Made & { readonly about?: string },
): Promise<void> {
  const connections = new Map<Id<'conn'>, Connection | undefined>()
  const rows: LogoutRow[] = []
  const withheld: { readonly id: Id<'logout'>; readonly details: AttemptDetails }[] = []
  for (const session of ended) {
    const { connectionId } = session
    if (connectionId === undefined) continue
    if (!connections.has(connectionId)) {
      connections.set(connectionId, await findConnection(tx, environmentId, connectionId))
    }
    const connection = connections.get(connectionId)
    if (connection === undefined || tellingOf(connection.settings.singleLogout, session.why) !== 'by-soap') continue
    const reason = await reasonToWithhold(tx, environmentId, session)
    const row = rowFor(environmentId, { ...session, connectionId }, { ...made, withheld: reason !== undefined })
    if (reason !== undefined) withheld.push({ id: row.id, details: detailsFor('to-provider', reason) })
    rows.push(about === undefined ? row : { ...row, relay_state_hash: tokenHash(about) })
  }
  await insertLogouts(tx, rows)
  for (const { id, details } of withheld) {
    await insertAttempt(tx, { environmentId, id }, { number: 1, at: made.now, outcome: 'refused', details })
  }
}

function rowFor(
  environmentId: Id<'env'>,
  session: EndedSession & { readonly connectionId: Id<'conn'> },
  { withheld, ...made }: Made & { readonly withheld: boolean },
): LogoutRow {
  const { connectionId, userId, id, nameId, sessionIndex, why } = session
  const subject = nameId && { nameId, sessionIndexes: sessionIndex === undefined ? [] : [sessionIndex] }
  const state = withheld ? 'not-sent' : 'waiting'
  return newLogout(environmentId, { connectionId, userId, sessionId: id, binding: 'soap', why, subject, state }, made)
}

async function reasonToWithhold(
  tx: Handle,
  environmentId: Id<'env'>,
  session: EndedSession,
): Promise<'name-missing' | 'session-shared' | undefined> {
  if (session.nameId === undefined) return 'name-missing'
  return session.why === 'limit' && (await isShared(tx, environmentId, session)) ? 'session-shared' : undefined
}

/**
 * Whether a session that lives came of the same session at the identity provider. When the oldest session gives way to a
 * new one, a LogoutRequest that also means the new one would take away what the person has just opened.
 */
async function isShared(
  tx: Handle,
  environmentId: Id<'env'>,
  { connectionId, nameId, sessionIndex }: EndedSession,
): Promise<boolean> {
  if (nameId === undefined || connectionId === undefined) return false
  const living = await tx
    .selectFrom('sessions')
    .select('session_index')
    .where('environment_id', '=', environmentId)
    .where('name_id_key', '=', nameIdKey(nameId))
    .where('ended_at', 'is', null)
    .where('connection_id', '=', connectionId)
    .execute()
  return living.some(({ session_index }) => sessionIndex === undefined || session_index === sessionIndex)
}

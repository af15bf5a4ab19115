import { sql } from 'kysely'
import { z } from 'zod'
import { type Chance, type Id, newId } from '#config/world.ts'
import { listsSession, type Partners } from '#logout/participants.ts'
import { type Partner, partnerColumns } from '#logout/partner.ts'
import type { EndedWhy } from '#sessions/ends.ts'
import { nameIdKey, type StoredNameId, sameQualifiers } from '#sessions/name-id.ts'
import { type Handle, raise } from '#storage/database.ts'
import type { LogoutAttemptRow, LogoutRow } from '#storage/logout-tables.ts'

const optionalText = z.string().optional()

/** Whom a LogoutRequest is about: the person as the assertion named them, and which of their sessions. */
export const logoutSubject = z.object({
  nameId: z.object({
    value: z.string(),
    format: optionalText,
    nameQualifier: optionalText,
    spNameQualifier: optionalText,
  }),
  /** None: all of them (Core 3.7.1). */
  sessionIndexes: z.array(z.string()).readonly(),
  /** IssueInstant of a request of the identity provider, by its clock. */
  issuedAt: z.iso.datetime().optional(),
})

export type LogoutSubject = z.output<typeof logoutSubject>

/** An entry of the logout ledger: one LogoutRequest, to an identity provider or from one, or one logout token to a client. */
export type Logout = {
  readonly id: Id<'logout'>
  readonly environmentId: Id<'env'>
  readonly partner: Partner
  /** Of the sessions that ended, as the client knows it: `sid` in its ID tokens. */
  readonly chainId: string | undefined
  readonly userId: Id<'user'> | undefined
  readonly sessionId: Id<'sess'> | undefined
  readonly direction: LogoutRow['direction']
  readonly binding: LogoutRow['binding']
  readonly messageId: string | undefined
  readonly why: EndedWhy
  readonly subject: LogoutSubject | undefined
  readonly state: LogoutRow['state']
  readonly endedSessions: number
  readonly attempts: number
  readonly createdAt: Date
  readonly nextAttemptAt: Date | undefined
  readonly finishedAt: Date | undefined
  /** Where the browser goes on to when it comes back from the identity provider. */
  readonly done: string | undefined
}

type ToInsert = Partner & {
  readonly userId?: Id<'user'> | undefined
  readonly sessionId?: Id<'sess'> | undefined
  readonly binding: LogoutRow['binding']
  readonly why: EndedWhy
  readonly subject: LogoutSubject | undefined
} & Partial<
    Pick<
      LogoutRow,
      'direction' | 'state' | 'message_id' | 'relay_state_hash' | 'ended_sessions' | 'kept_until' | 'chain_id' | 'done'
    >
  >

type Made = { readonly chance: Chance; readonly now: Date }

export function newLogout(environmentId: Id<'env'>, logout: ToInsert, { chance, now }: Made): LogoutRow {
  const { userId, sessionId, binding, why, subject, ...rest } = logout
  const { direction = 'to-provider', state = 'waiting' } = rest
  const at = now.getTime()
  return {
    id: newId(chance, 'logout'),
    environment_id: environmentId,
    ...partnerColumns(environmentId, logout),
    chain_id: rest.chain_id ?? null,
    user_id: userId ?? null,
    session_id: sessionId ?? null,
    direction,
    binding,
    message_id: rest.message_id ?? null,
    relay_state_hash: rest.relay_state_hash ?? null,
    why,
    name_id_key: subject === undefined ? null : nameIdKey(subject.nameId),
    subject: JSON.stringify(subject ?? null),
    state,
    ended_sessions: rest.ended_sessions ?? (direction === 'from-provider' ? 0 : 1),
    attempts: 0,
    created_at: at,
    next_attempt_at: state === 'waiting' ? at : null,
    leased_until: null,
    finished_at: state === 'waiting' || state === 'sent' ? null : at,
    kept_until: rest.kept_until ?? null,
    done: rest.done ?? null,
  }
}

const ROWS_AT_ONCE = 100

export async function insertLogouts(db: Handle, rows: readonly LogoutRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    await db
      .insertInto('logouts')
      .values(rows.slice(start, start + ROWS_AT_ONCE))
      .execute()
  }
  if (rows.some(({ next_attempt_at }) => next_attempt_at !== null)) raise(db, 'work-waiting')
}

export function logoutOf(row: LogoutRow): Logout {
  const date = (at: number | null): Date | undefined => (at === null ? undefined : new Date(at))
  return Object.freeze({
    id: row.id,
    environmentId: row.environment_id,
    partner: row.connection_id === null ? { clientId: row.client_id ?? '' } : { connectionId: row.connection_id },
    chainId: row.chain_id ?? undefined,
    userId: row.user_id ?? undefined,
    sessionId: row.session_id ?? undefined,
    direction: row.direction,
    binding: row.binding,
    messageId: row.message_id ?? undefined,
    why: row.why as EndedWhy,
    subject: logoutSubject.nullable().parse(JSON.parse(row.subject)) ?? undefined,
    state: row.state,
    endedSessions: row.ended_sessions,
    attempts: row.attempts,
    createdAt: new Date(row.created_at),
    nextAttemptAt: date(row.next_attempt_at),
    finishedAt: date(row.finished_at),
    done: row.done ?? undefined,
  })
}

/** What happened when a LogoutRequest was sent, or came. */
export const attemptDetails = z.object({
  /** Stable; of the outgoing request, of a check of the library, or of this folder. */
  code: z.string().optional(),
  sentence: z.string(),
  cure: z.string().optional(),
  expected: z.string().optional(),
  received: z.string().optional(),
  tookMs: z.number().optional(),
})

export type AttemptDetails = z.output<typeof attemptDetails>

export type Attempt = {
  readonly number: number
  readonly at: Date
  readonly outcome: LogoutAttemptRow['outcome']
  readonly details: AttemptDetails
}

export async function insertAttempt(
  db: Handle,
  { environmentId, id }: Pick<Logout, 'environmentId' | 'id'>,
  { number, at, outcome, details }: Attempt,
): Promise<void> {
  await db
    .insertInto('logout_attempts')
    .values({
      environment_id: environmentId,
      logout_id: id,
      number,
      at: at.getTime(),
      outcome,
      details: JSON.stringify(details),
    })
    .execute()
}

export async function listAttempts(
  db: Handle,
  environmentId: Id<'env'>,
  id: Id<'logout'>,
): Promise<readonly Attempt[]> {
  const rows = await db
    .selectFrom('logout_attempts')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('logout_id', '=', id)
    .orderBy('number')
    .execute()
  return rows.map(({ number, at, outcome, details }) => {
    return { number, at: new Date(at), outcome, details: attemptDetails.parse(JSON.parse(details)) }
  })
}

/** The request that a browser was sent away with, by the RelayState that it brings back. */
export async function findByRelayState(
  db: Handle,
  environmentId: Id<'env'>,
  relayStateHash: string,
): Promise<Logout | undefined> {
  const row = await db
    .selectFrom('logouts')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('relay_state_hash', '=', relayStateHash)
    .executeTakeFirst()
  return row && logoutOf(row)
}

/** So many answers that cannot be believed are written down with a request; anybody can send more. */
const MOST_UNBELIEVED = 5

/**
 * Writes down what a browser brought back for an open entry. An answer that can be believed ends it, also a late one, and
 * exactly one does; any other leaves it open for the true one. Returns whether it was written down.
 */
export async function noteAnswer(
  tx: Handle,
  { environmentId, id }: Pick<Logout, 'environmentId' | 'id'>,
  answer: { readonly state: 'done' | 'partial' | 'refused' | 'unbelieved'; readonly details: AttemptDetails },
  now: Date,
): Promise<boolean> {
  const { state, details } = answer
  const ending = state === 'unbelieved' ? {} : { state, finished_at: now.getTime() }
  let open = tx
    .updateTable('logouts')
    .set({ ...ending, attempts: sql<number>`attempts + 1` })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('state', 'in', ['sent', 'unanswered'])
  if (state === 'unbelieved') open = open.where('attempts', '<', MOST_UNBELIEVED)
  const row = await open.returning('attempts').executeTakeFirst()
  if (row === undefined) return false
  const outcome = state === 'unbelieved' ? 'failed' : state
  await insertAttempt(tx, { environmentId, id }, { number: row.attempts, at: now, outcome, details })
  return true
}

/** An assertion is here minutes after it was issued. */
const RECENT_MS = 60 * 60 * 1000

/**
 * Whether the identity provider has ended the session that this assertion tells of: a LogoutRequest may be here before
 * the session is, and holds for it (Core 3.7.3.2). Both times are by the identity provider's clock, which may count in
 * seconds: within one of them the logout is taken for the later.
 */
export async function isLoggedOut(
  db: Handle,
  environmentId: Id<'env'>,
  session: {
    readonly nameId: StoredNameId
    readonly sessionIndex: string | undefined
    readonly issueInstant: Date
  },
  partners: Partners,
): Promise<boolean> {
  const rows = await db
    .selectFrom('logouts')
    .select('subject')
    .where('environment_id', '=', environmentId)
    .where('name_id_key', '=', nameIdKey(session.nameId))
    .where('direction', '=', 'from-provider')
    .where('state', 'in', ['done', 'partial'])
    .where('connection_id', 'in', partners.connectionIds)
    .where('created_at', '>', session.issueInstant.getTime() - RECENT_MS)
    .execute()
  return rows.some((row) => {
    const subject = logoutSubject.nullable().parse(JSON.parse(row.subject))
    if (subject?.issuedAt === undefined || secondOf(session.issueInstant) > secondOf(new Date(subject.issuedAt)))
      return false
    const { nameId, sessionIndexes } = subject
    if (!sameQualifiers(nameId, session.nameId, partners)) return false
    return listsSession(sessionIndexes, session.sessionIndex)
  })
}

function secondOf(instant: Date): number {
  return Math.floor(instant.getTime() / 1000)
}

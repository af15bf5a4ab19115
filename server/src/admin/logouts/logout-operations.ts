import { z } from 'zod'
import { clientIdParam } from '#admin/clients/client-shapes.ts'
import { cursorText, idParam, limit, pageOf, time } from '#admin/fields.ts'
import { type Operation, operation } from '#admin/operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import { timedPage, timedPlace } from '#admin/timed-pages.ts'
import { summaryExample } from '#admin/users/user-examples.ts'
import { strictObject } from '#connections/strict-object.ts'
import { findLogout, type LedgerEntry, listLogouts, logoutStates } from '#logout/ledger.ts'
import { type Attempt, listAttempts } from '#logout/logouts.ts'
import { endings } from '#sessions/ends.ts'

const params = z.object({ id: idParam })
const reading = { tag: 'Logouts', scope: 'sessions:read' } as const
const directions = ['to-provider', 'from-provider', 'to-client'] as const

const named = z.object({ id: z.string(), name: z.string() })

const shape = {
  id: z.string(),
  direction: z.enum(directions).describe('Whether we told the identity provider, or it told us, or we told a client'),
  binding: z.enum(['soap', 'post', 'redirect', 'logout-token']),
  connection: named.nullable().describe('Null where a client was told'),
  client: named.nullable().describe('Null where it was between us and an identity provider'),
  user: z
    .object({ id: z.string(), username: z.string().nullable().describe('Null where the user is gone') })
    .nullable(),
  sessionId: z.string().nullable(),
  why: z.enum(endings).describe('Why the session ended'),
  state: z.enum(logoutStates),
  endedSessions: z.int().describe('How many sessions ended here'),
  messageId: z.string().nullable().describe('The ID of the LogoutRequest or of the logout token, of the last attempt'),
  attempts: z.int(),
  createdAt: time,
  nextAttemptAt: time.nullable(),
  finishedAt: time.nullable(),
}

const logout = z.object(shape).meta({ id: 'Logout' })

const attempt = z.object({
  number: z.int(),
  at: time,
  outcome: z.enum(['done', 'partial', 'refused', 'failed']),
  code: z.string().nullable().describe('The same for all attempts that failed in this way'),
  sentence: z.string(),
  cure: z.string().nullable(),
  expected: z.string().nullable(),
  received: z.string().nullable(),
  tookMs: z.number().nullable(),
})

const logoutWithAttempts = z
  .object({ ...shape, attemptsMade: z.array(attempt).describe('The first one first') })
  .meta({ id: 'LogoutWithAttempts' })

const example: z.output<typeof logout> = {
  id: 'logout_k4vq2m7xw3nphz5tb6ay',
  direction: 'to-provider',
  binding: 'soap',
  connection: { id: 'conn_k4vq2m7xw3nphz5tb6ay', name: 'Directory' },
  client: null,
  user: { id: summaryExample.id, username: summaryExample.username },
  sessionId: 'sess_k4vq2m7xw3nphz5tb6ay',
  why: 'ended-by-administrator',
  state: 'waiting',
  endedSessions: 1,
  messageId: '_k4vq2m7xw3nphz5tb6ay',
  attempts: 1,
  createdAt: '2026-03-01T12:00:00.000Z',
  nextAttemptAt: '2026-03-01T12:00:30.000Z',
  finishedAt: null,
}

const attemptExample: z.output<typeof attempt> = {
  number: 1,
  at: '2026-03-01T12:00:00.000Z',
  outcome: 'failed',
  code: 'unreachable',
  sentence: 'https://idp.example does not answer.',
  cure: 'Check that the Third Party Single Logout URL is the identity provider’s address for SOAP.',
  expected: null,
  received: null,
  tookMs: 31,
}

/** The ledger of single logout: what was asked of whom, and what came of it. */
export const logoutOperations: readonly Operation[] = [
  operation({
    ...reading,
    id: 'listLogouts',
    method: 'GET',
    path: 'logouts',
    summary: 'The logout ledger: what identity providers and clients were told of, and asked for, the newest first',
    query: strictObject({
      limit,
      cursor: cursorText,
      'filter[userId]': idParam.optional(),
      'filter[connectionId]': idParam.optional(),
      'filter[clientId]': clientIdParam.optional(),
      'filter[state]': z.enum(logoutStates).optional(),
      'filter[direction]': z.enum(directions).optional(),
    }),
    answer: { status: 200, schema: pageOf(logout), example: { items: [example], next: null } },
    run: async ({ db, environment, query }) => {
      const sort = '-createdAt'
      const after = timedPlace(sort, query.cursor)
      const found = await listLogouts(db, environment.id, {
        userId: query['filter[userId]'],
        connectionId: query['filter[connectionId]'],
        clientId: query['filter[clientId]'],
        state: query['filter[state]'],
        direction: query['filter[direction]'],
        after: after && { createdAt: after.at, id: after.id },
        limit: query.limit + 1,
      })
      const place = ({ logout }: LedgerEntry) => ({ at: logout.createdAt, id: logout.id })
      return { body: timedPage(found, { sort, limit: query.limit, place, shown: shownLogout }) }
    },
  }),
  operation({
    ...reading,
    id: 'getLogout',
    method: 'GET',
    path: 'logouts/:id',
    summary: 'One entry of the logout ledger with each attempt: what happened, and what to do about it',
    params,
    answer: {
      status: 200,
      schema: logoutWithAttempts,
      example: { ...example, attemptsMade: [attemptExample] },
    },
    run: async ({ db, environment, params }) => {
      const found = await findLogout(db, environment.id, params.id)
      if (found === undefined) throw notFoundProblem()
      const attempts = await listAttempts(db, environment.id, found.logout.id)
      return { body: shownWithAttempts(found, attempts) }
    },
  }),
]

export function shownLogout(entry: LedgerEntry): z.output<typeof logout> {
  const { logout: one, username, partnerName: name } = entry
  const { id, direction, binding, userId, why, state, endedSessions, attempts } = one
  const { connectionId, clientId } = one.partner
  return {
    id,
    direction,
    binding,
    connection: connectionId === undefined ? null : { id: connectionId, name },
    client: clientId === undefined ? null : { id: clientId, name },
    user: userId === undefined ? null : { id: userId, username: username ?? null },
    sessionId: one.sessionId ?? null,
    why,
    state,
    endedSessions,
    messageId: one.messageId ?? null,
    attempts,
    createdAt: one.createdAt.toISOString(),
    nextAttemptAt: one.nextAttemptAt?.toISOString() ?? null,
    finishedAt: one.finishedAt?.toISOString() ?? null,
  }
}

export function shownWithAttempts(entry: LedgerEntry, attempts: readonly Attempt[]) {
  const attemptsMade = attempts.map(({ number, at, outcome, details }): z.output<typeof attempt> => {
    const { code, sentence, cure, expected, received, tookMs } = details
    const optional = { code: code ?? null, cure: cure ?? null, expected: expected ?? null, received: received ?? null }
    return { number, at: at.toISOString(), outcome, sentence, ...optional, tookMs: tookMs ?? null }
  })
  return { ...shownLogout(entry), attemptsMade }
}

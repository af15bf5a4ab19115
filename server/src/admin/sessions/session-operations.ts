import { z } from 'zod'
import { cursorText, idParam, limit, pageOf } from '#admin/fields.ts'
import { type Answer, type Call, type Operation, operation } from '#admin/operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import {
  beginEndingAll,
  changeSessionSettings,
  endOneSession,
  endSessionsOf,
  type SessionChange,
} from '#admin/sessions/session-changes.ts'
import {
  endedCount,
  endedExample,
  ending,
  endingExample,
  session,
  sessionExample,
  sessionQuery,
  shownEnding,
  shownSession,
  userSessionQuery,
} from '#admin/sessions/session-shapes.ts'
import { timedPage, timedPlace } from '#admin/timed-pages.ts'
import type { Id } from '#config/world.ts'
import { strictObject } from '#connections/strict-object.ts'
import { type Ending, findEnding, listEndings } from '#logout/endings.ts'
import { findListedSession, type ListedSession, listSessions, type SessionQuery } from '#sessions/list.ts'
import { defaultSessionSettings, findSessionSettings, sessionSettings } from '#sessions/settings.ts'
import { findUserById } from '#users/users.ts'

const params = z.object({ id: idParam })
const reading = { tag: 'Sessions', scope: 'sessions:read' } as const
const writing = { tag: 'Sessions', scope: 'sessions:write' } as const
const page = { status: 200, schema: pageOf(session), example: { items: [sessionExample], next: null } }
const settingsAnswer = { status: 200, schema: sessionSettings, example: defaultSessionSettings }

const readings: readonly Operation[] = [
  operation({
    ...reading,
    id: 'listSessions',
    method: 'GET',
    path: 'sessions',
    summary: 'Lists sessions, the newest first; each page costs the same, however many there are',
    query: sessionQuery,
    answer: page,
    run: (call) =>
      answerPage(call, {
        userId: call.query['filter[userId]'],
        username: call.query['filter[username]'],
        connectionId: call.query['filter[connectionId]'],
      }),
  }),
  operation({
    ...reading,
    id: 'listSessionsOfUser',
    method: 'GET',
    path: 'users/:id/sessions',
    summary: 'Lists the sessions of one user, the newest first',
    params,
    query: userSessionQuery,
    answer: page,
    run: async (call) => {
      const { id } = await demandUser(call)
      return answerPage(call, { userId: id })
    },
  }),
  operation({
    ...reading,
    id: 'getSession',
    method: 'GET',
    path: 'sessions/:id',
    summary: 'One session, open or ended',
    params,
    answer: { status: 200, schema: session, example: sessionExample },
    run: async ({ db, environment, params, now }) => {
      const found = await findListedSession(db, environment.id, params.id, now)
      if (found === undefined) throw notFoundProblem()
      return { body: shownSession(found, await findSessionSettings(db, environment.id)) }
    },
  }),
  operation({
    ...reading,
    id: 'listSessionEndings',
    method: 'GET',
    path: 'session-endings',
    summary: 'Every Logout All of the Environment, the newest first',
    query: strictObject({ limit, cursor: cursorText }),
    answer: { status: 200, schema: pageOf(ending), example: { items: [endingExample], next: null } },
    run: async ({ db, environment, query }) => {
      const sort = '-startedAt'
      const after = timedPlace(sort, query.cursor)
      const found = await listEndings(db, environment.id, {
        after: after && { startedAt: after.at, id: after.id },
        limit: query.limit + 1,
      })
      const place = ({ id, startedAt }: Ending) => ({ at: startedAt, id })
      return { body: timedPage(found, { sort, limit: query.limit, place, shown: shownEnding }) }
    },
  }),
  operation({
    ...reading,
    id: 'getSessionEnding',
    method: 'GET',
    path: 'session-endings/:id',
    summary: 'How far a Logout All of the Environment has come',
    params,
    answer: { status: 200, schema: ending, example: endingExample },
    run: async ({ db, environment, params }) => {
      const found = await findEnding(db, environment.id, params.id)
      if (found === undefined) throw notFoundProblem()
      return { body: shownEnding(found) }
    },
  }),
  operation({
    ...reading,
    id: 'getSessionSettings',
    method: 'GET',
    path: 'session-settings',
    summary: 'How long sessions last, and how many one person may have',
    answer: settingsAnswer,
    run: async ({ db, environment }) => ({ body: await findSessionSettings(db, environment.id) }),
  }),
]

const changes: readonly Operation[] = [
  operation({
    ...writing,
    id: 'endSession',
    method: 'POST',
    path: 'sessions/:id/end',
    summary: 'Ends a session; one that has ended already stays as it is',
    params,
    answer: { status: 200, schema: session, example: endedExample },
    run: async (call) => {
      const done = await endOneSession(call.db, changeOf(call), call.params.id)
      if (done === undefined) throw notFoundProblem()
      return { body: shownSession(done.session, await findSessionSettings(call.db, call.environment.id)) }
    },
  }),
  operation({
    ...writing,
    id: 'endSessionsOfUser',
    method: 'POST',
    path: 'users/:id/sessions/end',
    summary: 'Logout All: ends every session of a user',
    params,
    answer: { status: 200, schema: endedCount, example: { ended: 3, told: 2 } },
    run: async (call) => ({ body: await endSessionsOf(call.db, changeOf(call), await demandUser(call)) }),
  }),
  operation({
    ...writing,
    id: 'endAllSessions',
    method: 'POST',
    path: 'sessions/end-all',
    summary: 'Logout All of the Environment: ends every session that is open now, and answers before it is done',
    answer: { status: 202, schema: ending, example: { ...endingExample, ended: 0 } },
    idempotent: true,
    run: async (call) => {
      const begun = await beginEndingAll(call.db, changeOf(call))
      return { body: shownEnding(begun), location: `session-endings/${begun.id}` }
    },
  }),
  operation({
    tag: 'Sessions',
    // Support ends sessions; how many everybody may have is not theirs to say.
    scope: 'session-settings:write',
    id: 'changeSessionSettings',
    method: 'PUT',
    path: 'session-settings',
    summary: 'Sets how long sessions last, and how many one person may have; what is left out gets its default',
    body: sessionSettings,
    bodyExample: { idleMinutes: 30, lifetimeMinutes: 480, limit: { enabled: true, maximum: 3 } },
    answer: settingsAnswer,
    run: async (call) => ({ body: await changeSessionSettings(call.db, changeOf(call), call.body) }),
  }),
]

export const sessionOperations: readonly Operation[] = [...readings, ...changes]

const SORT = '-openedAt'

type ListCall = Pick<Call<unknown, z.output<typeof userSessionQuery>, unknown>, 'db' | 'environment' | 'now' | 'query'>

async function answerPage(
  { db, environment, now, query }: ListCall,
  whose: Pick<SessionQuery, 'userId' | 'username' | 'connectionId'>,
): Promise<Answer> {
  const after = timedPlace(SORT, query.cursor)
  const wanted = {
    ...whose,
    state: query['filter[state]'],
    why: query['filter[why]'],
    after: after && { openedAt: after.at, id: after.id },
    limit: query.limit + 1,
  }
  const found = await listSessions(db, environment.id, wanted, now)
  const settings = await findSessionSettings(db, environment.id)
  const place = ({ session }: ListedSession) => ({ at: session.openedAt, id: session.id })
  const shown = (one: ListedSession) => shownSession(one, settings)
  return { body: timedPage(found, { sort: SORT, limit: query.limit, place, shown }) }
}

async function demandUser({
  db,
  environment,
  params,
}: Pick<Call<{ readonly id: string }, unknown, unknown>, 'db' | 'environment' | 'params'>) {
  const user = await findUserById(db, environment.id, params.id as Id<'user'>)
  if (user === undefined) throw notFoundProblem()
  return user
}

function changeOf({ environment, source, world, now }: Call<unknown, unknown, unknown>): SessionChange {
  return { environmentId: environment.id, source, world, now }
}

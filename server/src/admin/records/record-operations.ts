import type { z } from 'zod'
import { type Answer, type Call, type Operation, operation } from '#admin/operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import { liveRecords } from '#admin/records/live-records.ts'
import { changeRecordSettings } from '#admin/records/record-changes.ts'
import {
  detailExample,
  recordDetail,
  recordPage,
  recordParams,
  recordQuery,
  summaryExample,
} from '#admin/records/record-shapes.ts'
import { shownRecord, shownRecords, sightOf } from '#admin/records/record-view.ts'
import { timedPage, timedPlace } from '#admin/timed-pages.ts'
import type { Id } from '#config/world.ts'
import { pageOfRecords } from '#signin-records/list.ts'
import { readReference } from '#signin-records/reference.ts'
import { defaultRecordSettings, findRecordSettings, recordSettings } from '#signin-records/settings.ts'
import { findRecord, type SigninRecord } from '#signin-records/signin-records.ts'
import type { Handle } from '#storage/database.ts'
import { findUser, findUserByEmail } from '#users/users.ts'

const reading = { tag: 'Sign-in records', scope: 'records:read' } as const
const settingsAnswer = { status: 200, schema: recordSettings, example: defaultRecordSettings }

export const recordOperations: readonly Operation[] = [
  operation({
    ...reading,
    id: 'listRecords',
    method: 'GET',
    path: 'records',
    summary: 'Sign-in records, the newest first',
    query: recordQuery,
    answer: { status: 200, schema: recordPage, example: { items: [summaryExample], next: null } },
    run: answerPage,
  }),
  operation({
    ...reading,
    id: 'followRecords',
    method: 'GET',
    path: 'records/live',
    summary: 'Sign-in records as they finish, as server-sent events; the data of each is one of the list',
    answer: { status: 200, events: `event: record\ndata: ${JSON.stringify(summaryExample)}\n\n` },
    problems: ['too-many-requests'],
    run: async ({ database, environment, token, now }) => {
      const about = { database, environmentId: environment.id, askerId: token.id, sight: sightOf(token), now }
      return { stream: liveRecords(about) }
    },
  }),
  operation({
    ...reading,
    id: 'getRecord',
    method: 'GET',
    path: 'records/:reference',
    summary: 'One record: every check explained, the steps, and the messages as long as they are kept',
    params: recordParams,
    answer: { status: 200, schema: recordDetail, example: detailExample },
    run: async (call) => {
      const record = await demandRecord(call)
      const { db, environment, secret, config, token, now } = call
      const shown = { secret, publicUrl: config.publicUrl, sight: sightOf(token), now }
      return { body: await shownRecord(db, environment.id, record, shown) }
    },
  }),
  operation({
    ...reading,
    id: 'getRecordSettings',
    method: 'GET',
    path: 'record-settings',
    summary: 'How long sign-in records and their messages are kept',
    answer: settingsAnswer,
    run: async ({ db, environment }) => ({ body: await findRecordSettings(db, environment.id) }),
  }),
  operation({
    tag: 'Sign-in records',
    scope: 'records:write',
    id: 'changeRecordSettings',
    method: 'PUT',
    path: 'record-settings',
    summary: 'Sets how long sign-in records and their messages are kept; what is left out gets its default',
    body: recordSettings,
    bodyExample: { messageDays: 3, recordDays: 180 },
    answer: settingsAnswer,
    run: async ({ db, environment, source, world, now, body }) => {
      return { body: await changeRecordSettings(db, { environmentId: environment.id, source, world, now }, body) }
    },
  }),
]

const SORT = '-startedAt'

type ListCall = Pick<Call<unknown, z.output<typeof recordQuery>, unknown>, 'db' | 'environment' | 'query' | 'token'>

async function answerPage({ db, environment, query, token }: ListCall): Promise<Answer> {
  const { limit, person, from, to, reason, connectionId, outcome } = query
  const after = timedPlace(SORT, query.cursor)
  const found = await pageOfRecords(db, environment.id, {
    ...{ reason, connectionId, outcome },
    person: person === undefined ? undefined : await whoIs(db, environment.id, person),
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
    after: after && { startedAt: after.at, id: after.id },
    limit: limit + 1,
  })
  const place = ({ id, startedAt }: SigninRecord) => ({ at: startedAt, id })
  const page = timedPage(found, { sort: SORT, limit, place, shown: (record) => record })
  return { body: { items: await shownRecords(db, environment.id, page.items, sightOf(token)), next: page.next } }
}

/** By any of the names that somebody may be looked for with. */
async function whoIs(db: Handle, environmentId: Id<'env'>, person: string) {
  const found = await Promise.all([
    findUser(db, environmentId, { kind: 'username', value: person }),
    findUser(db, environmentId, { kind: 'federated-id', value: person }),
    findUserByEmail(db, environmentId, person),
  ])
  const userIds = found.flatMap((user) => (user === undefined ? [] : [user.id]))
  return { subject: person, userIds: [...new Set(userIds)] }
}

type OneCall = Pick<Call<z.output<typeof recordParams>, unknown, unknown>, 'db' | 'environment' | 'params'>

/** However the reference was typed. A neighbour's record is none. */
export async function demandRecord({ db, environment, params }: OneCall): Promise<SigninRecord> {
  const reference = readReference(params.reference)
  const record = reference === undefined ? undefined : await findRecord(db, environment.id, reference)
  if (record === undefined) throw notFoundProblem()
  return record
}

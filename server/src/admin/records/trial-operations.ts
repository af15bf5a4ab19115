import { z } from 'zod'
import { idParam, time } from '#admin/fields.ts'
import { type Operation, operation } from '#admin/operations.ts'
import { ApiProblem, notFoundProblem } from '#admin/problems.ts'
import { note } from '#admin/records/record-changes.ts'
import { detailExample, recordDetail } from '#admin/records/record-shapes.ts'
import { shownRecord, sightOf } from '#admin/records/record-view.ts'
import type { Id } from '#config/world.ts'
import { findConnection } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { missingIn } from '#connections/take-change.ts'
import { findTest, insertTest, type SigninTest } from '#login/signin-tests.ts'
import { findRecordById } from '#signin-records/signin-records.ts'
import { storedSource } from '#users/source.ts'

const params = z.object({ id: idParam })

const begun = z
  .object({
    id: z.string(),
    url: z.string().describe('To be opened in a browser window, once; this answer alone has it'),
    expiresAt: time.describe('Until then it can be begun'),
  })
  .meta({ id: 'BegunTest' })

const testShape = z
  .object({
    id: z.string(),
    connectionId: z.string(),
    outcome: z.enum(['waiting', 'passed', 'failed']),
    createdAt: time,
    expiresAt: time,
    finishedAt: time.nullable(),
    account: z
      .object({
        does: z.enum(['create', 'change', 'nothing']).describe('What a sign-in would do to the account'),
        username: z.string().nullable().describe('Null without the scope records:values, as the values below'),
        changes: z.array(
          z.object({
            field: z.string().describe('As the settings page calls it'),
            from: z.string().nullable(),
            to: z.string().nullable(),
          }),
        ),
      })
      .nullable()
      .describe('Null where nobody would come in'),
    syncFault: z.string().nullable().describe('Why the account would not be brought up to date'),
    nameId: z.string().nullable(),
    attributes: z.array(z.object({ name: z.string(), values: z.array(z.string()).nullable() })),
    record: recordDetail.nullable().describe('Every check; null until somebody has come back'),
  })
  .meta({ id: 'SigninTest' })

const testExample: z.output<typeof testShape> = {
  id: 'test_k4vq2m7xw3nphz5tb6ay',
  connectionId: 'conn_k4vq2m7xw3nphz5tb6ay',
  outcome: 'passed',
  createdAt: '2026-03-01T12:00:00.000Z',
  expiresAt: '2026-03-01T12:30:00.000Z',
  finishedAt: '2026-03-01T12:00:20.000Z',
  account: {
    does: 'create',
    username: 'ada@acme.example',
    changes: [{ field: 'Primary Team', from: null, to: 'Agents' }],
  },
  syncFault: null,
  nameId: 'ada@acme.example',
  attributes: [{ name: 'mail', values: ['ada@acme.example'] }],
  record: { ...detailExample, outcome: 'tested', test: true },
}

/** Signing in without a lasting effect. */
export const trialOperations: readonly Operation[] = [
  operation({
    id: 'beginTest',
    tag: 'Connections',
    scope: 'connections:write',
    method: 'POST',
    path: 'connections/:id/test',
    summary: 'Begins a test sign-in: a whole round trip, of a draft too, that signs nobody in and changes no account',
    params,
    answer: {
      status: 201,
      schema: begun,
      example: {
        id: testExample.id,
        url: 'https://sso.example/saml/ssoRequest?ticket=cnpkkccqsqscnp&test=Yb3…',
        expiresAt: testExample.expiresAt,
      },
    },
    problems: ['connection-incomplete'],
    run: async ({ db, environment, params, source, world, now, config }) => {
      const connection = await findConnection(db, environment.id, params.id as Id<'conn'>)
      if (connection === undefined) throw notFoundProblem()
      const missing = missingIn(connection.settings)
      if (missing.length > 0) {
        const detail = `The connection has no ${missing.join(', ')}. Give what is missing, then test it.`
        const problems = missing.map((path) => ({ path, message: 'is needed for a test' }))
        throw new ApiProblem('connection-incomplete', detail, { problems })
      }
      const wanted = { connectionId: connection.id, settings: connection.settings, madeBy: storedSource(source) }
      const { test, token } = await insertTest(db, environment.id, wanted, { chance: world.chance, now })
      const change = { environmentId: environment.id, source, world, now }
      await note(db, change, 'connection.test-begun', { id: connection.id, name: connection.name, changes: {} })
      const { ssoRequest } = endpointsOf(config.publicUrl, connection.ticket)
      const url = `${ssoRequest}&test=${token}`
      return { body: { id: test.id, url, expiresAt: test.expiresAt.toISOString() }, location: `tests/${test.id}` }
    },
  }),
  operation({
    id: 'getTest',
    tag: 'Connections',
    scope: 'connections:read',
    method: 'GET',
    path: 'tests/:id',
    summary: 'What came of a test sign-in',
    params,
    answer: { status: 200, schema: testShape, example: testExample },
    run: async ({ db, environment, params, secret, config, token, now }) => {
      const found = await findTest(db, environment.id, params.id, { secret })
      if (found === undefined) throw notFoundProblem()
      const record = found.recordId && (await findRecordById(db, environment.id, found.recordId))
      const sight = sightOf(token)
      const shown = { secret, publicUrl: config.publicUrl, sight, now }
      const detail = record ? await shownRecord(db, environment.id, record, shown) : null
      return { body: { ...shownTest(found, sight === 'values'), record: detail } }
    },
  }),
]

function shownTest(test: SigninTest, open: boolean): Omit<z.output<typeof testShape>, 'record'> {
  const { account, person, syncFault } = test.result
  const { id, connectionId, outcome, createdAt, expiresAt, finishedAt } = test
  return {
    ...{ id, connectionId, outcome },
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    account:
      account === undefined
        ? null
        : {
            does: account.does,
            username: open ? account.username : null,
            changes: account.changes.map(({ field, from, to }) => {
              return { field, from: open ? from : null, to: open ? to : null }
            }),
          },
    syncFault: open ? (syncFault ?? null) : null,
    nameId: open ? (person?.nameId?.value ?? null) : null,
    attributes: (person?.attributes ?? []).map(({ name, values }) => ({ name, values: open ? [...values] : null })),
  }
}

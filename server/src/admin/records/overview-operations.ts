import { z } from 'zod'
import { warningShape } from '#admin/connections/connection-shapes.ts'
import { contentsOf } from '#admin/environments/environment-changes.ts'
import { time } from '#admin/fields.ts'
import { type Call, type Operation, operation } from '#admin/operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import { findEnvironmentById } from '#companies/environments.ts'
import { type Connection, listConnections } from '#connections/connections.ts'
import { warningsOf } from '#connections/warnings.ts'
import { explanationOf } from '#explain/explanation-of.ts'
import { countByHour, countByReason, newestOf } from '#signin-records/measures.ts'
import type { SigninRecord } from '#signin-records/signin-records.ts'

const met = z.object({ at: time, reference: z.string() })

const health = z
  .enum(['good', 'failing', 'unused', 'draft'])
  .describe('failing: the newest sign-in through it was refused; unused: nobody has come yet')

const overview = z
  .object({
    url: z.string().describe('The User/Agent URL'),
    openSessions: z.int(),
    users: z.int(),
    connections: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        ticket: z.string(),
        state: z.enum(['draft', 'live']),
        health,
        lastSuccess: met.nullable(),
        lastFailure: met.extend({ reason: z.string().nullable(), sentence: z.string().nullable() }).nullable(),
        warnings: z.array(warningShape).describe('Certificates that expire soon, and whatever else is to be looked at'),
      }),
    ),
    hours: z
      .array(z.object({ from: time, signedIn: z.int(), refused: z.int() }))
      .describe('The last 24 hours, the oldest first; the last one is under way'),
    failures: z
      .array(
        z.object({
          reason: z.string(),
          title: z.string(),
          sentence: z.string().nullable(),
          count: z.int(),
          newest: met,
        }),
      )
      .describe('Why sign-ins of these hours were refused, the most frequent reason first'),
  })
  .meta({ id: 'Overview' })

const example: z.output<typeof overview> = {
  url: 'https://sso.example/acme/production',
  openSessions: 85,
  users: 1200,
  connections: [
    {
      id: 'conn_k4vq2m7xw3nphz5tb6ay',
      name: 'Directory',
      ticket: 'cnpkkccqsqscnp',
      state: 'live',
      health: 'good',
      lastSuccess: { at: '2026-03-01T11:58:12.000Z', reference: '7F3KQ-9QXM2' },
      lastFailure: {
        at: '2026-03-01T09:14:05.000Z',
        reference: '2XK9T-4MMZ0',
        reason: 'audience',
        sentence: 'The assertion was made for another service.',
      },
      warnings: [],
    },
  ],
  hours: [{ from: '2026-03-01T12:00:00.000Z', signedIn: 31, refused: 1 }],
  failures: [
    {
      reason: 'audience',
      title: 'The assertion is for us',
      sentence: 'The assertion was made for another service.',
      count: 4,
      newest: { at: '2026-03-01T09:14:05.000Z', reference: '2XK9T-4MMZ0' },
    },
  ],
}

export const overviewOperations: readonly Operation[] = [
  operation({
    id: 'getOverview',
    tag: 'Sign-in records',
    scope: 'records:read',
    method: 'GET',
    path: 'overview',
    summary: 'How the Environment is doing: its connections, the sign-ins of the last day, and who is signed in',
    answer: { status: 200, schema: overview, example },
    run: async (call) => {
      const { db, environment, now, config } = call
      const place = await findEnvironmentById(db, environment.id)
      if (place === undefined) throw notFoundProblem()
      const [connections, hours, contents] = await Promise.all([
        listConnections(db, environment.id),
        countByHour(db, environment.id, now),
        contentsOf(db, environment.id, now),
      ])
      const since = hours[0]?.from ?? now
      const failures = await countByReason(db, environment.id, since)
      return {
        body: {
          url: `${config.publicUrl}/${place.company.slug}/${environment.slug}`,
          openSessions: contents.openSessions,
          users: contents.users,
          connections: await Promise.all(connections.map((one) => shownConnection(call, one))),
          hours: hours.map(({ from, ...counts }) => ({ from: from.toISOString(), ...counts })),
          failures: failures.map(({ reason, count, newest }) => {
            const known = explanationOf(reason)
            const words = { title: known?.title ?? reason, sentence: known?.sentence ?? null }
            return { reason, ...words, count, newest: metAt(newest) }
          }),
        },
      }
    },
  }),
]

type Asked = Pick<Call<unknown, unknown, unknown>, 'db' | 'environment' | 'now'>

async function shownConnection({ db, environment, now }: Asked, connection: Connection) {
  const { id, name, ticket, state } = connection
  const newest = (outcome: 'signed-in' | 'refused') => newestOf(db, environment.id, { connectionId: id, outcome })
  const [success, failure] = [await newest('signed-in'), await newest('refused')]
  const sentence = (failure?.reason && explanationOf(failure.reason)?.sentence) ?? null
  return {
    ...{ id, name, ticket, state },
    health: healthOf(connection, success, failure),
    lastSuccess: success === undefined ? null : metAt(success),
    lastFailure: failure === undefined ? null : { ...metAt(failure), reason: failure.reason ?? null, sentence },
    warnings: [...warningsOf(connection, now)],
  }
}

function healthOf(
  { state }: Connection,
  success: SigninRecord | undefined,
  failure: SigninRecord | undefined,
): z.output<typeof health> {
  if (state === 'draft') return 'draft'
  if (success === undefined && failure === undefined) return 'unused'
  if (failure === undefined) return 'good'
  return success === undefined || success.startedAt < failure.startedAt ? 'failing' : 'good'
}

function metAt({ startedAt, reference }: SigninRecord) {
  return { at: startedAt.toISOString(), reference }
}

import { z } from 'zod'
import { changeableShape } from '#admin/connections/setting-shapes.ts'
import { idParam } from '#admin/fields.ts'
import { type Call, type Operation, operation } from '#admin/operations.ts'
import { demandPace } from '#admin/paces.ts'
import { invalid, notFoundProblem } from '#admin/problems.ts'
import { sightOf } from '#admin/records/record-view.ts'
import type { Id } from '#config/world.ts'
import { type Connection, findConnection } from '#connections/connections.ts'
import { settingsShape } from '#connections/settings.ts'
import { strictObject } from '#connections/strict-object.ts'
import { takeChange } from '#connections/take-change.ts'
import { explanationOf } from '#explain/explanation-of.ts'
import { newestOfEach, type Previewed, previewMapping, summarized } from '#login/mapping-preview.ts'
import { person } from '#login/verified-responses.ts'
import { listClaims } from '#signin-records/messages.ts'

const A_MINUTE = 10

const { createUsers, userIdType, userIdLocation, userIdAttribute, usernameDomains } = settingsShape
const mapping = changeableShape({ createUsers, userIdType, userIdLocation, userIdAttribute, usernameDomains })

const question = strictObject({
  last: z
    .int()
    .min(1, 'must be from 1 to 200')
    .max(200, 'must be from 1 to 200')
    .default(50)
    .describe('How many of the newest sign-ins are looked at; only those whose messages are kept count'),
  ...mapping,
}).describe('The fields that are to be changed, as PATCH of the connection takes them')

const preview = z
  .object({
    signIns: z.int().describe('How many were looked at'),
    people: z.int().describe('Of how many people they were'),
    summary: z.array(z.string()).describe('In sentences, the most people first'),
    changed: z
      .array(
        z.object({
          reference: z.string().describe('Of the sign-in'),
          username: z.string().nullable(),
          access: z.enum(['same', 'lost', 'gained']).describe('Whether they would still come in'),
          account: z
            .enum(['same', 'another', 'new', 'none'])
            .describe('Whether they would be taken for whom they are taken now'),
          changes: z.array(z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
          problems: z.array(
            z.object({ code: z.string(), sentence: z.string(), cure: z.string(), received: z.string().nullable() }),
          ),
        }),
      )
      .describe('Those for whom something would be different'),
    redacted: z.boolean().describe('Without the scope records:values'),
  })
  .meta({ id: 'MappingPreview' })

const example: z.output<typeof preview> = {
  signIns: 50,
  people: 41,
  summary: ['23 people lose the Role Service Desk: Agent.', '2 e-mail conflicts.'],
  changed: [
    {
      reference: '7F3KQ-9QXM2',
      username: 'ada@acme.example',
      access: 'same',
      account: 'same',
      changes: [{ field: 'Role', from: 'Service Desk: Agent', to: null }],
      problems: [],
    },
  ],
  redacted: false,
}

export const mappingOperations: readonly Operation[] = [
  operation({
    id: 'previewMapping',
    tag: 'Connections',
    scope: 'records:read',
    method: 'POST',
    path: 'connections/:id/mapping-preview',
    summary: 'What another mapping would make of people who have signed in lately; nothing is changed',
    params: z.object({ id: idParam }),
    body: question,
    bodyExample: { last: 50, createUsers: { attributes: { role: 'groups' } } },
    answer: { status: 200, schema: preview, example },
    problems: ['too-many-requests'],
    ownTransactions: true,
    run: async (call) => {
      const { database, world, environment, secret } = call
      const current = await findConnection(call.db, environment.id, call.params.id as Id<'conn'>)
      if (current === undefined) throw notFoundProblem()
      demandPace(call, { what: 'mapping-preview', most: A_MINUTE })
      const { last, ...change } = call.body as Asked
      const wanted = await changed(current, change, call)
      const asked = { connectionId: current.id, limit: last }
      const kept = await listClaims(call.db, environment.id, asked, { secret })
      const signIns = kept.map(({ reference, text }) => ({ reference, person: person.parse(JSON.parse(text)) }))
      const people = newestOfEach(current, signIns)
      const found = await previewMapping({ db: database, world }, { current, wanted }, people)
      const open = sightOf(call.token) === 'values'
      return {
        body: {
          ...{ signIns: signIns.length, people: people.length },
          summary: [...summarized(found)],
          changed: found.map((one) => shown(one, open)),
          redacted: !open,
        },
      }
    },
  }),
]

type Asked = { readonly last: number } & Readonly<Record<string, unknown>>

/** @throws ApiProblem where the connection could not be changed so */
async function changed(
  current: Connection,
  change: Readonly<Record<string, unknown>>,
  { now }: Pick<Call<unknown, unknown, unknown>, 'now'>,
): Promise<Connection> {
  const taken = await takeChange(change, { current: current.settings, state: current.state, now })
  if (taken.ok) return { ...current, settings: taken.settings }
  throw invalid(taken.problems.map(({ path, message }) => ({ path: path.join('.'), message })))
}

/** What an assertion says of a person; names of teams and roles are ours. */
const personal = ['Username', 'Federated Id', 'First Name', 'Last Name', 'Email']

function shown({ username, changes, problems, ...rest }: Previewed, open: boolean) {
  return {
    ...rest,
    username: username ?? null,
    changes: changes.map(({ field, from, to }) => {
      return open || !personal.includes(field) ? { field, from, to } : { field, from: null, to: null }
    }),
    problems: problems.map(({ code, received }) => {
      const { sentence = code, cure = '' } = explanationOf(code) ?? {}
      return { code, sentence, cure, received: open ? (received ?? null) : null }
    }),
  }
}

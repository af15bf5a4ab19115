import type { Id } from '#config/world.ts'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import type { Client, LoginContext } from '#login/login.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import { decidingCheck, SigninRefused } from '#login/signin-refused.ts'
import { finishTest } from '#login/signin-tests.ts'
import { keepMessages } from '#signin-records/messages.ts'
import {
  type Ending,
  findRecordById,
  finishRecord,
  type RecordDetails,
  startRecord,
} from '#signin-records/signin-records.ts'
import type { Handle } from '#storage/database.ts'

export type Refusal = {
  readonly checks: readonly AnyCheck[]
  readonly client: Client
  /** The record of this attempt, where it has one that is still open. */
  readonly recordId?: Id<'rec'> | undefined
  readonly done?: string | undefined
  readonly startedAt?: RecordDetails['startedAt']
  readonly answer?: RecordDetails['answer']
  readonly subject?: string
  /** What came, to be kept beside the record for a while. */
  readonly message?: Uint8Array
  /** The test that ends here with it. */
  readonly testId?: Id<'test'> | undefined
}

/** Before anything else: a draft may not even know its identity provider. */
export async function refuseDraft(ctx: LoginContext, place: ConnectionInPlace, client: Client): Promise<void> {
  if (place.connection.state === 'live') return
  const check = { code: 'connection-live', outcome: 'failed', about: 'message' } as const
  await refuse(ctx, place, { checks: [{ ...check, expected: 'live', received: 'a draft' }], client })
}

/** Writes the record of a sign-in that ends here and throws `SigninRefused` with its reference. */
export async function refuse(ctx: LoginContext, place: ConnectionInPlace, refusal: Refusal): Promise<never> {
  const { environment, connection } = place
  const reference = await writeRefusal(ctx, { environmentId: environment.id, connectionId: connection.id }, refusal)
  const start = endpointsOf(ctx.config.publicUrl, connection.ticket).ssoRequest
  const startUrl = refusal.done === undefined ? start : `${start}&done=${encodeURIComponent(refusal.done)}`
  const asking = await ctx.clients.askedFor(ctx.db.read, environment.id, refusal.done)
  const owner = place.company.name
  throw new SigninRefused({ checks: refusal.checks, reference, startUrl, giveUpUrl: asking?.giveUpUrl, owner })
}

type Where = { readonly environmentId: Id<'env'>; readonly connectionId: Id<'conn'> | undefined }

/** Only the record; returns its reference. */
export async function writeRefusal(
  ctx: Pick<LoginContext, 'db' | 'world' | 'secret'>,
  { environmentId, connectionId }: Where,
  refusal: Refusal,
): Promise<string> {
  const ending: Ending = {
    outcome: 'refused',
    reason: decidingCheck(refusal.checks),
    checks: refusal.checks,
    ...(refusal.answer === undefined ? {} : { answer: refusal.answer }),
    ...(refusal.subject === undefined ? {} : { subject: refusal.subject }),
  }
  const now = ctx.world.clock()
  return ctx.db.transaction(async (tx) => {
    const keep = (id: Id<'rec'>): Promise<void> => keepBeside(tx, ctx, { environmentId, id }, refusal)
    const open = refusal.recordId && (await findRecordById(tx, environmentId, refusal.recordId))
    if (open?.outcome === 'started' && (await finishRecord(tx, environmentId, open.id, ending, now))) {
      await keep(open.id)
      return open.reference
    }
    const details: RecordDetails = {
      checks: [],
      client: refusal.client,
      startedAt: refusal.startedAt ?? 'here',
      ...(refusal.done === undefined ? {} : { done: refusal.done }),
    }
    const about = { connectionId, details, testId: refusal.testId }
    const made = await startRecord(tx, environmentId, about, { ...ctx.world, now })
    await finishRecord(tx, environmentId, made.id, ending, now)
    await keep(made.id)
    return made.reference
  })
}

/** The message, and what came of the test, where there are such. */
async function keepBeside(
  tx: Handle,
  { secret, world }: Pick<LoginContext, 'secret' | 'world'>,
  { environmentId, id }: { readonly environmentId: Id<'env'>; readonly id: Id<'rec'> },
  { message, testId }: Pick<Refusal, 'message' | 'testId'>,
): Promise<void> {
  const sealing = { secret, chance: world.chance, now: world.clock() }
  if (message !== undefined) {
    const text = Buffer.from(message).toString('utf8')
    await keepMessages(tx, environmentId, id, [{ kind: 'response', text, verified: false }], sealing)
  }
  if (testId === undefined) return
  await finishTest(tx, environmentId, { id: testId, outcome: 'failed', recordId: id, result: {} }, sealing)
}

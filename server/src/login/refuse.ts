import type { Id } from '#config/world.ts'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import type { Client, LoginContext } from '#login/login.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import { decidingCheck, SigninRefused } from '#login/signin-refused.ts'
import {
  type Ending,
  findRecordById,
  finishRecord,
  type RecordDetails,
  startRecord,
} from '#signin-records/signin-records.ts'

export type Refusal = {
  readonly checks: readonly AnyCheck[]
  readonly client: Client
  /** The record of this attempt, where it has one that is still open. */
  readonly recordId?: Id<'rec'> | undefined
  readonly done?: string | undefined
  readonly startedAt?: RecordDetails['startedAt']
  readonly answer?: RecordDetails['answer']
  readonly subject?: string
}

/** Writes the record of a sign-in that ends here and throws `SigninRefused` with its reference. */
export async function refuse(ctx: LoginContext, place: ConnectionInPlace, refusal: Refusal): Promise<never> {
  const { environment, connection } = place
  const ending: Ending = {
    outcome: 'refused',
    reason: decidingCheck(refusal.checks),
    checks: refusal.checks,
    ...(refusal.answer === undefined ? {} : { answer: refusal.answer }),
    ...(refusal.subject === undefined ? {} : { subject: refusal.subject }),
  }
  const now = ctx.world.clock()
  const reference = await ctx.db.transaction(async (tx) => {
    const open = refusal.recordId && (await findRecordById(tx, environment.id, refusal.recordId))
    if (open?.outcome === 'started' && (await finishRecord(tx, environment.id, open.id, ending, now)))
      return open.reference
    const details: RecordDetails = {
      checks: [],
      client: refusal.client,
      startedAt: refusal.startedAt ?? 'here',
      ...(refusal.done === undefined ? {} : { done: refusal.done }),
    }
    const made = await startRecord(tx, environment.id, { connectionId: connection.id, details }, { ...ctx.world, now })
    await finishRecord(tx, environment.id, made.id, ending, now)
    return made.reference
  })
  const start = endpointsOf(ctx.config.publicUrl, connection.ticket).ssoRequest
  const startUrl = refusal.done === undefined ? start : `${start}&done=${encodeURIComponent(refusal.done)}`
  throw new SigninRefused({ checks: refusal.checks, reference, startUrl, owner: place.company.name })
}

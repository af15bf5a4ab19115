import type { Claims } from '@sallyport/saml'
import { newToken } from '#config/world.ts'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { tokenHash } from '#http/token-hash.ts'
import { type Client, CODE_LIFETIME_MS, type LoginContext } from '#login/login.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import { type PendingLogin, takePendingLogin } from '#login/pending-logins.ts'
import { useAssertion } from '#login/used-assertions.ts'
import { insertVerifiedResponse, type Person } from '#login/verified-responses.ts'
import { addToRecord, type RecordDetails, startRecord } from '#signin-records/signin-records.ts'
import type { Handle } from '#storage/database.ts'

export type Answer = { readonly answer: NonNullable<RecordDetails['answer']>; readonly subject?: string }

export type ResponseToTake = {
  readonly pending: PendingLogin | undefined
  readonly claims: Claims
  readonly checks: readonly AnyCheck[]
  readonly answer: Answer
  readonly received: { readonly relayState: string | undefined; readonly client: Client }
  readonly now: Date
}

/**
 * Takes the request and the assertion, each once, and keeps what was found under a one-time code: all of it in one
 * transaction, or nothing. Returns the code, or the checks that say what was used already.
 */
export async function takeResponse(
  ctx: LoginContext,
  place: ConnectionInPlace,
  response: ResponseToTake,
): Promise<{ readonly code: string } | { readonly checks: readonly AnyCheck[] }> {
  const code = newToken(ctx.world.chance)
  try {
    await ctx.db.transaction(async (tx) => {
      const checks = await takeOnce(tx, place, response)
      if (checks.some(({ outcome }) => outcome === 'failed')) throw new UsedBefore(checks)
      const recordId = response.pending?.recordId ?? (await startUnsolicited(tx, ctx, place, response))
      const added = { ...response.answer, checks: [...response.checks, ...checks] }
      await addToRecord(tx, place.environment.id, recordId, added)
      await insertVerifiedResponse(tx, place.environment.id, {
        codeHash: tokenHash(code),
        connectionId: place.connection.id,
        recordId,
        browserHash: response.pending?.browserHash,
        done: response.pending === undefined ? response.received.relayState : response.pending.done,
        person: personOf(response.claims),
        createdAt: response.now,
        expiresAt: new Date(response.now.getTime() + CODE_LIFETIME_MS),
      })
    })
    return { code }
  } catch (error) {
    if (error instanceof UsedBefore) return { checks: error.checks }
    throw error
  }
}

/** Thrown out of the transaction, so that what it took first is given back. */
class UsedBefore extends Error {
  readonly checks: readonly AnyCheck[]

  constructor(checks: readonly AnyCheck[]) {
    super('used before')
    this.checks = checks
  }
}

async function takeOnce(
  tx: Handle,
  { connection, environment }: ConnectionInPlace,
  { pending, claims, now }: ResponseToTake,
): Promise<AnyCheck[]> {
  const checks: AnyCheck[] = []
  if (pending !== undefined) {
    const taken = await takePendingLogin(tx, environment.id, pending.requestId, now)
    const before =
      pending.takenAt === undefined ? 'answered a moment ago' : `answered at ${pending.takenAt.toISOString()}`
    checks.push(once('request-unused', 'a request that was not answered before', taken, before))
  }
  const assertion = { connectionId: connection.id, id: claims.assertionId, until: claims.replayableUntil }
  const fresh = await useAssertion(tx, environment.id, assertion)
  checks.push(
    once('assertion-unused', 'an assertion that was not used before', fresh, `${claims.assertionId}, used before`),
  )
  return checks
}

function once(code: 'request-unused' | 'assertion-unused', expected: string, first: boolean, before: string): AnyCheck {
  const check = { code, about: code === 'request-unused' ? 'response' : 'assertion' } as const
  return first ? { ...check, outcome: 'passed' } : { ...check, outcome: 'failed', expected, received: before }
}

async function startUnsolicited(
  tx: Handle,
  ctx: LoginContext,
  { environment, connection }: ConnectionInPlace,
  { received, now }: ResponseToTake,
) {
  const details = {
    checks: [],
    client: received.client,
    startedAt: 'identity-provider',
    ...(received.relayState === undefined ? {} : { done: received.relayState }),
  } as const
  const record = await startRecord(
    tx,
    environment.id,
    { connectionId: connection.id, details },
    { chance: ctx.world.chance, now },
  )
  return record.id
}

function personOf(claims: Claims): Person {
  const { nameId, attributes, sessionIndex, authnContextClass, sessionNotOnOrAfter } = claims
  return {
    nameId,
    attributes: attributes.map(({ name, nameFormat, values }) => ({ name, nameFormat, values })),
    sessionIndex,
    authnContextClass,
    sessionNotOnOrAfter: sessionNotOnOrAfter?.toISOString(),
  }
}

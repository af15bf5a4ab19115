import type { Claims } from '@sallyport/saml'
import { newToken } from '#config/world.ts'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { type Client, CODE_LIFETIME_MS, type LoginContext } from '#login/login.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import { type PendingLogin, takePendingLogin } from '#login/pending-logins.ts'
import { useAssertion } from '#login/used-assertions.ts'
import { insertVerifiedResponse, type Person } from '#login/verified-responses.ts'
import { keepMessages, type MessageToKeep } from '#signin-records/messages.ts'
import { addToRecord, findRecordById, type RecordDetails, startRecord } from '#signin-records/signin-records.ts'
import type { Handle } from '#storage/database.ts'
import { tokenHash } from '#storage/token-hash.ts'

export type Answer = { readonly answer: NonNullable<RecordDetails['answer']>; readonly subject?: string }

export type ResponseToTake = {
  readonly pending: PendingLogin | undefined
  readonly message: Uint8Array
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
      const recordId = (await openRecord(tx, place, response)) ?? (await startAnother(tx, ctx, place, response))
      const added = { ...response.answer, checks: [...response.checks, ...checks] }
      await addToRecord(tx, place.environment.id, recordId, added)
      const sealing = { secret: ctx.secret, chance: ctx.world.chance, now: response.now }
      await keepMessages(tx, place.environment.id, recordId, verifiedMessages(response), sealing)
      await insertVerifiedResponse(tx, place.environment.id, {
        codeHash: tokenHash(code),
        connectionId: place.connection.id,
        recordId,
        browserHash: response.pending?.browserHash,
        done: doneOf(response.pending, response.received),
        person: personOf(response.claims),
        testId: response.pending?.testId,
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

/** As it came, and as it was understood: what is encrypted in the one is open in the other. */
export function verifiedMessages({
  message,
  claims,
}: Pick<ResponseToTake, 'message' | 'claims'>): readonly MessageToKeep[] {
  return [
    { kind: 'response', text: Buffer.from(message).toString('utf8'), verified: true },
    { kind: 'claims', text: JSON.stringify(personOf(claims)), verified: true },
  ]
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
  place: ConnectionInPlace,
  { pending, claims, now }: ResponseToTake,
): Promise<AnyCheck[]> {
  const checks: AnyCheck[] = []
  if (pending !== undefined) {
    const taken = await takePendingLogin(tx, place.environment.id, pending.requestId, now)
    const before =
      pending.takenAt === undefined ? 'answered a moment ago' : `answered at ${pending.takenAt.toISOString()}`
    checks.push(once('request-unused', 'a request that was not answered before', taken, before))
  }
  checks.push(await takeAssertion(tx, place, claims))
  return checks
}

/** Profiles 4.1.4.5: whoever shows it first has used it, by whatever way it came. */
export async function takeAssertion(
  tx: Handle,
  { environment, connection }: ConnectionInPlace,
  { assertionId: id, replayableUntil: until }: Claims,
): Promise<AnyCheck> {
  const fresh = await useAssertion(tx, environment.id, { connectionId: connection.id, id, until })
  return once('assertion-unused', 'an assertion that was not used before', fresh, `${id}, used before`)
}

function once(code: 'request-unused' | 'assertion-unused', expected: string, first: boolean, before: string): AnyCheck {
  const check = { code, about: code === 'request-unused' ? 'response' : 'assertion' } as const
  return first ? { ...check, outcome: 'passed' } : { ...check, outcome: 'failed', expected, received: before }
}

/** The record of the request; none where the identity provider began, or where a bad answer has ended it. */
async function openRecord(tx: Handle, { environment }: ConnectionInPlace, { pending }: ResponseToTake) {
  const record = pending && (await findRecordById(tx, environment.id, pending.recordId))
  return record?.outcome === 'started' ? record.id : undefined
}

async function startAnother(
  tx: Handle,
  ctx: LoginContext,
  { environment, connection }: ConnectionInPlace,
  { pending, received, now }: ResponseToTake,
) {
  const done = doneOf(pending, received)
  const details = {
    checks: [],
    client: received.client,
    startedAt: pending === undefined ? 'identity-provider' : 'here',
    ...(done === undefined ? {} : { done }),
  } as const
  const request = pending === undefined ? {} : { requestId: pending.requestId }
  const about = { connectionId: connection.id, ...request, details, testId: pending?.testId }
  return (await startRecord(tx, environment.id, about, { chance: ctx.world.chance, now })).id
}

/** Begun at the identity provider, RelayState says where to go (Profiles 4.1.5). */
function doneOf(pending: ResponseToTake['pending'], { relayState }: ResponseToTake['received']): string | undefined {
  return pending === undefined ? relayState : pending.done
}

/** As it is stored, and as the second half of a sign-in takes it. */
export function personOf(claims: Claims): Person {
  const { nameId, attributes, sessionIndex, authnContextClass, sessionNotOnOrAfter, issueInstant } = claims
  return {
    nameId,
    attributes: attributes.map(({ name, nameFormat, values }) => ({ name, nameFormat, values })),
    sessionIndex,
    authnContextClass,
    sessionNotOnOrAfter: sessionNotOnOrAfter?.toISOString(),
    issueInstant: issueInstant?.toISOString(),
  }
}

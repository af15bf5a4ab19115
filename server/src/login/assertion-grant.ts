// A client brings the assertion of a person itself (RFC 7522): no browser, no request of ours, no page that comes after. What
// is judged differs in that; whom it lets in, and what the record says of it, does not.

import { type AssertionVerdict, judgeAssertion } from '@sallyport/saml'
import type { AccessClient } from '#access/request.ts'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import type { Id } from '#config/world.ts'
import { type ConnectionInPlace, listLiveConnections, requestIssuerOf } from '#connections/connections.ts'
import { type Entered, enter } from '#login/enter.ts'
import type { Client, LoginContext } from '#login/login.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import { type Refusal, writeRefusal } from '#login/refuse.ts'
import { personSentence } from '#login/sentences.ts'
import { decidingCheck } from '#login/signin-refused.ts'
import { type Answer, personOf, takeAssertion, verifiedMessages } from '#login/take-response.ts'
import { trustIn } from '#login/trust.ts'
import type { Session } from '#sessions/sessions.ts'
import { keepMessages } from '#signin-records/messages.ts'
import { addToRecord, startRecord } from '#signin-records/signin-records.ts'

export type AssertionAttempt = {
  /** As it came, after base64. */
  readonly assertion: Uint8Array
  /** Who brings it. */
  readonly accessClient: AccessClient
  readonly address: string
  readonly userAgent?: string | undefined
  readonly issuer: string
  readonly tokenEndpoint: string
}

export type AssertionSignIn =
  | { readonly session: Session }
  | { readonly refused: { readonly reason: string; readonly sentence: string; readonly reference: string } }

/** Opens a session for whom the assertion names, as if they had come with it by a browser; or writes down why not. */
export async function signInByAssertion(
  ctx: LoginContext,
  place: EnvironmentOfCompany,
  attempt: AssertionAttempt,
): Promise<AssertionSignIn> {
  const found = await judgeByConnection(ctx, place, attempt)
  const refusal = { ...answerOf(found.verdict), client: clientOf(attempt), startedAt: 'client' } as const
  const refuse = (refused: Pick<Refusal, 'checks' | 'recordId'>): Promise<AssertionSignIn> =>
    told(ctx, place.environment.id, found.place?.connection.id, { ...refusal, ...refused, message: attempt.assertion })
  if (found.place === undefined || found.verdict?.claims === undefined) return refuse({ checks: found.checks })

  const { claims } = found.verdict
  const message = attempt.assertion
  const taken = await takeOnce(ctx, found.place, { claims, message, checks: found.checks, refusal })
  if ('used' in taken) return refuse({ checks: [...found.checks, taken.used] })
  const { recordId } = taken
  const entered: Entered = await enter(ctx, found.place, {
    person: personOf(found.verdict.claims),
    recordId,
    checks: [],
    client: refusal.client,
    forClient: attempt.accessClient,
    givesToken: true,
  })
  if ('refused' in entered) return refuse({ checks: entered.refused, recordId })
  return { session: entered.session }
}

type Found = {
  readonly checks: readonly AnyCheck[]
  /** Whose issuer the assertion names. */
  readonly place?: ConnectionInPlace
  readonly verdict?: AssertionVerdict
}

/**
 * The issuer says, unverified, whose certificates are to be tried: it is only compared. Where several connections are of
 * one provider, the first that takes it. Where there is but one that takes assertions, it is asked in any case, since its
 * record tells most.
 */
async function judgeByConnection(
  ctx: LoginContext,
  { environment, company }: EnvironmentOfCompany,
  attempt: AssertionAttempt,
): Promise<Found> {
  const all = await listLiveConnections(ctx.db.read, environment.id)
  const taking = all.filter(({ settings }) => settings.assertionGrant)
  let named: Found | undefined
  let other: AssertionVerdict | undefined
  for (const connection of taking) {
    const place = { connection, environment, company }
    const verdict = await judge(ctx, place, attempt)
    if (verdict.unverified.issuer !== connection.settings.issuer && taking.length > 1) other = verdict
    else if (verdict.ok || named === undefined) named = { checks: verdict.checks, place, verdict }
    if (verdict.ok) break
  }
  return named ?? unnamed(taking.length, other)
}

function unnamed(taking: number, verdict: AssertionVerdict | undefined): Found {
  const expected = 'the Issuer of a connection with assertionGrant'
  const issuer = verdict?.unverified.issuer ?? 'an assertion whose issuer cannot be read'
  const received = taking === 0 ? 'an assertion, and no connection that takes one' : issuer
  const check: AnyCheck = { code: 'assertion-connection', outcome: 'failed', about: 'message', expected, received }
  // What cannot be read has no issuer, so that comes first; what follows of another one's certificates says nothing.
  const unreadable = verdict?.checks.filter(({ about, outcome }) => about === 'message' && outcome === 'failed') ?? []
  return { checks: [...unreadable.filter(({ code }) => code !== 'signature-present'), check] }
}

async function judge(
  ctx: LoginContext,
  place: ConnectionInPlace,
  { assertion, issuer, tokenEndpoint }: AssertionAttempt,
): Promise<AssertionVerdict> {
  return judgeAssertion({
    message: assertion,
    now: ctx.world.clock(),
    ...(await trustIn(ctx, place, assertion)),
    // RFC 7522 section 3 item 2: what the authorization server is called, by whoever configures the provider.
    expectedAudience: [issuer, tokenEndpoint, requestIssuerOf(place.connection, ctx.config.publicUrl)],
    expectedRecipient: tokenEndpoint,
  })
}

/** Takes the assertion and begins the record, whatever comes of the person: who shows it again is too late. */
async function takeOnce(
  ctx: LoginContext,
  place: ConnectionInPlace,
  { claims, message, checks, refusal }: ToTake,
): Promise<{ readonly recordId: Id<'rec'> } | { readonly used: AnyCheck }> {
  const { environment, connection } = place
  const { client, startedAt, ...answer } = refusal
  return ctx.db.transaction(async (tx) => {
    const first = await takeAssertion(tx, place, claims)
    if (first.outcome === 'failed') return { used: first }
    const about = { connectionId: connection.id, details: { checks: [], client, startedAt } }
    const sealing = { secret: ctx.secret, chance: ctx.world.chance, now: ctx.world.clock() }
    const { id } = await startRecord(tx, environment.id, about, sealing)
    await addToRecord(tx, environment.id, id, { ...answer, checks: [...checks, first] })
    await keepMessages(tx, environment.id, id, verifiedMessages({ message, claims }), sealing)
    return { recordId: id }
  })
}

type ToTake = {
  readonly message: Uint8Array
  readonly claims: NonNullable<AssertionVerdict['claims']>
  readonly checks: readonly AnyCheck[]
  readonly refusal: Partial<Answer> & { readonly client: Client; readonly startedAt: 'client' }
}

async function told(
  ctx: LoginContext,
  environmentId: Id<'env'>,
  connectionId: Id<'conn'> | undefined,
  refusal: Refusal,
): Promise<AssertionSignIn> {
  const reference = await writeRefusal(ctx, { environmentId, connectionId }, refusal)
  const reason = decidingCheck(refusal.checks)
  return { refused: { reason, sentence: personSentence(reason).sentence, reference } }
}

function clientOf({ address, userAgent }: AssertionAttempt): Client {
  return { address, ...(userAgent === undefined ? {} : { userAgent }) }
}

/** What the record keeps of the assertion: no values but the subject, which administrators look people up by. */
function answerOf(verdict: AssertionVerdict | undefined): Partial<Answer> {
  if (verdict === undefined) return {}
  const { subject, ...answer } = verdict.unverified
  return { answer, ...(subject === undefined ? {} : { subject }) }
}

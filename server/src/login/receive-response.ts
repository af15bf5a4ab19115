import { decodePost, judgeResponse, type ResponseVerdict, SamlReadError } from '@sallyport/saml'
import { type ConnectionInPlace, requestIssuerOf } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { afterJudging, requestCheck } from '#login/decide.ts'
import { checkDone } from '#login/done.ts'
import { findPlace } from '#login/find-place.ts'
import type { Client, LoginContext } from '#login/login.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import { findPendingLogin, type PendingLogin } from '#login/pending-logins.ts'
import { type Refusal, refuse, refuseDraft } from '#login/refuse.ts'
import { type Answer, takeResponse } from '#login/take-response.ts'
import { trustIn } from '#login/trust.ts'
import { tokenHash } from '#storage/token-hash.ts'

export type ResponseReceived = {
  readonly ticket: string
  readonly samlResponse: string | undefined
  readonly relayState: string | undefined
  readonly client: Client
}

/**
 * Second step, the Assertion Consumer Service: judges the answer, takes its request and its assertion, each once, and
 * returns the address to continue at. The browser comes here by a POST from another site, so without its cookies; who it
 * is, is asked there.
 */
export async function receiveResponse(ctx: LoginContext, received: ResponseReceived): Promise<string> {
  const place = await findPlace(ctx, received.ticket)
  const { connection, environment } = place
  const now = ctx.world.clock()
  const pending =
    received.relayState === undefined
      ? undefined
      : await findPendingLogin(ctx.db.read, environment.id, tokenHash(received.relayState))
  if (pending?.testId === undefined) await refuseDraft(ctx, place, received.client)
  const begun = {
    client: received.client,
    done: pending?.done,
    startedAt: pending === undefined ? 'identity-provider' : 'here',
    recordId: pending?.takenAt === undefined ? pending?.recordId : undefined,
    testId: pending?.testId,
  } as const
  const message = await readMessage(ctx, place, received, begun)
  const refusal = { ...begun, message }
  const verdict = await judge(ctx, place, message, { pending, now })
  const answer = describe(verdict)
  const request = requestCheck({
    pending,
    relayState: received.relayState,
    connection,
    unsolicited: verdict.unverified.inResponseTo === undefined,
    now,
  })
  const unsolicited = pending === undefined && request.outcome === 'passed'
  const step = afterJudging(verdict, unsolicited ? [request, ...checkUnsolicitedDone(ctx, place, received)] : [request])
  if (step.next === 'refuse') return refuse(ctx, place, { ...refusal, ...answer, checks: step.checks })

  const { claims, checks } = step
  const taken = await takeResponse(ctx, place, { pending, message, claims, checks, answer, received, now })
  if ('code' in taken) return `${endpointsOf(ctx.config.publicUrl, connection.ticket).continue}?code=${taken.code}`
  // The record belongs to whoever was first.
  return refuse(ctx, place, { ...refusal, ...answer, recordId: undefined, checks: [...checks, ...taken.checks] })
}

// Begun at the identity provider, RelayState names the page to go to (Profiles 4.1.5), and is checked like any `done`.
function checkUnsolicitedDone(ctx: LoginContext, place: ConnectionInPlace, received: ResponseReceived): AnyCheck[] {
  if (received.relayState === undefined || received.relayState === '') return []
  return [checkDone(place, received.relayState, ctx.config.publicUrl)]
}

async function readMessage(
  ctx: LoginContext,
  place: ConnectionInPlace,
  { samlResponse }: ResponseReceived,
  refusal: Omit<Refusal, 'checks'>,
): Promise<Uint8Array> {
  const failed = { outcome: 'failed', about: 'message' } as const
  if (samlResponse === undefined) {
    const check: AnyCheck = { ...failed, code: 'form', expected: 'one SAMLResponse', received: 'none, or several' }
    return refuse(ctx, place, { ...refusal, checks: [check] })
  }
  try {
    return decodePost(samlResponse)
  } catch (error) {
    if (!(error instanceof SamlReadError)) throw error
    const check: AnyCheck = { ...failed, code: error.code, expected: 'base64', received: error.received }
    return refuse(ctx, place, { ...refusal, checks: [check] })
  }
}

async function judge(
  ctx: LoginContext,
  place: ConnectionInPlace,
  message: Uint8Array,
  { pending, now }: { readonly pending: PendingLogin | undefined; readonly now: Date },
): Promise<ResponseVerdict> {
  const { connection } = place
  return judgeResponse({
    message,
    now,
    ...(await trustIn(ctx, place, message)),
    expectedAudience: requestIssuerOf(connection, ctx.config.publicUrl),
    expectedRecipient: endpointsOf(ctx.config.publicUrl, connection.ticket).acs,
    expectedInResponseTo: pending?.requestId,
    requireSigned: connection.settings.requireSigned,
  })
}

/** What the record keeps of the answer: no values but the subject, which administrators look people up by. */
function describe({ unverified }: ResponseVerdict): Answer {
  const { subject, ...answer } = unverified
  return { answer, ...(subject === undefined ? {} : { subject }) }
}

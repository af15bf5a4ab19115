import type { ConnectionInPlace } from '#connections/connections.ts'
import { destinationOf } from '#login/done.ts'
import { type Entering, enter } from '#login/enter.ts'
import { findPlace } from '#login/find-place.ts'
import type { Client, LoginContext } from '#login/login.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import { type Refusal, refuse } from '#login/refuse.ts'
import { finishRehearsal, rehearse } from '#login/rehearse.ts'
import { SigninTested } from '#login/signin-tested.ts'
import { takeVerifiedResponse, type VerifiedResponse } from '#login/verified-responses.ts'
import type { Session } from '#sessions/sessions.ts'
import { tokenHash } from '#storage/token-hash.ts'

export type LoginToComplete = {
  readonly ticket: string
  readonly code: string | undefined
  readonly browserToken: string | undefined
  /** The token of the session that this browser has in the Environment, if it has one: it is replaced. */
  readonly formerToken: (environmentId: Session['environmentId']) => string | undefined
  readonly client: Client
}

export type CompletedLogin = {
  readonly session: Session
  readonly token: string
  readonly url: string
  /** Why the account was not brought up to date, although the person is signed in. */
  readonly syncFault?: string | undefined
}

/**
 * Third step, a same-site GET: the browser must be the one that began; then the person is found or made, and the
 * session is opened.
 */
export async function completeLogin(ctx: LoginContext, login: LoginToComplete): Promise<CompletedLogin> {
  const place = await findPlace(ctx, login.ticket)
  const response = await takeByCode(ctx, place, login)
  const { testId } = response
  const refusal = { client: login.client, done: response.done, recordId: response.recordId, testId }
  const browser = browserCheck(response, login.browserToken)
  const former = login.formerToken(place.environment.id)
  const asking = await ctx.clients.askedFor(ctx.db.read, place.environment.id, response.done)
  const { person, recordId } = response
  const entering = {
    person,
    recordId,
    checks: [browser],
    former: testId === undefined ? former : undefined,
    client: login.client,
    forClient: asking?.client,
  }
  if (testId !== undefined) return completeTest(ctx, place, { response, entering, refusal })
  const opened = await enter(ctx, place, entering)
  if ('refused' in opened) return refuse(ctx, place, { ...refusal, checks: opened.refused })
  return { ...opened, url: destinationOf(place, response.done, ctx.config.publicUrl) }
}

/** Nobody is signed in, and nobody is signed out. */
async function completeTest(
  ctx: LoginContext,
  place: ConnectionInPlace,
  test: { response: VerifiedResponse; entering: Entering; refusal: Omit<Refusal, 'checks'> },
): Promise<never> {
  const { response, entering, refusal } = test
  const rehearsed = await rehearse(ctx, place, entering)
  if ('refused' in rehearsed) return refuse(ctx, place, { ...refusal, checks: rehearsed.refused })
  await finishRehearsal(ctx, place, response, rehearsed)
  throw new SigninTested('the test went well')
}

async function takeByCode(
  ctx: LoginContext,
  place: ConnectionInPlace,
  { code, client }: LoginToComplete,
): Promise<VerifiedResponse> {
  const by = { connectionId: place.connection.id, codeHash: tokenHash(code ?? ''), now: ctx.world.clock() }
  const response = await takeVerifiedResponse(ctx.db.write, place.environment.id, by)
  if (response !== undefined) return response
  const expected = 'a code that was made within the last minute and not used'
  const received = code === undefined ? 'no code' : 'an unknown, used or expired code'
  const check: AnyCheck = { code: 'continue-code', outcome: 'failed', about: 'message', expected, received }
  return refuse(ctx, place, { checks: [check], client })
}

// Profiles 4.1.4.3 leaves it to us how an answer is bound to who asked. Without it, somebody could post the answer for
// their own sign-in through another person's browser, who would then work under a foreign name.
function browserCheck(response: VerifiedResponse, browserToken: string | undefined): AnyCheck {
  const check = { code: 'browser', about: 'message' } as const
  if (response.browserHash === undefined)
    return { ...check, outcome: 'passed', received: 'begun at the identity provider' }
  const same = browserToken !== undefined && tokenHash(browserToken) === response.browserHash
  if (same) return { ...check, outcome: 'passed' }
  const received = browserToken === undefined ? 'one without the cookie of a sign-in' : 'another one'
  return { ...check, outcome: 'failed', expected: 'the browser that began the sign-in', received }
}

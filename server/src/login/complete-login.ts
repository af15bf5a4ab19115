import type { ConnectionInPlace } from '#connections/connections.ts'
import { tokenHash } from '#http/token-hash.ts'
import { type AfterRecognising, afterRecognising, keyOf } from '#login/decide.ts'
import { destinationOf } from '#login/done.ts'
import { findPlace } from '#login/find-place.ts'
import type { Client, LoginContext } from '#login/login.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import { refuse } from '#login/refuse.ts'
import { takeVerifiedResponse, type VerifiedResponse } from '#login/verified-responses.ts'
import { endSession, openSession, type Session } from '#sessions/sessions.ts'
import { finishRecord } from '#signin-records/signin-records.ts'
import type { Handle } from '#storage/database.ts'
import { findUser, insertUserFromSignIn, noteSignIn, type User, type UserKey } from '#users/users.ts'

export type LoginToComplete = {
  readonly ticket: string
  readonly code: string | undefined
  readonly browserToken: string | undefined
  /** The token of the session that this browser has in the Environment, if it has one: it is replaced. */
  readonly formerToken: (environmentId: Session['environmentId']) => string | undefined
  readonly client: Client
}

export type CompletedLogin = { readonly session: Session; readonly token: string; readonly url: string }

/**
 * Third step, a same-site GET: the browser must be the one that began; then the person is found or made, and the
 * session is opened.
 */
export async function completeLogin(ctx: LoginContext, login: LoginToComplete): Promise<CompletedLogin> {
  const place = await findPlace(ctx, login.ticket)
  const response = await takeByCode(ctx, place, login)
  const refusal = { client: login.client, done: response.done, recordId: response.recordId }
  const browser = browserCheck(response, login.browserToken)
  const { check, key } = keyOf(response.person, place.connection)
  if (browser.outcome === 'failed' || key === undefined) {
    return refuse(ctx, place, { ...refusal, checks: [browser, check] })
  }
  const former = login.formerToken(place.environment.id)
  const opened = await ctx.db.transaction((tx) =>
    enter(tx, ctx, place, { response, key, checks: [browser, check], former }),
  )
  if ('refused' in opened) return refuse(ctx, place, { ...refusal, checks: opened.refused })
  return { ...opened, url: destinationOf(place, response.done, ctx.config.publicUrl) }
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

type Entering = {
  readonly response: VerifiedResponse
  readonly key: UserKey
  readonly checks: readonly AnyCheck[]
  readonly former: string | undefined
}

async function enter(
  tx: Handle,
  ctx: LoginContext,
  place: ConnectionInPlace,
  { response, key, checks, former }: Entering,
): Promise<{ session: Session; token: string } | { refused: readonly AnyCheck[] }> {
  const { environment, connection } = place
  const now = ctx.world.clock()
  const recognised = await recognise(tx, ctx, place, { response, key, now })
  if (recognised.next === 'refuse') return { refused: [...checks, ...recognised.checks] }
  const { user } = recognised
  // A new token at each sign-in (session fixation), and the old session does not live on unseen.
  if (former !== undefined) await endSession(tx, environment.id, former, { why: 'replaced', now })
  await noteSignIn(tx, environment.id, user.id, now)
  const { person } = response
  const opened = await openSession(
    tx,
    environment.id,
    {
      userId: user.id,
      connectionId: connection.id,
      nameId: person.nameId,
      sessionIndex: person.sessionIndex,
      authnContext: person.authnContextClass,
      notOnOrAfter: person.sessionNotOnOrAfter === undefined ? undefined : new Date(person.sessionNotOnOrAfter),
    },
    { chance: ctx.world.chance, now },
  )
  const all = [...checks, ...recognised.checks]
  await finishRecord(tx, environment.id, response.recordId, { outcome: 'signed-in', userId: user.id, checks: all }, now)
  return opened
}

type Recognised = Exclude<AfterRecognising, { next: 'create-user' }>

async function recognise(
  tx: Handle,
  ctx: LoginContext,
  { environment, connection }: ConnectionInPlace,
  { response, key, now }: { readonly response: VerifiedResponse; readonly key: UserKey; readonly now: Date },
): Promise<Recognised> {
  const find = (): Promise<User | undefined> => findUser(tx, environment.id, key)
  const step = afterRecognising(await find(), key, response.person, connection)
  if (step.next !== 'create-user') return step
  const made = await insertUserFromSignIn(tx, environment.id, step.user, { chance: ctx.world.chance, now })
  if (made !== undefined) return { next: 'open-session', checks: step.checks, user: made }
  // Somebody was faster; or, for a federated id, the username is another person's.
  const again = afterRecognising(await find(), key, response.person, connection)
  if (again.next !== 'create-user') return again
  const received = `none, and the username ${step.user.username} belongs to somebody else`
  const [check] = again.checks
  return { next: 'refuse', checks: [{ ...check!, outcome: 'failed', received }] }
}

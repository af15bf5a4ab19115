import { within } from '#access/access.ts'
import { attributesOf } from '#access/request.ts'
import { keepSessionAttributes } from '#access/session-attributes.ts'
import { accessCheck, decideSignIn, noteForbidden, SignInForbidden } from '#access/sign-in.ts'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { tokenHash } from '#http/token-hash.ts'
import { type Admitting, admit } from '#login/admit.ts'
import { identityOf } from '#login/decide.ts'
import { destinationOf } from '#login/done.ts'
import { findPlace } from '#login/find-place.ts'
import type { Client, LoginContext } from '#login/login.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import { refuse } from '#login/refuse.ts'
import { takeVerifiedResponse, type VerifiedResponse } from '#login/verified-responses.ts'
import { isLoggedOut } from '#logout/logouts.ts'
import { partnersOf } from '#logout/participants.ts'
import { tellProviders } from '#logout/tell.ts'
import { endSessions } from '#sessions/ends.ts'
import { nameIdKey } from '#sessions/name-id.ts'
import { openSession, type Session } from '#sessions/sessions.ts'
import { finishRecord } from '#signin-records/signin-records.ts'
import { type Handle, holdKey, isUniqueViolation } from '#storage/database.ts'

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
  const refusal = { client: login.client, done: response.done, recordId: response.recordId }
  const browser = browserCheck(response, login.browserToken)
  const { check, key, identity } = identityOf(response.person, place.connection)
  if (browser.outcome === 'failed' || key === undefined || identity === undefined) {
    return refuse(ctx, place, { ...refusal, checks: [browser, check] })
  }
  const former = login.formerToken(place.environment.id)
  const admitting = { person: response.person, key, identity }
  const work = (): Promise<Entered> =>
    ctx.db.transaction((tx) =>
      enter(tx, ctx, place, { response, admitting, checks: [browser, check], former, client: login.client }),
    )
  // Somebody took the same name or address a moment ago: now that can be seen, and said.
  const opened = await work()
    .catch((error) => (isUniqueViolation(error) ? work() : Promise.reject(error)))
    .catch((error) => forbidden(ctx, place, error, [browser, check]))
  if ('refused' in opened) return refuse(ctx, place, { ...refusal, checks: opened.refused })
  return { ...opened, url: destinationOf(place, response.done, ctx.config.publicUrl) }
}

/** What the transaction did to the account is undone: whoever may not come in changes nothing. */
async function forbidden(
  ctx: LoginContext,
  { environment }: ConnectionInPlace,
  error: unknown,
  checks: readonly AnyCheck[],
): Promise<{ readonly refused: readonly AnyCheck[] }> {
  if (!(error instanceof SignInForbidden)) throw error
  await noteForbidden(ctx, environment.id, error)
  return { refused: [...checks, { ...accessCheck('access-allowed', error.decision), about: 'assertion' }] }
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
  readonly admitting: Admitting
  readonly checks: readonly AnyCheck[]
  readonly former: string | undefined
  readonly client: Client
}

type Entered =
  | { readonly session: Session; readonly token: string; readonly syncFault: string | undefined }
  | { readonly refused: readonly AnyCheck[] }

async function enter(
  tx: Handle,
  ctx: LoginContext,
  place: ConnectionInPlace,
  { response, admitting, checks, former, client }: Entering,
): Promise<Entered> {
  const { environment, connection } = place
  const now = ctx.world.clock()
  const lives = await sessionCheck(tx, place, response.person, ctx.config.publicUrl)
  if (lives.outcome === 'failed') return { refused: [...checks, lives] }
  const admitted = await admit(tx, ctx.world, connection, admitting)
  const all = [...checks, lives, ...admitted.checks]
  if (admitted.user === undefined) return { refused: all }
  const { user, syncFault } = admitted
  const { person } = response
  const asked = {
    userId: user.id,
    address: client.address,
    at: now,
    authnContext: person.authnContextClass,
    attributes: attributesOf(person.attributes),
  }
  const decided = await decideSignIn(within(tx, ctx), environment.id, asked)
  if (decided.decision.effect !== 'allow') throw new SignInForbidden(decided)
  // A new token at each sign-in (session fixation), and the old session does not live on unseen.
  const which = former === undefined ? { ids: [] } : { token: former }
  const [follows] = await endSessions(tx, environment.id, which, { why: 'replaced', now })
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
      authorizedClientIds: authorizedClientIds(person),
      client,
      follows,
    },
    { chance: ctx.world.chance, now },
  )
  await keepSessionAttributes(tx, environment.id, opened.session.id, asked.attributes)
  await tellProviders(tx, environment.id, opened.ended, { chance: ctx.world.chance, now })
  await finishRecord(tx, environment.id, response.recordId, { outcome: 'signed-in', userId: user.id, checks: all }, now)
  return { session: opened.session, token: opened.token, syncFault }
}

/**
 * Core 3.7.3.2: a logout may be here before the session that it ends. Whoever logs the same person out at this moment
 * waits, and then finds the session.
 */
async function sessionCheck(
  tx: Handle,
  place: ConnectionInPlace,
  { nameId, sessionIndex, issueInstant }: VerifiedResponse['person'],
  publicUrl: string,
): Promise<AnyCheck> {
  const check = { code: 'session-lives', about: 'assertion' } as const
  if (nameId === undefined || issueInstant === undefined) return { ...check, outcome: 'passed' }
  await holdKey(tx, nameIdKey(nameId))
  const session = { nameId, sessionIndex, issueInstant: new Date(issueInstant) }
  const partners = await partnersOf(tx, place, publicUrl)
  if (!(await isLoggedOut(tx, place.environment.id, session, partners))) return { ...check, outcome: 'passed' }
  const expected = 'a session that the identity provider has not ended'
  return { ...check, outcome: 'failed', expected, received: `an assertion of ${issueInstant}, and a logout after it` }
}

/** Genesys Cloud, AuthorizedClientIDs: absent, all clients are allowed; present, those it lists, also if it lists none. */
function authorizedClientIds({ attributes }: VerifiedResponse['person']): readonly string[] | undefined {
  const given = attributes.filter(({ name }) => name === 'AuthorizedClientIDs')
  if (given.length === 0) return undefined
  return given.flatMap(({ values }) => values.map((value) => value.trim())).filter((value) => value !== '')
}

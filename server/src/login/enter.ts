// Letting somebody in whom a verified assertion names: what is the same for a browser that comes back and for a client
// that brings the assertion itself.

import { decide, within } from '#access/access.ts'
import { type AccessClient, attributesOf } from '#access/request.ts'
import { keepSessionAttributes } from '#access/session-attributes.ts'
import { accessCheck, decideSignIn, noteForbidden, SignInForbidden } from '#access/sign-in.ts'
import type { Id } from '#config/world.ts'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { type Admitting, admit } from '#login/admit.ts'
import { authorizedClientIds, clientChecks } from '#login/clients.ts'
import { identityOf } from '#login/decide.ts'
import type { Client, LoginContext } from '#login/login.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import type { Person } from '#login/verified-responses.ts'
import { isLoggedOut } from '#logout/logouts.ts'
import { partnersOf } from '#logout/participants.ts'
import { tellOfEnds } from '#logout/tell.ts'
import { endSessions } from '#sessions/ends.ts'
import { nameIdKey } from '#sessions/name-id.ts'
import { openSession, type Session } from '#sessions/sessions.ts'
import { finishRecord } from '#signin-records/signin-records.ts'
import { type Handle, holdKey, isUniqueViolation } from '#storage/database.ts'

export type Entering = {
  readonly person: Person
  readonly recordId: Id<'rec'>
  /** Those that were made before; one that failed is reason enough to refuse. */
  readonly checks: readonly AnyCheck[]
  /** The token of the session that this browser has already: it is replaced. */
  readonly former?: string | undefined
  readonly client: Client
  /** The application that the sign-in is for, where it is for one. */
  readonly forClient?: AccessClient | undefined
  /** That application gets its token in the same breath, so whether it may is asked before there is a session. */
  readonly givesToken?: boolean
  /** Of a test: nothing of it is written down elsewhere. */
  readonly rehearsed?: boolean
}

export type Entered =
  | { readonly session: Session; readonly token: string; readonly syncFault: string | undefined }
  | { readonly refused: readonly AnyCheck[] }

/** Finds the person, or makes the account, and opens the session; or says by which check not. */
export async function enter(ctx: LoginContext, place: ConnectionInPlace, entering: Entering): Promise<Entered> {
  const { check, key, identity } = identityOf(entering.person, place.connection)
  const checks = [...entering.checks, check]
  const before = entering.checks.some(({ outcome }) => outcome === 'failed')
  if (before || key === undefined || identity === undefined) return { refused: checks }
  const allowed = authorizedClientIds(entering.person)
  const known = await ctx.clients.known(ctx.db.read, place.environment.id, allowed ?? [])
  const ofClients = clientChecks(allowed, { known, client: entering.forClient })
  // What decides comes first: ids that nobody has here refuse nothing.
  if (entering.givesToken && lacksClient(ofClients)) return { refused: [...checks, ...ofClients.toReversed()] }
  const admitting = { person: entering.person, key, identity }
  const work = (): Promise<Entered> =>
    ctx.db.transaction((tx) => enterWithin(tx, ctx, place, { ...entering, admitting, checks, ofClients, allowed }))
  // Somebody took the same name or address a moment ago: now that can be seen, and said.
  return work()
    .catch((error) => (isUniqueViolation(error) ? work() : Promise.reject(error)))
    .catch((error) => forbidden(ctx, place, error, { ...entering, checks }))
}

function lacksClient(checks: readonly AnyCheck[]): boolean {
  return checks.some(({ code, outcome }) => code === 'client-allowed' && outcome === 'failed')
}

/** What the transaction did to the account is undone: whoever may not come in changes nothing. */
async function forbidden(
  ctx: LoginContext,
  { environment }: ConnectionInPlace,
  error: unknown,
  { checks, rehearsed }: Pick<Entering, 'checks' | 'rehearsed'>,
): Promise<{ readonly refused: readonly AnyCheck[] }> {
  if (!(error instanceof SignInForbidden)) throw error
  if (rehearsed !== true) await noteForbidden(ctx, environment.id, error)
  return { refused: [...checks, { ...accessCheck('access-allowed', error.decision), about: 'assertion' }] }
}

type Known = Entering & {
  readonly admitting: Admitting
  readonly ofClients: readonly AnyCheck[]
  /** AuthorizedClientIDs. */
  readonly allowed: readonly string[] | undefined
}

async function enterWithin(tx: Handle, ctx: LoginContext, place: ConnectionInPlace, entering: Known): Promise<Entered> {
  const { person, client, recordId, allowed } = entering
  const { environment, connection } = place
  const now = ctx.world.clock()
  const lives = await sessionCheck(tx, place, person, ctx.config.publicUrl)
  if (lives.outcome === 'failed') return { refused: [...entering.checks, lives] }
  const admitted = await admit(tx, ctx.world, connection, entering.admitting)
  const all = [...entering.checks, lives, ...admitted.checks, ...entering.ofClients]
  if (admitted.user === undefined) return { refused: all }
  const { user, syncFault } = admitted
  const attributes = attributesOf(person.attributes)
  await askAccess(tx, ctx, place, { ...entering, userId: user.id, attributes, now })
  // A new token at each sign-in (session fixation), and the old session does not live on unseen.
  const which = entering.former === undefined ? { ids: [] } : { token: entering.former }
  const replaced = await endSessions(tx, environment.id, which, { why: 'replaced', now })
  const [follows] = replaced
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
      authorizedClientIds: allowed,
      client,
      follows,
      recordId,
    },
    { chance: ctx.world.chance, now },
  )
  await keepSessionAttributes(tx, environment.id, opened.session.id, attributes)
  await tellOfEnds(tx, environment.id, [...replaced, ...opened.ended], { chance: ctx.world.chance, now })
  await finishRecord(tx, environment.id, recordId, { outcome: 'signed-in', userId: user.id, checks: all }, now)
  return { session: opened.session, token: opened.token, syncFault }
}

type Asking = Known & {
  readonly userId: Id<'user'>
  readonly attributes: ReturnType<typeof attributesOf>
  readonly now: Date
}

/** @throws SignInForbidden, which undoes what was done until then */
async function askAccess(
  tx: Handle,
  ctx: LoginContext,
  { environment }: ConnectionInPlace,
  { person, client, forClient, givesToken, allowed, userId, attributes, now }: Asking,
): Promise<void> {
  const access = within(tx, ctx)
  const asked = { userId, address: client.address, at: now, authnContext: person.authnContextClass, attributes }
  const decided = await decideSignIn(access, environment.id, { ...asked, client: forClient })
  if (decided.decision.effect !== 'allow') throw new SignInForbidden(decided)
  if (givesToken !== true || forClient === undefined) return
  const { request: signIn } = decided
  const context = { ...signIn.context, sessionAgeSeconds: 0, authorizedClientIds: allowed }
  const request = { ...signIn, action: 'authorize', context } as const
  const decision = await decide(access, environment.id, request)
  // There is no browser that could be sent to the identity provider again: to come in anew is a new assertion.
  if (decision.effect !== 'allow') throw new SignInForbidden({ request, decision })
}

/**
 * Core 3.7.3.2: a logout may be here before the session that it ends. Whoever logs the same person out at this moment
 * waits, and then finds the session.
 */
async function sessionCheck(
  tx: Handle,
  place: ConnectionInPlace,
  { nameId, sessionIndex, issueInstant }: Person,
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

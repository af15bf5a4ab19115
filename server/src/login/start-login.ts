import { encodePost, encodeRedirect, type Signer, signXml, writeAuthnRequest } from '@sallyport/saml'
import { type Id, newToken } from '#config/world.ts'
import { type ConnectionInPlace, requestIssuerOf } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { keyOfPlace } from '#keys/place-keys.ts'
import { checkDone } from '#login/done.ts'
import { findPlace } from '#login/find-place.ts'
import { type Client, LOGIN_LIFETIME_MS, type LoginContext } from '#login/login.ts'
import { insertPendingLogin } from '#login/pending-logins.ts'
import { refuse, refuseDraft } from '#login/refuse.ts'
import { findTestToBegin } from '#login/signin-tests.ts'
import { keepMessages } from '#signin-records/messages.ts'
import { startRecord } from '#signin-records/signin-records.ts'
import { tokenHash } from '#storage/token-hash.ts'

export type LoginToStart = {
  readonly ticket: string | undefined
  readonly done: string | undefined
  /** The token this browser has from an earlier sign-in; several may be under way in its tabs. */
  readonly browserToken: string | undefined
  readonly client: Client
  /** `again`: the identity provider is to decide once more. `anew`: it is to authenticate the person, session or not. */
  readonly ask?: 'again' | 'anew' | undefined
  /** The token of a test of the connection, which may be a draft. */
  readonly test?: string | undefined
}

export type StartedLogin = {
  readonly place: ConnectionInPlace
  readonly browserToken: string
} & (
  | { readonly binding: 'redirect'; readonly url: string }
  | { readonly binding: 'post'; readonly url: string; readonly samlRequest: string; readonly relayState: string }
)

/** First step: remembers who asked and where they want to go, and makes the request for the identity provider. */
export async function startLogin(ctx: LoginContext, login: LoginToStart): Promise<StartedLogin> {
  const place = await findPlace(ctx, login.ticket)
  const { connection, environment } = place
  const testId = login.test === undefined ? undefined : await demandTest(ctx, place, login.test, login.client)
  if (testId === undefined) await refuseDraft(ctx, place, login.client)
  // Before the identity provider is asked: a link that leads elsewhere must not even look like ours.
  const done = checkDone(place, login.done, ctx.config.publicUrl)
  if (done.outcome === 'failed') await refuse(ctx, place, { checks: [done], client: login.client })

  const browserToken = login.browserToken ?? newToken(ctx.world.chance)
  const relayState = newToken(ctx.world.chance)
  // Core 1.3.4: an xs:ID, so it begins with no digit; 256 random bits, so nobody guesses it.
  const requestId = `_${Buffer.from(ctx.world.chance.bytes(32)).toString('hex')}`
  const now = ctx.world.clock()
  const { requestBinding } = connection.settings
  const { ask } = login
  const { xml, ...sent } = await writeRequest(ctx, place, { requestId, relayState, ask, now })
  await ctx.db.transaction(async (tx) => {
    const details = {
      checks: [],
      client: login.client,
      startedAt: 'here',
      requestBinding,
      ...(login.done === undefined ? {} : { done: login.done }),
    } as const
    const { chance } = ctx.world
    const about = { connectionId: connection.id, requestId, details, testId }
    const record = await startRecord(tx, environment.id, about, { chance, now })
    const request = { kind: 'request', text: xml, verified: true } as const
    await keepMessages(tx, environment.id, record.id, [request], { secret: ctx.secret, chance, now })
    await insertPendingLogin(tx, environment.id, {
      requestId,
      connectionId: connection.id,
      relayStateHash: tokenHash(relayState),
      browserHash: tokenHash(browserToken),
      done: login.done,
      recordId: record.id,
      createdAt: now,
      expiresAt: new Date(now.getTime() + LOGIN_LIFETIME_MS),
      testId,
    })
  })
  return { place, browserToken, ...sent }
}

/** A link to a test that is over must not become a sign-in. */
async function demandTest(
  ctx: LoginContext,
  place: ConnectionInPlace,
  token: string,
  client: Client,
): Promise<Id<'test'>> {
  const { environment, connection } = place
  const now = ctx.world.clock()
  const found = await findTestToBegin(ctx.db.read, environment.id, { connectionId: connection.id, token }, now)
  if (found !== undefined) return found
  const check = { code: 'test-open', outcome: 'failed', about: 'message' } as const
  const received = 'a link that was used, is older than half an hour, or belongs to another connection'
  return refuse(ctx, place, { checks: [{ ...check, expected: 'a test that waits to be begun', received }], client })
}

type Request = {
  readonly requestId: string
  readonly relayState: string
  readonly ask: LoginToStart['ask']
  readonly now: Date
}

async function writeRequest(ctx: LoginContext, place: ConnectionInPlace, request: Request) {
  const { requestId, relayState, ask, now } = request
  const { connection } = place
  const { settings } = connection
  const url = settings.thirdPartyAuthenticationUrl
  const xml = writeAuthnRequest({
    id: requestId,
    issueInstant: now,
    issuer: requestIssuerOf(connection, ctx.config.publicUrl),
    destination: url,
    acsUrl: endpointsOf(ctx.config.publicUrl, connection.ticket).acs,
    forceAuthn: settings.forceAuthn || ask === 'anew' || (ask === 'again' && settings.reauthentication === 'forced'),
    ...(settings.nameIdFormat === undefined ? {} : { nameIdFormat: settings.nameIdFormat }),
  })
  const signer = settings.signRequests ? await signerOf(ctx, place) : undefined
  if (settings.requestBinding === 'post') {
    const message = signer === undefined ? xml : signXml(xml, { id: requestId, signer })
    return { binding: 'post', url, samlRequest: encodePost(message), relayState, xml: message } as const
  }
  const message = { url, parameter: 'SAMLRequest', xml, relayState } as const
  const query = signer === undefined ? message : { ...message, signer }
  return { binding: 'redirect', url: encodeRedirect(query), xml } as const
}

async function signerOf(ctx: LoginContext, place: ConnectionInPlace): Promise<Signer> {
  const key = await keyOfPlace(ctx, place)
  return { key: key.privateKey, algorithm: 'rsa-sha256', certificatePem: key.certificatePem }
}

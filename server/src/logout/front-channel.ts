import {
  type DecodedRedirect,
  encodePost,
  encodeRedirect,
  judgeLogoutResponse,
  parseCertificates,
} from '@sallyport/saml'
import { newToken } from '#config/world.ts'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import type { LogoutContext } from '#logout/logout.ts'
import {
  findByRelayState,
  insertLogouts,
  type Logout,
  type LogoutSubject,
  newLogout,
  noteAnswer,
} from '#logout/logouts.ts'
import { detailsFor, detailsOf, ended } from '#logout/words.ts'
import { newMessageId, requestXml, signed, signerOf } from '#logout/write-message.ts'
import type { EndedSession } from '#sessions/ends.ts'
import type { Handle } from '#storage/database.ts'
import { tokenHash } from '#storage/token-hash.ts'

/** A message that the browser carries, by the one binding or the other (Bindings 3.4, 3.5). */
export type ToCarry =
  | { readonly binding: 'redirect'; readonly url: string }
  | {
      readonly binding: 'post'
      readonly url: string
      readonly fields: Readonly<Record<string, string>>
    }

export type RequestToCarry = {
  readonly messageId: string
  readonly relayState: string
  readonly subject: LogoutSubject
}

/** Writes down that the browser is sent away with a LogoutRequest, in the transaction that ended the session. */
export async function noteRequest(
  tx: Handle,
  { world }: LogoutContext,
  { environment, connection }: ConnectionInPlace,
  { ended, done }: { readonly ended: EndedSession; readonly done: string | undefined },
): Promise<RequestToCarry | undefined> {
  const { id, userId, nameId, sessionIndex } = ended
  if (nameId === undefined) return undefined
  const subject = { nameId, sessionIndexes: sessionIndex === undefined ? [] : [sessionIndex] }
  const request = { messageId: newMessageId(world.chance), relayState: newToken(world.chance), subject }
  const entry = newLogout(
    environment.id,
    {
      connectionId: connection.id,
      userId,
      sessionId: id,
      binding: connection.settings.singleLogout.binding,
      why: 'logged-out',
      subject,
      state: 'sent',
      message_id: request.messageId,
      relay_state_hash: tokenHash(request.relayState),
      done: done ?? null,
    },
    { chance: world.chance, now: world.clock() },
  )
  await insertLogouts(tx, [entry])
  return request
}

/** The signed LogoutRequest for the browser (Profiles 4.4.3.1). */
export async function requestToCarry(
  ctx: LogoutContext,
  place: ConnectionInPlace,
  { messageId, relayState, subject }: RequestToCarry,
): Promise<ToCarry> {
  const { binding, url = '' } = place.connection.settings.singleLogout
  const xml = requestXml(ctx, place, { id: messageId, destination: url, subject })
  return carry(ctx, place, { parameter: 'SAMLRequest', xml, id: messageId, url, relayState, binding })
}

export async function carry(
  ctx: LogoutContext,
  place: ConnectionInPlace,
  message: {
    readonly parameter: 'SAMLRequest' | 'SAMLResponse'
    readonly xml: string
    readonly id: string
    readonly url: string
    readonly relayState: string | undefined
    readonly binding: 'post' | 'redirect'
  },
): Promise<ToCarry> {
  const { parameter, xml, id, url, binding } = message
  const relayState = message.relayState === undefined ? {} : { relayState: message.relayState }
  if (binding === 'redirect') {
    const signer = await signerOf(ctx, place)
    return { binding, url: encodeRedirect({ url, parameter, xml, signer, ...relayState }) }
  }
  const fields: Record<string, string> = { [parameter]: encodePost(await signed(ctx, place, xml, id)) }
  if (message.relayState !== undefined) fields.RelayState = message.relayState
  return { binding, url, fields }
}

/**
 * The LogoutResponse that the browser brings back (Profiles 4.4.4.2). The session here has ended long ago; this only says
 * what became of the other one, in the ledger and to the person. Undefined: no request of ours is open for it.
 */
export async function receiveLogoutResponse(
  ctx: LogoutContext,
  place: ConnectionInPlace,
  { message, relayState }: { readonly message: Uint8Array | DecodedRedirect; readonly relayState: string | undefined },
): Promise<Logout | undefined> {
  const { environment, connection } = place
  const logout =
    relayState === undefined ? undefined : await findByRelayState(ctx.db.read, environment.id, tokenHash(relayState))
  if (logout === undefined || logout.partner.connectionId !== connection.id || logout.messageId === undefined)
    return undefined
  const { settings } = connection
  const verdict = judgeLogoutResponse({
    message,
    now: ctx.world.clock(),
    certificates: settings.issuerCertificates.flatMap((pem) => parseCertificates(pem)),
    expectedIssuer: settings.issuer,
    expectedDestination: endpointsOf(ctx.config.publicUrl, connection.ticket).slo,
    expectedInResponseTo: logout.messageId,
    clockSkewSeconds: settings.clockSkewSeconds,
    dangerouslyAllowSha1: settings.dangerouslyAllowSha1,
  })
  const failures = verdict.checks.filter(({ outcome }) => outcome === 'failed')
  const authentic = failures.every(({ code }) => code === 'status')
  const state = authentic && verdict.partial ? 'partial' : failures.length === 0 ? 'done' : 'refused'
  const [failure] = failures
  const now = ctx.world.clock()
  const plain = failure === undefined ? ended : detailsOf(failure)
  const details = state === 'partial' ? detailsFor('to-provider', 'partial-logout') : plain
  const answer = { state: authentic ? state : 'unbelieved', details } as const
  const noted = await ctx.db.transaction((tx) => noteAnswer(tx, logout, answer, now))
  if (noted && authentic) ctx.attempts.note(state)
  if (state !== 'done') {
    ctx.log.warn({ logout: logout.id, connection: connection.id, code: details.code }, 'a logout was not confirmed')
  }
  return authentic ? { ...logout, state } : logout
}

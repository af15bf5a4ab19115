import type { LogoutRequestToJudge } from '@sallyport/saml'
import {
  judgeLogoutRequest,
  type LogoutRequestVerdict,
  parseCertificates,
  type StatusToWrite,
  uris,
} from '@sallyport/saml'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { decryptionKeysOfPlace } from '#keys/place-keys.ts'
import type { LogoutContext } from '#logout/logout.ts'
import { type AttemptDetails, insertAttempt, insertLogouts, newLogout } from '#logout/logouts.ts'
import { partnersOf, sessionsMeant } from '#logout/participants.ts'
import { mayNoteRefusal } from '#logout/refusals.ts'
import { tellClients } from '#logout/tell-clients.ts'
import { detailsFor, detailsOf } from '#logout/words.ts'
import { endSessions } from '#sessions/ends.ts'
import { nameIdKey } from '#sessions/name-id.ts'
import { type Handle, holdKey, isUniqueViolation } from '#storage/database.ts'
import type { LogoutRow } from '#storage/logout-tables.ts'

export type RequestReceived = {
  readonly message: LogoutRequestToJudge['message']
  readonly binding: LogoutRow['binding']
}

/** What the LogoutResponse says. */
export type LogoutAnswer = {
  /** Absent where the request could not be believed, not even its ID. */
  readonly inResponseTo?: string
  readonly status: StatusToWrite
}

type Request = NonNullable<LogoutRequestVerdict['request']>

/**
 * A LogoutRequest of an identity provider (Core 3.7.3.1): judged, taken once, and every session that it means ended, in
 * one transaction with its entry in the ledger. Success is said only when none of them lives.
 */
export async function receiveLogoutRequest(
  ctx: LogoutContext,
  place: ConnectionInPlace,
  received: RequestReceived,
): Promise<LogoutAnswer> {
  const verdict = await judge(ctx, place, received)
  const { request } = verdict
  if (request === undefined) return refuse(ctx, place, { received, details: failureOf(verdict) })
  if (!place.connection.settings.singleLogout.enabled) {
    return refuse(ctx, place, { received, request, details: detailsFor('from-provider', 'single-logout-off') })
  }
  try {
    await ctx.db.transaction((tx) => endMeant(tx, ctx, place, { request, binding: received.binding }))
    return { inResponseTo: request.id, status: { code: uris.status.success } }
  } catch (error) {
    if (isUniqueViolation(error))
      return refuse(ctx, place, { received, request, details: detailsFor('from-provider', 'logout-replayed') })
    // The sessions live on, so this must not be said to be a success; the identity provider may ask again.
    ctx.log.error({ err: error, connection: place.connection.id }, 'a logout request could not be carried out')
    return { inResponseTo: request.id, status: { code: uris.status.responder } }
  }
}

async function judge(
  ctx: LogoutContext,
  place: ConnectionInPlace,
  { message, binding }: RequestReceived,
): Promise<LogoutRequestVerdict> {
  const { connection } = place
  const { settings } = connection
  const { slo, sloSoap } = endpointsOf(ctx.config.publicUrl, connection.ticket)
  return judgeLogoutRequest({
    message,
    now: ctx.world.clock(),
    certificates: settings.issuerCertificates.flatMap((pem) => parseCertificates(pem)),
    expectedIssuer: settings.issuer,
    expectedDestination: binding === 'soap' ? sloSoap : slo,
    clockSkewSeconds: settings.clockSkewSeconds,
    decryptionKeys: await decryptionKeysOfPlace(ctx, place),
    dangerouslyAllowSha1: settings.dangerouslyAllowSha1,
    dangerouslyAllowCbc: settings.dangerouslyAllowCbc,
  })
}

async function endMeant(
  tx: Handle,
  { world, config }: LogoutContext,
  place: ConnectionInPlace,
  { request, binding }: { readonly request: Request; readonly binding: LogoutRow['binding'] },
): Promise<void> {
  const now = world.clock()
  const { environment, connection } = place
  const { nameId, sessionIndexes } = request
  // A sign-in of this person that goes on at the same moment is either seen here, or sees this (login/complete-login.ts).
  await holdKey(tx, nameIdKey(nameId))
  const partners = await partnersOf(tx, place, config.publicUrl)
  const ids = await sessionsMeant(tx, environment.id, { nameId, sessionIndexes }, partners)
  const ended = await endSessions(tx, environment.id, { ids }, { why: 'identity-provider', now })
  // Other identity providers that a session was opened by know nothing of this one, but its clients do.
  await tellClients(tx, environment.id, ended, { chance: world.chance, now })
  const entry = newLogout(
    environment.id,
    {
      connectionId: connection.id,
      userId: ended[0]?.userId,
      direction: 'from-provider',
      binding,
      why: 'identity-provider',
      subject: { nameId, sessionIndexes, issuedAt: request.issueInstant.toISOString() },
      state: 'done',
      message_id: request.id,
      ended_sessions: ended.length,
      kept_until: request.replayableUntil.getTime(),
    },
    { chance: world.chance, now },
  )
  await insertLogouts(tx, [entry])
  // Nothing is wrong with that: it may have ended by itself. But a name that is spelled otherwise looks the same.
  if (ended.length === 0) {
    const details = detailsFor('from-provider', 'nothing-open')
    await insertAttempt(
      tx,
      { environmentId: environment.id, id: entry.id },
      { number: 1, at: now, outcome: 'done', details },
    )
  }
}

type Refusal = {
  readonly received: RequestReceived
  readonly request?: Request
  readonly details: AttemptDetails
}

/** Writes down why, and says no. The words stay here: the outside learns where to ask. */
async function refuse(
  ctx: LogoutContext,
  { environment, connection }: ConnectionInPlace,
  { received, request, details }: Refusal,
): Promise<LogoutAnswer> {
  const now = ctx.world.clock()
  const entry = newLogout(
    environment.id,
    {
      connectionId: connection.id,
      direction: 'from-provider',
      binding: received.binding,
      why: 'identity-provider',
      subject: request && { nameId: request.nameId, sessionIndexes: request.sessionIndexes },
      state: 'refused',
    },
    { chance: ctx.world.chance, now },
  )
  if (mayNoteRefusal(ctx.db, connection.id, now)) {
    await ctx.db.transaction(async (tx) => {
      await insertLogouts(tx, [entry])
      await insertAttempt(
        tx,
        { environmentId: environment.id, id: entry.id },
        { number: 1, at: now, outcome: 'refused', details },
      )
    })
  }
  ctx.log.info({ logout: entry.id, connection: connection.id, code: details.code }, 'a logout request was refused')
  const message = `Refused; the administrator of this service finds the reason under ${entry.id}.`
  const status = { code: uris.status.requester, subCode: uris.status.requestDenied, message }
  return request === undefined ? { status } : { inResponseTo: request.id, status }
}

function failureOf({ checks }: LogoutRequestVerdict): AttemptDetails {
  const failure = checks.find(({ outcome }) => outcome === 'failed')
  return failure === undefined ? detailsFor('from-provider', 'logout-unreadable') : detailsOf(failure)
}

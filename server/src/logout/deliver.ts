import { dangerouslyUnchecked, judgeLogoutResponse, parseCertificates, writeSoap } from '@sallyport/saml'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { OutgoingError, postText } from '#http/outgoing.ts'
import type { LogoutContext } from '#logout/logout.ts'
import type { AttemptDetails, LogoutSubject } from '#logout/logouts.ts'
import { detailsFor, detailsOf, detailsOfOutgoing, ended } from '#logout/words.ts'
import { requestXml, signed } from '#logout/write-message.ts'

/** A person waits for none of these, and the identity provider may be slow. */
export const TIMEOUT_MS = 10_000
const LARGEST_ANSWER = 256 * 1024

export type Delivery = {
  /** `refused`: the identity provider said no, and signed it, or the client did. `failed`: it is worth trying again. */
  readonly outcome: 'done' | 'partial' | 'refused' | 'failed'
  readonly details: AttemptDetails
  /** Nothing was heard of them: whatever else waits for them need not try, either. */
  readonly unreachable: boolean
}

export type DeliveryContext = Omit<LogoutContext, 'config'> & {
  readonly config: LogoutContext['config'] & { readonly allowPrivateHosts: readonly string[] }
  /** How long they may take. */
  readonly timeoutMs?: number
}

/** One attempt: a signed LogoutRequest over SOAP, and what the answer says (Profiles 4.4.3, Bindings 3.2). */
export async function deliver(
  ctx: DeliveryContext,
  place: ConnectionInPlace,
  {
    messageId,
    subject,
    stop,
  }: { readonly messageId: string; readonly subject: LogoutSubject; readonly stop: AbortSignal },
): Promise<Delivery> {
  const { singleLogout } = place.connection.settings
  if (!singleLogout.enabled || singleLogout.method !== 'back-channel' || singleLogout.url === undefined) {
    return { outcome: 'refused', details: detailsFor('to-provider', 'single-logout-off'), unreachable: false }
  }
  const destination = singleLogout.url
  const begun = ctx.world.clock().getTime()
  const xml = await signed(ctx, place, requestXml(ctx, place, { id: messageId, destination, subject }), messageId)
  try {
    const answer = await postText(
      destination,
      {
        body: writeSoap(xml),
        headers: {
          'content-type': 'text/xml; charset=utf-8',
          // SOAP 1.1 §6.1.1 wants the header, and Bindings 3.2.2.1 leaves its value to us.
          soapaction: '"http://www.oasis-open.org/committees/security"',
          'cache-control': 'no-cache, no-store',
        },
        // SOAP 1.1 §6.2: a fault comes with 500.
        statuses: [200, 500],
      },
      {
        allowPrivateHosts: ctx.config.allowPrivateHosts,
        timeoutMs: ctx.timeoutMs ?? TIMEOUT_MS,
        maxBytes: LARGEST_ANSWER,
        accept: 'text/xml',
        stop,
      },
    )
    return timed(ctx, begun, judge(ctx, place, messageId, answer))
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error
    return timed(ctx, begun, { outcome: 'failed', details: detailsOfOutgoing(error), unreachable: true })
  }
}

export function timed(ctx: DeliveryContext, begun: number, delivery: Delivery): Delivery {
  return { ...delivery, details: { ...delivery.details, tookMs: ctx.world.clock().getTime() - begun } }
}

function judge(
  { world }: DeliveryContext,
  { connection: { settings } }: ConnectionInPlace,
  messageId: string,
  { status, body }: { readonly status: number; readonly body: Uint8Array },
): Delivery {
  const verdict = judgeLogoutResponse({
    message: { soap: body },
    now: world.clock(),
    certificates: settings.issuerCertificates.flatMap((pem) => parseCertificates(pem)),
    expectedIssuer: settings.issuer,
    // It comes back on the connection that we opened, so there is no address that it could name.
    expectedDestination: dangerouslyUnchecked,
    expectedInResponseTo: messageId,
    clockSkewSeconds: settings.clockSkewSeconds,
    dangerouslyAllowSha1: settings.dangerouslyAllowSha1,
  })
  const failures = verdict.checks.filter(({ outcome }) => outcome === 'failed')
  const [failure] = failures
  // Core 3.2.2.2: PartialLogout is a second code; some send it below Success, some below Responder.
  const authentic = failures.every(({ code }) => code === 'status')
  if (authentic && verdict.partial) {
    return { outcome: 'partial', details: detailsFor('to-provider', 'partial-logout'), unreachable: false }
  }
  if (failure === undefined) return { outcome: 'done', details: ended, unreachable: false }
  const details = {
    ...detailsOf(failure),
    ...(status === 200 ? {} : { received: `status ${status}: ${failure.received}` }),
  }
  // Core 3.2.2.2: Requester means that the same request will not be taken the next time, either.
  const final = authentic && failure.received?.startsWith('urn:oasis:names:tc:SAML:2.0:status:Requester')
  return { outcome: final ? 'refused' : 'failed', details, unreachable: status !== 200 }
}

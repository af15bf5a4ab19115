import { findEnvironmentById } from '#companies/environments.ts'
import { printable } from '#config/printable.ts'
import type { Id } from '#config/world.ts'
import { OutgoingError, postText } from '#http/outgoing.ts'
import { type Delivery, type DeliveryContext, TIMEOUT_MS, timed } from '#logout/deliver.ts'
import { clientCures, detailsFor, detailsOfOutgoing, endedAtClient } from '#logout/words.ts'
import { findClient } from '#oauth/clients.ts'
import { type LogoutToTell, writeLogoutToken } from '#oauth/logout-token.ts'

const LARGEST_ANSWER = 64 * 1024
/** Of what a client says for an administrator to read. */
const LONGEST_SAYING = 300

/** One attempt: a logout token in a form, and what the answer says (OpenID Connect Back-Channel Logout 1.0 section 2.5, 2.8). */
export async function deliverToken(
  ctx: DeliveryContext,
  environmentId: Id<'env'>,
  { stop, ...logout }: LogoutToTell & { readonly stop: AbortSignal },
): Promise<Delivery | undefined> {
  const place = await findEnvironmentById(ctx.db.read, environmentId)
  const client = await findClient(ctx.db.read, environmentId, logout.clientId)
  if (place === undefined || client === undefined) return undefined
  const { backChannelLogoutUri } = client.settings
  if (backChannelLogoutUri === undefined) return refused('back-channel-logout-off')
  const begun = ctx.world.clock().getTime()
  const body = new URLSearchParams({ logout_token: await writeLogoutToken(ctx, place, logout) }).toString()
  try {
    const answer = await postText(
      backChannelLogoutUri,
      {
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'cache-control': 'no-store' },
        statuses: [200, 204, 400],
        unread: [200, 204],
      },
      {
        allowPrivateHosts: ctx.config.allowPrivateHosts,
        timeoutMs: ctx.timeoutMs ?? TIMEOUT_MS,
        maxBytes: LARGEST_ANSWER,
        accept: 'application/json',
        stop,
      },
    )
    return timed(ctx, begun, answer.status === 400 ? refused('client-refused', sayingOf(answer.body)) : done)
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error
    return timed(ctx, begun, { outcome: 'failed', details: detailsOfOutgoing(error, clientCures), unreachable: true })
  }
}

const done: Delivery = { outcome: 'done', details: endedAtClient, unreachable: false }

function refused(code: 'client-refused' | 'back-channel-logout-off', received = ''): Delivery {
  const details = { ...detailsFor('to-client', code), ...(received === '' ? {} : { received }) }
  return { outcome: 'refused', details, unreachable: false }
}

/** The body is to be JSON with `error` and `error_description` (section 2.8); whatever it is, it is cut short. */
function sayingOf(body: Uint8Array): string {
  const text = printable(new TextDecoder().decode(body).replaceAll(/\s+/g, ' ').trim())
  return text.length > LONGEST_SAYING ? `${text.slice(0, LONGEST_SAYING)}…` : text
}

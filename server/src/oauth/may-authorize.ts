import { decide, judge } from '#access/access.ts'
import type { Effect } from '#access/compile.ts'
import { type AccessRequest, accessUserOf } from '#access/request.ts'
import type { Id } from '#config/world.ts'
import { findClient } from '#oauth/clients.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import type { Session } from '#sessions/sessions.ts'
import { findAccount } from '#users/accounts.ts'

export type ToAuthorize = { readonly session: Session; readonly clientId: string; readonly address: string }

/**
 * Whether this person may have a token for this client, from there: AuthorizedClientIDs, Allowed IP Addresses and the
 * Environment's own policies, decided in the one place where such things are. `note`: it is written down for people.
 */
export async function mayAuthorize(
  ctx: Pick<OauthContext, 'db' | 'world'>,
  environmentId: Id<'env'>,
  { session, clientId, address }: ToAuthorize,
  { note }: { readonly note: boolean },
): Promise<Effect> {
  const client = await findClient(ctx.db.read, environmentId, clientId)
  const account = await findAccount(ctx.db.read, environmentId, session.userId)
  if (client === undefined || account === undefined) return 'deny'
  const at = ctx.world.clock()
  const { authnContext, authorizedClientIds } = session
  const sessionAgeSeconds = Math.max(0, (at.getTime() - session.openedAt.getTime()) / 1000)
  const request: AccessRequest = {
    action: 'authorize',
    user: accessUserOf(account),
    sessionId: session.id,
    client: { id: client.id, kind: client.kind, purpose: client.settings.purpose },
    context: { address, at, authnContext, sessionAgeSeconds, authorizedClientIds },
  }
  const decision = note
    ? await decide({ db: ctx.db, world: ctx.world }, environmentId, request)
    : await judge(ctx.db.read, environmentId, request)
  return decision.effect
}

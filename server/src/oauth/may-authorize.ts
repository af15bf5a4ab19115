import { decide, judge } from '#access/access.ts'
import type { Effect } from '#access/compile.ts'
import { type AccessClient, type AccessRequest, accessUserOf } from '#access/request.ts'
import type { Id } from '#config/world.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import type { AskingSession } from '#oauth/token-request.ts'
import { type Account, findAccount } from '#users/accounts.ts'

type Context = Pick<OauthContext, 'db' | 'world'>

export type ToAuthorize = {
  readonly session: AskingSession
  readonly client: AccessClient
  readonly address: string
  /** The session's person, where they are known already. */
  readonly account?: Account | undefined
}

/**
 * Whether this person may have a token for this client, from there: AuthorizedClientIDs, Allowed IP Addresses and the
 * Environment's own policies, decided in the one place where such things are. `note`: it is written down for people.
 */
export async function mayAuthorize(
  ctx: Context,
  environmentId: Id<'env'>,
  { session, client, address, account }: ToAuthorize,
  { note }: { readonly note: boolean },
): Promise<Effect> {
  const person = account ?? (await findAccount(ctx.db.read, environmentId, session.userId))
  if (person === undefined) return 'deny'
  const at = ctx.world.clock()
  const { authnContext, authorizedClientIds } = session
  const sessionAgeSeconds = Math.max(0, (at.getTime() - session.openedAt.getTime()) / 1000)
  const request: AccessRequest = {
    action: 'authorize',
    user: accessUserOf(person),
    sessionId: session.id,
    client,
    context: { address, at, authnContext, sessionAgeSeconds, authorizedClientIds },
  }
  return effectOf(ctx, environmentId, request, note)
}

/** The same for a client that asks for itself (RFC 6749 section 4.4). */
export async function mayAuthorizeItself(
  ctx: Context,
  environmentId: Id<'env'>,
  { client, address }: Pick<ToAuthorize, 'client' | 'address'>,
): Promise<Effect> {
  const request: AccessRequest = { action: 'authorize', client, context: { address, at: ctx.world.clock() } }
  return effectOf(ctx, environmentId, request, true)
}

async function effectOf(
  { db, world }: Context,
  environmentId: Id<'env'>,
  request: AccessRequest,
  note: boolean,
): Promise<Effect> {
  const decision = note
    ? await decide({ db, world }, environmentId, request)
    : await judge(db.read, environmentId, request)
  return decision.effect
}

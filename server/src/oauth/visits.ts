import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Id } from '#config/world.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import type { Session } from '#sessions/sessions.ts'
import { livingSessionOf } from '#sessions/who-is.ts'

/** Who asks, and from where: oidc-provider hands on the bare request, which is where this is found by. */
type Visit = { readonly session: Promise<Session | undefined>; readonly address: string }

const visits = new WeakMap<IncomingMessage, Visit>()

/** To be called with each request, before its session is asked for: it is looked up once. */
export function noteVisit(
  ctx: Pick<OauthContext, 'db' | 'world' | 'config'>,
  environmentId: Id<'env'>,
  request: FastifyRequest,
): void {
  visits.set(request.raw, { session: livingSessionOf(ctx, request, environmentId), address: request.ip })
}

/** The session of ours that the browser of a request has. */
export async function sessionOfVisit(raw: IncomingMessage): Promise<Session | undefined> {
  return visits.get(raw)?.session
}

/** Where a request comes from, by the trusted proxies. */
export function addressOfVisit(raw: IncomingMessage): string {
  return visits.get(raw)?.address ?? ''
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Id } from '#config/world.ts'
import { clearCookie, setCookie, tokenFromCookie } from '#http/cookies.ts'

// One browser may be signed in to several Environments at once, so each has a cookie of its own.
function cookieOf(environmentId: Id<'env'>): string {
  return `sallyport_session_${environmentId.slice('env_'.length)}`
}

export function sessionToken(request: FastifyRequest, environmentId: Id<'env'>, publicUrl: string): string | undefined {
  return tokenFromCookie(request, cookieOf(environmentId), publicUrl)
}

/** A session that ended by itself is still told why for so long. */
const OUTLIVES_MS = 7 * 24 * 60 * 60 * 1000

export function setSessionCookie(
  reply: FastifyReply,
  session: { readonly environmentId: Id<'env'>; readonly token: string; readonly expiresAt: Date },
  publicUrl: string,
): void {
  const { environmentId, token, expiresAt } = session
  const expires = new Date(expiresAt.getTime() + OUTLIVES_MS)
  setCookie(reply, { name: cookieOf(environmentId), value: token, expires }, publicUrl)
}

export function clearSessionCookie(reply: FastifyReply, environmentId: Id<'env'>, publicUrl: string): void {
  clearCookie(reply, cookieOf(environmentId), publicUrl)
}

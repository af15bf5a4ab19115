import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Id } from '#config/world.ts'
import { clearCookie, setCookie, tokenFromCookie, tokensFromCookies } from '#http/cookies.ts'

const PREFIX = 'sallyport_session_'

// One browser may be signed in to several Environments at once, so each has a cookie of its own.
function cookieOf(environmentId: Id<'env'>): string {
  return `${PREFIX}${environmentId.slice('env_'.length)}`
}

export function sessionToken(request: FastifyRequest, environmentId: Id<'env'>, publicUrl: string): string | undefined {
  return tokenFromCookie(request, cookieOf(environmentId), publicUrl)
}

export type SessionCookie = { readonly environmentId: Id<'env'>; readonly token: string }

/** Of all Environments that the browser has been signed in to, as far as it says. */
export function sessionCookies(request: FastifyRequest, publicUrl: string): readonly SessionCookie[] {
  const tokens = [...tokensFromCookies(request, PREFIX, publicUrl)]
  // No database takes every text, and an Environment's id is not any text.
  const named = tokens.filter(([id]) => /^[a-z0-9]{1,40}$/.test(id))
  return named.map(([id, token]) => ({ environmentId: `env_${id}`, token }))
}

export function cookieFor(environmentId: Id<'env'>, cookies: readonly SessionCookie[]): SessionCookie | undefined {
  return cookies.find((cookie) => cookie.environmentId === environmentId)
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

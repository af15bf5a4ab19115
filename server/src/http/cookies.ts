import type {} from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * The name under which a cookie goes to the browser. On https it carries the prefix __Host- (RFC 6265bis 4.1.3.2): a
 * neighbour under the same domain cannot plant it. On plain http, which is for one's own machine, browsers refuse that.
 */
function cookieName(name: string, publicUrl: string): string {
  return publicUrl.startsWith('https:') ? `__Host-${name}` : name
}

/** SameSite=Lax and never None: the two cookies are needed in first-party navigation only. */
export function setCookie(
  reply: FastifyReply,
  cookie: { readonly name: string; readonly value: string; readonly expires: Date },
  publicUrl: string,
): void {
  reply.setCookie(cookieName(cookie.name, publicUrl), cookie.value, {
    ...attributes(publicUrl),
    expires: cookie.expires,
  })
}

export function clearCookie(reply: FastifyReply, name: string, publicUrl: string): void {
  reply.clearCookie(cookieName(name, publicUrl), attributes(publicUrl))
}

/** The value, where it has the form of a token of ours (256 bits in base64url); anything else counts as absent. */
export function tokenFromCookie(request: FastifyRequest, name: string, publicUrl: string): string | undefined {
  const value = request.cookies[cookieName(name, publicUrl)]
  return isToken(value) ? value : undefined
}

/** The same of all cookies whose names begin with `prefix`, by what follows it. */
export function tokensFromCookies(
  request: FastifyRequest,
  prefix: string,
  publicUrl: string,
): ReadonlyMap<string, string> {
  const start = cookieName(prefix, publicUrl)
  const tokens = new Map<string, string>()
  for (const [name, value] of Object.entries(request.cookies)) {
    if (name.startsWith(start) && isToken(value)) tokens.set(name.slice(start.length), value)
  }
  return tokens
}

function isToken(value: string | undefined): value is string {
  return value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value)
}

function attributes(publicUrl: string) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: publicUrl.startsWith('https:') } as const
}

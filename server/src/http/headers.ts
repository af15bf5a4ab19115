import type { FastifyInstance } from 'fastify'

const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"

/**
 * Headers that every answer carries. The pages have no inline script or style, load nothing from elsewhere and are
 * framed by nobody. `form-action` is left open for the page that posts to an identity provider, which may go on
 * from there to wherever its people sign in.
 */
export function securityHeaders(publicUrl: string): Readonly<Record<string, string>> {
  return {
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
    // The address of a page is told to nobody, its origin is: forms need it, and so does whoever guards against forged ones.
    'referrer-policy': 'strict-origin',
    'cross-origin-opener-policy': 'same-origin',
    ...(publicUrl.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  }
}

/** The policy of a page that may lie in a frame of those origins. */
export function framedBy(origins: readonly string[]): string {
  return CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", `frame-ancestors ${origins.join(' ')}`)
}

export function addSecurityHeaders(app: FastifyInstance, publicUrl: string): void {
  const headers = securityHeaders(publicUrl)
  app.addHook('onRequest', async (_request, reply) => void reply.headers(headers))
}

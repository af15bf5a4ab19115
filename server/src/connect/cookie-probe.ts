// A page that tries to keep a cookie, and tells the page that framed it. The desktop puts it where it is a stranger, to
// learn what happens to cookies of another site in this browser.

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Route } from '#http/http.ts'

const PAGE =
  '<!doctype html><meta charset="utf-8"><title>Cookies</title><script src="/assets/cookie-probe.js"></script>'

const SCRIPT = `const name = 'sallyport_probe'
const attributes = '; Path=/assets/cookie-probe; SameSite=None; Secure'
document.cookie = name + '=1; Max-Age=60' + attributes
const cookiesKept = document.cookie.includes(name + '=1')
document.cookie = name + '=; Max-Age=0' + attributes
top.postMessage({ cookiesKept }, location.origin)
`

/** It holds nothing that a page around it could lure a person into, so it may be framed; it has to be. */
const POLICY = "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'"

export const cookieProbeRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/assets/cookie-probe',
    handler: async (_request: FastifyRequest, reply: FastifyReply) =>
      reply
        .header('content-security-policy', POLICY)
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(PAGE),
  },
  {
    method: 'GET',
    path: '/assets/cookie-probe.js',
    handler: async (_request: FastifyRequest, reply: FastifyReply) =>
      reply.header('cache-control', 'public, max-age=300').type('text/javascript; charset=utf-8').send(SCRIPT),
  },
]

/**
 * The administration portal as browsers receive it: static files below `/admin`, made of the workspace `admin`.
 *
 * Owns how they are served. Must not know what the portal does: it uses the administration API as any program does.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { newToken, type World } from '#config/world.ts'
import { type Built, NONCE, readBuilt, sendAsset } from '#http/built.ts'
import { html } from '#http/html.ts'
import { notFound, type Route, sendPage } from '#http/http.ts'

type Context = { readonly world: Pick<World, 'chance'> }

/** Where `npm run build:pages` puts its files. */
const DIST = new URL('../../../admin/dist/', import.meta.url)

/** @param dist a folder, with a slash at its end */
export function portalRoutes(ctx: Context, dist: URL = DIST): readonly Route[] {
  let built: Built | undefined
  const files = (): Built | undefined => {
    built ??= readBuilt(dist, 'assets')
    return built
  }
  const page = async (_request: FastifyRequest, reply: FastifyReply) => sendPortal(ctx, reply, files())
  const asset = async (request: FastifyRequest, reply: FastifyReply) => {
    const { '*': name } = request.params as { readonly '*': string }
    const file = files()?.assets.get(name)
    return file === undefined ? notFound(reply) : sendAsset(request, reply, file)
  }
  return [
    { method: 'GET', path: '/admin', handler: page },
    // Which page it is, the portal reads from the address itself.
    { method: 'GET', path: '/admin/*', handler: page },
    { method: 'GET', path: '/admin/assets/*', handler: asset },
  ]
}

function sendPortal(ctx: Context, reply: FastifyReply, built: Built | undefined): FastifyReply {
  if (built === undefined) return sendPage(reply, 503, notBuilt)
  const nonce = newToken(ctx.world.chance)
  return reply
    .header('content-security-policy', policyWith(nonce))
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(built.index.replaceAll(NONCE, nonce))
}

/**
 * Scripts and data from here only. The library of the portal's parts writes a few style elements while it runs: they
 * carry the nonce, which no answer has twice.
 */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

const notBuilt = {
  title: 'The administration portal is not built',
  body: html`<p>Run <code>npm run build:pages</code> where Sallyport is installed, then load this page again.</p>`,
}

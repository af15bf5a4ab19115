/**
 * The administration portal as browsers receive it: static files below `/admin`, made of the workspace `admin`.
 *
 * Owns how they are served. Must not know what the portal does: it uses the administration API as any program does.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { newToken, type World } from '#config/world.ts'
import { html } from '#http/html.ts'
import { notFound, type Route, sendPage } from '#http/http.ts'
import { type Built, type BuiltFile, readBuilt } from '#portal/built.ts'

type Context = { readonly world: Pick<World, 'chance'> }

/** Where `npm run build:admin` puts its files. */
const DIST = new URL('../../../admin/dist/', import.meta.url)
/** What the build writes where the nonce goes; admin/vite.config.ts names it. */
const NONCE = 'NONCE_OF_THIS_ANSWER'

/** @param dist a folder, with a slash at its end */
export function portalRoutes(ctx: Context, dist: URL = DIST): readonly Route[] {
  let built: Built | undefined
  const files = (): Built | undefined => {
    built ??= readBuilt(dist)
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
  body: html`<p>Run <code>npm run build:admin</code> where Sallyport is installed, then load this page again.</p>`,
}

/** The name of a file changes with what is in it, so whoever has it need not ask again. */
function sendAsset(request: FastifyRequest, reply: FastifyReply, file: BuiltFile): FastifyReply {
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const coding = (['br', 'gzip'] as const).find((one) => file[one] !== undefined && takes(accepted, one))
  if (coding !== undefined) reply.header('content-encoding', coding)
  return reply
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('vary', 'accept-encoding')
    .type(file.type)
    .send(coding === undefined ? file.body : file[coding])
}

/** RFC 9110 section 12.5.3: named, and not with the weight nought. */
function takes(accepted: string, coding: string): boolean {
  return accepted.split(',').some((one) => {
    const [name = '', ...weights] = one.split(';').map((part) => part.trim().toLowerCase())
    return name === coding && !weights.some((weight) => /^q=0(\.0*)?$/.test(weight))
  })
}

/**
 * HTTP: what all routes share. Pages and their frame, cookies, headers, the shape of a route.
 *
 * Owns nothing of the domain. Must not know any other folder but config.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Page, page } from '#http/page.ts'

/** One row of the table of routes in app.ts. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
  readonly path: string
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
  /** In bytes, where bodies may be larger than elsewhere. */
  readonly bodyLimit?: number
  /** Prepares the part of the service that the route lives in, where bodies and errors are others than on pages. */
  readonly part?: (app: FastifyInstance) => void
}

/** Pages hold what belongs to one person: no cache keeps them. */
export function sendPage(reply: FastifyReply, status: number, content: Page): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page(content))
}

export function sendJson(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').type('application/json; charset=utf-8').send(body)
}

/**
 * 303, so that a POST is followed by a GET whatever the browser. `url` is one that we made or checked; one of an identity
 * provider may have letters that no header takes, so it goes in the spelling of URLs.
 */
export function sendTo(reply: FastifyReply, url: string): FastifyReply {
  return reply.header('cache-control', 'no-store').redirect(new URL(url).href, 303)
}

/** The same page as for an address that no route has. */
export function notFound(reply: FastifyReply): FastifyReply {
  reply.callNotFound()
  return reply
}

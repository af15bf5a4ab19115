/**
 * Logging out.
 *
 * Owns the end that a person asks for. Must not know how they signed in. Ends the session here; the identity provider's
 * own session goes on.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findEnvironment } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import { isForeignForm } from '#http/foreign-form.ts'
import { notFound, type Route, sendJson, sendTo } from '#http/http.ts'
import { clearSessionCookie, sessionToken } from '#sessions/session-cookie.ts'
import { endSession } from '#sessions/sessions.ts'
import type { SessionContext } from '#sessions/who-is.ts'

// What cannot be a slug names nothing. Some of it no database would take, either.
const params = z.object({ company: slug.catch(''), environment: slug.catch('') })

export function logoutRoutes(ctx: SessionContext): readonly Route[] {
  const { publicUrl } = ctx.config
  return [{ method: 'POST', path: '/:company/:environment/logout', handler: logout }]

  async function logout(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { company, environment } = params.parse(request.params)
    const place = await findEnvironment(ctx.db.read, { companySlug: company, environmentSlug: environment })
    if (place === undefined) return notFound(reply)
    if (isForeignForm(request, publicUrl))
      return sendJson(reply, 403, { error: 'Log out from a page of this service.' })
    const token = sessionToken(request, place.environment.id, publicUrl)
    const ending = { why: 'logged-out', now: ctx.world.clock() } as const
    if (token !== undefined) await endSession(ctx.db.write, place.environment.id, token, ending)
    clearSessionCookie(reply, place.environment.id, publicUrl)
    return sendTo(reply, `${publicUrl}/${company}/${environment}?logged-out=1`)
  }
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findEnvironment } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import { notFound, type Route, sendJson } from '#http/http.ts'
import { describeSession, sessionAnswer } from '#sessions/session-answer.ts'
import { type SessionContext, whoIsWithAccount } from '#sessions/who-is.ts'

// What cannot be a slug names nothing. Some of it no database would take, either.
const params = z.object({ company: slug.catch(''), environment: slug.catch('') })

/** For applications on the same site, which pass on the cookies of their browser: is it signed in, and who is it? */
export function sessionRoutes(ctx: SessionContext): readonly Route[] {
  return [{ method: 'GET', path: '/:company/:environment/session', handler: session }]

  async function session(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { company, environment } = params.parse(request.params)
    const place = await findEnvironment(ctx.db.read, { companySlug: company, environmentSlug: environment })
    if (place === undefined) return notFound(reply)
    const who = await whoIsWithAccount(ctx, request, place.environment.id)
    if (who !== undefined) return sendJson(reply, 200, describeSession(who.session, who.account))
    const signInUrl = `${ctx.config.publicUrl}/${company}/${environment}`
    return sendJson(reply, 401, sessionAnswer.parse({ valid: false, signInUrl }))
  }
}

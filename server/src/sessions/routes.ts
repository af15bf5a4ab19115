import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findEnvironment } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import { notFound, type Route, sendJson } from '#http/http.ts'
import { type SessionContext, whoIs } from '#sessions/who-is.ts'

// What cannot be a slug names nothing. Some of it no database would take, either.
const params = z.object({ company: slug.catch(''), environment: slug.catch('') })

const answer = z.discriminatedUnion('valid', [
  z.object({
    valid: z.literal(true),
    user: z.object({
      id: z.string(),
      username: z.string(),
      federatedId: z.string().optional(),
      userType: z.enum(['platform', 'site']),
      firstName: z.string().optional(),
      lastName: z.string().optional(),
      email: z.string().optional(),
    }),
    session: z.object({ id: z.string(), openedAt: z.iso.datetime(), expiresAt: z.iso.datetime() }),
  }),
  z.object({ valid: z.literal(false), signInUrl: z.url() }),
])

/** For applications on the same site, which pass on the cookies of their browser: is it signed in, and who is it? */
export function sessionRoutes(ctx: SessionContext): readonly Route[] {
  return [{ method: 'GET', path: '/:company/:environment/session', handler: session }]

  async function session(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { company, environment } = params.parse(request.params)
    const place = await findEnvironment(ctx.db.read, { companySlug: company, environmentSlug: environment })
    if (place === undefined) return notFound(reply)
    const who = await whoIs(ctx, request, place.environment.id)
    if (who === undefined) {
      const signInUrl = `${ctx.config.publicUrl}/${company}/${environment}`
      return sendJson(reply, 401, answer.parse({ valid: false, signInUrl }))
    }
    const { id, openedAt, expiresAt } = who.session
    const times = { openedAt: openedAt.toISOString(), expiresAt: expiresAt.toISOString() }
    return sendJson(reply, 200, answer.parse({ valid: true, user: who.user, session: { id, ...times } }))
  }
}

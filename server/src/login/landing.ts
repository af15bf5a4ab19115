import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type EnvironmentOfCompany, findEnvironment } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import { listConnections } from '#connections/connections.ts'
import { notFound, type Route, sendPage } from '#http/http.ts'
import { landingOf } from '#login/landing-url.ts'
import type { LoginContext } from '#login/login.ts'
import { signedInPage, signInPage } from '#login/pages.ts'
import { whoIs } from '#sessions/who-is.ts'

// What cannot be a slug names nothing. Some of it no database would take, either.
const params = z.object({ company: slug.catch(''), environment: slug.catch('') })
const single = z.string().optional().catch(undefined)
const query = z.object({ done: single, 'logged-out': single })

/** The User/Agent URL: who is signed in, or the way in. */
export function landingRoutes(
  ctx: Pick<LoginContext, 'db' | 'world' | 'config'>,
  /** Where people sign in with a password, if they can. */
  passwordUrlOf: (place: EnvironmentOfCompany) => Promise<string | undefined>,
): readonly Route[] {
  return [{ method: 'GET', path: '/:company/:environment', handler: landing }]

  async function landing(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await findPlaceByUrl(ctx, request)
    if (place === undefined) return notFound(reply)
    const { publicUrl } = ctx.config
    const who = await whoIs(ctx, request, place.environment.id)
    if (who !== undefined) {
      const landingUrl = landingOf(place, publicUrl)
      return sendPage(reply, 200, signedInPage(place, who.user, { session: who.session, landingUrl }))
    }
    const connections = await listConnections(ctx.db.read, place.environment.id)
    const { done, 'logged-out': loggedOut } = query.parse(request.query)
    const passwordUrl = await passwordUrlOf(place)
    const links = { publicUrl, done, loggedOut: loggedOut !== undefined, passwordUrl }
    return sendPage(reply, 200, signInPage(place, connections, links))
  }
}

/** The Environment that the path names. */
export async function findPlaceByUrl(
  ctx: Pick<LoginContext, 'db'>,
  request: FastifyRequest,
): Promise<EnvironmentOfCompany | undefined> {
  const { company, environment } = params.parse(request.params)
  return findEnvironment(ctx.db.read, { companySlug: company, environmentSlug: environment })
}

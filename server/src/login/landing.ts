import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type EnvironmentOfCompany, findEnvironment } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import type { Id } from '#config/world.ts'
import { listLiveConnections } from '#connections/connections.ts'
import { notFound, type Route, sendPage } from '#http/http.ts'
import { landingOf } from '#login/landing-url.ts'
import type { LoginContext } from '#login/login.ts'
import { signedInPage, signInPage } from '#login/pages.ts'
import { endedInWords, readEndedQuery } from '#sessions/ended-words.ts'
import { idleEndOf } from '#sessions/own-sessions.ts'
import { clearSessionCookie } from '#sessions/session-cookie.ts'
import { endedForPerson } from '#sessions/session-words.ts'
import type { FoundSession } from '#sessions/sessions.ts'
import { findSessionSettings } from '#sessions/settings.ts'
import { sessionOf } from '#sessions/who-is.ts'
import { findUserById } from '#users/users.ts'

// What cannot be a slug names nothing. Some of it no database would take, either.
const params = z.object({ company: slug.catch(''), environment: slug.catch('') })
const single = z.string().optional().catch(undefined)
const query = z.object({ done: single, again: z.literal('1').optional().catch(undefined) })

/** The User/Agent URL: the agent desktop, or who is signed in, or the way in. */
export function landingRoutes(
  ctx: Pick<LoginContext, 'db' | 'world' | 'config'>,
  also: {
    /** Where people sign in with a password, if they can. */
    readonly passwordUrlOf: (place: EnvironmentOfCompany) => Promise<string | undefined>
    /** The agent desktop, where the Environment has one and this browser may see it. */
    readonly desktop: (
      request: FastifyRequest,
      reply: FastifyReply,
      place: EnvironmentOfCompany,
    ) => Promise<FastifyReply | undefined>
  },
): readonly Route[] {
  return [{ method: 'GET', path: '/:company/:environment', handler: landing }]

  async function landing(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await findPlaceByUrl(ctx, request)
    if (place === undefined) return notFound(reply)
    const { done, again } = query.parse(request.query)
    // Whoever was sent here to sign in for another page gets the way in, or is told that they are in.
    const desktop = done === undefined && again === undefined ? await also.desktop(request, reply, place) : undefined
    if (desktop !== undefined) return desktop
    const { publicUrl } = ctx.config
    const { id } = place.environment
    const found = await sessionOf(ctx, request, id)
    // Some policies want a fresh sign-in of somebody who is signed in.
    const living = found?.ended === undefined && again === undefined ? found : undefined
    const user = living && (await findUserById(ctx.db.read, id, living.session.userId))
    if (living !== undefined && user !== undefined) {
      const landingUrl = landingOf(place, publicUrl)
      const idleEnd = await idleEndOfSeen(id, living)
      return sendPage(reply, 200, signedInPage(place, user, { session: living.session, idleEnd, landingUrl }))
    }
    const connections = await listLiveConnections(ctx.db.read, place.environment.id)
    const passwordUrl = await also.passwordUrlOf(place)
    const ended = found && (await whyEnded(request, id, found))
    // Once: without the cookie the page is the plain one again.
    if (ended !== undefined) clearSessionCookie(reply, id, publicUrl)
    const links = { publicUrl, done, ended, passwordUrl }
    return sendPage(reply, 200, signInPage(place, connections, links))
  }

  /** A sentence, where the person may wonder: they know of logging out here, and of signing in again. */
  async function whyEnded(
    request: FastifyRequest,
    environmentId: Id<'env'>,
    { ended }: FoundSession,
  ): Promise<string | undefined> {
    if (ended === undefined || ended.why === 'logged-out' || ended.why === 'replaced') return undefined
    const count = ended.why === 'ended-by-person' ? readEndedQuery(request.query) : undefined
    if (count !== undefined) return endedInWords(count)
    if (ended.why !== 'limit') return endedForPerson(ended.why)
    const { limit } = await findSessionSettings(ctx.db.read, environmentId)
    return endedForPerson('limit', { maximum: limit.enabled ? limit.maximum : undefined })
  }

  /** They were seen just now, which is written down only now and then. */
  async function idleEndOfSeen(
    environmentId: Id<'env'>,
    { session, seenNoted }: FoundSession,
  ): Promise<Date | undefined> {
    const lastSeenAt = seenNoted ? session.lastSeenAt : ctx.world.clock()
    return idleEndOf({ ...session, lastSeenAt }, await findSessionSettings(ctx.db.read, environmentId))
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

import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type EnvironmentOfCompany, findEnvironment } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import { resolveDone, targetsOf } from '#companies/targets.ts'
import { notFound, type Route, sendJson, sendTo } from '#http/http.ts'
import { tokenHash } from '#http/token-hash.ts'
import { answerCache } from '#sessions/answer-cache.ts'
import { addressAskedFor, identityHeaders, wantsPage } from '#sessions/forward-auth.ts'
import { describeSession, sessionAnswer } from '#sessions/session-answer.ts'
import { sessionToken } from '#sessions/session-cookie.ts'
import { type SessionContext, type WithAccount, whoIsWithAccount } from '#sessions/who-is.ts'

// What cannot be a slug names nothing. Some of it no database would take, either.
const params = z.object({ company: slug.catch(''), environment: slug.catch('') })
const query = z.object({ redirect: z.literal('1').optional().catch(undefined) })

/** For applications behind Sallyport, and their proxies: is this browser signed in, and who is it? */
export function sessionRoutes(ctx: SessionContext): readonly Route[] {
  const { publicUrl } = ctx.config
  const places = answerCache<EnvironmentOfCompany>(ctx.db, ctx.world.clock)
  const people = answerCache<WithAccount>(ctx.db, ctx.world.clock)
  return [
    { method: 'GET', path: '/:company/:environment/session', handler: session },
    { method: 'GET', path: '/:company/:environment/forward-auth', handler: forwardAuth },
  ]

  /** With the cookies of the browser, passed on by an application. */
  async function session(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await placeOf(request)
    if (place === undefined) return notFound(reply)
    const who = await personOf(request, place)
    if (who !== undefined) return sendJson(reply, 200, describeSession(who.session, who.account))
    return sendJson(reply, 401, sessionAnswer.parse({ valid: false, signInUrl: signInUrlOf(place) }))
  }

  /** The headers say everything, for proxies read no body. With ?redirect=1 the proxy shows the answer to the browser. */
  async function forwardAuth(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await placeOf(request)
    if (place === undefined) return notFound(reply)
    reply.header('cache-control', 'no-store')
    const who = await personOf(request, place)
    if (who !== undefined) return reply.code(200).headers(identityHeaders(who.session, who.account)).send()
    const back = wayBack(request, place)
    const url = signInUrlOf(place, back)
    const redirect = query.parse(request.query).redirect !== undefined && wantsPage(request.headers)
    return redirect && back !== undefined
      ? sendTo(reply, url)
      : reply.code(401).header('X-Sallyport-Sign-In', url).send()
  }

  async function placeOf(request: FastifyRequest): Promise<EnvironmentOfCompany | undefined> {
    const { company, environment } = params.parse(request.params)
    return places(`${company}/${environment}`, async () => {
      const value = await findEnvironment(ctx.db.read, { companySlug: company, environmentSlug: environment })
      return value && { value }
    })
  }

  async function personOf(
    request: FastifyRequest,
    { environment }: EnvironmentOfCompany,
  ): Promise<WithAccount | undefined> {
    const token = sessionToken(request, environment.id, publicUrl)
    if (token === undefined) return undefined
    return people(`${environment.id} ${tokenHash(token)}`, async () => {
      const value = await whoIsWithAccount(ctx, request, environment.id)
      return value && { value, until: value.session.expiresAt }
    })
  }

  /** Where the browser was on its way to, if it may be sent there after signing in. */
  function wayBack(request: FastifyRequest, place: EnvironmentOfCompany): string | undefined {
    const address = addressAskedFor(request.headers)
    const targets = targetsOf(place.environment, publicUrl)
    return address === undefined ? undefined : resolveDone(address, targets, signInUrlOf(place))
  }

  function signInUrlOf({ company, environment }: EnvironmentOfCompany, done?: string): string {
    const url = `${publicUrl}/${company.slug}/${environment.slug}`
    return done === undefined ? url : `${url}?done=${encodeURIComponent(done)}`
  }
}

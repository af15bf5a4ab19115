import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import { resolveDone, targetsOf } from '#companies/targets.ts'
import { notFound, type Route, sendJson, sendTo } from '#http/http.ts'
import { answerCache } from '#sessions/answer-cache.ts'
import { addressAskedFor, identityHeaders, wantsPage } from '#sessions/forward-auth.ts'
import { AGAIN, deniedWords, type MayCall, type Verdict, verdicts } from '#sessions/may-call.ts'
import { deniedAnswer, describeSession, sessionAnswer } from '#sessions/session-answer.ts'
import { cookieFor, type SessionCookie, sessionCookies } from '#sessions/session-cookie.ts'
import { type AtPlace, type SessionContext, whoIsAt } from '#sessions/who-is.ts'
import type { Slugs } from '#sessions/who-is-at.ts'
import { tokenHash } from '#storage/token-hash.ts'

// What cannot be a slug names nothing. Some of it no database would take, either.
const params = z.object({ company: slug.catch(''), environment: slug.catch('') })
const flag = z.literal('1').optional().catch(undefined)
const query = z.object({ redirect: flag, look: flag })

/** For applications behind Sallyport, and their proxies: is this browser signed in, and who is it? */
export function sessionRoutes(ctx: SessionContext, mayCall: MayCall): readonly Route[] {
  const { publicUrl } = ctx.config
  /** By path, of the place alone; by cookie, with whose browser it is. */
  const answers = answerCache<AtPlace>(ctx.db, ctx.world.clock)
  const verdictOf = verdicts(mayCall)
  return [
    { method: 'GET', path: '/:company/:environment/session', handler: session },
    { method: 'GET', path: '/:company/:environment/forward-auth', handler: forwardAuth },
  ]

  /** With the cookies of the browser, passed on by an application. With ?look=1 it does not count as use. */
  async function session(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const asked = await ask(request)
    if (asked === undefined) return notFound(reply)
    const { place, who, verdict } = asked
    if (verdict === 'deny') return sendJson(reply, 403, deniedAnswer.parse({ valid: false, ...deniedWords }))
    if (who !== undefined && verdict === 'allow') return sendJson(reply, 200, describeSession(who.session, who.account))
    return sendJson(reply, 401, sessionAnswer.parse({ valid: false, signInUrl: signInUrlOf(place, { verdict }) }))
  }

  /** The headers say everything, for proxies read no body. With ?redirect=1 the proxy shows the answer to the browser. */
  async function forwardAuth(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const asked = await ask(request)
    if (asked === undefined) return notFound(reply)
    const { place, who, verdict } = asked
    reply.header('cache-control', 'no-store')
    if (verdict === 'deny') return sendDenied(reply)
    if (who !== undefined && verdict === 'allow')
      return reply.code(200).headers(identityHeaders(who.session, who.account)).send()
    const back = wayBack(request, place)
    const url = signInUrlOf(place, { done: back, verdict })
    const redirect = query.parse(request.query).redirect !== undefined && wantsPage(request.headers)
    return redirect && back !== undefined
      ? sendTo(reply, url)
      : reply.code(401).header('X-Sallyport-Sign-In', url).send()
  }

  async function ask(request: FastifyRequest): Promise<(AtPlace & { readonly verdict: Verdict }) | undefined> {
    const answer = await answerTo(request)
    return answer && { ...answer, verdict: await verdictOf(answer, request.ip) }
  }

  async function answerTo(request: FastifyRequest): Promise<AtPlace | undefined> {
    const { company, environment } = params.parse(request.params)
    const slugs = { companySlug: company, environmentSlug: environment }
    const cookies = sessionCookies(request, publicUrl)
    // What looks by itself reads by itself, or its answer would stand for somebody who uses the session.
    if (query.parse(request.query).look !== undefined) return whoIsAt(ctx, slugs, cookies, false)
    const known = answers.known(pathOf(slugs))
    if (known === undefined) return read(slugs, cookies)
    const cookie = cookieFor(known.place.environment.id, cookies)
    return cookie === undefined ? known : (answers.known(keyOf(cookie)) ?? read(slugs, [cookie]))
  }

  /** Only what was found is kept: guessed names and tokens take no room. */
  async function read(slugs: Slugs, cookies: readonly SessionCookie[]): Promise<AtPlace | undefined> {
    const keep = answers.reading()
    const found = await whoIsAt(ctx, slugs, cookies)
    if (found === undefined) return undefined
    const { place, who } = found
    keep(pathOf(slugs), { place })
    const cookie = cookieFor(place.environment.id, cookies)
    if (who !== undefined && cookie !== undefined) keep(keyOf(cookie), found, who.session.expiresAt)
    return found
  }

  /** Where the browser was on its way to, if it may be sent there after signing in. */
  function wayBack(request: FastifyRequest, place: EnvironmentOfCompany): string | undefined {
    const address = addressAskedFor(request.headers)
    const targets = targetsOf(place.environment, publicUrl)
    return address === undefined ? undefined : resolveDone(address, targets, signInUrlOf(place, {}))
  }

  function signInUrlOf(
    { company, environment }: EnvironmentOfCompany,
    { done, verdict }: { readonly done?: string | undefined; readonly verdict?: Verdict },
  ): string {
    const url = `${publicUrl}/${company.slug}/${environment.slug}`
    const words = [
      ...(done === undefined ? [] : [`done=${encodeURIComponent(done)}`]),
      ...(verdict === 'reauthenticate' ? [AGAIN] : []),
    ]
    return words.length === 0 ? url : `${url}?${words.join('&')}`
  }
}

/** Some proxies show the browser the answer, others a page of their own. */
function sendDenied(reply: FastifyReply): FastifyReply {
  const { code, sentence, cure } = deniedWords
  return reply
    .code(403)
    .header('X-Sallyport-Refused', code)
    .type('text/plain; charset=utf-8')
    .send(`${sentence} ${cure}\n`)
}

function pathOf({ companySlug, environmentSlug }: Slugs): string {
  return `${companySlug}/${environmentSlug}`
}

function keyOf({ environmentId, token }: SessionCookie): string {
  return `${environmentId} ${tokenHash(token)}`
}

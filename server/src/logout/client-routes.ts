import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type EnvironmentOfCompany, findEnvironment } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import { isForeignForm } from '#http/foreign-form.ts'
import { notFound, type Route, sendJson, sendPage, sendTo } from '#http/http.ts'
import { type AskedByClient, judgeClientLogout, nextStep } from '#logout/client-logout.ts'
import { askPage, cannotPage } from '#logout/client-pages.ts'
import { landingOf, leave } from '#logout/leave.ts'
import type { LogoutContext } from '#logout/logout.ts'
import { sessionToken } from '#sessions/session-cookie.ts'
import { whoIs } from '#sessions/who-is.ts'

// What cannot be a slug names nothing. Some of it no database would take, either.
const params = z.object({ company: slug.catch(''), environment: slug.catch('') })

// A parameter that stands twice has no one meaning, so it has no value here.
const upTo = (length: number) => z.string().max(length).optional().catch(undefined)
const parameters = z.object({
  id_token_hint: upTo(8192),
  client_id: upTo(128),
  post_logout_redirect_uri: upTo(2048),
  state: upTo(2048),
  /** Genesys Cloud's name for the address. */
  redirect_uri: upTo(2048),
})
type Parameters = z.output<typeof parameters>

/** Logging out for applications (OpenID Connect RP-Initiated Logout 1.0), and the button, which its question page uses. */
export function clientLogoutRoutes(ctx: LogoutContext): readonly Route[] {
  const { publicUrl } = ctx.config
  const below = '/:company/:environment'
  return [
    { method: 'POST', path: `${below}/logout`, handler: button },
    { method: 'GET', path: `${below}/logout`, handler: byAddress },
    { method: 'GET', path: `${below}/oauth/logout`, handler: byAddress },
    { method: 'POST', path: `${below}/oauth/logout`, handler: byForm },
    // oidc-provider has pages below this address for logouts of its own.
    { method: 'GET', path: `${below}/oauth/logout/*`, handler: nothing },
    { method: 'POST', path: `${below}/oauth/logout/*`, handler: nothing },
  ]

  async function button(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await placeOf(request)
    if (place === undefined) return notFound(reply)
    if (isForeignForm(request, publicUrl))
      return sendJson(reply, 403, { error: 'Log out from a page of this service.' })
    // The person wants it, whatever has become of the client since the page was shown.
    const judged = await judgeClientLogout(ctx, place, askedBy(formOf(request)))
    return leave(ctx, request, reply, { place, back: 'fault' in judged ? undefined : judged.back })
  }

  async function byAddress(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await placeOf(request)
    if (place === undefined) return notFound(reply)
    return carryOut(request, reply, place, askedBy(parameters.parse(request.query)))
  }

  async function byForm(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await placeOf(request)
    if (place === undefined) return notFound(reply)
    const form = formOf(request)
    if (sessionToken(request, place.environment.id, publicUrl) !== undefined) {
      return carryOut(request, reply, place, askedBy(form))
    }
    // It comes from the application's site, and so without our cookie (SameSite=Lax). It comes along with a GET.
    const given = Object.entries(form).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
    return sendTo(reply, `${landingOf(place, publicUrl)}/oauth/logout?${new URLSearchParams(given)}`)
  }

  async function carryOut(
    request: FastifyRequest,
    reply: FastifyReply,
    place: EnvironmentOfCompany,
    asked: AskedByClient,
  ): Promise<FastifyReply> {
    const judged = await judgeClientLogout(ctx, place, asked)
    const who = await whoIs(ctx, request, place.environment.id)
    const landingUrl = landingOf(place, publicUrl)
    const whose = { owner: place.company.name, landingUrl, user: who?.user }
    if ('fault' in judged) return sendPage(reply, 400, cannotPage(judged.fault, whose))
    const { client, back } = judged
    switch (nextStep(who?.session, judged)) {
      case 'log-out':
        return leave(ctx, request, reply, { place, back })
      case 'ask':
        return sendPage(reply, 200, askPage({ ...whose, client, asked: back === undefined ? {} : asked }))
      case 'go-back':
        return sendTo(reply, back ?? landingUrl)
      case 'say-so':
        return sendTo(reply, `${landingUrl}/logged-out`)
    }
  }

  async function nothing(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return notFound(reply)
  }

  function placeOf(request: FastifyRequest): Promise<EnvironmentOfCompany | undefined> {
    const { company, environment } = params.parse(request.params)
    return findEnvironment(ctx.db.read, { companySlug: company, environmentSlug: environment })
  }
}

function formOf({ body }: FastifyRequest): Parameters {
  return parameters.parse(body instanceof Map ? Object.fromEntries(body) : {})
}

function askedBy(given: Parameters): AskedByClient {
  return {
    idTokenHint: given.id_token_hint,
    clientId: given.client_id,
    postLogoutRedirectUri: given.post_logout_redirect_uri ?? given.redirect_uri,
    state: given.state,
  }
}

import { type Endpoint, writeServiceProviderMetadata } from '@sallyport/saml'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { requestIssuerOf } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { setCookie, tokenFromCookie } from '#http/cookies.ts'
import type { Form } from '#http/form.ts'
import { type Route, sendPage, sendTo } from '#http/http.ts'
import { publishedKeysOfPlace } from '#keys/place-keys.ts'
import { completeLogin } from '#login/complete-login.ts'
import { findPlace } from '#login/find-place.ts'
import type { Client, LoginContext } from '#login/login.ts'
import { postPage } from '#login/pages.ts'
import { receiveResponse } from '#login/receive-response.ts'
import { startLogin } from '#login/start-login.ts'
import { headerText, SYNC_FAULT_HEADER } from '#login/sync-fault.ts'
import { sessionToken, setSessionCookie } from '#sessions/session-cookie.ts'

/** Several sign-ins may be under way in the tabs of one browser: they share this cookie. */
const BROWSER_COOKIE = 'sallyport_login'
const BROWSER_COOKIE_MS = 24 * 60 * 60 * 1000

// A parameter that stands twice arrives as a list, has no one meaning, and so counts as absent.
const single = z.string().optional().catch(undefined)
const ssoQuery = z.object({
  ticket: single,
  done: single,
  test: single,
  ask: z.enum(['again', 'anew']).optional().catch(undefined),
})
const continueQuery = z.object({ code: single })
const ticketParam = z.object({ ticket: z.string() })

export function loginRoutes(ctx: LoginContext): readonly Route[] {
  const { publicUrl } = ctx.config
  return [
    { method: 'GET', path: '/saml/ssoRequest', handler: ssoRequest },
    { method: 'POST', path: '/saml/:ticket/acs', handler: acs },
    { method: 'GET', path: '/saml/:ticket/continue', handler: continueLogin },
    { method: 'GET', path: '/saml/:ticket/metadata', handler: metadata },
  ]

  async function ssoRequest(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const query = ssoQuery.parse(request.query)
    const browserToken = tokenFromCookie(request, BROWSER_COOKIE, publicUrl)
    const started = await startLogin(ctx, {
      ...query,
      ticket: query.ticket,
      done: query.done,
      ask: query.ask,
      test: query.test,
      browserToken,
      client: clientOf(request),
    })
    const expires = new Date(ctx.world.clock().getTime() + BROWSER_COOKIE_MS)
    setCookie(reply, { name: BROWSER_COOKIE, value: started.browserToken, expires }, publicUrl)
    return started.binding === 'redirect' ? sendTo(reply, started.url) : sendPage(reply, 200, postPage(started))
  }

  async function acs(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { ticket } = ticketParam.parse(request.params)
    const form = request.body as Form | undefined
    const fields = { samlResponse: form?.get('SAMLResponse'), relayState: form?.get('RelayState') }
    return sendTo(reply, await receiveResponse(ctx, { ticket, ...fields, client: clientOf(request) }))
  }

  async function continueLogin(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { ticket } = ticketParam.parse(request.params)
    const { code } = continueQuery.parse(request.query)
    const browserToken = tokenFromCookie(request, BROWSER_COOKIE, publicUrl)
    const formerToken = (environmentId: `env_${string}`) => sessionToken(request, environmentId, publicUrl)
    const completed = await completeLogin(ctx, { ticket, code, browserToken, formerToken, client: clientOf(request) })
    setSessionCookie(reply, { ...completed.session, token: completed.token }, publicUrl)
    if (completed.syncFault !== undefined) reply.header(SYNC_FAULT_HEADER, headerText(completed.syncFault))
    return sendTo(reply, completed.url)
  }

  async function metadata(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { ticket } = ticketParam.parse(request.params)
    const place = await findPlace(ctx, ticket)
    const { connection } = place
    const { signing, encryption } = await publishedKeysOfPlace(ctx, place)
    const xml = writeServiceProviderMetadata({
      entityId: requestIssuerOf(connection, publicUrl),
      acsUrl: endpointsOf(publicUrl, ticket).acs,
      signingCertificates: signing,
      encryptionCertificates: encryption,
      authnRequestsSigned: connection.settings.signRequests,
      wantAssertionsSigned: connection.settings.requireSigned !== 'response',
      nameIdFormats: connection.settings.nameIdFormat === undefined ? [] : [connection.settings.nameIdFormat],
      singleLogout: connection.settings.singleLogout.enabled ? logoutEndpoints(publicUrl, ticket) : [],
    })
    return reply.type('application/samlmetadata+xml').send(xml)
  }
}

function logoutEndpoints(publicUrl: string, ticket: string): readonly Endpoint[] {
  const { slo, sloSoap } = endpointsOf(publicUrl, ticket)
  return [
    { binding: 'redirect', location: slo },
    { binding: 'post', location: slo },
    { binding: 'soap', location: sloSoap },
  ]
}

export function clientOf(request: FastifyRequest): Client {
  const userAgent = request.headers['user-agent']?.slice(0, 500)
  return { address: request.ip, ...(userAgent === undefined ? {} : { userAgent }) }
}

import { decodePost, decodeRedirect, SamlReadError, writeSoap, writeSoapFault } from '@sallyport/saml'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type EnvironmentOfCompany, findEnvironment } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import { type ConnectionInPlace, findConnectionByTicket } from '#connections/connections.ts'
import { ticket as ticketForm } from '#connections/settings.ts'
import type { Form } from '#http/form.ts'
import { framedBy } from '#http/headers.ts'
import { notFound, type Route, sendPage, sendTo } from '#http/http.ts'
import { clientLogoutRoutes } from '#logout/client-routes.ts'
import { carry, receiveLogoutResponse } from '#logout/front-channel.ts'
import { landingOf, sendMessage } from '#logout/leave.ts'
import type { LogoutContext } from '#logout/logout.ts'
import { findByRelayState, type Logout } from '#logout/logouts.ts'
import { loggedOutPage, notUnderstoodPage } from '#logout/pages.ts'
import { type LogoutAnswer, receiveLogoutRequest } from '#logout/receive-request.ts'
import { newMessageId, responseXml, signed } from '#logout/write-message.ts'
import { whoIs } from '#sessions/who-is.ts'
import { tokenHash } from '#storage/token-hash.ts'

// What cannot be a slug names nothing. Some of it no database would take, either.
const params = z.object({ company: slug.catch(''), environment: slug.catch('') })
const ticketParam = z.object({ ticket: ticketForm.catch('') })
const query = z.object({ about: z.string().max(100).optional().catch(undefined) })

/** So long a page looks by itself whether the identity provider has confirmed. */
const LOOK_AGAIN_MS = 30_000

/** Both sessions have ended, so that there is nothing left to say. */
const bothEnded: readonly Logout['state'][] = ['done', 'partial']

/** A SOAP envelope around the largest message that is read. */
const SOAP_LIMIT = 300 * 1024

export function logoutRoutes(ctx: LogoutContext): readonly Route[] {
  const { publicUrl } = ctx.config
  return [
    ...clientLogoutRoutes(ctx),
    { method: 'GET', path: '/:company/:environment/logged-out', handler: loggedOut },
    { method: 'GET', path: '/saml/:ticket/slo', handler: byRedirect },
    { method: 'POST', path: '/saml/:ticket/slo', handler: byPost },
    { method: 'POST', path: '/saml/:ticket/slo/soap', handler: bySoap, part: acceptEnvelopes },
  ]

  async function loggedOut(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await placeByPath(request)
    if (place === undefined) return notFound(reply)
    const landingUrl = landingOf(place, publicUrl)
    const { about } = query.parse(request.query)
    const entry = about && (await findByRelayState(ctx.db.read, place.environment.id, tokenHash(about)))
    // An application that asked for the logout has its person back.
    if (entry && entry.done !== undefined && bothEnded.includes(entry.state)) return sendTo(reply, entry.done)
    // Whoever is signed in is not told otherwise by a link.
    if ((await whoIs(ctx, request, place.environment.id)) !== undefined) return sendTo(reply, landingUrl)
    if (!entry) return sendPage(reply, 200, loggedOutPage(place.company.name, { elsewhere: 'not-told', landingUrl }))
    const age = ctx.world.clock().getTime() - entry.createdAt.getTime()
    const lookAgain = entry.state === 'waiting' && age < LOOK_AGAIN_MS
    const known = { elsewhere: entry.state, reference: entry.id, lookAgain, landingUrl, back: entry.done }
    return sendPage(reply, 200, loggedOutPage(place.company.name, known))
  }

  async function byRedirect(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await placeByTicket(request)
    if (place === undefined) return notFound(reply)
    try {
      const message = decodeRedirect(request.raw.url?.split('?').slice(1).join('?') ?? '')
      const { parameter, relayState } = message
      return await receive(reply, place, { parameter, message, relayState, binding: 'redirect' })
    } catch (error) {
      return notUnderstood(reply, place, error)
    }
  }

  async function byPost(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await placeByTicket(request)
    if (place === undefined) return notFound(reply)
    const form: Form = request.body instanceof Map ? request.body : new Map()
    const [asked, response] = [form.get('SAMLRequest'), form.get('SAMLResponse')]
    const parameter = asked === undefined ? 'SAMLResponse' : 'SAMLRequest'
    const relayState = form.get('RelayState')
    try {
      // Both, as none, have no one meaning (Bindings 3.5.4).
      const message = decodePost(asked === undefined || response === undefined ? (asked ?? response ?? '') : '')
      return await receive(reply, place, { parameter, message, relayState, binding: 'post' })
    } catch (error) {
      return notUnderstood(reply, place, error)
    }
  }

  type Received = {
    readonly parameter: 'SAMLRequest' | 'SAMLResponse'
    readonly message: Uint8Array | ReturnType<typeof decodeRedirect>
    readonly relayState: string | undefined
    readonly binding: 'post' | 'redirect'
  }

  async function receive(
    reply: FastifyReply,
    place: ConnectionInPlace,
    { parameter, message, relayState, binding }: Received,
  ): Promise<FastifyReply> {
    if (parameter === 'SAMLResponse') {
      const logout = await receiveLogoutResponse(ctx, place, { message, relayState })
      const about = logout === undefined ? '' : `?about=${relayState}`
      return sendTo(reply, `${landingOf(place, publicUrl)}/logged-out${about}`)
    }
    const answer = await receiveLogoutRequest(ctx, place, { message, binding })
    const { singleLogout } = place.connection.settings
    const url = singleLogout.responseUrl ?? (singleLogout.method === 'front-channel' ? singleLogout.url : undefined)
    // Nowhere to answer: the identity provider's metadata, or whoever typed the settings, named no such address.
    if (url === undefined) return sendTo(reply, `${landingOf(place, publicUrl)}/logged-out`)
    const id = newMessageId(ctx.world.chance)
    const xml = responseXml(ctx, place, { id, destination: url, ...answered(answer) })
    const carried = { parameter: 'SAMLResponse', xml, id, url, relayState, binding: singleLogout.binding } as const
    // Identity providers log out of many applications at once, each in a frame of their own page.
    const origins = [url, place.connection.settings.thirdPartyAuthenticationUrl].map((one) => new URL(one).origin)
    reply.header('content-security-policy', framedBy([...new Set(origins)]))
    return sendMessage(reply, place, await carry(ctx, place, carried))
  }

  /** From server to server (Bindings 3.2): what cannot be read at all is answered with a fault. */
  async function bySoap(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await placeByTicket(request)
    if (place === undefined) return sendXml(reply, 500, writeSoapFault('client', 'This address is unknown.'))
    if (!(request.body instanceof Uint8Array)) {
      return sendXml(reply, 500, writeSoapFault('client', 'Send a SOAP 1.1 envelope as text/xml.'))
    }
    const answer = await receiveLogoutRequest(ctx, place, { message: { soap: request.body }, binding: 'soap' })
    const id = newMessageId(ctx.world.chance)
    const xml = responseXml(ctx, place, { id, ...answered(answer) })
    return sendXml(reply, 200, writeSoap(await signed(ctx, place, xml, id)))
  }

  function notUnderstood(reply: FastifyReply, place: ConnectionInPlace, error: unknown): FastifyReply {
    if (!(error instanceof SamlReadError)) throw error
    ctx.log.info({ connection: place.connection.id, code: error.code }, 'a logout message could not be read')
    const sentence = 'What came is no logout message that can be read.'
    return sendPage(reply, 400, notUnderstoodPage(place.company.name, sentence, landingOf(place, publicUrl)))
  }

  function placeByPath(request: FastifyRequest): Promise<EnvironmentOfCompany | undefined> {
    const { company, environment } = params.parse(request.params)
    return findEnvironment(ctx.db.read, { companySlug: company, environmentSlug: environment })
  }

  async function placeByTicket(request: FastifyRequest): Promise<ConnectionInPlace | undefined> {
    const { ticket } = ticketParam.parse(request.params)
    return ticket === '' ? undefined : findConnectionByTicket(ctx.db.read, ticket)
  }
}

function answered({ inResponseTo, status }: LogoutAnswer) {
  return { inResponseTo, status }
}

function sendXml(reply: FastifyReply, status: number, xml: string): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').type('text/xml; charset=utf-8').send(xml)
}

function acceptEnvelopes(app: FastifyInstance): void {
  app.addContentTypeParser(
    ['text/xml', 'application/soap+xml', 'application/xml'],
    { parseAs: 'buffer', bodyLimit: SOAP_LIMIT },
    (_request, body, done) => done(null, body),
  )
}

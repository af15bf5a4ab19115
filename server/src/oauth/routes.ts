import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import { z } from 'zod'
import { type EnvironmentOfCompany, findEnvironment } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import type { Id } from '#config/world.ts'
import { listConnections } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { securityHeaders } from '#http/headers.ts'
import { notFound, type Route, sendTo } from '#http/http.ts'
import { findClient } from '#oauth/clients.ts'
import { deniedPage, overPage } from '#oauth/error-page.ts'
import { mayAuthorize } from '#oauth/may-authorize.ts'
import { nextStep } from '#oauth/next-step.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import { makeProvider, type PlaceProvider } from '#oauth/provider.ts'
import type { Session } from '#sessions/sessions.ts'

// What cannot be a slug names nothing. Some of it no database would take, either.
const params = z.object({ company: slug.catch(''), environment: slug.catch(''), uid: z.string().max(64).catch('') })
const query = z.object({ again: z.string().optional().catch(undefined), deny: z.string().optional().catch(undefined) })

/** So many Environments keep their authorization server in memory; it costs little to make one again. */
const MOST_PROVIDERS = 2000

export function oauthRoutes(ctx: OauthContext): readonly Route[] {
  const providers = new Map<Id<'env'>, Promise<PlaceProvider>>()
  const below = '/:company/:environment'
  const toProvider = ['/oauth/*', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']
  return [
    { method: 'GET', path: `${below}/oauth/interaction/:uid`, handler: interaction, part: leaveBodies },
    ...toProvider.flatMap((path) =>
      (['GET', 'POST'] as const).map((method) => {
        return { method, path: below + path, handler: hand, part: leaveBodies }
      }),
    ),
  ]

  /** The protocol itself: oidc-provider reads the request and writes the answer. */
  async function hand(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await placeOf(request)
    if (place === undefined) return notFound(reply)
    const { provider, visit } = await providerOf(place)
    visit(request)
    const raw: typeof request.raw & { originalUrl?: string } = request.raw
    const prefix = `/${place.company.slug}/${place.environment.slug}`
    raw.originalUrl = raw.url ?? ''
    raw.url = raw.originalUrl.slice(prefix.length)
    // Addresses in answers follow the request's host, which is anybody's to choose.
    raw.headers.host = new URL(ctx.config.publicUrl).host
    raw.headers['x-forwarded-proto'] = new URL(ctx.config.publicUrl).protocol.slice(0, -1)
    delete raw.headers['x-forwarded-host']
    for (const [name, value] of Object.entries(securityHeaders(ctx.config.publicUrl))) reply.raw.setHeader(name, value)
    reply.hijack()
    await provider.callback()(request.raw, reply.raw)
    return reply
  }

  /** Between the request and its answer: whoever is not signed in, or not for this client, goes to the identity provider. */
  async function interaction(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await placeOf(request)
    if (place === undefined) return notFound(reply)
    const { provider, visit, sessionOf, issuer } = await providerOf(place)
    visit(request)
    const details = await provider.interactionDetails(request.raw, reply.raw).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'SessionNotFound') return undefined
      throw error
    })
    const { uid } = params.parse(request.params)
    if (details === undefined || details.uid !== uid) return sendHtml(reply, 400, overPage(place.company.name))
    const here = `${issuer}/oauth/interaction/${uid}`
    const { again, deny } = query.parse(request.query)
    const session = await sessionOf(request.raw)
    const clientId = String(details.params.client_id ?? '')
    const asked = session && { session, clientId, address: request.ip }
    const effect = asked && (await mayAuthorize(ctx, place.environment.id, asked, { note: false }))
    const step = nextStep({
      goesBack: deny !== undefined,
      session: session && effect && { openedAt: session.openedAt, effect },
      again: again !== undefined,
      reasons: details.prompt.reasons,
      begunAt: details.iat,
    })
    if (step === 'refuse') return finish(request, reply, provider, denied)
    if (step === 'ask-again') return toSignIn(reply, place, `${here}?again=1`, session)
    if (step === 'sign-in' || session === undefined) return toSignIn(reply, place, here, session)
    if (step === 'tell')
      return tell(reply, place, { clientId, here, by: effect === 'deny' ? 'rules' : 'identity-provider' })
    await forgetOther(provider, details, { userId: session.userId, now: ctx.world.clock() })
    return finish(request, reply, provider, { login: { accountId: session.userId, remember: false } })
  }

  async function tell(
    reply: FastifyReply,
    { company, environment }: EnvironmentOfCompany,
    { clientId, here, by }: { clientId: string; here: string; by: 'rules' | 'identity-provider' },
  ): Promise<FastifyReply> {
    const client = await findClient(ctx.db.read, environment.id, clientId)
    ctx.log.info({ client: clientId, by }, 'a client was not allowed')
    return sendHtml(
      reply,
      403,
      deniedPage(company.name, { name: client?.name ?? clientId, back: `${here}?deny=1`, by }),
    )
  }

  /** To the session's own connection, or to the only one; where people choose, the landing page asks. */
  async function toSignIn(
    reply: FastifyReply,
    place: EnvironmentOfCompany,
    back: string,
    session?: Session,
  ): Promise<FastifyReply> {
    const connections = await listConnections(ctx.db.read, place.environment.id)
    const [only, ...others] = connections
    const own = connections.find(({ id }) => id === session?.connectionId) ?? (others.length === 0 ? only : undefined)
    const done = encodeURIComponent(back)
    const landing = `${ctx.config.publicUrl}/${place.company.slug}/${place.environment.slug}`
    if (own === undefined) return sendTo(reply, `${landing}?done=${done}`)
    return sendTo(reply, `${endpointsOf(ctx.config.publicUrl, own.ticket).ssoRequest}&done=${done}`)
  }

  async function placeOf(request: FastifyRequest): Promise<EnvironmentOfCompany | undefined> {
    const { company, environment } = params.parse(request.params)
    return findEnvironment(ctx.db.read, { companySlug: company, environmentSlug: environment })
  }

  function providerOf(place: EnvironmentOfCompany): Promise<PlaceProvider> {
    const { id } = place.environment
    const known = providers.get(id)
    if (known !== undefined) {
      // The map keeps the order of insertion: what was used last goes to its end.
      providers.delete(id)
      providers.set(id, known)
      return known
    }
    const made = makeProvider(ctx, place)
    providers.set(id, made)
    made.catch(() => providers.delete(id))
    if (providers.size > MOST_PROVIDERS) providers.delete(providers.keys().next().value!)
    return made
  }
}

const denied = { error: 'access_denied', error_description: 'this person may not use this client from here' }

/**
 * Where several people use one browser: oidc-provider remembers who was here before, and would ask them to log out on a
 * page of its own. Ours have logged out long ago.
 */
async function forgetOther(
  provider: Provider,
  details: Interaction,
  { userId, now }: { readonly userId: string; readonly now: Date },
): Promise<void> {
  const id = details.session?.cookie
  const login = id === undefined ? undefined : await provider.Session.find(id)
  if (login?.accountId === undefined || login.accountId === userId) return
  // It is held to whom it began with, too.
  Object.assign(details, { session: undefined })
  await details.save(details.exp - Math.floor(now.getTime() / 1000))
  Object.assign(login, { accountId: undefined, loginTs: undefined, authorizations: undefined })
  await login.persist()
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

async function finish(
  request: FastifyRequest,
  reply: FastifyReply,
  provider: Provider,
  result: Parameters<Provider['interactionResult']>[2],
): Promise<FastifyReply> {
  const url = await provider.interactionResult(request.raw, reply.raw, result, { mergeWithLastSubmission: false })
  return sendTo(reply, url)
}

function sendHtml(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page)
}

/** oidc-provider reads them itself. */
function leaveBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
}

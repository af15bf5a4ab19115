import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import { z } from 'zod'
import type { Effect } from '#access/compile.ts'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import { listLiveConnections } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { securityHeaders } from '#http/headers.ts'
import { notFound, type Route, sendTo } from '#http/http.ts'
import { chooseConnection, type Wishes } from '#oauth/choose-connection.ts'
import { accessClientOf, type Client, findClient } from '#oauth/clients.ts'
import { deniedPage, overPage } from '#oauth/error-page.ts'
import { findPlaceWithVersion, type PlaceWithVersion } from '#oauth/find-place.ts'
import { mayAuthorize } from '#oauth/may-authorize.ts'
import { nextStep } from '#oauth/next-step.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import { makeProvider } from '#oauth/provider.ts'
import { keepProviders } from '#oauth/providers.ts'
import { sessionOfVisit } from '#oauth/visits.ts'
import type { Session } from '#sessions/sessions.ts'
import { findRecordById } from '#signin-records/signin-records.ts'

// What cannot be a slug names nothing. Some of it no database would take, either.
const params = z.object({ company: slug.catch(''), environment: slug.catch(''), uid: z.string().max(64).catch('') })
const text = z.string().optional().catch(undefined)
const requestedParams = z.object({
  provider: text,
  login_hint: text,
  max_age: z.coerce.number().optional().catch(undefined),
})
const query = z.object({ again: text, deny: text })

export function oauthRoutes(ctx: OauthContext): readonly Route[] {
  const providerOf = keepProviders((place) => makeProvider(ctx, place))
  const below = '/:company/:environment'
  const toProvider = ['/oauth/*', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']
  return [
    { method: 'GET', path: `${below}/oauth/interaction/:uid`, handler: interaction, part: leaveBodies },
    ...toProvider.flatMap((path) =>
      // OPTIONS: browsers ask beforehand whether a page of another site may bring its token (Fetch standard, CORS).
      (['GET', 'POST', 'OPTIONS'] as const).map((method) => {
        return { method, path: below + path, handler: hand, part: leaveBodies }
      }),
    ),
  ]

  /** The protocol itself: oidc-provider reads the request and writes the answer. */
  async function hand(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const wanted = await placeOf(request)
    if (wanted === undefined) return notFound(reply)
    const { place } = wanted
    const { provider, visit } = await providerOf(wanted)
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
    const wanted = await placeOf(request)
    if (wanted === undefined) return notFound(reply)
    const { place } = wanted
    const { provider, visit, issuer } = await providerOf(wanted)
    visit(request)
    const details = await provider.interactionDetails(request.raw, reply.raw).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'SessionNotFound') return undefined
      throw error
    })
    const { uid } = params.parse(request.params)
    if (details === undefined || details.uid !== uid) return sendHtml(reply, 400, overPage(place.company.name))
    const here = `${issuer}/oauth/interaction/${uid}`
    const { again, deny } = query.parse(request.query)
    const session = await sessionOfVisit(request.raw)
    const client = await findClient(ctx.db.read, place.environment.id, String(details.params.client_id ?? ''))
    if (client === undefined) return sendHtml(reply, 400, overPage(place.company.name))
    const asked = session && { session, client: accessClientOf(client), address: request.ip }
    const effect = asked && (await mayAuthorize(ctx, place.environment.id, asked, { note: false }))
    const { provider: named, login_hint: loginHint, max_age: maxAge } = requestedParams.parse(details.params)
    const step = nextStep({
      goesBack: deny !== undefined,
      session: session && effect && { openedAt: session.openedAt, effect },
      again: again !== undefined,
      reasons: details.prompt.reasons,
      maxAge,
      begunAt: details.iat,
    })
    if (step === 'refuse') return finish(request, reply, provider, denied)
    const signIn = { place, back: here, wishes: { provider: named, loginHint, connectionId: session?.connectionId } }
    if (step === 'ask-again') return toSignIn(reply, { ...signIn, back: `${here}?again=1`, ask: 'again' })
    if (step === 'sign-in-anew') return toSignIn(reply, { ...signIn, ask: 'anew' })
    if (step === 'sign-in' || session === undefined) return toSignIn(reply, signIn)
    if (step === 'tell') return tell(reply, place, { client, session, here, effect })
    await forgetOther(provider, details, { userId: session.userId, now: ctx.world.clock() })
    // auth_time and max_age mean when the person signed in, not when this application first asked.
    const ts = Math.floor(session.openedAt.getTime() / 1000)
    return finish(request, reply, provider, { login: { accountId: session.userId, remember: false, ts } })
  }

  async function tell(reply: FastifyReply, { company, environment }: EnvironmentOfCompany, denial: Denial) {
    const { client, session, here, effect } = denial
    const by = effect === 'deny' ? 'rules' : 'identity-provider'
    const { recordId } = session
    const record = recordId === undefined ? undefined : await findRecordById(ctx.db.read, environment.id, recordId)
    const reference = record?.reference
    ctx.log.info({ client: client.id, by, reference }, 'a client was not allowed')
    const denied = { name: client.name, back: `${here}?deny=1`, by, reference } as const
    return sendHtml(reply, 403, deniedPage(company.name, denied))
  }

  /** Where people choose, the landing page asks. */
  async function toSignIn(reply: FastifyReply, { place, back, wishes, ask }: SignIn): Promise<FastifyReply> {
    const { publicUrl } = ctx.config
    const connection = chooseConnection(await listLiveConnections(ctx.db.read, place.environment.id), wishes)
    const done = encodeURIComponent(back)
    if (connection === undefined)
      return sendTo(reply, `${publicUrl}/${place.company.slug}/${place.environment.slug}?done=${done}`)
    const asking = ask === undefined ? '' : `&ask=${ask}`
    return sendTo(reply, `${endpointsOf(publicUrl, connection.ticket).ssoRequest}&done=${done}${asking}`)
  }

  async function placeOf(request: FastifyRequest): Promise<PlaceWithVersion | undefined> {
    const { company, environment } = params.parse(request.params)
    return findPlaceWithVersion(ctx.db.read, { companySlug: company, environmentSlug: environment })
  }
}

type Denial = {
  readonly client: Client
  readonly session: Session
  readonly here: string
  readonly effect: Effect | undefined
}

type SignIn = {
  readonly place: EnvironmentOfCompany
  readonly back: string
  readonly wishes: Wishes
  readonly ask?: 'again' | 'anew'
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

import { hkdfSync } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import type { Configuration, ErrorOut, KoaContextWithOIDC } from 'oidc-provider'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import type { Id } from '#config/world.ts'
import { findAccountFor } from '#oauth/accounts.ts'
import { adapterFor, tieGrant } from '#oauth/artifacts.ts'
import { ownProperties } from '#oauth/client-metadata.ts'
import { noteSecretUse, verifySecret } from '#oauth/clients.ts'
import { devicePages } from '#oauth/device-pages.ts'
import { errorPage } from '#oauth/error-page.ts'
import { mayAuthorize } from '#oauth/may-authorize.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import { signingJwks } from '#oauth/signing-keys.ts'
import type { Session } from '#sessions/sessions.ts'
import { livingSessionOf } from '#sessions/who-is.ts'

/** Loaded when the first token is asked for: it says something of its own as it loads, which no command needs to. */
const loadLibrary = () => import('oidc-provider')
type Library = Awaited<ReturnType<typeof loadLibrary>>

const MINUTE = 60
const DAY = 24 * 60 * MINUTE
/** Of our own: nothing that hangs on one needs to be good for longer. */
const LONGEST_SESSION = 30 * DAY

/** Finds the session of ours that the browser of a request has. */
export type SessionFinder = (request: IncomingMessage) => Promise<Session | undefined>

export type PlaceProvider = {
  readonly provider: Provider
  /** To be called with each request, before its session is asked for: it is looked up once. */
  readonly visit: (request: FastifyRequest) => void
  readonly sessionOf: SessionFinder
  readonly issuer: string
}

/** oidc-provider hands on the bare request, which is where its session is found by. */
type Visit = { readonly session: Promise<Session | undefined>; readonly address: string }
const visits = new WeakMap<IncomingMessage, Visit>()

/** The authorization server of one Environment. */
export async function makeProvider(ctx: OauthContext, place: EnvironmentOfCompany): Promise<PlaceProvider> {
  const { environment, company } = place
  const issuer = `${ctx.config.publicUrl}/${company.slug}/${environment.slug}`
  const sessionOf: SessionFinder = (raw) => visits.get(raw)?.session ?? Promise.resolve(undefined)
  const jwks = await signingJwks(ctx, environment.id)
  const library = await loadLibrary()
  const provider = new library.default(issuer, configurationOf(ctx, place, { issuer, sessionOf, jwks, library }))
  provider.proxy = true
  provider.use(async (koa, next) => {
    // What nothing answers has a page, as everywhere; what something answers says itself how long it may be kept.
    koa.set('cache-control', 'no-store')
    await next()
    if (koa.status !== 404 || koa.body) return
    koa.status = 404
    koa.type = 'html'
    koa.body = errorPage(company.name, { error: 'not_found' } as ErrorOut)
  })
  // Secrets are kept as hashes, several a client.
  provider.Client.prototype.compareClientSecret = async function (this: { clientId: string }, secret: string) {
    const whose = { environmentId: environment.id, id: this.clientId }
    const now = ctx.world.clock()
    const found = await verifySecret(ctx.db.read, whose, secret, now)
    if (found !== undefined) await noteSecretUse(ctx.db.write, environment.id, found, now)
    return found !== undefined
  } as never
  provider.on('server_error', (_ctx, error) => ctx.log.error({ err: error, issuer }, 'the authorization server failed'))
  const visit = (request: FastifyRequest): void => {
    visits.set(request.raw, { session: livingSessionOf(ctx, request, environment.id), address: request.ip })
  }
  return { provider, visit, sessionOf, issuer }
}

type Parts = {
  readonly issuer: string
  readonly sessionOf: SessionFinder
  readonly jwks: Awaited<ReturnType<typeof signingJwks>>
  readonly library: Library
}

function configurationOf(
  ctx: OauthContext,
  { environment, company }: EnvironmentOfCompany,
  { issuer, sessionOf, jwks, library }: Parts,
): Configuration {
  const path = `/${company.slug}/${environment.slug}`
  const cookie = { path, sameSite: 'lax', httpOnly: true, secure: issuer.startsWith('https:'), signed: true } as const
  return {
    adapter: (model) => adapterFor(ctx, environment.id, model),
    jwks,
    findAccount: (_ctx, sub) => findAccountFor(ctx, environment.id, sub),
    loadExistingGrant: (koa) => loadGrant(ctx, environment.id, koa, sessionOf),
    cookies: { keys: [cookieKey(ctx, environment.id)], long: cookie, short: cookie },
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      userinfo: '/oauth/userinfo',
      introspection: '/oauth/introspect',
      revocation: '/oauth/revoke',
      jwks: '/oauth/jwks',
      pushed_authorization_request: '/oauth/par',
      device_authorization: '/oauth/device',
      code_verification: '/oauth/activate',
    },
    interactions: {
      policy: policyOf(library, ctx, environment.id),
      url: (_ctx, { uid }) => `${path}/oauth/interaction/${uid}`,
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: {
        enabled: true,
        // RFC 7662 section 2.1: whoever asks authenticates, and a public client cannot.
        allowedPolicy: (_ctx, client) => client.clientAuthMethod !== 'none',
      },
      revocation: { enabled: true },
      deviceFlow: { enabled: true, ...devicePages(company.name) },
      resourceIndicators: {
        enabled: true,
        // RFC 9068: a token in JWT form names whom it is for; here every API of the Environment.
        defaultResource: async (_ctx, client) => (client.access_token_format === 'jwt' ? issuer : []),
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_ctx, resource, client) => {
          if (resource !== issuer || client.access_token_format !== 'jwt') throw new library.errors.InvalidTarget()
          return {
            scope: 'openid profile email offline_access',
            audience: issuer,
            accessTokenFormat: 'jwt',
            accessTokenTTL: Number(client.access_token_seconds ?? 3600),
            jwt: { sign: { alg: 'RS256' } },
          }
        },
      },
    },
    // The last is for clients that are marked as legacy (dangerouslyAllowImplicit), and no other.
    responseTypes: ['code', 'id_token token'],
    extraClientMetadata: { properties: [...ownProperties] },
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name', 'preferred_username', 'groups', 'roles', 'user_type'],
      email: ['email'],
    },
    conformIdTokenClaims: false,
    // RFC 9700 section 2.1.1: public clients must; OAuth 2.1 wants it of all, and S256 is the only method here.
    pkce: { required: (_ctx, client) => client.clientAuthMethod === 'none' },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    clientBasedCORS: (_ctx, origin, client) =>
      client.redirectUris?.some((uri) => URL.canParse(uri) && new URL(uri).origin === origin) ?? false,
    ttl: {
      DeviceCode: 10 * MINUTE,
      AccessToken: (_ctx, _token, client) => Number(client.access_token_seconds ?? 3600),
      ClientCredentials: (_ctx, _token, client) => Number(client.access_token_seconds ?? 3600),
      AuthorizationCode: MINUTE,
      IdToken: 60 * MINUTE,
      Interaction: 60 * MINUTE,
      RefreshToken: LONGEST_SESSION,
      Grant: LONGEST_SESSION,
      Session: LONGEST_SESSION,
    },
    renderError: (koa, out) => {
      koa.type = 'html'
      koa.body = errorPage(company.name, out)
    },
  }
}

function cookieKey({ secret }: OauthContext, environmentId: Id<'env'>): string {
  const bytes = hkdfSync('sha256', secret.reveal(), environmentId, 'sallyport oauth cookies', 32)
  return Buffer.from(bytes).toString('base64url')
}

/**
 * Who is signed in, is our session's to say, each time. Its absence, and a client that the identity provider has not
 * allowed, lead to an interaction, which goes back to the identity provider.
 */
function policyOf({ interactionPolicy }: Library, ctx: OauthContext, environmentId: Id<'env'>) {
  const sessionOf = async (koa: KoaContextWithOIDC) => visits.get(koa.req)?.session
  const { Check, base } = interactionPolicy
  const policy = base()
  policy.remove('consent')
  const login = policy.get('login')
  login?.checks.add(
    new Check('session', 'nobody is signed in, or somebody else is', 'login_required', async (koa) => {
      const session = await sessionOf(koa)
      const { accountId, loginTs = 0 } = koa.oidc.session ?? {}
      return (
        session === undefined || accountId !== session.userId || loginTs < Math.floor(session.openedAt.getTime() / 1000)
      )
    }),
  )
  login?.checks.add(
    new Check('client', 'this person may not use this client from here', 'access_denied', async (koa) => {
      const session = await sessionOf(koa)
      const clientId = koa.oidc.client?.clientId
      const address = visits.get(koa.req)?.address
      if (session === undefined || clientId === undefined || address === undefined) return false
      return (await mayAuthorize(ctx, environmentId, { session, clientId, address }, { note: true })) !== 'allow'
    }),
    // First, so that it is what an application hears that wants no interaction (prompt=none).
    0,
  )
  return policy
}

/** Nobody is asked for consent: the administrator has decided. A grant belongs to the chain of sessions it was given in. */
async function loadGrant(
  ctx: OauthContext,
  environmentId: Id<'env'>,
  koa: KoaContextWithOIDC,
  sessionOf: SessionFinder,
): Promise<InstanceType<Provider['Grant']> | undefined> {
  const { client, session: login, provider } = koa.oidc
  const session = await sessionOf(koa.req)
  if (session === undefined || client === undefined || login?.accountId !== session.userId) return undefined
  const known = login.grantIdFor(client.clientId)
  const grant =
    (known === undefined ? undefined : await provider.Grant.find(known)) ??
    new provider.Grant({ clientId: client.clientId, accountId: session.userId })
  const scope = [...koa.oidc.requestParamScopes].join(' ')
  grant.addOIDCScope(scope)
  for (const resource of Object.keys(koa.oidc.resourceServers ?? {})) grant.addResourceScope(resource, scope)
  const grantId = await grant.save()
  await tieGrant(ctx, environmentId, { grantId, chainId: session.chainId })
  return grant
}

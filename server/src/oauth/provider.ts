import { hkdfSync } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import type { Configuration, ErrorOut, ResourceServer } from 'oidc-provider'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import type { Id } from '#config/world.ts'
import { adapterFor } from '#oauth/artifacts.ts'
import { ownProperties } from '#oauth/client-metadata.ts'
import { noteSecretUse, verifySecret } from '#oauth/clients.ts'
import { devicePages } from '#oauth/device-pages.ts'
import { errorPage } from '#oauth/error-page.ts'
import { versionOf } from '#oauth/find-place.ts'
import { loadGrant, policyOf } from '#oauth/interaction-policy.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import { requestParams } from '#oauth/request-params.ts'
import { registerSamlBearer } from '#oauth/saml-bearer.ts'
import { signingKeys } from '#oauth/signing-keys.ts'
import { accountAsked, allowClientItself } from '#oauth/token-access.ts'
import { writeTogether } from '#oauth/token-request.ts'
import { noteVisit } from '#oauth/visits.ts'

/** Loaded when the first token is asked for: it says something of its own as it loads, which no command needs to. */
const loadLibrary = () => (loading ??= import('oidc-provider'))
type Library = typeof import('oidc-provider')
/** Asking for it again costs a tenth of making an authorization server. */
let loading: Promise<Library> | undefined

const MINUTE = 60
const DAY = 24 * 60 * MINUTE
/** Of our own: nothing that hangs on one needs to be good for longer. */
const LONGEST_SESSION = 30 * DAY

export type PlaceProvider = {
  readonly provider: Provider
  /** To be called with each request, before its session is asked for: it is looked up once. */
  readonly visit: (request: FastifyRequest) => void
  readonly issuer: string
  /** Of what it was made of: see find-place.ts. */
  readonly version: string
}

/** The authorization server of one Environment. */
export async function makeProvider(ctx: OauthContext, place: EnvironmentOfCompany): Promise<PlaceProvider> {
  const { environment, company } = place
  const issuer = `${ctx.config.publicUrl}/${company.slug}/${environment.slug}`
  const { jwks, version } = await signingKeys(ctx, environment.id)
  const library = await loadLibrary()
  const provider = new library.default(issuer, configurationOf(ctx, place, { issuer, jwks, library }))
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
  const resourceServer = (client: KnownClient) => resourceServerOf(issuer, client)
  registerSamlBearer(ctx, place, { library, provider, issuer, resourceServerOf: resourceServer })
  provider.use((koa, next) => writeTogether(ctx, koa, next))
  // Secrets are kept as hashes, several a client.
  provider.Client.prototype.compareClientSecret = async function (this: { clientId: string }, secret: string) {
    const whose = { environmentId: environment.id, id: this.clientId }
    const now = ctx.world.clock()
    const found = await verifySecret(ctx.db.read, whose, secret, now)
    if (found !== undefined) await noteSecretUse(ctx.db.write, environment.id, found, now)
    return found !== undefined
  } as never
  provider.on('server_error', (_ctx, error) => ctx.log.error({ err: error, issuer }, 'the authorization server failed'))
  const visit = (request: FastifyRequest): void => noteVisit(ctx, environment.id, request)
  return { provider, visit, issuer, version: versionOf(place, version) }
}

type Parts = {
  readonly issuer: string
  readonly jwks: Awaited<ReturnType<typeof signingKeys>>['jwks']
  readonly library: Library
}

function configurationOf(
  ctx: OauthContext,
  { environment, company }: EnvironmentOfCompany,
  { issuer, jwks, library }: Parts,
): Configuration {
  const path = `/${company.slug}/${environment.slug}`
  const cookie = { path, sameSite: 'lax', httpOnly: true, secure: issuer.startsWith('https:'), signed: true } as const
  return {
    adapter: (model) => adapterFor(ctx, environment.id, model),
    jwks,
    findAccount: (koa, sub, token) => accountAsked(library, ctx, environment.id, { koa, sub, token }),
    extraTokenClaims: async (koa, token) => {
      await allowClientItself(library, ctx, environment.id, { koa, token })
      return undefined
    },
    loadExistingGrant: (koa) => loadGrant(ctx, environment.id, koa),
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
      // Answered by logout/client-logout.ts; here so that discovery names it.
      end_session: '/oauth/logout',
    },
    interactions: {
      policy: policyOf(library, ctx, environment.id),
      url: (_ctx, { uid }) => `${path}/oauth/interaction/${uid}`,
    },
    features: {
      devInteractions: { enabled: false },
      // Both are our own: whatever ends a session of ours tells its clients. Here so that discovery and clients say so.
      rpInitiatedLogout: { enabled: true },
      backchannelLogout: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: {
        enabled: true,
        // RFC 7662 section 2.1: whoever asks authenticates, and a public client cannot.
        allowedPolicy: (_ctx, client) => client.clientAuthMethod !== 'none',
      },
      // RFC 7009 section 2.1: a token is its own client's to revoke.
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      deviceFlow: { enabled: true, ...devicePages(company.name) },
      resourceIndicators: {
        enabled: true,
        // RFC 9068: a token in JWT form names whom it is for; here every API of the Environment.
        defaultResource: async (_ctx, client) => (client.access_token_format === 'jwt' ? issuer : undefined),
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_ctx, resource, client) => {
          const known = resource === issuer ? resourceServerOf(issuer, client) : undefined
          if (known === undefined) throw new library.errors.InvalidTarget()
          return known
        },
      },
    },
    // The last is for clients that are marked as legacy (dangerouslyAllowImplicit), and no other.
    responseTypes: ['code', 'id_token token'],
    extraParams: requestParams(library, ctx, { environment, company }),
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
    // A scheme of an application's own has the origin “null”, as has any page in a sandboxed frame.
    clientBasedCORS: (_ctx, origin, client) =>
      origin !== 'null' && (client.redirectUris?.some((uri) => URL.parse(uri)?.origin === origin) ?? false),
    // OpenID Connect Core 3.1.2.1: redirect_uri is required, also of clients that have registered one only.
    allowOmittingSingleRegisteredRedirectUri: false,
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

type KnownClient = InstanceType<Provider['Client']>

/** RFC 9068: a token in JWT form names whom it is for; here every API of the Environment. */
function resourceServerOf(issuer: string, client: KnownClient): ResourceServer | undefined {
  if (client.access_token_format !== 'jwt') return undefined
  return {
    scope: 'openid profile email offline_access',
    audience: issuer,
    accessTokenFormat: 'jwt',
    accessTokenTTL: Number(client.access_token_seconds ?? 3600),
    jwt: { sign: { alg: 'RS256' } },
  }
}

function cookieKey({ secret }: OauthContext, environmentId: Id<'env'>): string {
  const bytes = hkdfSync('sha256', secret.reveal(), environmentId, 'sallyport oauth cookies', 32)
  return Buffer.from(bytes).toString('base64url')
}

// The SAML 2.0 bearer grant (RFC 7522): a client brings an assertion of the identity provider about a person, and gets an
// access token for them. The sign-in that comes of it is `login`'s; the token hangs on its session, as all of ours do.

import type Provider from 'oidc-provider'
import type { ResourceServer, TokenEndpointGrantContext } from 'oidc-provider'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import { tieGrant } from '#oauth/artifacts.ts'
import { askingClient } from '#oauth/client-metadata.ts'
import { grantTypes } from '#oauth/client-rules.ts'
import { clientUserAgent } from '#oauth/client-user-agent.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import { isNameOf } from '#oauth/request-params.ts'
import { addressOfVisit } from '#oauth/visits.ts'
import type { Session } from '#sessions/sessions.ts'

type Library = Pick<typeof import('oidc-provider'), 'errors'>
type Params = {
  readonly assertion?: string
  readonly scope?: string
  /** Genesys Cloud's. */
  readonly orgName?: string
}
type Asked = TokenEndpointGrantContext<Params>

export type Parts = {
  readonly library: Library
  readonly provider: Provider
  readonly issuer: string
  /** What a token in JWT form is made by; undefined for clients whose tokens are opaque. */
  readonly resourceServerOf: (client: Asked['oidc']['client']) => ResourceServer | undefined
}

/** No `offline_access`: RFC 7521 section 4.1 gives no refresh token where the client can bring another assertion. */
const scopes: readonly string[] = ['openid', 'profile', 'email']

export function registerSamlBearer(ctx: OauthContext, place: EnvironmentOfCompany, parts: Parts): void {
  const { provider } = parts
  provider.registerGrantType<Params>(
    grantTypes['saml-bearer'],
    async (koa) => {
      const session = await signIn(ctx, place, parts, koa)
      koa.body = await giveToken(ctx, place, parts, { koa, session })
    },
    ['assertion', 'scope', 'orgName'],
  )
}

async function signIn(
  ctx: OauthContext,
  place: EnvironmentOfCompany,
  { library: { errors }, issuer }: Parts,
  koa: Asked,
): Promise<Session> {
  const { client, params } = koa.oidc
  // RFC 7522 section 3.1: who brings it proves who they are; whoever finds an assertion has no use for it here.
  if (client.clientAuthMethod === 'none') throw new errors.UnauthorizedClient('a secret is needed for this grant')
  if (params.orgName !== undefined && !isNameOf(place.company, params.orgName)) {
    throw new errors.InvalidRequest('orgName is not the Company of this address')
  }
  if (!params.assertion) throw new errors.InvalidRequest('assertion is missing')
  const assertion = decoded(params.assertion)
  if (assertion === undefined) {
    throw new errors.CustomOIDCProviderError('invalid_grant', 'assertion is not base64url (RFC 7522 section 2.1)')
  }
  const answer = await ctx.signInByAssertion(place, {
    assertion,
    accessClient: askingClient(client),
    address: addressOfVisit(koa.req),
    userAgent: clientUserAgent({ id: client.clientId, name: client.clientName }, koa.get('user-agent')),
    issuer,
    tokenEndpoint: `${issuer}/oauth/token`,
  })
  if ('session' in answer) return answer.session
  const { sentence, reference } = answer.refused
  throw new errors.CustomOIDCProviderError('invalid_grant', `${inAscii(sentence)} Reference: ${reference}`)
}

async function giveToken(
  ctx: OauthContext,
  { environment }: EnvironmentOfCompany,
  { provider, issuer, resourceServerOf }: Parts,
  { koa, session }: { readonly koa: Asked; readonly session: Session },
) {
  const { client, params } = koa.oidc
  const asked = new Set((params.scope ?? '').split(' '))
  const scope = scopes.filter((one) => asked.has(one)).join(' ')
  const resourceServer = resourceServerOf(client)
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.userId })
  if (scope !== '') grant.addOIDCScope(scope)
  if (scope !== '' && resourceServer !== undefined) grant.addResourceScope(issuer, scope)
  const grantId = await grant.save()
  await tieGrant(ctx, environment.id, { grantId, chainId: session.chainId })
  const token = new provider.AccessToken({
    accountId: session.userId,
    client,
    grantId,
    gty: 'saml2_bearer',
    scope,
    expiresIn: secondsOf(session, { atMost: Number(client.access_token_seconds ?? 3600), now: ctx.world.clock() }),
  })
  if (resourceServer !== undefined) token.resourceServer = new provider.ResourceServer(issuer, resourceServer)
  const value = await token.save()
  return {
    access_token: value,
    expires_in: token.expiration,
    token_type: token.tokenType,
    // RFC 6749 section 5.1: it may be less than was asked for.
    ...(scope === '' ? {} : { scope }),
  }
}

/** A token does not outlive its session, not even in JWT form, where nobody asks us. */
function secondsOf({ expiresAt }: Session, { atMost, now }: { readonly atMost: number; readonly now: Date }): number {
  return Math.max(1, Math.min(atMost, Math.floor((expiresAt.getTime() - now.getTime()) / 1000)))
}

/** RFC 7522 section 2.1 wants base64url without padding; plain base64, in lines too, is what many have at hand. */
export function decoded(text: string): Buffer | undefined {
  const plain = text
    .replaceAll(/\r?\n/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={1,2}$/, '')
  const isBase64 = /^[A-Za-z0-9+/]+$/.test(plain) && plain.length % 4 !== 1
  return isBase64 ? Buffer.from(plain, 'base64') : undefined
}

/** RFC 6749 section 5.2 allows an error description no other characters, nor the quotation mark and the backslash. */
function inAscii(text: string): string {
  return text.replaceAll(/[‘’]/g, "'").replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '')
}

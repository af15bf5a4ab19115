// When oidc-provider must ask somebody before it answers an authorization request, and what a person's grant hangs on.

import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Id } from '#config/world.ts'
import { tieGrant } from '#oauth/artifacts.ts'
import { askingClient } from '#oauth/client-metadata.ts'
import { mayAuthorize } from '#oauth/may-authorize.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import { addressOfVisit, sessionOfVisit } from '#oauth/visits.ts'

/**
 * Who is signed in, is our session's to say, each time. Its absence, and a client that the identity provider has not
 * allowed, lead to an interaction, which goes back to the identity provider.
 */
export function policyOf(
  { interactionPolicy: { Check, base } }: Pick<typeof import('oidc-provider'), 'interactionPolicy'>,
  ctx: OauthContext,
  environmentId: Id<'env'>,
) {
  const policy = base()
  policy.remove('consent')
  const login = policy.get('login')
  login?.checks.add(
    new Check('session', 'nobody is signed in, or somebody else is', 'login_required', async (koa) => {
      const session = await sessionOfVisit(koa.req)
      const { accountId, loginTs = 0 } = koa.oidc.session ?? {}
      return (
        session === undefined || accountId !== session.userId || loginTs < Math.floor(session.openedAt.getTime() / 1000)
      )
    }),
  )
  login?.checks.add(
    new Check('client', 'this person may not use this client from here', 'access_denied', async (koa) => {
      const session = await sessionOfVisit(koa.req)
      if (session === undefined || koa.oidc.client === undefined) return false
      const asked = { session, client: askingClient(koa.oidc.client), address: addressOfVisit(koa.req) }
      return (await mayAuthorize(ctx, environmentId, asked, { note: true })) !== 'allow'
    }),
    // First, so that it is what an application hears that wants no interaction (prompt=none).
    0,
  )
  return policy
}

/** Nobody is asked for consent: the administrator has decided. A grant belongs to the chain of sessions it was given in. */
export async function loadGrant(
  ctx: OauthContext,
  environmentId: Id<'env'>,
  koa: KoaContextWithOIDC,
): Promise<InstanceType<Provider['Grant']> | undefined> {
  const { client, session: login, provider } = koa.oidc
  const session = await sessionOfVisit(koa.req)
  if (session === undefined || client === undefined || login?.accountId !== session.userId) return undefined
  const known = login.grantIdFor(client.clientId)
  const grant =
    (known === undefined ? undefined : await provider.Grant.find(known)) ??
    new provider.Grant({ clientId: client.clientId, accountId: session.userId })
  // Back-Channel Logout 1.0 section 2.1: what its ID tokens name is what the client is told the end of.
  login.sidFor(client.clientId, session.chainId)
  // Only what there is: a scope that somebody made up would stand in the token, and in what introspection says of it.
  const scope = [...koa.oidc.requestParamOIDCScopes].join(' ')
  grant.addOIDCScope(scope)
  for (const resource of Object.keys(koa.oidc.resourceServers ?? {})) grant.addResourceScope(resource, scope)
  const grantId = await grant.save()
  await tieGrant(ctx, environmentId, { grantId, chainId: session.chainId })
  return grant
}

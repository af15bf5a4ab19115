// Access decisions where tokens are given out: codes and refresh tokens were had elsewhere and earlier than they are used.

import type Provider from 'oidc-provider'
import type { Account, KoaContextWithOIDC } from 'oidc-provider'
import type { Id } from '#config/world.ts'
import { findAccountFor, type KnownAccount } from '#oauth/accounts.ts'
import { askingClient } from '#oauth/client-metadata.ts'
import { mayAuthorize, mayAuthorizeItself } from '#oauth/may-authorize.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import { notedSession, writeWhileSigning } from '#oauth/token-request.ts'
import { addressOfVisit } from '#oauth/visits.ts'

type Errors = Pick<typeof import('oidc-provider'), 'errors'>

/**
 * The person whom a token is to be about. At the token endpoint this comes before anything is used up, so that a refresh
 * token which was refused from here is still good from there.
 */
export async function accountAsked(
  { errors }: Errors,
  ctx: OauthContext,
  environmentId: Id<'env'>,
  { koa, sub, token }: { readonly koa: KoaContextWithOIDC; readonly sub: string; readonly token: unknown },
): Promise<Account | undefined> {
  const account = await findAccountFor(ctx, environmentId, sub)
  const { client, route } = koa.oidc
  const { grantId } = (token ?? {}) as { readonly grantId?: string }
  if (route !== 'token' || account === undefined || client === undefined || grantId === undefined) return account
  // What hangs on no living session is not found.
  const session = notedSession(grantId)
  if (session === undefined) return undefined
  const asked = { session, client: askingClient(client), address: addressOfVisit(koa.req), account: account.found }
  // A code is used seconds after its authorization, which was noted.
  const note = koa.oidc.params?.grant_type !== 'authorization_code'
  if ((await mayAuthorize(ctx, environmentId, asked, { note })) === 'allow') return writingWhileSigned(account)
  throw new errors.CustomOIDCProviderError('invalid_grant', notAllowed('this person'))
}

/** The claims of an ID token are asked for after all else is given out, and before it is signed. */
function writingWhileSigned(account: KnownAccount): Account {
  return {
    ...account,
    claims: (use, ...more) => {
      if (use === 'id_token') writeWhileSigning()
      return account.claims(use, ...more)
    },
  }
}

/** A client that asks for itself. */
export async function allowClientItself(
  { errors }: Errors,
  ctx: OauthContext,
  environmentId: Id<'env'>,
  { koa, token }: { readonly koa: KoaContextWithOIDC; readonly token: InstanceType<Provider['BaseToken']> },
): Promise<void> {
  const { client } = koa.oidc
  if (token.kind !== 'ClientCredentials' || client === undefined) return
  const asked = { client: askingClient(client), address: addressOfVisit(koa.req) }
  if ((await mayAuthorizeItself(ctx, environmentId, asked)) === 'allow') return
  // RFC 6749 section 5.2: there is no grant that could be invalid.
  throw new errors.CustomOIDCProviderError('unauthorized_client', notAllowed('this client'))
}

function notAllowed(whom: string): string {
  return `the access rules of this Environment do not allow ${whom} a token from this address, or not now`
}

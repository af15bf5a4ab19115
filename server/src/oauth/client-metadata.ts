import type { ClientMetadata } from 'oidc-provider'
import { grantTypesOf } from '#oauth/client-rules.ts'
import { type Client, isPublic } from '#oauth/clients.ts'

/** Properties of ours beside those of RFC 7591. */
export const ownProperties = ['access_token_seconds', 'access_token_format'] as const

/** A client as oidc-provider knows it (RFC 7591 section 2). */
export function metadataOf(client: Client): ClientMetadata {
  const { id, name, kind, settings } = client
  const { redirectUris, dangerouslyAllowImplicit } = settings
  // Without an address to come back to there is nothing to ask the authorization endpoint for.
  const isSentBack = redirectUris.length > 0 && kind !== 'machine'
  return {
    client_id: id,
    client_name: name,
    application_type: kind === 'native' ? 'native' : 'web',
    redirect_uris: kind === 'machine' ? [] : [...redirectUris],
    grant_types: [...grantTypesOf(client)],
    response_types: isSentBack ? ['code', ...(dangerouslyAllowImplicit ? ['id_token token' as const] : [])] : [],
    token_endpoint_auth_method: isPublic(client) ? 'none' : 'client_secret_basic',
    // Never compared: the secrets are hashed, and provider.ts asks for them.
    ...(isPublic(client) ? {} : { client_secret: 'kept as a hash' }),
    access_token_seconds: settings.accessTokenSeconds,
    access_token_format: settings.accessTokenFormat,
  }
}

import type { ClientMetadata } from 'oidc-provider'
import type { AccessClient } from '#access/request.ts'
import { grantTypesOf } from '#oauth/client-rules.ts'
import { type Client, isPublic } from '#oauth/clients.ts'

/** Properties of ours beside those of RFC 7591. */
export const ownProperties = ['access_token_seconds', 'access_token_format', 'client_kind', 'client_purpose'] as const

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
    post_logout_redirect_uris: [...settings.postLogoutRedirectUris],
    ...toldMetadata(settings),
    grant_types: [...grantTypesOf(client)],
    response_types: isSentBack ? ['code', ...(dangerouslyAllowImplicit ? ['id_token token' as const] : [])] : [],
    token_endpoint_auth_method: isPublic(client) ? 'none' : 'client_secret_basic',
    // Never compared: the secrets are hashed, and provider.ts asks for them.
    ...(isPublic(client) ? {} : { client_secret: 'kept as a hash' }),
    access_token_seconds: settings.accessTokenSeconds,
    access_token_format: settings.accessTokenFormat,
    client_kind: kind,
    ...(settings.purpose === undefined ? {} : { client_purpose: settings.purpose }),
  }
}

/** Whoever is told that a session has ended must know which: its ID tokens name it (Back-Channel Logout 1.0 section 2.2). */
function toldMetadata({ backChannelLogoutUri }: Client['settings']): Partial<ClientMetadata> {
  if (backChannelLogoutUri === undefined) return {}
  return { backchannel_logout_uri: backChannelLogoutUri, backchannel_logout_session_required: true }
}

/** As access decisions know it, from what `metadataOf` wrote and oidc-provider made of it. */
export function askingClient({ clientId, client_kind, client_purpose }: KnownClient): AccessClient {
  return {
    id: clientId,
    kind: client_kind as AccessClient['kind'],
    purpose: client_purpose as AccessClient['purpose'],
  }
}

type KnownClient = { readonly clientId: string; readonly client_kind?: unknown; readonly client_purpose?: unknown }

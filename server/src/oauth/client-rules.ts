// What fits together in a client, by its kind. Pure: a client in, what is wrong with it out, all at once.

import type { ClientSettings } from '#oauth/clients.ts'
import { faultOfLogoutUri, faultOfUri, type UriFault } from '#oauth/redirect-uris.ts'
import type { ClientKind } from '#storage/oauth-tables.ts'

export type Grant = ClientSettings['grants'][number]

/** A client, as far as the rules look at it. */
export type Judged = {
  readonly kind: ClientKind
  readonly settings: Omit<ClientSettings, 'active' | 'accessTokenSeconds' | 'accessTokenFormat'>
}

type Reason =
  | UriFault
  | { readonly code: 'uri-twice' | 'uri-missing' | 'uri-machine' | 'implicit-kind' | 'purpose-kind' }
  | { readonly code: 'logout-uri-kind' }
  | { readonly code: 'grant-kind'; readonly grant: Grant; readonly kind: ClientKind }
  | { readonly code: 'grant-twice' }

export type ClientFaultCode = Reason['code']

/** Where in the client, and what is wrong there, as the end of a sentence that begins with the field. */
export type ClientFault = {
  readonly code: ClientFaultCode
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** What each kind may have beyond what it has anyway. */
const further: Readonly<Record<ClientKind, readonly Grant[]>> = {
  web: ['client-credentials', 'saml-bearer'],
  native: ['device-code'],
  // RFC 6749 section 4.4, RFC 9700 section 2.6: without a secret, a client cannot ask for itself.
  'single-page': [],
  machine: ['client-credentials', 'saml-bearer'],
}

const kindsFor = (grant: Grant): string =>
  (Object.keys(further) as ClientKind[]).filter((kind) => further[kind].includes(grant)).join(' and ')

/** Every rule with its sentence, which says what to do. */
const sentences: { readonly [R in Reason as R['code']]: (reason: R) => string } = {
  'uri-characters': () => 'has characters that do not belong in a URI; write them percent-encoded (%20)',
  'uri-relative': () => 'is no absolute URI; write it whole, like https://app.example/callback',
  'uri-fragment': () => 'must not have a fragment; leave out the # and what follows it',
  'uri-user': () => 'must not have a user name or password; leave out what is before the @',
  'uri-pattern': () => 'is compared exactly, and * stands for nothing; list every address by itself',
  'uri-spelling': ({ better }) => `is not written as browsers send it; write ${better}`,
  'uri-http': () => 'must begin with https://; over http others can read along',
  'uri-http-host': () => 'may be http on 127.0.0.1, [::1] and localhost only; use https for other hosts',
  'uri-https-loopback': () => 'must not be https on the person’s own machine; use http there, on any port',
  'uri-not-web': () => 'must begin with https://; schemes of their own are for native clients',
  'uri-scheme': () =>
    'has a scheme without a dot; use the reverse of a domain of yours, like com.example.app:/callback',
  'uri-implicit-localhost': () =>
    'must not be localhost with dangerouslyAllowImplicit; turn that off, or use another host',
  'uri-twice': () => 'is there twice; leave one of them out',
  'uri-missing': () => 'needs at least one address, because people come back to it after signing in; add it',
  'uri-machine': () => 'is not for machine clients, where nobody signs in; leave it out',
  'logout-uri-kind': () => 'is for web and machine clients only, which have a server that can be told; leave it out',
  'implicit-kind': () => 'is for web and single-page clients only; leave it out',
  'purpose-kind': () => 'is for native clients only; leave it out',
  'grant-kind': ({ grant, kind }) =>
    `“${grant}” is for ${kindsFor(grant)} clients, and this is a ${kind} one; leave it out`,
  'grant-twice': () => 'is there twice; leave one of them out',
}

export const clientFaultCodes = Object.keys(sentences) as readonly ClientFaultCode[]

export function clientFaults({ kind, settings }: Judged): readonly ClientFault[] {
  return [
    ...uriFaults({ kind, settings }),
    ...logoutFaults({ kind, settings }),
    ...grantFaults({ kind, settings }),
    ...otherFaults({ kind, settings }),
  ]
}

function uriFaults({ kind, settings }: Judged): readonly ClientFault[] {
  const { redirectUris, grants, dangerouslyAllowImplicit } = settings
  if (kind === 'machine') return redirectUris.length > 0 ? [fault(['redirectUris'], { code: 'uri-machine' })] : []
  if (redirectUris.length === 0 && grants.length === 0) return [fault(['redirectUris'], { code: 'uri-missing' })]
  return listFaults('redirectUris', redirectUris, { kind, implicit: dangerouslyAllowImplicit })
}

function listFaults(
  field: 'redirectUris' | 'postLogoutRedirectUris',
  uris: readonly string[],
  owner: Parameters<typeof faultOfUri>[1],
): readonly ClientFault[] {
  return uris.flatMap((uri, i, all) => {
    const found: Reason | undefined = all.indexOf(uri) < i ? { code: 'uri-twice' } : faultOfUri(uri, owner)
    return found === undefined ? [] : [fault([field, i], found)]
  })
}

function logoutFaults({ kind, settings }: Judged): readonly ClientFault[] {
  const { postLogoutRedirectUris, backChannelLogoutUri, dangerouslyAllowImplicit } = settings
  const back =
    kind === 'machine' && postLogoutRedirectUris.length > 0
      ? [fault(['postLogoutRedirectUris'], { code: 'uri-machine' })]
      : listFaults('postLogoutRedirectUris', postLogoutRedirectUris, { kind, implicit: dangerouslyAllowImplicit })
  if (backChannelLogoutUri === undefined) return back
  // The others run on people's own machines, which nobody reaches from here.
  const reason: Reason | undefined =
    kind === 'web' || kind === 'machine' ? faultOfLogoutUri(backChannelLogoutUri) : { code: 'logout-uri-kind' }
  return reason === undefined ? back : [...back, fault(['backChannelLogoutUri'], reason)]
}

function grantFaults({ kind, settings }: Judged): readonly ClientFault[] {
  return settings.grants.flatMap((grant, i, all) => {
    if (!further[kind].includes(grant)) return [fault(['grants', i], { code: 'grant-kind', grant, kind })]
    return all.indexOf(grant) < i ? [fault(['grants', i], { code: 'grant-twice' })] : []
  })
}

function otherFaults({ kind, settings }: Judged): readonly ClientFault[] {
  const { dangerouslyAllowImplicit, purpose } = settings
  const hasPages = kind === 'web' || kind === 'single-page'
  return [
    ...(dangerouslyAllowImplicit && !hasPages ? [fault(['dangerouslyAllowImplicit'], { code: 'implicit-kind' })] : []),
    // A purpose exempts from Allowed IP Addresses, which nothing but these two applications needs.
    ...(purpose !== undefined && kind !== 'native' ? [fault(['purpose'], { code: 'purpose-kind' })] : []),
  ]
}

function fault<R extends Reason>(path: ClientFault['path'], reason: R): ClientFault {
  const sentence = sentences[reason.code] as (reason: Reason) => string
  return { code: reason.code, path, message: sentence(reason) }
}

export const grantTypes: Readonly<Record<Grant, string>> = {
  'device-code': 'urn:ietf:params:oauth:grant-type:device_code',
  'client-credentials': 'client_credentials',
  'saml-bearer': 'urn:ietf:params:oauth:grant-type:saml2-bearer',
}

/** Every grant type of a client, as the standards name them (RFC 7591 section 2). */
export function grantTypesOf({
  kind,
  settings,
}: Pick<Judged, 'kind'> & { readonly settings: ClientSettings }): readonly string[] {
  const { redirectUris, grants, dangerouslyAllowImplicit } = settings
  const further = grants.map((grant) => grantTypes[grant])
  if (kind === 'machine') return [...new Set(['client_credentials', ...further])]
  // RFC 7521 section 4.1: whoever has an assertion has no need of a refresh token.
  const forPeople = redirectUris.length > 0 || grants.includes('device-code')
  return [
    ...(redirectUris.length > 0 ? ['authorization_code'] : []),
    ...(forPeople ? ['refresh_token'] : []),
    ...(dangerouslyAllowImplicit && redirectUris.length > 0 ? ['implicit'] : []),
    ...further,
  ]
}

// The rules of redirect URIs, one at a time: RFC 6749 section 3.1.2, and for native clients RFC 8252 section 7.

import type { ClientKind } from '#storage/oauth-tables.ts'

/** Why a URI is refused, and where that is needed, how it should be. */
export type UriFault =
  | { readonly code: 'uri-fragment' | 'uri-user' | 'uri-pattern' | 'uri-http' | 'uri-http-host' | 'uri-https-loopback' }
  | { readonly code: 'uri-not-web' | 'uri-scheme' | 'uri-implicit-localhost' | 'uri-characters' | 'uri-relative' }
  | { readonly code: 'uri-spelling'; readonly better: string }

type Owner = { readonly kind: ClientKind; readonly implicit: boolean }

/** As the URL parser writes hosts. */
const LOOPBACK: readonly string[] = ['127.0.0.1', '[::1]', 'localhost']

/** Undefined where nothing is wrong. */
export function faultOfUri(text: string, { kind, implicit }: Owner): UriFault | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const written = faultOfText(text, url)
  if (written !== undefined || url === undefined) return written
  const isLoopback = LOOPBACK.includes(url.hostname)
  if (kind === 'native') return faultOfNative(url, isLoopback)
  if (url.protocol === 'http:') return { code: 'uri-http' }
  if (url.protocol !== 'https:') return { code: 'uri-not-web' }
  // OpenID Connect Dynamic Client Registration 1.0 section 2, application_type
  return implicit && url.hostname === 'localhost' ? { code: 'uri-implicit-localhost' } : undefined
}

/**
 * Where a client is told that a session has ended (Back-Channel Logout 1.0 section 2.2). Undefined where nothing is wrong.
 */
export function faultOfLogoutUri(text: string): UriFault | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const written = faultOfText(text, url)
  if (written !== undefined || url === undefined) return written
  if (url.protocol === 'http:') return LOOPBACK.includes(url.hostname) ? undefined : { code: 'uri-http-host' }
  return url.protocol === 'https:' ? undefined : { code: 'uri-not-web' }
}

/** Whether an address is one of the registered ones. On the person's own machine any port is (RFC 8252 section 7.3). */
export function isRegistered(registered: readonly string[], text: string, kind: ClientKind): boolean {
  if (registered.includes(text)) return true
  const withoutPort = kind === 'native' ? loopbackWithoutPort(text) : undefined
  return withoutPort !== undefined && registered.some((one) => loopbackWithoutPort(one) === withoutPort)
}

function loopbackWithoutPort(text: string): string | undefined {
  const url = faultOfText(text, URL.parse(text) ?? undefined) === undefined ? new URL(text) : undefined
  if (url?.protocol !== 'http:' || !LOOPBACK.includes(url.hostname)) return undefined
  url.port = ''
  return url.href
}

/** It is compared character by character (RFC 9700 section 4.1.3), so it must be written as browsers send it. */
function faultOfText(text: string, url: URL | undefined): UriFault | undefined {
  // RFC 3986 section 2; the URL parser mends some of the others silently.
  if (!/^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/.test(text)) return { code: 'uri-characters' }
  if (url === undefined) return { code: 'uri-relative' }
  // RFC 6749 section 3.1.2: absolute, without a fragment, and be it an empty one.
  if (text.includes('#')) return { code: 'uri-fragment' }
  if (url.username !== '' || url.password !== '') return { code: 'uri-user' }
  if (text.includes('*')) return { code: 'uri-pattern' }
  const better = url.href
  return better === text || better === `${text}/` ? undefined : { code: 'uri-spelling', better }
}

function faultOfNative({ protocol }: URL, isLoopback: boolean): UriFault | undefined {
  // RFC 8252 section 7.3: loopback, any port when it is used. Section 7.2: a claimed https address is nobody's own machine.
  if (protocol === 'http:') return isLoopback ? undefined : { code: 'uri-http-host' }
  if (protocol === 'https:') return isLoopback ? { code: 'uri-https-loopback' } : undefined
  // RFC 8252 section 7.1: the reverse of a domain, so that no two applications choose the same.
  return /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(protocol) ? undefined : { code: 'uri-scheme' }
}

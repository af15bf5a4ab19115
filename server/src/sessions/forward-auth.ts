import type { FastifyRequest } from 'fastify'
import type { Session } from '#sessions/sessions.ts'
import type { Account } from '#users/accounts.ts'
import { displayName } from '#users/users.ts'

type Asked = FastifyRequest['headers']

export type Headers = Readonly<Record<string, string>>

/**
 * Who is signed in, as headers for the application behind the proxy. They are always all there, empty where there is
 * nothing to say: of one that is missing, some proxies let pass what the browser sent itself, or their own placeholder.
 */
export function identityHeaders(session: Session, { user, teams, applications }: Account): Headers {
  const roles = applications.flatMap(({ name, roles, activeRoleId }) => {
    const active = roles.find(({ roleId }) => roleId === activeRoleId)
    return active === undefined ? [] : [`${listedInTwo(name)}:${listedInTwo(active.name)}`]
  })
  const headers = {
    'Remote-User': identifier(user.username),
    'Remote-Name': inOneLine(displayName(user)),
    'Remote-Email': identifier(user.email ?? ''),
    'Remote-Groups': teams.map(({ name }) => listed(name)).join(','),
    'X-Sallyport-User-Id': user.id,
    'X-Sallyport-Session-Id': session.id,
    'X-Sallyport-User-Type': user.userType,
    'X-Sallyport-Roles': roles.join(', '),
  }
  return Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, headerBytes(text)]))
}

/**
 * What tells people apart goes as it is, or not at all: with a letter less, or without the space at its end, it may be
 * somebody else's.
 */
function identifier(text: string): string {
  return /\p{Cc}/u.test(text) || !text.isWellFormed() || text.trim() !== text ? '' : text
}

function inOneLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
}

/** A name in a list: a comma in it is no separator, a space at its end no mistake. */
function listed(name: string): string {
  return name.toWellFormed().replaceAll(/[%,]|\p{Cc}|^\s|\s$/gu, encodeURIComponent)
}

function listedInTwo(name: string): string {
  return listed(name).replaceAll(':', '%3A')
}

/** Node writes a letter as one byte: these are the bytes of UTF-8 (RFC 9110 5.5 leaves them to the two sides). */
function headerBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** The address that the browser asked the proxy for, by X-Original-URL, or else by the three of Traefik and Caddy. */
export function addressAskedFor(headers: Asked): string | undefined {
  const { 'x-forwarded-proto': proto, 'x-forwarded-host': host, 'x-forwarded-uri': path } = headers
  const forwarded =
    proto === undefined || host === undefined || path === undefined ? undefined : `${proto}://${host}${path}`
  const address = headers['x-original-url'] ?? forwarded
  return typeof address === 'string' && URL.canParse(address) ? address : undefined
}

/** Somebody looks at a page, rather than a script that asks for data, or a form whose contents would be lost. */
export function wantsPage(headers: Asked): boolean {
  const method = headers['x-forwarded-method'] ?? 'GET'
  return method === 'GET' && headers.accept?.toLowerCase().includes('text/html') === true
}

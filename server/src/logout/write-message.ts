import type { StatusToWrite } from '@sallyport/saml'
import { type Signer, signXml, writeLogoutRequest, writeLogoutResponse } from '@sallyport/saml'
import type { Chance } from '#config/world.ts'
import { type ConnectionInPlace, requestIssuerOf } from '#connections/connections.ts'
import { keyOfPlace } from '#keys/place-keys.ts'
import { type LogoutContext, REQUEST_LIFETIME_MS } from '#logout/logout.ts'
import type { LogoutSubject } from '#logout/logouts.ts'

type Context = Pick<LogoutContext, 'db' | 'world' | 'config' | 'secret'>

/** Core 1.3.4: an xs:ID, so it begins with no digit; 256 random bits, so nobody guesses it. */
export function newMessageId(chance: Chance): string {
  return `_${Buffer.from(chance.bytes(32)).toString('hex')}`
}

export async function signerOf(ctx: Context, place: ConnectionInPlace): Promise<Signer> {
  const { privateKey, certificatePem } = await keyOfPlace(ctx, place)
  return { key: privateKey, algorithm: 'rsa-sha256', certificatePem }
}

/** The LogoutRequest about the person of a session (Core 3.7.1), not signed yet. */
export function requestXml(
  { config, world }: Context,
  { connection }: ConnectionInPlace,
  request: { readonly id: string; readonly destination: string; readonly subject: LogoutSubject },
): string {
  const now = world.clock()
  const { value, ...rest } = request.subject.nameId
  return writeLogoutRequest({
    id: request.id,
    issueInstant: now,
    issuer: requestIssuerOf(connection, config.publicUrl),
    destination: request.destination,
    nameId: { value, ...defined(rest) },
    sessionIndexes: request.subject.sessionIndexes,
    notOnOrAfter: new Date(now.getTime() + REQUEST_LIFETIME_MS),
    reason: 'urn:oasis:names:tc:SAML:2.0:logout:user',
  })
}

export type ResponseToSend = {
  readonly id: string
  /** Absent by SOAP, where the answer goes back to the caller. */
  readonly destination?: string
  /** Left out where the request could not be believed, not even its ID (Core 3.2.2). */
  readonly inResponseTo: string | undefined
  readonly status: StatusToWrite
}

/** The LogoutResponse (Core 3.7.2), not signed yet. */
export function responseXml(
  { config, world }: Context,
  { connection }: ConnectionInPlace,
  { inResponseTo, ...response }: ResponseToSend,
): string {
  return writeLogoutResponse({
    ...response,
    issueInstant: world.clock(),
    issuer: requestIssuerOf(connection, config.publicUrl),
    ...(inResponseTo === undefined ? {} : { inResponseTo }),
  })
}

/** With its signature inside, for HTTP-POST and SOAP. */
export async function signed(ctx: Context, place: ConnectionInPlace, xml: string, id: string): Promise<string> {
  return signXml(xml, { id, signer: await signerOf(ctx, place) })
}

function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never
}

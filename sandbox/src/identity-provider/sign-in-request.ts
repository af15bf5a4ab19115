/**
 * What brings a browser to the identity provider: an AuthnRequest by HTTP-Redirect or HTTP-POST, or a link of our own
 * that starts a sign-in nobody asked for. It owns who may be answered: addresses of Sallyport's origin only.
 * It verifies no signature, because it knows no certificate of Sallyport and fetches none; it says what it saw.
 */
import { decodePost, decodeRedirect, SamlReadError } from '@sallyport/saml'
import { readAuthnRequest } from '@sallyport/saml/identity-provider'
import type { Asked } from './answer.ts'

export type SignInRequest = Asked & {
  readonly forceAuthn: boolean
  readonly isPassive: boolean
  /** How it came and whether a signature was on it, for the page. */
  readonly description: string
}

/** Why a request is not answered, in a sentence for the person. */
export class SignInRequestError extends Error {
  override readonly name = 'SignInRequestError'
}

/** GET /idp/sso (Bindings 3.4). */
export function readRedirectRequest(rawQuery: string, sallyportUrl: string): SignInRequest {
  return readable(() => {
    const { parameter, xml, relayState, signature } = decodeRedirect(rawQuery)
    if (parameter !== 'SAMLRequest') throw new SignInRequestError('This address takes a SAMLRequest.')
    const signed = signature ? `signed with ${shortName(signature.algorithmUri)}` : 'not signed'
    return fromXml(xml, relayState, `AuthnRequest by HTTP-Redirect, ${signed}`, sallyportUrl)
  })
}

/** POST /idp/sso (Bindings 3.5). */
export function readPostRequest(form: URLSearchParams, sallyportUrl: string): SignInRequest {
  return readable(() => {
    const xml = decodePost(form.get('SAMLRequest') ?? '')
    const algorithm = /<(?:\w+:)?SignatureMethod\s[^>]*Algorithm="([^"]+)"/.exec(Buffer.from(xml).toString())?.[1]
    const signed = algorithm ? `signed with ${shortName(algorithm)}` : 'not signed'
    return fromXml(xml, form.get('RelayState') ?? undefined, `AuthnRequest by HTTP-POST, ${signed}`, sallyportUrl)
  })
}

/** GET /idp/initiated?acs=&audience=&RelayState= */
export function readInitiation(query: URLSearchParams, sallyportUrl: string): SignInRequest {
  const acsUrl = query.get('acs')
  const audience = query.get('audience')
  if (!acsUrl || !audience) throw new SignInRequestError('The link must name acs and audience.')
  refuseStrangers(acsUrl, sallyportUrl)
  return {
    requestId: undefined,
    acsUrl,
    audience,
    relayState: query.get('RelayState') ?? undefined,
    forceAuthn: true, // the link is for trying: always show the people and the switches
    isPassive: false,
    description: 'No request: the sign-in begins here',
  }
}

function fromXml(
  xml: Uint8Array,
  relayState: string | undefined,
  description: string,
  sallyportUrl: string,
): SignInRequest {
  const request = readAuthnRequest(xml)
  if (request.acsUrl === undefined) {
    throw new SignInRequestError(
      'The request names no AssertionConsumerServiceURL, and the sandbox has no metadata of Sallyport to look one up.',
    )
  }
  refuseStrangers(request.acsUrl, sallyportUrl)
  return {
    requestId: request.id,
    acsUrl: request.acsUrl,
    audience: request.issuer,
    relayState,
    forceAuthn: request.forceAuthn,
    isPassive: request.isPassive,
    description,
  }
}

/** Without this anybody could have assertions about our people sent to themselves (Profiles 4.1.4.1). */
function refuseStrangers(acsUrl: string, sallyportUrl: string): void {
  const origin = URL.canParse(acsUrl) ? new URL(acsUrl).origin : undefined
  if (origin === new URL(sallyportUrl).origin) return
  throw new SignInRequestError(`The answer would go to ${acsUrl}, but the sandbox answers only to ${sallyportUrl}.`)
}

function readable(read: () => SignInRequest): SignInRequest {
  try {
    return read()
  } catch (error) {
    if (error instanceof SamlReadError) throw new SignInRequestError(`The request cannot be read (${error.message}).`)
    throw error
  }
}

function shortName(algorithmUri: string): string {
  return algorithmUri.slice(algorithmUri.lastIndexOf('#') + 1)
}

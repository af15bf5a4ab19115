/**
 * The messages of single logout as they come and go: what a binding carried is read and judged, what goes out is written,
 * signed and packed. Pure: bytes and facts in, verdicts and deliveries out. It knows neither sessions nor HTTP.
 */
import {
  type Binding,
  type Certificate,
  type Check,
  type DecodedRedirect,
  dangerouslyUnchecked,
  decodePost,
  decodeRedirect,
  encodePost,
  encodeRedirect,
  judgeLogoutRequest,
  judgeLogoutResponse,
  type MessageParameter,
  SamlReadError,
  type Signer,
  type SoapMessage,
  signXml,
  writeSoap,
} from '@sallyport/saml'
import { LogoutProblem } from './logout-problem.ts'

export type ReceivedLogout = {
  readonly parameter: MessageParameter
  readonly binding: Binding
  readonly message: Uint8Array | SoapMessage | DecodedRedirect
  /** The message, or the envelope around it, as text. */
  readonly xml: string
  readonly relayState: string | undefined
}

/** GET /idp/slo (Bindings 3.4). */
export function readRedirectLogout(rawQuery: string): ReceivedLogout {
  return readable(() => {
    const message = decodeRedirect(rawQuery)
    const { parameter, relayState } = message
    return { parameter, binding: 'redirect', message, xml: textOf(message.xml), relayState }
  })
}

/** POST /idp/slo (Bindings 3.5). */
export function readPostLogout(form: URLSearchParams): ReceivedLogout {
  return readable(() => {
    const parameter = form.has('SAMLResponse') ? 'SAMLResponse' : 'SAMLRequest'
    const message = decodePost(form.get(parameter) ?? '')
    return {
      parameter,
      binding: 'post',
      message,
      xml: textOf(message),
      relayState: form.get('RelayState') ?? undefined,
    }
  })
}

/** POST /idp/slo/soap (Bindings 3.2), which takes requests only: answers come back in the same exchange. */
export function readSoapLogout(body: Uint8Array, parameter: MessageParameter = 'SAMLRequest'): ReceivedLogout {
  return { parameter, binding: 'soap', message: { soap: body }, xml: textOf(body), relayState: undefined }
}

type Expectations = {
  readonly now: Date
  readonly certificates: readonly Certificate[]
  readonly expectedIssuer: string
  readonly expectedDestination: string
}

export function judgeRequest({ message }: ReceivedLogout, expected: Expectations) {
  return judgeLogoutRequest({ message, ...expected })
}

export function judgeAnswer({ message }: ReceivedLogout, expected: Expectations & { expectedInResponseTo: string }) {
  return judgeLogoutResponse({ message, ...expected })
}

/** Who says that they sent it: to find the certificate by which it is then judged. Undefined where that cannot be read. */
export function unverifiedIssuer({ message, parameter }: ReceivedLogout): string | undefined {
  const nothing = {
    message,
    now: new Date(0),
    certificates: [],
    expectedIssuer: dangerouslyUnchecked,
    expectedDestination: dangerouslyUnchecked,
  } as const
  const { checks } =
    parameter === 'SAMLRequest'
      ? judgeLogoutRequest(nothing)
      : judgeLogoutResponse({ ...nothing, expectedInResponseTo: dangerouslyUnchecked })
  return checks.find(({ code }) => code === 'response-issuer')?.received
}

export function failuresOf(checks: readonly Check[]): readonly Check[] {
  return checks.filter(({ outcome }) => outcome === 'failed')
}

/** What a browser or a server takes to the other side. */
export type Delivery =
  | { readonly binding: 'redirect'; readonly url: string }
  | { readonly binding: 'post'; readonly action: string; readonly fields: Readonly<Record<string, string>> }
  | { readonly binding: 'soap'; readonly url: string; readonly body: string }

/** Signs a message as its binding wants it, and packs it. Without signer it goes unsigned. */
export function deliver(parcel: {
  readonly binding: Binding
  readonly url: string
  readonly parameter: MessageParameter
  readonly id: string
  readonly xml: string
  readonly relayState: string | undefined
  readonly signer: Signer | undefined
}): Delivery {
  const { binding, url, parameter, id, xml, signer } = parcel
  const state = parcel.relayState === undefined ? {} : { relayState: parcel.relayState }
  if (binding === 'redirect') {
    return { binding, url: encodeRedirect({ url, parameter, xml, ...state, ...(signer && { signer }) }) }
  }
  const signed = signer === undefined ? xml : signXml(xml, { id, signer })
  if (binding === 'soap') return { binding, url, body: writeSoap(signed) }
  const relayState = parcel.relayState === undefined ? {} : { RelayState: parcel.relayState }
  return { binding, action: url, fields: { [parameter]: encodePost(signed), ...relayState } }
}

function readable(read: () => ReceivedLogout): ReceivedLogout {
  try {
    return read()
  } catch (error) {
    if (error instanceof SamlReadError) throw new LogoutProblem(`The logout cannot be read (${error.message}).`)
    throw error
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString()
}

/**
 * A service provider for the tests of single logout: it publishes metadata, takes logouts by the bindings it is told to
 * list, judges every message with the library, answers, and keeps what came. It owns the service provider's side of the
 * conversation; it has no sessions of its own, and lives where `service-providers.ts` puts it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Binding,
  decodePost,
  type IdentityProviderMetadata,
  type judgeLogoutResponse,
  judgeResponse,
  type NameId,
  type Signer,
  type StatusToWrite,
  writeAuthnRequest,
  writeLogoutRequest,
  writeLogoutResponse,
  writeServiceProviderMetadata,
} from '@sallyport/saml'
import { readIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import {
  type Delivery,
  deliver,
  failuresOf,
  judgeAnswer,
  judgeRequest,
  type ReceivedLogout,
  readPostLogout,
  readRedirectLogout,
  readSoapLogout,
} from '../src/identity-provider/logout-messages.ts'
import type { SandboxKey } from '../src/key.ts'
import { newMessageId } from '../src/world.ts'
import type { FormBrowser, Page } from './form-browser.ts'

const world = {
  clock: () => new Date(),
  chance: { bytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)) },
}

/** A logout message that came, and what the library says of it. */
export type JudgedLogout = {
  readonly kind: 'LogoutRequest' | 'LogoutResponse'
  readonly binding: Binding
  readonly relayState: string | undefined
  readonly ok: boolean
  /** The codes of the checks that failed, with what was received. */
  readonly failures: readonly string[]
  readonly nameId?: NameId
  readonly sessionIndexes?: readonly string[]
  readonly partial?: true
  readonly xml: string
}

/** What an assertion said, as logout will need it. */
export type SignedIn = { readonly nameId: NameId; readonly sessionIndexes: readonly string[] }

export type ServiceProviderOptions = {
  /** The bindings that its metadata lists, in this order. */
  readonly singleLogout: readonly Binding[]
  /** What it answers to LogoutRequests; Success when left out. */
  readonly status?: StatusToWrite
}

export type TestServiceProvider = ReturnType<typeof createServiceProvider>

export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export function createServiceProvider(setup: {
  readonly key: SandboxKey
  readonly options: ServiceProviderOptions
  readonly origin: string
  readonly ticket: string
  readonly mount: (serve: Serve) => void
}) {
  const { key, options, origin } = setup
  const url = `${origin}/saml/${setup.ticket}`
  const acsUrl = `${url}/acs`
  const entityId = `${url}/metadata`
  const slo: Readonly<Record<Binding, string>> = { redirect: `${url}/slo`, post: `${url}/slo`, soap: `${url}/slo/soap` }
  const signer: Signer = { key: key.key, algorithm: 'rsa-sha256' }
  const metadataXml = writeServiceProviderMetadata({
    entityId,
    acsUrl,
    signingCertificates: [key.certificatePem],
    singleLogout: options.singleLogout.map((binding) => ({ binding, location: slo[binding] })),
    authnRequestsSigned: true,
    wantAssertionsSigned: true,
  })
  const received: JudgedLogout[] = []
  const requestIds = new Set<string>()
  let trusted: IdentityProviderMetadata | undefined

  setup.mount(serve)

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '', origin)
    if (pathname === new URL(entityId).pathname) {
      response.writeHead(200, { 'content-type': 'application/samlmetadata+xml' }).end(metadataXml)
    } else if (pathname === new URL(slo.soap).pathname) {
      answer(response, take(readSoapLogout(await bodyOf(request))))
    } else if (pathname === new URL(slo.post).pathname && request.method === 'POST') {
      answer(response, take(readPostLogout(new URLSearchParams((await bodyOf(request)).toString()))))
    } else if (pathname === new URL(slo.redirect).pathname) {
      answer(response, take(readRedirectLogout(search.slice(1))))
    } else {
      response.writeHead(404).end()
    }
  }

  /** Judges and keeps a message; a LogoutRequest is answered, by its own binding. */
  function take(message: ReceivedLogout): Delivery | undefined {
    const idp = theTrusted()
    const expected = {
      now: world.clock(),
      certificates: idp.signingCertificates,
      expectedIssuer: idp.entityId,
      expectedDestination: slo[message.binding],
    }
    if (message.parameter === 'SAMLResponse') {
      const id = /\bInResponseTo="([^"]*)"/.exec(message.xml)?.[1] ?? ''
      const verdict = judgeAnswer(message, { ...expected, expectedInResponseTo: requestIds.delete(id) ? id : 'none' })
      keep('LogoutResponse', message, verdict)
      return undefined
    }
    const verdict = judgeRequest(message, expected)
    keep('LogoutRequest', message, { ...verdict, ...verdict.request })
    return verdict.request && deliverResponse(message, verdict.request.id, idp)
  }

  function keep(
    kind: JudgedLogout['kind'],
    { binding, relayState, xml }: Pick<ReceivedLogout, 'binding' | 'relayState' | 'xml'>,
    verdict: ReturnType<typeof judgeLogoutResponse> & Partial<Pick<JudgedLogout, 'nameId' | 'sessionIndexes'>>,
  ): JudgedLogout {
    const { ok, checks, nameId, sessionIndexes, partial } = verdict
    const failures = failuresOf(checks).map(({ code, received: came }) => `${code}: ${came}`)
    const one = {
      kind,
      binding,
      relayState,
      ok,
      failures,
      ...(nameId && { nameId }),
      ...(sessionIndexes && { sessionIndexes }),
      ...(partial && { partial }),
      xml,
    }
    received.push(one)
    return one
  }

  function deliverResponse(to: ReceivedLogout, inResponseTo: string, idp: IdentityProviderMetadata): Delivery {
    const { binding, relayState } = to
    const address = binding === 'soap' ? '' : addressOf(idp, binding, 'response')
    const id = newMessageId(world.chance)
    const xml = writeLogoutResponse({
      id,
      issueInstant: world.clock(),
      issuer: entityId,
      ...(address === '' ? {} : { destination: address }),
      inResponseTo,
      ...(options.status === undefined ? {} : { status: options.status }),
    })
    return deliver({ binding, url: address, parameter: 'SAMLResponse', id, xml, relayState, signer })
  }

  function theTrusted(): IdentityProviderMetadata {
    if (trusted === undefined) throw new Error('this service provider trusts nobody yet')
    return trusted
  }

  function addressOf(idp: IdentityProviderMetadata, binding: Binding, message: 'request' | 'response'): string {
    const endpoint = idp.singleLogout.find((one) => one.binding === binding)
    if (endpoint === undefined) throw new Error(`${idp.entityId} takes no logout by ${binding}`)
    return (message === 'response' && endpoint.responseLocation) || endpoint.location
  }

  return {
    url,
    entityId,
    acsUrl,
    metadataXml,
    received: received as readonly JudgedLogout[],
    trust(identityProviderMetadata: string): void {
      trusted = readIdentityProviderMetadata(identityProviderMetadata, { now: world.clock() })
    },
    /** An unsigned AuthnRequest. */
    authnRequest(): string {
      const destination = theTrusted().singleSignOn[0]?.location ?? ''
      const id = newMessageId(world.chance)
      return writeAuthnRequest({ id, issueInstant: world.clock(), issuer: entityId, destination, acsUrl })
    },
    /** What logout needs of the answer to a sign-in: the two fields as the browser would post them. */
    readSignIn(field: string): SignedIn {
      const idp = theTrusted()
      const message = Buffer.from(decodePost(field))
      const verdict = judgeResponse({
        message,
        now: world.clock(),
        certificates: idp.signingCertificates,
        expectedIssuer: idp.entityId,
        expectedAudience: entityId,
        expectedRecipient: acsUrl,
        expectedInResponseTo: /\bInResponseTo="([^"]*)"/.exec(message.toString())?.[1],
      })
      if (!verdict.claims?.nameId) throw new Error(`not signed in: ${JSON.stringify(failuresOf(verdict.checks))}`)
      return { nameId: verdict.claims.nameId, sessionIndexes: [verdict.claims.sessionIndex ?? ''] }
    },
    /** A LogoutRequest, signed unless `by` is given as undefined or is somebody else. */
    logoutRequest(
      binding: Binding,
      who: SignedIn,
      more: { readonly by?: Signer | 'nobody'; readonly relayState?: string; readonly notOnOrAfter?: Date } = {},
    ): Delivery {
      const address = addressOf(theTrusted(), binding, 'request')
      const id = newMessageId(world.chance)
      const now = world.clock()
      const xml = writeLogoutRequest({
        id,
        issueInstant: now,
        issuer: entityId,
        destination: address,
        ...who,
        notOnOrAfter: more.notOnOrAfter ?? new Date(now.getTime() + 60_000),
        reason: 'urn:oasis:names:tc:SAML:2.0:logout:user',
      })
      requestIds.add(id)
      const by = more.by === 'nobody' ? undefined : (more.by ?? signer)
      const parcel = { binding, url: address, id, xml, relayState: more.relayState, signer: by }
      return deliver({ ...parcel, parameter: 'SAMLRequest' })
    },
    /** Sends a request from server to server, and judges and keeps what comes back. */
    async send(delivery: Delivery): Promise<{ readonly status: number; readonly body: string }> {
      if (delivery.binding !== 'soap') throw new Error('a browser takes this one')
      const headers = { 'content-type': 'text/xml; charset=utf-8' }
      const response = await fetch(delivery.url, { method: 'POST', headers, body: delivery.body })
      const answer = new Uint8Array(await response.arrayBuffer())
      take(readSoapLogout(answer, 'SAMLResponse'))
      return { status: response.status, body: Buffer.from(answer).toString() }
    },
  }
}

/** A browser takes a message to the other side, as the page or the redirect of a service provider would have it do. */
export function carryBy(browser: FormBrowser, delivery: Delivery, from: string): Promise<Page> {
  if (delivery.binding === 'redirect') return browser.open(delivery.url)
  if (delivery.binding === 'soap') throw new Error('no browser takes a SOAP message')
  const form = { action: delivery.action, method: 'POST', fields: delivery.fields } as const
  return browser.submit({ url: from, status: 200, headers: new Headers(), body: '', forms: [form] }, form)
}

function answer(response: ServerResponse, delivery: Delivery | undefined): void {
  if (delivery === undefined) {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<p>The service provider has taken it.</p>')
  } else if (delivery.binding === 'redirect') {
    response.writeHead(302, { location: delivery.url }).end()
  } else if (delivery.binding === 'soap') {
    response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(delivery.body)
  } else {
    const fields = Object.entries(delivery.fields)
      .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
      .join('')
    const page = `<form method="post" action="${delivery.action}">${fields}<button>Continue</button></form>`
    response.writeHead(200, { 'content-type': 'text/html' }).end(page)
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await request.toArray())
}

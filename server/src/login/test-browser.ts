// For tests: a browser that asks the service without a network, and an identity provider that has the key of saml/cases.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { decodeRedirect, encodePost, signXml } from '@sallyport/saml'
import {
  type AssertionToWrite,
  type ResponseToWrite,
  readAuthnRequest,
  writeResponse,
} from '@sallyport/saml/identity-provider'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import { type AppContext, createApp } from '#app.ts'
import type { World } from '#config/world.ts'
import { type ConnectionInPlace, requestIssuerOf } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import type { LoginContext } from '#login/login.ts'
import { publicUrl } from '#login/test-place.ts'
import { countAttempts } from '#logout/attempt-counts.ts'
import { signerOf } from '../../../saml/cases/one-change.ts'

export type AppToStart = LoginContext & {
  readonly config: Partial<AppContext['config']>
  readonly log?: AppContext['log']
  readonly mailer?: AppContext['mailer']
  readonly attempts?: AppContext['attempts']
}

export async function startApp(t: TestContext, ctx: AppToStart): Promise<FastifyInstance> {
  const { publicUrl, trustedProxies = [], allowPrivateHosts = [] } = ctx.config
  const app = await createApp({
    log: pino({ level: 'silent' }),
    mailer: { send: async () => {} },
    attempts: countAttempts(),
    ...ctx,
    config: { publicUrl, trustedProxies, allowPrivateHosts },
  })
  t.after(() => app.close())
  return app
}

export type AnswerToSign = {
  readonly inResponseTo?: string
  readonly person?: string
  readonly response?: Partial<ResponseToWrite>
  readonly assertion?: Partial<AssertionToWrite>
}

/** What the identity provider of the place posts as SAMLResponse: a sound answer with the changes asked for, signed. */
export function signedAnswer({ connection }: ConnectionInPlace, world: World, answer: AnswerToSign = {}): string {
  const now = world.clock()
  const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)
  const { acs } = endpointsOf(publicUrl, connection.ticket)
  const id = `_${randomBytes(16).toString('hex')}`
  const { issuer } = connection.settings
  const asked = answer.inResponseTo === undefined ? {} : { inResponseTo: answer.inResponseTo }
  const assertion: AssertionToWrite = {
    id,
    issueInstant: now,
    issuer,
    nameId: { value: answer.person ?? 'ada', format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' },
    recipient: acs,
    audience: requestIssuerOf(connection, publicUrl),
    ...asked,
    notBefore: at(-30),
    notOnOrAfter: at(300),
    authnInstant: at(-5),
    sessionIndex: '_session',
    attributes: [{ name: 'email', values: [`${answer.person ?? 'ada'}@acme.example`] }],
    ...answer.assertion,
  }
  const response = {
    id: `${id}r`,
    issueInstant: now,
    issuer,
    destination: acs,
    ...asked,
    assertion,
    ...answer.response,
  }
  return encodePost(signXml(writeResponse(response), { id: assertion.id, signer: signerOf('idp') }))
}

export type Answered = LightMyRequestResponse
export type Headers = Readonly<Record<string, string>>
export type Fields = Readonly<Record<string, string>>

export type TestBrowser = {
  readonly cookies: ReadonlyMap<string, string>
  readonly get: (url: string, headers?: Headers) => Promise<Answered>
  /** A form on a page of ours. */
  readonly submit: (url: string, fields?: Fields, headers?: Headers) => Promise<Answered>
  /** A form on a page of another site: SameSite=Lax keeps our cookies back. */
  readonly post: (url: string, fields?: Fields) => Promise<Answered>
  /** Follows the link to the identity provider. */
  readonly begin: (place: ConnectionInPlace, done?: string) => Promise<{ requestId: string; relayState: string }>
  /** A whole sign-in, up to the redirect to the page asked for, or to where it is refused. */
  readonly signIn: (place: ConnectionInPlace, answer?: AnswerToSign) => Promise<Answered>
}

export function testBrowser(app: FastifyInstance, world: World): TestBrowser {
  const cookies = new Map<string, string>()
  const keep = (response: Answered): Answered => {
    for (const { name, value, expires } of response.cookies) {
      if (expires !== undefined && expires <= world.clock()) cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }
  const pathOf = (url: string): string => url.replace(publicUrl, '')
  const ours = (): Headers => ({ cookie: [...cookies].map((pair) => pair.join('=')).join('; ') })
  const send = async (url: string, fields: Fields, headers: Headers): Promise<Answered> => {
    const payload = new URLSearchParams(fields).toString()
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    return keep(await app.inject({ method: 'POST', url: pathOf(url), headers: { ...type, ...headers }, payload }))
  }
  const browser: TestBrowser = {
    cookies,
    get: async (url, headers = {}) => keep(await app.inject({ url: pathOf(url), headers: { ...ours(), ...headers } })),
    submit: (url, fields = {}, headers = {}) => send(url, fields, { ...ours(), ...headers }),
    post: (url, fields = {}) => send(url, fields, {}),
    begin: async ({ connection }, done) => {
      const start = endpointsOf(publicUrl, connection.ticket).ssoRequest
      const asked = await browser.get(done === undefined ? start : `${start}&done=${encodeURIComponent(done)}`)
      assert.equal(asked.statusCode, 303, asked.body)
      const { xml, relayState = '' } = decodeRedirect(new URL(asked.headers.location ?? '').search.slice(1))
      return { requestId: readAuthnRequest(xml).id, relayState }
    },
    signIn: async (place, answer = {}) => {
      const { requestId, relayState } = await browser.begin(place)
      const SAMLResponse = signedAnswer(place, world, { inResponseTo: requestId, ...answer })
      const { acs } = endpointsOf(publicUrl, place.connection.ticket)
      const taken = await browser.post(acs, { SAMLResponse, RelayState: relayState })
      return taken.statusCode === 303 ? browser.get(taken.headers.location ?? '') : taken
    },
  }
  return browser
}

/** The reference that a page shows. */
export function referenceOn({ body }: Answered): string {
  const [, reference] = /<code>([0-9A-Z]{5}-[0-9A-Z]{5})<\/code>/.exec(body) ?? []
  assert.ok(reference, `no reference on ${body}`)
  return reference
}

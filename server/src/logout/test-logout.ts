// For tests: single logout by an identity provider that has the keys of saml/cases, through the app, without a network.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import {
  type Check,
  type DecodedRedirect,
  dangerouslyUnchecked,
  decodePost,
  decodeRedirect,
  encodePost,
  encodeRedirect,
  judgeLogoutRequest,
  judgeLogoutResponse,
  type LogoutRequestToWrite,
  type LogoutRequestVerdict,
  type LogoutResponseToWrite,
  parseCertificates,
  type SoapMessage,
  signXml,
  uris,
  writeLogoutRequest,
  writeLogoutResponse,
  writeSoap,
} from '@sallyport/saml'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { type ConnectionInPlace, requestIssuerOf } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { type Answered, type AnswerToSign, startApp, type TestBrowser, testBrowser } from '#login/test-browser.ts'
import { contextOf, makePlaces, publicUrl, type TestWorld, testWorld, the } from '#login/test-place.ts'
import { listAttempts, logoutOf } from '#logout/logouts.ts'
import type { Database } from '#storage/database.ts'
import type { LogoutRow } from '#storage/logout-tables.ts'
import { signerOf } from '../../../saml/cases/one-change.ts'

/** Where the identity provider takes what the browser carries. */
export const idpSlo = 'https://idp.example/slo'
/** Whom every sign-in is about, unless it says otherwise. */
export const ada = { value: 'ada', format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' }

type Settings = Readonly<Record<string, unknown>>

/** The settings of a connection with Single Logout; `settings` are the others. */
export function withLogout(singleLogout: Settings = {}, settings: Settings = {}): { readonly settings: Settings } {
  return { settings: { singleLogout: { enabled: true, url: idpSlo, ...singleLogout }, ...settings } }
}

export type Site = {
  readonly db: Database
  readonly world: TestWorld
  readonly app: FastifyInstance
  readonly places: readonly ConnectionInPlace[]
  /** The first of them. */
  readonly place: ConnectionInPlace
}

/** The service with Acme's Environment and these connections. */
export async function startSite(
  t: TestContext,
  db: Database,
  ...connections: readonly { readonly name?: string; readonly settings?: Settings }[]
): Promise<Site> {
  const world = testWorld()
  const named = connections.map((connection, nth) => ({ name: `Directory ${nth}`, ...connection }))
  const places = await makePlaces(db, world, { connections: named.length === 0 ? [withLogout()] : named })
  return { db, world, places, place: the(places[0]), app: await startApp(t, contextOf(db, world)) }
}

/** A browser in which somebody has signed in. */
export async function signIn(
  { app, world, place }: Site,
  answer: AnswerToSign = {},
  at: ConnectionInPlace = place,
): Promise<TestBrowser> {
  const browser = testBrowser(app, world)
  const landed = await browser.signIn(at, answer)
  assert.equal(landed.statusCode, 303, landed.body)
  return browser
}

/** The same as another person, or in another session of the identity provider. */
export const inSession = (sessionIndex: string | undefined, person = 'ada'): AnswerToSign =>
  // @ts-expect-error -- an identity provider may leave it out
  ({ person, assertion: { nameId: { ...ada, value: person }, sessionIndex } })

/** The open sessions, by NameID and SessionIndex. */
export async function openSessions({ db }: Pick<Site, 'db'>): Promise<readonly string[]> {
  const rows = await db.read.selectFrom('sessions').selectAll().where('ended_at', 'is', null).execute()
  return rows.map(({ name_id, session_index }) => `${name_id} ${session_index}`).sort()
}

/** The ledger, oldest first, with its attempts. */
export async function ledger({ db }: Pick<Site, 'db'>, direction?: LogoutRow['direction']) {
  const rows = await db.read.selectFrom('logouts').selectAll().orderBy('created_at').orderBy('id').execute()
  const wanted = rows.filter((row) => direction === undefined || row.direction === direction).map(logoutOf)
  return Promise.all(
    wanted.map(async (entry) => ({ ...entry, tries: await listAttempts(db.read, entry.environmentId, entry.id) })),
  )
}

export type Binding = 'post' | 'redirect' | 'soap'
export const bindings: readonly Binding[] = ['post', 'redirect', 'soap']
export type Key = Parameters<typeof signerOf>[0] | 'nobody'

export type ToAsk = {
  readonly binding?: Binding
  readonly by?: Key
  readonly relayState?: string
  /** The connection whose addresses it goes to. */
  readonly at?: ConnectionInPlace
  readonly request?: Partial<LogoutRequestToWrite>
  /** Changes the message before it is signed, and after. */
  readonly before?: (xml: string) => string
  readonly after?: (xml: string) => string
}

export type Carried = { readonly id: string; readonly http: InjectOptions }

/** A LogoutRequest of the identity provider: of ada's session, signed, unless changed. */
export function logoutRequest({ world, place }: Pick<Site, 'world' | 'place'>, ask: ToAsk = {}): Carried {
  const { binding = 'post', by = 'idp', at = place, relayState } = ask
  const now = world.clock()
  const { slo, sloSoap } = endpointsOf(publicUrl, at.connection.ticket)
  const url = binding === 'soap' ? sloSoap : slo
  const request = {
    id: `_${randomBytes(16).toString('hex')}`,
    issueInstant: now,
    issuer: at.connection.settings.issuer,
    destination: url,
    nameId: ada,
    sessionIndexes: ['_session'],
    notOnOrAfter: new Date(now.getTime() + 300_000),
    ...ask.request,
  }
  const { id } = request
  const xml = (ask.before ?? same)(writeLogoutRequest(request))
  return { id, http: carriedBy(binding, url, { xml, id, by, relayState, after: ask.after ?? same }) }
}

const same = (xml: string): string => xml

type ToCarry = {
  readonly xml: string
  readonly id: string
  readonly by: Key
  readonly relayState: string | undefined
  readonly after?: (xml: string) => string
  readonly parameter?: 'SAMLRequest' | 'SAMLResponse'
}

/** A message of the identity provider on its way to us. */
export function carriedBy(binding: Binding, url: string, message: ToCarry): InjectOptions {
  const { xml, id, by, after = same, parameter = 'SAMLRequest' } = message
  const relayState = message.relayState === undefined ? {} : { relayState: message.relayState }
  if (binding === 'redirect') {
    const signer = by === 'nobody' ? {} : { signer: signerOf(by) }
    const whole = encodeRedirect({ url, parameter, xml: after(xml), ...relayState, ...signer })
    return { method: 'GET', url: whole.replace(publicUrl, '') }
  }
  const signed = after(by === 'nobody' ? xml : signXml(xml, { id, signer: signerOf(by) }))
  if (binding === 'soap') return soapPost(url, writeSoap(signed))
  const fields: Record<string, string> = { [parameter]: encodePost(signed) }
  if (message.relayState !== undefined) fields.RelayState = message.relayState
  return formPost(url, fields)
}

export function formPost(url: string, fields: Readonly<Record<string, string>>): InjectOptions {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', url: url.replace(publicUrl, ''), headers, payload: new URLSearchParams(fields).toString() }
}

export function soapPost(url: string, payload: string, type = 'text/xml; charset=utf-8'): InjectOptions {
  return { method: 'POST', url: url.replace(publicUrl, ''), headers: { 'content-type': type }, payload }
}

/** Sends it and reads the answer. */
export async function ask(site: Site, toAsk: ToAsk = {}): Promise<Said & { readonly id: string }> {
  const { id, http } = logoutRequest(site, toAsk)
  return { id, ...(await said(site, await site.app.inject(http), toAsk.at)) }
}

export type Said = {
  /** Without its `urn:…:`; both levels; or the status of the page, where there is no LogoutResponse. */
  readonly status: string
  readonly by: Binding | 'page'
  readonly inResponseTo?: string | undefined
  readonly relayState?: string | undefined
  readonly destination?: string | undefined
  readonly answered: Answered
}

/** What the answer says. A LogoutResponse must be sound in all but its status: judged by the certificate of our metadata. */
export async function said(site: Site, answered: Answered, at = site.place): Promise<Said> {
  const found = answerIn(answered)
  if (found === undefined) return { status: `page ${answered.statusCode}`, by: 'page', answered }
  const { message, by, relayState, destination } = found
  const verdict = judgeLogoutResponse({
    message,
    now: site.world.clock(),
    certificates: parseCertificates(await publishedCertificate(site, at)),
    expectedIssuer: requestIssuerOf(at.connection, publicUrl),
    expectedDestination: destination ?? dangerouslyUnchecked,
    expectedInResponseTo: dangerouslyUnchecked,
  })
  const wrong = verdict.checks.filter(({ outcome, code }) => outcome === 'failed' && code !== 'status')
  assert.deepEqual(wrong, [], 'our own answer is sound')
  const status = the(verdict.checks.find(({ code }): boolean => code === 'status') satisfies Check | undefined)
  const words = status.received?.replaceAll(uris.status.success.replace(/Success$/, ''), '').replace(/: ".*$/s, '')
  const [, inResponseTo] = / InResponseTo="([^"]*)"/.exec(textOf(message)) ?? []
  return { status: the(words), by, inResponseTo, relayState, destination, answered }
}

function textOf(message: Uint8Array | DecodedRedirect | SoapMessage): string {
  const bytes = 'soap' in message ? message.soap : 'xml' in message ? message.xml : message
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()
}

export type FoundMessage = {
  readonly message: Uint8Array | DecodedRedirect | SoapMessage
  readonly by: Binding
  readonly relayState?: string | undefined
  /** Where the browser carries it; it went back at once by SOAP. */
  readonly destination?: string
}

/** The SAML message that an answer of ours holds, by whatever binding. */
export function answerIn(answered: Answered, parameter = 'SAMLResponse'): FoundMessage | undefined {
  const { body, headers } = answered
  if (String(headers['content-type']).startsWith('text/xml')) {
    return body.includes(':Fault') ? undefined : { message: { soap: body }, by: 'soap' }
  }
  const location = headers.location ?? ''
  if (location.includes(`${parameter}=`)) {
    const message = decodeRedirect(location.slice(location.indexOf('?') + 1))
    return { message, by: 'redirect', relayState: message.relayState, destination: location.replace(/\?.*$/, '') }
  }
  const value = (name: string): string | undefined => new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1]
  const message = value(parameter)
  if (message === undefined) return undefined
  const [, destination = ''] = /<form method="post" action="([^"]*)"/.exec(body) ?? []
  return { message: decodePost(message), by: 'post', relayState: unescaped(value('RelayState')), destination }
}

function unescaped(text: string | undefined): string | undefined {
  return text?.replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => the(characters[name]))
}
const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }

/** The certificate of our metadata for signatures, as PEM: what an identity provider knows us by. */
export async function publishedCertificate({ app }: Site, { connection }: ConnectionInPlace): Promise<string> {
  const { body } = await app.inject({ url: new URL(endpointsOf(publicUrl, connection.ticket).metadata).pathname })
  const [, base64 = ''] = /use="signing".*?<ds:X509Certificate>([^<]*)</s.exec(body) ?? []
  return `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/\s/g, '')}\n-----END CERTIFICATE-----\n`
}

/** Presses Log out on a page of ours. */
export function pressLogOut(browser: TestBrowser): Promise<Answered> {
  return browser.submit('/acme/production/logout', {}, { 'sec-fetch-site': 'same-origin', origin: publicUrl })
}

export type SentAway = {
  readonly by: Binding
  readonly request: NonNullable<LogoutRequestVerdict['request']>
  readonly relayState: string
}

/** The LogoutRequest that the browser is sent away with: sound, by the certificate of our metadata. */
export async function sentAway(site: Site, answered: Answered, at = site.place): Promise<SentAway> {
  const found = the(answerIn(answered, 'SAMLRequest'))
  const { checks, request } = judgeLogoutRequest({
    message: found.message,
    now: site.world.clock(),
    certificates: parseCertificates(await publishedCertificate(site, at)),
    expectedIssuer: requestIssuerOf(at.connection, publicUrl),
    expectedDestination: the(found.destination),
  })
  assert.deepEqual(
    checks.filter(({ outcome }) => outcome !== 'passed'),
    [],
    'our own request is sound',
  )
  return { by: found.by, request: the(request), relayState: the(found.relayState) }
}

export type ToAnswer = {
  readonly binding?: 'post' | 'redirect'
  readonly by?: Key
  /** The connection whose address it goes to. */
  readonly at?: ConnectionInPlace
  readonly relayState?: string
  readonly response?: Partial<LogoutResponseToWrite>
}

/** The identity provider's answer to it: all is well, and signed, unless changed. */
export function logoutAnswer({ world, place }: Site, sent: SentAway, answer: ToAnswer = {}): InjectOptions {
  const { binding = 'post', by = 'idp', at = place, relayState = sent.relayState } = answer
  const { slo } = endpointsOf(publicUrl, at.connection.ticket)
  const response = {
    id: `_${randomBytes(16).toString('hex')}`,
    issueInstant: world.clock(),
    issuer: at.connection.settings.issuer,
    destination: slo,
    inResponseTo: sent.request.id,
    ...answer.response,
  }
  const xml = writeLogoutResponse(response)
  return carriedBy(binding, slo, { parameter: 'SAMLResponse', xml, id: response.id, by, relayState })
}

/** The page that the browser ends on, its text alone: it comes without cookies, and then follows with them. */
export async function landOn({ app }: Pick<Site, 'app'>, browser: TestBrowser, http: InjectOptions): Promise<string> {
  const taken = await app.inject(http)
  assert.equal(taken.statusCode, 303, taken.body)
  return textOn(await browser.get(taken.headers.location ?? ''))
}

export function textOn({ body }: Pick<Answered, 'body'>): string {
  const [, main = ''] = /<main>(.*)<\/main>/s.exec(body) ?? []
  return main
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

// Plays the identity provider and the browser to the README's service provider: what must work, and what must not.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readKey } from './cases/case.ts'
import { idp, signerOf } from './cases/one-change.ts'
import {
  readAuthnRequest,
  readServiceProviderMetadata,
  verifyQuerySignature,
  writeResponse,
} from './src/identity-provider.ts'
import {
  decodeRedirect,
  encodePost,
  encodeRedirect,
  judgeLogoutRequest,
  judgeLogoutResponse,
  parseCertificates,
  signXml,
  uris,
  writeLogoutRequest,
  writeLogoutResponse,
} from './src/index.ts'

const theirs = parseCertificates(readKey('other-idp.crt'))
const signer = signerOf('idp')
const header = (destination: string) => ({ id: `_${randomUUID()}`, issueInstant: new Date(), issuer: idp, destination })

export async function signInAndOut(base: string): Promise<void> {
  const metadata = await (await fetch(`${base}/metadata`)).text()
  const { entityId, assertionConsumerServices } = readServiceProviderMetadata(metadata, { now: new Date() })
  assert.equal(entityId, `${base}/metadata`)
  assert.equal(assertionConsumerServices[0]?.location, `${base}/acs`)

  const request = await startLogin(base)
  const answer = answerTo(base, request.id)
  await assertRefused(base, { ...request, xml: unsignedAnswer(base, request.id, '_assertion') }, 'without a signature')
  await assertRefused(base, { ...request, xml: answer }, 'the request was answered, although badly')

  const second = await startLogin(base)
  const good = answerTo(base, second.id, '_once')
  const cookie = await post(base, { ...second, xml: good })
  assert.equal(cookie.status, 303)
  const session = cookie.headers.get('set-cookie')?.split(';')[0] ?? ''
  assert.equal(await visit(base, session), 'Hello ada')
  await assertRefused(base, { ...second, xml: good }, 'a second time')
  const third = await startLogin(base)
  await assertRefused(base, { ...third, xml: good }, 'the answer to another request')
  const fourth = await startLogin(base)
  await assertRefused(base, { ...fourth, xml: answerTo(base, fourth.id, '_once') }, 'an assertion that was used')
  assert.equal((await fetch(`${base}/acs`, { method: 'POST', body: 'SAMLResponse=%%%' })).status, 400)

  await logOutHere(base, session)
  await logOutThere(base)
}

async function startLogin(base: string): Promise<{ readonly id: string; readonly relayState: string }> {
  const decoded = decodeRedirect((await redirectOf(`${base}/login`, '')).search.slice(1))
  const { id, acsUrl, root } = readAuthnRequest(decoded.xml)
  assert.equal(acsUrl, `${base}/acs`)
  assert.ok(
    verifyQuerySignature(decoded, root, { certificates: theirs, now: new Date() }).signed,
    'the request is signed',
  )
  return { id, relayState: decoded.relayState ?? '' }
}

function unsignedAnswer(base: string, inResponseTo: string, id: string): string {
  const instant = Date.now()
  const assertion = {
    ...header(''),
    id,
    nameId: { value: 'ada', format: uris.nameId.persistent },
    recipient: `${base}/acs`,
    audience: `${base}/metadata`,
    inResponseTo,
    notBefore: new Date(instant - 30_000),
    notOnOrAfter: new Date(instant + 300_000),
    authnInstant: new Date(instant),
    sessionIndex: '_session',
    attributes: [],
  }
  return writeResponse({ ...header(`${base}/acs`), inResponseTo, assertion })
}

function answerTo(base: string, request: string, id = `_${randomUUID()}`): string {
  return signXml(unsignedAnswer(base, request, id), { id, signer })
}

type Answer = { readonly xml: string; readonly relayState: string }

function post(base: string, { xml, relayState }: Answer): Promise<Response> {
  const body = new URLSearchParams({ SAMLResponse: encodePost(xml), RelayState: relayState })
  return fetch(`${base}/acs`, { method: 'POST', body, redirect: 'manual' })
}

async function assertRefused(base: string, answer: Answer, why: string): Promise<void> {
  const response = await post(base, answer)
  assert.deepEqual([response.status, response.headers.get('set-cookie')], [403, null], why)
}

async function logOutHere(base: string, session: string): Promise<void> {
  const decoded = decodeRedirect((await redirectOf(`${base}/logout`, session)).search.slice(1))
  const location = 'https://idp.example/slo'
  const expected = { message: decoded, now: new Date(), certificates: theirs }
  const verdict = judgeLogoutRequest({
    ...expected,
    expectedIssuer: `${base}/metadata`,
    expectedDestination: location,
  })
  assert.deepEqual(verdict.request?.sessionIndexes, ['_session'], JSON.stringify(verdict.checks))
  assert.equal(verdict.request.nameId.value, 'ada')
  assert.equal(await visit(base, session), 'Hello stranger')
  const xml = writeLogoutResponse({ ...header(`${base}/slo`), inResponseTo: verdict.request.id })
  const { relayState = '' } = decoded
  const url = encodeRedirect({ url: `${base}/slo`, parameter: 'SAMLResponse', xml, relayState, signer })
  assert.equal((await redirectOf(url, '')).href, `${base}/`)
  assert.equal((await fetch(url)).status, 403, 'a second time')
}

async function logOutThere(base: string): Promise<void> {
  const request = await startLogin(base)
  const { headers } = await post(base, { ...request, xml: answerTo(base, request.id) })
  const session = headers.get('set-cookie')?.split(';')[0] ?? ''
  assert.equal(await visit(base, session), 'Hello ada')
  const xml = writeLogoutRequest({ ...header(`${base}/slo`), nameId: { value: 'ada' }, sessionIndexes: [] })
  const send = (signed: boolean): string =>
    encodeRedirect({
      url: `${base}/slo`,
      parameter: 'SAMLRequest',
      xml,
      relayState: 'theirs',
      ...(signed ? { signer } : {}),
    })
  assert.equal((await fetch(send(false))).status, 403, 'without a signature')
  assert.equal(await visit(base, session), 'Hello ada')
  const answered = await redirectOf(send(true), '')
  assert.equal(await visit(base, session), 'Hello stranger')
  assert.equal(answered.pathname, '/slo/answers')
  const message = decodeRedirect(answered.search.slice(1))
  assert.equal(message.relayState, 'theirs')
  const { ok, checks } = judgeLogoutResponse({
    message,
    now: new Date(),
    certificates: theirs,
    expectedIssuer: `${base}/metadata`,
    expectedDestination: 'https://idp.example/slo/answers',
    expectedInResponseTo: /ID="([^"]+)"/.exec(xml)?.[1] ?? '',
  })
  assert.ok(ok, JSON.stringify(checks))
}

async function redirectOf(url: string, cookie: string): Promise<URL> {
  const { status, headers } = await fetch(url, { headers: { cookie }, redirect: 'manual' })
  assert.equal(status, 303, url)
  return new URL(headers.get('location') ?? '', url)
}

async function visit(base: string, cookie: string): Promise<string> {
  return (await fetch(base, { headers: { cookie } })).text()
}

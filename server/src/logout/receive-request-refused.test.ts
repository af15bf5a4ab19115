// What ends nothing: LogoutRequests that are forged, replayed, too late or not meant for us. None is answered with Success;
// the ledger has the reason, the outside only where to ask.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodePost, uris, writeLogoutResponse, writeSoap } from '@sallyport/saml'
import { endpointsOf } from '#connections/endpoints.ts'
import { makePlace, now, publicUrl, the } from '#login/test-place.ts'
import {
  ada,
  ask,
  type Binding,
  bindings,
  formPost,
  ledger,
  logoutRequest,
  openSessions,
  type Said,
  type Site,
  said,
  signIn,
  soapPost,
  startSite,
  type ToAsk,
  withLogout,
} from '#logout/test-logout.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { replace, take, wholeSignature } from '../../../saml/cases/one-change.ts'

const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)

/** What an attacker would have: another ID, another person. */
const evil = (signed: string): string =>
  replace(replace(replace(signed, wholeSignature, ''), / ID="[^"]*"/, ' ID="_evil"'), '>eve<', '>ada<')
const inExtensions = (xml: string, content: string): string =>
  replace(xml, '</saml:Issuer>', `</saml:Issuer><samlp:Extensions>${content}</samlp:Extensions>`)
const ofEve = { request: { nameId: { ...ada, value: 'eve' } } }
const answerInstead = (xml: string): string =>
  writeLogoutResponse({
    id: take(xml, /(?<= ID=")[^"]*/),
    issueInstant: now,
    issuer: take(xml, /(?<=<saml:Issuer>)[^<]*/),
    destination: take(xml, /(?<=Destination=")[^"]*/),
    inResponseTo: '_x',
  })

type Refused = ToAsk & { readonly code: string; readonly bindings?: readonly Binding[] }

// The signed request is one of eve, whose session would end if it were taken as it was; the evil one around it names ada.
const refused: Readonly<Record<string, Refused>> = {
  'Profiles 4.4.4.1: unsigned': { by: 'nobody', code: 'signature-present' },
  'Core 5.4: signed by another key': { by: 'other-idp', code: 'signature-key' },
  'Core 5.4: changed after it was signed': {
    after: (xml) => replace(xml, '>_session<', '>_other<'),
    code: 'signature-digest',
    bindings: ['post', 'soap'],
  },
  'XSW: an evil request around the signed one': {
    ...ofEve,
    after: (xml) => inExtensions(evil(xml), xml),
    code: 'structure',
    bindings: ['post', 'soap'],
  },
  'XSW: the signed request beside an evil one, in its content': {
    ...ofEve,
    after: (xml) => replace(evil(xml), '</samlp:LogoutRequest>', `${xml}</samlp:LogoutRequest>`),
    code: 'structure',
    bindings: ['post', 'soap'],
  },
  'XSW: an evil request with the signature of another': {
    ...ofEve,
    after: (xml) => replace(evil(xml), '</saml:Issuer>', `</saml:Issuer>${take(xml, wholeSignature)}`),
    code: 'signature-reference',
    bindings: ['post', 'soap'],
  },
  'XSW: two requests in a SOAP Body': {
    ...ofEve,
    after: (xml) => evil(xml) + xml,
    code: 'soap-envelope',
    bindings: ['soap'],
  },
  'Profiles 4.4.4.1: another issuer': { request: { issuer: 'https://idp.example/other' }, code: 'response-issuer' },
  'Core 3.7.1: NotOnOrAfter has passed': { request: { notOnOrAfter: at(-60) }, code: 'request-expiry' },
  'Core 3.7.1: issued long ago, without NotOnOrAfter': {
    request: { issueInstant: at(-361) },
    before: (xml) => replace(xml, / NotOnOrAfter="[^"]*"/, ''),
    code: 'request-expiry',
  },
  'Core 3.2.1: sent to another address': {
    request: { destination: `${publicUrl}/saml/abcdefghijklmn/slo` },
    code: 'destination',
  },
  'Core 3.7.1: a LogoutResponse in the place of a request': { before: answerInstead, code: 'message-type' },
  'Core 3.7.1: no NameID': { before: (xml) => replace(xml, /<saml:NameID.*<\/saml:NameID>/, ''), code: 'structure' },
  'VU#475445: a comment in the NameID': { before: (xml) => replace(xml, '>ada<', '>ad<!-- -->a<'), code: 'structure' },
  'Sallyport: a DOCTYPE': {
    by: 'nobody',
    after: (xml) => `<!DOCTYPE x>${xml}`,
    code: 'xml-doctype',
    bindings: ['post', 'redirect'],
  },
  'Sallyport: more than 256 KiB': {
    after: (xml) => xml + ' '.repeat(256 * 1024),
    code: 'message-size',
    bindings: ['post', 'soap'],
  },
  'XML 1.0 §2.1: no XML': { by: 'nobody', after: () => 'nonsense', code: 'xml-well-formed', bindings: ['post'] },
}

/** Nothing ended; the answer is no Success and names the entry; the entry has the code and a cure. */
async function isRefused(site: Site, answer: Said, code: string, what: string): Promise<void> {
  assert.deepEqual(await openSessions(site), ['ada _session', 'eve _session'], what)
  assert.equal(answer.status, 'Requester / RequestDenied', what)
  const entry = the((await ledger(site)).findLast(({ state }) => state === 'refused'))
  const [attempt, ...more] = entry.tries
  assert.deepEqual([attempt?.outcome, attempt?.details.code, more.length], ['refused', code, 0], what)
  assert.ok(the(attempt).details.sentence.length > 10 && the(the(attempt).details.cure).length > 10)
  assert.deepEqual([entry.direction, entry.endedSessions, entry.messageId], ['from-provider', 0, undefined])
}

onEveryDatabase((kind, openFresh) => {
  const site = async (t: Parameters<typeof startSite>[0]): Promise<Site> => {
    const made = await startSite(t, await openFresh(t))
    await signIn(made)
    await signIn(made, { person: 'eve' })
    return made
  }

  for (const [what, { code, bindings: by = bindings, ...toAsk }] of Object.entries(refused)) {
    test(`${what}: ends nothing, and is refused by ${by.join(', ')} (${kind})`, async (t) => {
      const made = await site(t)
      for (const binding of by) {
        const answer = await ask(made, { relayState: 'state', ...toAsk, binding })
        await isRefused(made, answer, code, binding)
        assert.equal(answer.inResponseTo, undefined, 'what is not believed has no ID, either')
      }
      assert.equal((await ask(made)).status, 'Success', 'the true one is taken all the same')
    })
  }

  test(`XSW: an evil request in the SOAP Body, the signed one in the Header: ends nothing, and is refused (${kind})`, async (t) => {
    const made = await site(t)
    const { http } = logoutRequest(made, { ...ofEve, binding: 'soap' })
    const signed = take(String(http.payload), /<samlp:LogoutRequest .*<\/samlp:LogoutRequest>/s)
    const { sloSoap } = endpointsOf(publicUrl, made.place.connection.ticket)
    for (const inBody of [evil(signed), replace(evil(signed), '"_evil"', `"${take(signed, /(?<= ID=")[^"]*/)}"`)]) {
      const envelope = replace(writeSoap(inBody), '<soap:Body>', `<soap:Header>${signed}</soap:Header><soap:Body>`)
      const answer = await said(made, await made.app.inject(soapPost(sloSoap, envelope)))
      assert.match(answer.status, /^Requester/)
      assert.deepEqual(await openSessions(made), ['ada _session', 'eve _session'])
    }
  })

  test(`Core 3.7.3.1: a request taken before, by whatever binding or connection of the same partner, ends nothing that was opened since (${kind})`, async (t) => {
    const shared = { requestIssuer: 'https://sp.example' }
    const made = await startSite(t, await openFresh(t), withLogout({}, shared), withLogout({}, shared))
    const [, sibling] = made.places
    for (const binding of bindings) {
      await signIn(made)
      await signIn(made, { person: 'eve' })
      const { http, id } = logoutRequest(made, { binding })
      assert.equal((await said(made, await made.app.inject(http))).status, 'Success')
      made.world.passTime(10_000)
      await signIn(made)
      const again = await said(made, await made.app.inject(http))
      await isRefused(made, again, 'logout-replayed', binding)
      assert.equal(again.inResponseTo, id)
      // The ledger is in the order of time.
      made.world.passTime(1)
      if (binding === 'soap') {
        const elsewhere = {
          ...http,
          url: String(http.url).replace(made.place.connection.ticket, the(sibling).connection.ticket),
        }
        await isRefused(made, await said(made, await made.app.inject(elsewhere), sibling), 'destination', 'sibling')
      }
      assert.equal((await ask(made, { request: { sessionIndexes: [] } })).status, 'Success')
      made.world.passTime(10_000)
      assert.equal((await ask(made, { request: { nameId: { ...ada, value: 'eve' } } })).status, 'Success')
      made.world.passTime(10_000)
    }
  })

  test(`Single Logout is off: a sound request ends nothing, and is answered with its ID (${kind})`, async (t) => {
    const made = await startSite(t, await openFresh(t), withLogout({ enabled: false }), { settings: {} })
    await signIn(made)
    await signIn(made, { person: 'eve' })
    for (const binding of bindings) {
      const answer = await ask(made, { binding })
      await isRefused(made, answer, 'single-logout-off', binding)
      assert.equal(answer.inResponseTo, answer.id)
    }
    const nowhere = await ask(made, { at: the(made.places[1]) })
    assert.deepEqual(
      [nowhere.status, nowhere.answered.headers.location],
      ['page 303', `${publicUrl}/acme/production/logged-out`],
    )
    assert.equal((await openSessions(made)).length, 2)
  })

  test(`an identity provider that a neighbouring Environment trusts, too, ends only its own sessions there (${kind})`, async (t) => {
    const made = await site(t)
    const other = await makePlace(made.db, made.world, { company: 'neighbour', connections: [withLogout()] })
    const one = { name: 'Shared', ...withLogout({}, { requestIssuer: 'https://sp.example' }) }
    const shared = await makePlace(made.db, made.world, { company: 'third', connections: [one] })
    await signIn(made, {}, other)
    await signIn(made, {}, shared)
    for (const binding of bindings) {
      assert.equal((await ask(made, { binding, at: other, request: { sessionIndexes: [] } })).status, 'Success')
      made.world.passTime(1000)
    }
    assert.deepEqual(await openSessions(made), ['ada _session', 'ada _session', 'eve _session'])
    const ended = await made.db.read.selectFrom('sessions').selectAll().where('ended_at', 'is not', null).execute()
    assert.deepEqual(
      ended.map(({ environment_id }) => environment_id),
      [other.environment.id],
    )
    // What is addressed to one is not taken by the other.
    const moved = logoutRequest(made, { at: other })
    const url = String(moved.http.url).replace(other.connection.ticket, made.place.connection.ticket)
    assert.equal((await said(made, await made.app.inject({ ...moved.http, url }))).status, 'Requester / RequestDenied')
  })

  test(`what cannot be read at all is a page, or by SOAP a fault, and ends nothing (${kind})`, async (t) => {
    const made = await site(t)
    const { slo, sloSoap } = endpointsOf(publicUrl, made.place.connection.ticket)
    const unknown = endpointsOf(publicUrl, 'abcdefghijklmn')
    const good = String(logoutRequest(made, { binding: 'soap' }).http.payload)
    const query = String(logoutRequest(made, { binding: 'redirect' }).http.url).replace(/^[^?]*/, '')
    const json = { 'content-type': 'application/json' }
    const rows: readonly (readonly [what: string, http: object, status: number, body: RegExp])[] = [
      ['no base64', formPost(slo, { SAMLRequest: '%%%' }), 400, /This logout was not understood/],
      ['nothing', formPost(slo, {}), 400, /This logout was not understood/],
      ['no body', { method: 'POST', url: new URL(slo).pathname }, 400, /This logout was not understood/],
      ['an empty query', { url: new URL(slo).pathname }, 400, /This logout was not understood/],
      ['no DEFLATE', { url: `${new URL(slo).pathname}?SAMLRequest=aaaa` }, 400, /This logout was not understood/],
      ['a NUL', { url: `${new URL(slo).pathname}${query}&RelayState=%00` }, 400, /This logout was not understood/],
      ['SAMLRequest twice', { url: new URL(slo).pathname + query + query.replace('?', '&') }, 400, /not understood/],
      ['a form of a megabyte', formPost(slo, { SAMLRequest: 'a'.repeat(2 ** 20) }), 413, /./],
      ['JSON', { method: 'POST', url: new URL(slo).pathname, headers: json, payload: '{}' }, 415, /./],
      ['SOAP as JSON', { ...soapPost(sloSoap, good), headers: json }, 415, /./],
      ['SOAP as a form', formPost(sloSoap, { SAMLRequest: encodePost(good) }), 500, /soap:Client.*text\/xml/],
      ['SOAP without a body', { method: 'POST', url: new URL(sloSoap).pathname }, 500, /soap:Client/],
      ['a megabyte of SOAP', soapPost(sloSoap, good + ' '.repeat(2 ** 20)), 413, /./],
      ['an unknown ticket', { url: new URL(unknown.slo).pathname + query }, 404, /There is nothing here/],
      ['an unknown ticket by POST', formPost(unknown.slo, { SAMLRequest: 'x' }), 404, /There is nothing here/],
      ['an unknown ticket by SOAP', soapPost(unknown.sloSoap, good), 500, /soap:Client.*This address is unknown/],
      ['no ticket', soapPost(`${publicUrl}/saml/%00/slo/soap`, good), 500, /soap:Client/],
      ['SOAP to the address of browsers', soapPost(slo, good), 415, /./],
      ['a look at the SOAP address', { url: new URL(sloSoap).pathname }, 404, /There is nothing here/],
    ]
    for (const [what, http, status, body] of rows) {
      const answered = await made.app.inject(http)
      assert.equal(answered.statusCode, status, what)
      assert.match(answered.body, body, what)
      assert.doesNotMatch(answered.body, /status:Success/)
      assert.deepEqual(await openSessions(made), ['ada _session', 'eve _session'], what)
    }
    assert.deepEqual(await ledger(made), [])
  })

  test(`of many refused requests thirty a minute are written down, and each is answered (${kind})`, async (t) => {
    const made = await site(t)
    const { http } = logoutRequest(made, { by: 'nobody', binding: 'redirect' })
    const send = async (): Promise<string> => (await said(made, await made.app.inject(http))).status
    for (let count = 0; count < 40; count++) assert.equal(await send(), 'Requester / RequestDenied')
    assert.equal((await ledger(made)).length, 30)
    made.world.passTime(60_000)
    await send()
    assert.equal((await ledger(made)).length, 31)
    assert.equal((await ask(made)).status, 'Success')
  })

  test(`the answer to a refused request says where to ask, and not why (${kind})`, async (t) => {
    const made = await site(t)
    const { answered } = await ask(made, { by: 'other-idp', binding: 'soap' })
    const { id, tries } = the((await ledger(made))[0])
    assert.ok(answered.body.includes(`under ${id}.`), answered.body)
    assert.ok(!answered.body.includes(the(tries[0]).details.sentence) && !answered.body.includes('certificate '))
    assert.ok(answered.body.includes(uris.status.requestDenied))
  })

  test(`a request that the database does not take ends nothing, and is not said to be a success (${kind})`, async (t) => {
    const made = await site(t)
    await made.db.write.schema.alterTable('logouts').renameTo('logouts_away').execute()
    const answer = await ask(made, { binding: 'soap' })
    assert.deepEqual([answer.status, answer.inResponseTo], ['Responder', answer.id])
    assert.deepEqual(await openSessions(made), ['ada _session', 'eve _session'])
  })
})

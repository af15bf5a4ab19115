// Logout requests and responses by every binding: what is taken, and every check that can refuse one.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHmac, createPrivateKey, sign as cryptoSign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { casesFolder, readKey } from '../../cases/case.ts'
import { encrypted } from '../../cases/encrypt.ts'
import { good, idp, now, replace, signerOf, take, wholeSignature } from '../../cases/one-change.ts'
import { type DecodedRedirect, decodeRedirect, encodeRedirect } from '../bindings/redirect.ts'
import { writeSoap, writeSoapFault } from '../bindings/soap.ts'
import { parseCertificates } from '../certificates/certificate.ts'
import { type Check, dangerouslyUnchecked } from '../report/checks.ts'
import type { Signer } from '../signature/algorithms.ts'
import { signXml } from '../signature/sign.ts'
import { namespaces, uris } from '../uris.ts'
import {
  judgeLogoutRequest,
  judgeLogoutResponse,
  type LogoutRequestToJudge,
  type LogoutRequestVerdict,
  type LogoutResponseToJudge,
  type LogoutResponseVerdict,
} from './judge-logout.ts'
import {
  type LogoutRequestToWrite,
  type LogoutResponseToWrite,
  writeLogoutRequest,
  writeLogoutResponse,
} from './write-logout.ts'

const slo = 'https://sp.example/saml/slo'
const nameId = {
  value: 'ada',
  format: uris.nameId.persistent,
  nameQualifier: idp,
  spNameQualifier: 'https://sp.example',
}
const common = {
  now,
  certificates: parseCertificates(readKey('idp.crt')),
  expectedIssuer: idp,
  expectedDestination: slo,
} as const
const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)

const request = (change: Partial<LogoutRequestToWrite> = {}): string =>
  writeLogoutRequest({
    id: '_logout',
    issueInstant: now,
    issuer: idp,
    destination: slo,
    nameId,
    sessionIndexes: ['_session'],
    notOnOrAfter: at(300),
    ...change,
  })
const response = (change: Partial<LogoutResponseToWrite> = {}): string =>
  writeLogoutResponse({
    id: '_logout',
    issueInstant: now,
    issuer: idp,
    destination: slo,
    inResponseTo: '_request',
    ...change,
  })

const sign = (xml: string, signer: Signer = signerOf('idp')): string => signXml(xml, { id: '_logout', signer })
const toQuery = (
  xml: string,
  parameter: 'SAMLRequest' | 'SAMLResponse',
  signer?: Signer,
  relayState = 'state',
): string =>
  encodeRedirect({ url: '', parameter, xml, relayState, ...(signer === undefined ? {} : { signer }) }).slice(1)
const byQuery = (xml: string, parameter: 'SAMLRequest' | 'SAMLResponse', signer = signerOf('idp')): DecodedRedirect =>
  decodeRedirect(toQuery(xml, parameter, signer))

const judgeRequest = (
  message: LogoutRequestToJudge['message'],
  change: Partial<LogoutRequestToJudge> = {},
): LogoutRequestVerdict => {
  const verdict = judgeLogoutRequest({ message, ...common, ...change })
  assert.equal(verdict.request !== undefined, verdict.ok, 'a request comes out exactly when all is well')
  return verdict
}
const judgeResponse = (
  message: LogoutResponseToJudge['message'],
  change: Partial<LogoutResponseToJudge> = {},
): LogoutResponseVerdict => judgeLogoutResponse({ message, ...common, expectedInResponseTo: '_request', ...change })
const failures = ({ checks }: { readonly checks: readonly Check[] }): string[] =>
  checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code)

// What is taken.

test('Core 3.7.1: what is written is read, by HTTP-POST and by HTTP-Redirect', () => {
  const times = { issueInstant: now, notOnOrAfter: at(300), replayableUntil: at(360) }
  const expected = { id: '_logout', issuer: idp, nameId, sessionIndexes: ['_session'], ...times }
  const posted = sign(request())
  for (const message of [posted, Buffer.from(posted), byQuery(request(), 'SAMLRequest')]) {
    assert.deepEqual(judgeRequest(message).request, expected)
  }
})

test('Core 3.7.2: an answer is taken by HTTP-POST and by HTTP-Redirect', () => {
  for (const message of [sign(response()), byQuery(response(), 'SAMLResponse')]) {
    const verdict = judgeResponse(message)
    assert.deepEqual([verdict.ok, failures(verdict)], [true, []])
  }
})

for (const algorithm of [
  'rsa-sha256',
  'rsa-sha384',
  'rsa-sha512',
  'ecdsa-sha256',
  'ecdsa-sha384',
  'ecdsa-sha512',
] as const) {
  test(`XML Signature 1.1 §6: both messages are taken with ${algorithm}, by either binding`, () => {
    const signer = { ...signerOf(algorithm.startsWith('ecdsa') ? 'idp-ec' : 'idp'), algorithm }
    const certificates = ['idp.crt', 'idp-ec.crt'].flatMap((name) => parseCertificates(readKey(name)))
    for (const message of [sign(request(), signer), byQuery(request(), 'SAMLRequest', signer)]) {
      assert.deepEqual(failures(judgeRequest(message, { certificates })), [])
    }
    for (const message of [sign(response(), signer), byQuery(response(), 'SAMLResponse', signer)]) {
      assert.deepEqual(failures(judgeResponse(message, { certificates })), [])
    }
  })
}

test('Core 3.7.1: several sessions, one, or none, which means all of them', () => {
  for (const sessionIndexes of [['_1', '_2', '_1'], ['_1'], []]) {
    assert.deepEqual(judgeRequest(sign(request({ sessionIndexes }))).request?.sessionIndexes, sessionIndexes)
  }
})

test('Core 3.7.1: white space around a SessionIndex and a NameID says nothing', () => {
  const xml = replace(replace(request(), '>_session<', '>\n _session <'), '>ada<', '> ada\n<')
  const { nameId: read, sessionIndexes } = judgeRequest(sign(xml)).request ?? assert.fail()
  assert.deepEqual([read.value, sessionIndexes], ['ada', ['_session']])
})

test('Core 3.7.1: every input is escaped: markup, quotation marks and line ends in it are text', () => {
  const value = `</saml:NameID><saml:NameID>root "'&]]><!-- -->`
  const xml = request({ nameId: { value, nameQualifier: `"><x a='` }, sessionIndexes: [value, '&amp;'], reason: value })
  const read = judgeRequest(sign(xml)).request ?? assert.fail()
  assert.deepEqual(read.nameId, { value, nameQualifier: `"><x a='` })
  assert.deepEqual(read.sessionIndexes, [value, '&amp;'])
  const message = judgeResponse(sign(response({ status: { code: uris.status.success, message: value } }))).statusMessage
  assert.equal(message, value)
})

test('Sallyport: what is dangerously left out is listed as not checked', () => {
  const change = { expectedIssuer: dangerouslyUnchecked, expectedDestination: dangerouslyUnchecked } as const
  const notChecked = ({ checks }: { readonly checks: readonly Check[] }): string[] =>
    checks.filter(({ outcome }) => outcome === 'not-checked').map(({ code }) => code)
  assert.deepEqual(notChecked(judgeRequest(sign(request({ issuer: 'x' })), change)), ['response-issuer', 'destination'])
  const verdict = judgeResponse(sign(response()), { ...change, expectedInResponseTo: dangerouslyUnchecked })
  assert.deepEqual(notChecked(verdict), ['response-issuer', 'destination', 'in-response-to'])
})

// What is refused. `written` is a request or a response; each row is tried signed, so that the check itself is reached.

const hmacUri = 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256'
const sha1Uri = `${namespaces.signature}rsa-sha1`
const rsaUri = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const evilOne = (xml: string): string => replace(replace(xml, '"_logout"', '"_evil"'), '>ada<', '>root<')
const inExtensions = (xml: string, content: string): string =>
  replace(xml, '</saml:Issuer>', `</saml:Issuer><samlp:Extensions>${content}</samlp:Extensions>`)
const withoutDestination = (xml: string): string => replace(xml, ` Destination="${slo}"`, '')
const nameElement = take(request(), /<saml:NameID.*<\/saml:NameID>/)

const requests: readonly (readonly [string, () => string, readonly string[]])[] = [
  [
    'Profiles 4.4.4.1: an unsigned request, by which anybody could end anybody’s session',
    () => request(),
    ['signature-present'],
  ],
  [
    'Core 5.4: an empty signature',
    () => replace(sign(request()), wholeSignature, `<ds:Signature xmlns:ds="${namespaces.signature}"/>`),
    ['signature-form'],
  ],
  ['Core 5.4: a request signed by another key', () => sign(request(), signerOf('other-idp')), ['signature-key']],
  [
    'Core 5.4: a request whose name was changed',
    () => replace(sign(request()), '>ada<', '>root<'),
    ['signature-digest'],
  ],
  [
    'Core 5.4: a request to which a session was added',
    () =>
      replace(
        sign(request()),
        '</samlp:LogoutRequest>',
        '<samlp:SessionIndex>_2</samlp:SessionIndex></samlp:LogoutRequest>',
      ),
    ['signature-digest'],
  ],
  [
    'Core 5.4: HMAC with the certificate as key',
    () => replace(sign(request()), rsaUri, hmacUri),
    ['signature-algorithm'],
  ],
  [
    'Sallyport: RSA with SHA-1',
    () => replace(sign(request()), rsaUri, sha1Uri),
    ['signature-algorithm', 'signature-key'],
  ],
  [
    'XSW: an evil request around the signed one',
    () => inExtensions(evilOne(request()), sign(request())),
    ['structure', 'signature-present'],
  ],
  [
    'XSW: an evil request that carries the signature, the original in it',
    () => {
      const signed = sign(request())
      const carrier = replace(evilOne(request()), '</saml:Issuer>', `</saml:Issuer>${take(signed, wholeSignature)}`)
      return replace(
        carrier,
        '</ds:Signature>',
        `<ds:Object>${replace(signed, wholeSignature, '')}</ds:Object></ds:Signature>`,
      )
    },
    ['signature-form'],
  ],
  [
    'XSW: an evil request with the signature of another',
    () => replace(evilOne(request()), '</saml:Issuer>', `</saml:Issuer>${take(sign(request()), wholeSignature)}`),
    ['signature-reference', 'signature-digest'],
  ],
  [
    'Core 5.4: the signature of an assertion',
    () => replace(request(), '</saml:Issuer>', `</saml:Issuer>${take(good(), wholeSignature)}`),
    ['signature-reference', 'signature-digest'],
  ],
  ['Core 1.3.4: an ID twice', () => sign(inExtensions(request(), '<x ID="_twice"/><x ID="_twice"/>')), ['id-unique']],
  ['Core 3.2.1: no ID', () => replace(request(), ' ID="_logout"', ''), ['structure', 'signature-present']],
  ['Core 3.2.1: another version', () => sign(replace(request(), '"2.0"', '"1.1"')), ['version']],
  ['Profiles 4.4.4.1: another issuer', () => sign(request({ issuer: `${idp}/` })), ['response-issuer']],
  [
    'Profiles 4.4.4.1: an issuer of another format',
    () => sign(replace(request(), '<saml:Issuer>', `<saml:Issuer Format="${uris.nameId.persistent}">`)),
    ['response-issuer'],
  ],
  [
    'Profiles 4.4.4.1: no issuer',
    () => sign(replace(request(), /<saml:Issuer>.*<\/saml:Issuer>/, '')),
    ['response-issuer'],
  ],
  [
    'VU#475445: a comment in the issuer',
    () => sign(replace(request(), '</saml:Issuer>', '<!-- --></saml:Issuer>')),
    ['structure', 'response-issuer'],
  ],
  ['Core 3.2.1: sent to another address', () => sign(request({ destination: `${slo}/` })), ['destination']],
  [
    'Bindings 3.5.5.2: signed, and it does not say where it was sent',
    () => sign(withoutDestination(request())),
    ['destination'],
  ],
  ['Core 3.7.1: NotOnOrAfter has passed', () => sign(request({ notOnOrAfter: at(-60) })), ['request-expiry']],
  [
    'Core 1.3.3: NotOnOrAfter is no time in UTC',
    () => sign(replace(request(), /(?<=NotOnOrAfter=")[^"]*/, '2026-03-01T13:05:00+01:00')),
    ['request-expiry'],
  ],
  ['Core 3.7.1: no NameID', () => sign(replace(request(), nameElement, '')), ['structure', 'subject']],
  ['Core 3.7.1: an empty NameID', () => sign(request({ nameId: { value: ' ' } })), ['subject']],
  [
    'Core 3.7.1: two NameIDs',
    () => sign(replace(request(), nameElement, nameElement + nameElement.replace('ada', 'root'))),
    ['structure', 'subject'],
  ],
  [
    'VU#475445: a comment in the NameID',
    () => sign(replace(request(), '>ada<', '>ada<!-- -->.evil<')),
    ['structure', 'subject'],
  ],
  [
    'Core 2.2.3: an element in the NameID',
    () => sign(replace(request(), '>ada<', '><x/>ada<')),
    ['structure', 'subject'],
  ],
  ['Core 3.7.1: a BaseID', () => sign(replace(request(), nameElement, '<saml:BaseID/>')), ['structure', 'subject']],
  [
    'VU#475445: a comment in a SessionIndex',
    () => sign(replace(request(), '>_session<', '>_session<!-- -->2<')),
    ['structure'],
  ],
  [
    'SAML schemas: an assertion in it',
    () => sign(replace(request(), '<samlp:SessionIndex>', '<saml:Assertion/><samlp:SessionIndex>')),
    ['structure'],
  ],
  ['Sallyport: a DOCTYPE', () => `<!DOCTYPE x>${sign(request())}`, ['xml-doctype']],
  ['Sallyport: more than 256 KiB', () => `${sign(request())}${' '.repeat(256 * 1024)}`, ['message-size']],
  ['Core 3.7.1: an answer passed off as a request', () => sign(response()), ['message-type']],
  ['Core 3.7.1: a sign-in response passed off as a request', () => good(), ['message-type']],
  ['XML 1.0 §2.1: no XML', () => 'text', ['xml-well-formed']],
]

for (const [requirement, make, codes] of requests) {
  test(`${requirement}: refused (logout request)`, () => assert.deepEqual(failures(judgeRequest(make())), codes))
}

const partial = 'urn:oasis:names:tc:SAML:2.0:status:PartialLogout'
const responses: readonly (readonly [string, () => string, readonly string[]])[] = [
  ['Profiles 4.4.4.2: an unsigned answer', () => response(), ['signature-present']],
  ['Core 5.4: an answer signed by another key', () => sign(response(), signerOf('other-idp')), ['signature-key']],
  [
    'Core 5.4: an answer whose status was changed',
    () =>
      replace(sign(response({ status: { code: uris.status.responder } })), uris.status.responder, uris.status.success),
    ['signature-digest'],
  ],
  [
    'Core 5.4: an answer that was given to another request',
    () => replace(sign(response({ inResponseTo: '_other' })), '"_other"', '"_request"'),
    ['signature-digest'],
  ],
  ['Core 3.2.2: an answer to another request', () => sign(response({ inResponseTo: '_other' })), ['in-response-to']],
  [
    'Core 3.2.2: an answer to no request',
    () => sign(replace(response(), ' InResponseTo="_request"', '')),
    ['in-response-to'],
  ],
  [
    'Core 3.7.3.2: the other side failed',
    () => sign(response({ status: { code: uris.status.responder } })),
    ['status'],
  ],
  [
    'Core 3.7.3.2: not all sessions ended',
    () => sign(response({ status: { code: uris.status.responder, subCode: partial } })),
    ['status'],
  ],
  ['Core 3.2.2.2: PartialLogout at the top', () => sign(response({ status: { code: partial } })), ['status']],
  [
    'Core 3.2.2.2: Success below a failure',
    () => sign(response({ status: { code: uris.status.responder, subCode: uris.status.success } })),
    ['status'],
  ],
  [
    'Core 3.2.2: no status',
    () => sign(replace(response(), /<samlp:Status>.*<\/samlp:Status>/, '')),
    ['structure', 'status'],
  ],
  ['Profiles 4.4.4.2: another issuer', () => sign(response({ issuer: 'https://other.example' })), ['response-issuer']],
  [
    'Core 3.2.2: sent to another address',
    () => sign(response({ destination: 'https://other.example' })),
    ['destination'],
  ],
  [
    'Bindings 3.5.5.2: signed, and it does not say where it was sent',
    () => sign(withoutDestination(response())),
    ['destination'],
  ],
  [
    'SAML schemas: an assertion in it',
    () => sign(replace(response(), '</samlp:Status>', '</samlp:Status><saml:Assertion/>')),
    ['structure'],
  ],
  [
    'XSW: an evil answer around the signed one',
    () => inExtensions(response({ id: '_evil' }), sign(response({ status: { code: uris.status.responder } }))),
    ['structure', 'signature-present'],
  ],
  ['Core 3.7.2: a request passed off as an answer', () => sign(request()), ['message-type']],
  ['Core 3.7.2: a sign-in response passed off as one of logout', () => good(), ['message-type']],
  ['Sallyport: a DOCTYPE', () => `<!DOCTYPE x>${sign(response())}`, ['xml-doctype']],
]

for (const [requirement, make, codes] of responses) {
  test(`${requirement}: refused (logout response)`, () => assert.deepEqual(failures(judgeResponse(make())), codes))
}

test('Core 3.7.3.2: the status shows its second level, and the words of the other side', () => {
  const verdict = judgeResponse(
    sign(response({ status: { code: uris.status.responder, subCode: partial, message: 'One is left' } })),
  )
  assert.equal(
    verdict.checks.find(({ code }) => code === 'status')?.received,
    `${uris.status.responder} / ${partial}: "One is left"`,
  )
  assert.equal(verdict.statusMessage, 'One is left')
})

test('Core 3.7.3.2: a success that did not reach all sessions is partial, and no other answer is', () => {
  const judged = (code: string, subCode?: string) =>
    judgeResponse(sign(response({ status: { code, ...(subCode === undefined ? {} : { subCode }) } })))
  const verdict = judged(uris.status.success, partial)
  assert.deepEqual([verdict.ok, verdict.partial], [true, true])
  assert.equal(judged(uris.status.success).partial, undefined)
  assert.equal(judged(uris.status.success, uris.status.requestDenied).partial, undefined)
})

// Certificates and times.

for (const [what, make, judge] of [
  ['request', () => request(), judgeRequest],
  ['response', () => response(), judgeResponse],
] as const) {
  const parameter = what === 'request' ? 'SAMLRequest' : 'SAMLResponse'
  test(`Metadata 2.4.1.1: only the configured certificates count, while they are current (logout ${what})`, () => {
    const named = (...names: readonly string[]) => names.flatMap((name) => parseCertificates(readKey(`${name}.crt`)))
    for (const message of [sign(make()), byQuery(make(), parameter)]) {
      assert.deepEqual(failures(judge(message, { certificates: [] })), ['signature-key'])
      assert.deepEqual(failures(judge(message, { certificates: named('other-idp', 'idp-ec') })), ['signature-key'])
      assert.deepEqual(failures(judge(message, { certificates: named('idp-expired') })), ['certificate-current'])
      assert.deepEqual(failures(judge(message, { certificates: named('other-idp', 'idp') })), [])
    }
  })
}

test('Core 3.7.1: NotOnOrAfter ends a request, with the skew', () => {
  const signed = sign(request())
  const verdicts = (clockSkewSeconds: number | undefined, ...seconds: readonly number[]): boolean[] =>
    seconds.map(
      (one) =>
        judgeRequest(signed, { now: at(one), ...(clockSkewSeconds === undefined ? {} : { clockSkewSeconds }) }).ok,
    )
  assert.deepEqual(verdicts(undefined, 359.999, 360), [true, false])
  assert.deepEqual(verdicts(0, 299.999, 300), [true, false])
  assert.deepEqual(verdicts(undefined, -3600), [true], 'what says when it ends may come early')
})

test('Core 3.7.1: without NotOnOrAfter a request holds for five minutes from when it was issued, so that no id is kept for ever', () => {
  const signed = sign(replace(request(), / NotOnOrAfter="[^"]*"/, ''))
  const { notOnOrAfter, replayableUntil } = judgeRequest(signed).request ?? assert.fail()
  assert.deepEqual([notOnOrAfter, replayableUntil], [undefined, at(360)])
  const taken = (...seconds: readonly number[]): boolean[] =>
    seconds.map((one) => judgeRequest(signed, { now: at(one) }).ok)
  assert.deepEqual(taken(-60, 359.999, 360, -60.001), [true, true, false, false])
  const verdict = judgeRequest(signed, { now: at(3600) })
  assert.deepEqual(failures(verdict), ['request-expiry'])
})

// By SOAP (Bindings 3.2): the same message in the Body of an envelope.

const inEnvelope = (xml: string): LogoutRequestToJudge['message'] => ({ soap: writeSoap(xml) })

test('Bindings 3.2: both messages are taken from a SOAP envelope; an answer needs no Destination', () => {
  const verdict = judgeRequest(inEnvelope(sign(request())))
  assert.deepEqual([failures(verdict), verdict.request?.nameId], [[], nameId])
  const bare = replace(response(), / Destination="[^"]*"/, '')
  assert.deepEqual(failures(judgeResponse({ soap: writeSoap(sign(bare)) })), [])
  const bytes = { soap: Buffer.from(writeSoap(sign(response()))) }
  assert.deepEqual(failures(judgeResponse(bytes)), [])
})

test('Core 5.4.3: a signature made alone holds in an envelope that declares prefixes of its own', () => {
  const soap = replace(writeSoap(sign(request())), '<soap:Envelope', '<soap:Envelope xmlns="urn:x" xmlns:saml="urn:y"')
  assert.deepEqual(failures(judgeRequest({ soap })), [])
})

const envelopes: readonly (readonly [what: string, soap: string, code: string])[] = [
  ['Profiles 4.4.4.1: an unsigned request', writeSoap(request()), 'signature-present'],
  ['a request for another address', writeSoap(sign(request({ destination: 'https://else.example/' }))), 'destination'],
  [
    'a request without Destination, which could be passed on to others',
    writeSoap(sign(replace(request(), / Destination="[^"]*"/, ''))),
    'destination',
  ],
  ['no envelope', sign(request()), 'soap-envelope'],
  [
    'SOAP 1.2',
    writeSoap(sign(request())).replaceAll(/http:[^"]*envelope\//g, 'http://www.w3.org/2003/05/soap-envelope'),
    'soap-envelope',
  ],
  ['an empty Body', writeSoap(''), 'soap-envelope'],
  ['two messages', writeSoap(sign(request()) + sign(request())), 'soap-envelope'],
  [
    'two Bodies',
    writeSoap(sign(request())).replace('</soap:Envelope>', '<soap:Body/></soap:Envelope>'),
    'soap-envelope',
  ],
  [
    'something behind the Body',
    writeSoap(sign(request())).replace('</soap:Envelope>', '<x/></soap:Envelope>'),
    'soap-envelope',
  ],
  ['text beside the message', writeSoap(`x${sign(request())}`), 'soap-envelope'],
  [
    'a header that must be understood',
    writeSoap(sign(request())).replace(
      '<soap:Body>',
      '<soap:Header><x soap:mustUnderstand="1"/></soap:Header><soap:Body>',
    ),
    'soap-envelope',
  ],
  [
    'the signed request in the Header, an evil one in the Body',
    writeSoap(request()).replace('<soap:Body>', `<soap:Header>${sign(request())}</soap:Header><soap:Body>`),
    'signature-present',
  ],
  [
    'an ID of the message also in the Header',
    writeSoap(sign(request())).replace('<soap:Body>', '<soap:Header><x ID="_logout"/></soap:Header><soap:Body>'),
    'id-unique',
  ],
  ['another message', writeSoap(sign(response())), 'message-type'],
]
for (const [what, soap, code] of envelopes) {
  test(`Bindings 3.2: refused by SOAP: ${what}`, () => {
    const found = failures(judgeRequest({ soap }))
    assert.ok(found.includes(code), found.join())
  })
}

test('SOAP 1.1 §4.4: a fault is no answer, and its words are shown', () => {
  const verdict = judgeResponse({ soap: writeSoapFault('server', 'The portal & its <session> are away') })
  assert.deepEqual(failures(verdict), ['soap-envelope'])
  assert.match(verdict.checks.at(-1)?.received ?? '', /The portal & its <session> are away/)
  const headers = writeSoap(sign(response())).replace(
    '<soap:Body>',
    '<soap:Header><x soap:mustUnderstand="0"/></soap:Header><soap:Body>',
  )
  assert.deepEqual(failures(judgeResponse({ soap: headers })), [], 'a header that may be passed over is')
})

test('Sallyport: SHA-1 is taken where it is dangerously allowed, by either binding', () => {
  const unsignedQuery = `${toQuery(request(), 'SAMLRequest')}&SigAlg=${encodeURIComponent(sha1Uri)}`
  const value = cryptoSign('sha1', Buffer.from(unsignedQuery), signerOf('idp').key).toString('base64')
  const message = decodeRedirect(`${unsignedQuery}&Signature=${encodeURIComponent(value)}`)
  assert.deepEqual(failures(judgeRequest(message)), ['signature-algorithm'])
  assert.deepEqual(failures(judgeRequest(message, { dangerouslyAllowSha1: true })), [])
})

// Encrypted names.

const sp = createPrivateKey(readKey('sp.key'))
const encryptedName = (plain = nameElement): string =>
  replace(request(), nameElement, `<saml:EncryptedID>${encrypted(plain)}</saml:EncryptedID>`)

test('Core 3.7.1: an EncryptedID is opened once a signature covers it, by either binding', () => {
  const change = { decryptionKeys: [sp] }
  for (const message of [sign(encryptedName()), byQuery(encryptedName(), 'SAMLRequest')]) {
    assert.deepEqual(judgeRequest(message, change).request?.nameId, nameId)
    assert.deepEqual(failures(judgeRequest(message)), ['subject'])
  }
  const open = (message: string): Check | undefined =>
    judgeRequest(message, change).checks.find(({ code }) => code === 'subject')
  assert.equal(open(encryptedName())?.outcome, 'not-reached')
  assert.equal(open(sign(encryptedName(), signerOf('other-idp')))?.outcome, 'not-reached')
})

for (const [what, plain] of [
  ['an attribute', '<saml:Attribute Name="x"/>'],
  ['an issuer', '<saml:Issuer>ada</saml:Issuer>'],
  ['a NameID with an attribute of nobody', '<saml:NameID onload="x">ada</saml:NameID>'],
  ['an empty NameID', '<saml:NameID> </saml:NameID>'],
  ['a NameID with a comment', '<saml:NameID>ada<!-- -->.evil</saml:NameID>'],
  ['a DOCTYPE', `<!DOCTYPE x>${nameElement}`],
  ['text', 'ada'],
] as const) {
  test(`Core 3.7.1: an EncryptedID that holds ${what}: refused`, () => {
    assert.deepEqual(failures(judgeRequest(sign(encryptedName(plain)), { decryptionKeys: [sp] })), ['subject'])
  })
}

test('Core 3.7.1: a name in clear beside the encrypted one: refused', () => {
  const xml = replace(encryptedName(), '</saml:EncryptedID>', `</saml:EncryptedID>${nameElement}`)
  assert.deepEqual(failures(judgeRequest(sign(xml), { decryptionKeys: [sp] })), ['structure'])
})

// The signature in the query.

const query = toQuery(request(), 'SAMLRequest', signerOf('idp'))
const signedQuery = (text: string, uri: string, value: (data: Buffer) => Buffer): string => {
  const whole = `${text}&SigAlg=${encodeURIComponent(uri)}`
  return `${whole}&Signature=${encodeURIComponent(value(Buffer.from(whole)).toString('base64'))}`
}
const deflated = (xml: string): string => encodeURIComponent(deflateRawSync(xml).toString('base64'))

const queries: readonly (readonly [string, string, readonly string[]])[] = [
  ['no signature', toQuery(request(), 'SAMLRequest'), ['signature-present']],
  [
    'a signature in the message only, none in the query',
    toQuery(sign(request()), 'SAMLRequest'),
    ['signature-present'],
  ],
  [
    'a signature in the message beside the one in the query',
    toQuery(sign(request()), 'SAMLRequest', signerOf('idp')),
    ['signature-form'],
  ],
  ['another key', toQuery(request(), 'SAMLRequest', signerOf('other-idp')), ['signature-key']],
  ['another RelayState', query.replace('RelayState=state', 'RelayState=evil'), ['signature-key']],
  ['no RelayState any more', query.replace('&RelayState=state', ''), ['signature-key']],
  ['another message', query.replace(/(?<=SAMLRequest=)[^&]*/, deflated(evilOne(request()))), ['signature-key']],
  ['the message in other bytes', query.replace(/(?<=SAMLRequest=)[^&]*/, deflated(`${request()} `)), ['signature-key']],
  [
    'HMAC',
    signedQuery(toQuery(request(), 'SAMLRequest'), hmacUri, (data) =>
      createHmac('sha256', readKey('idp.crt')).update(data).digest(),
    ),
    ['signature-algorithm'],
  ],
  [
    'a key of another kind',
    signedQuery(toQuery(request(), 'SAMLRequest'), rsaUri, (data) =>
      cryptoSign('sha256', data, signerOf('idp-ec').key),
    ),
    ['signature-key'],
  ],
  ['the parameter of an answer', toQuery(request(), 'SAMLResponse', signerOf('idp')), ['query']],
  ['an answer', toQuery(response(), 'SAMLRequest', signerOf('idp')), ['message-type']],
  ['no Destination', toQuery(withoutDestination(request()), 'SAMLRequest', signerOf('idp')), ['destination']],
  [
    'another Destination',
    toQuery(request({ destination: 'https://other.example' }), 'SAMLRequest', signerOf('idp')),
    ['destination'],
  ],
]

for (const [what, text, codes] of queries) {
  test(`Bindings 3.4.4.1: a query with ${what}: refused`, () => {
    assert.deepEqual(failures(judgeRequest(decodeRedirect(text))), codes)
  })
}

test('Bindings 3.4.4.1: an answer in the parameter of a request, and with another’s signature: refused', () => {
  assert.deepEqual(failures(judgeResponse(byQuery(response(), 'SAMLRequest'))), ['query'])
  const moved = toQuery(response(), 'SAMLResponse').concat(query.slice(query.indexOf('&SigAlg=')))
  assert.deepEqual(failures(judgeResponse(decodeRedirect(moved))), ['signature-key'])
})

// Another implementation.

const missing = spawnSync('xmlsec1', ['--version']).error !== undefined && process.env.SALLYPORT_REQUIRE_PEERS !== '1'
const skip = missing && 'xmlsec1 is not installed'

test('Core 5.4: xmlsec1 verifies both messages as they are signed', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  try {
    for (const [local, xml] of [
      ['LogoutRequest', sign(request())],
      ['LogoutResponse', sign(response())],
    ] as const) {
      const file = join(folder, 'message.xml')
      writeFileSync(file, xml)
      const ids = ['--id-attr:ID', `${namespaces.protocol}:${local}`]
      const key = ['--pubkey-cert-pem', join(casesFolder, 'keys/idp.crt')]
      const { status, stderr } = spawnSync('xmlsec1', ['--verify', ...ids, ...key, file], { encoding: 'utf8' })
      assert.equal(status, 0, stderr)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

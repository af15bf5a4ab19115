// The query of the HTTP-Redirect binding, and its signature over the query as it came.

import assert from 'node:assert/strict'
import { createHmac, createPublicKey, sign as cryptoSign, type KeyObject } from 'node:crypto'
import { test } from 'node:test'
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { readKey } from '../../cases/case.ts'
import { now, signerOf } from '../../cases/one-change.ts'
import { parseCertificates } from '../certificates/certificate.ts'
import { SamlReadError } from '../report/read-error.ts'
import { type SignatureAlgorithm, type Signer, signatureUri } from '../signature/algorithms.ts'
import { verifyQuerySignature } from '../signature/verify-query.ts'
import { readXml } from '../xml/read.ts'
import { decodeRedirect, encodeRedirect, type RedirectMessage } from './redirect.ts'

const xml = '<samlp:AuthnRequest ID="_é😀"/>'
const url = 'https://idp.example/sso'
const rsa = createPublicKey(signerOf('idp').key)
const ec = createPublicKey(signerOf('idp-ec').key)
const other = createPublicKey(signerOf('other-idp').key)

const encode = (change: Partial<RedirectMessage> = {}): string =>
  encodeRedirect({ url, parameter: 'SAMLRequest', xml, ...change })
const queryOf = (location: string): string => location.slice(location.indexOf('?') + 1)
const certificateOf = new Map([
  [rsa, parseCertificates(readKey('idp.crt'))],
  [ec, parseCertificates(readKey('idp-ec.crt'))],
  [other, parseCertificates(readKey('other-idp.crt'))],
])
const verify = (query: string, ...keys: readonly KeyObject[]): boolean => {
  const certificates = keys.flatMap((key) => certificateOf.get(key) ?? [])
  return verifyQuerySignature(decodeRedirect(query), readXml('<r/>'), { certificates, now }).signed !== undefined
}
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

function refusal(query: string): string {
  try {
    decodeRedirect(query)
    return 'accepted'
  } catch (error) {
    assert.ok(error instanceof SamlReadError, `only errors of our own kind: ${error}`)
    return `${error.code}: ${error.received}`
  }
}

test('Bindings 3.4.4.1: what is encoded is decoded', () => {
  for (const parameter of ['SAMLRequest', 'SAMLResponse'] as const) {
    for (const relayState of [undefined, '', 'https://app.example/?a=1&b=2#c', 'é😀 +%&=;"\r\n']) {
      const decoded = decodeRedirect(
        queryOf(encode({ parameter, ...(relayState === undefined ? {} : { relayState }) })),
      )
      assert.deepEqual(
        { ...decoded, xml: text(decoded.xml) },
        { parameter, xml, ...(relayState === undefined ? {} : { relayState }) },
      )
    }
  }
})

test('Bindings 3.4.4.1: an address that has a fragment keeps it behind the query', () => {
  assert.match(encode({ url: 'https://idp.example/sso#here' }), /^https:\/\/idp\.example\/sso\?SAMLRequest=[^#]+#here$/)
})

test('Sallyport: a RelayState that is no text is not sent', () => {
  assert.throws(() => encode({ relayState: 'a\ud800' }), TypeError)
})

test('Sallyport: no parameter holds a NUL', () => {
  const message = queryOf(encode())
  assert.equal(refusal(`${message}&RelayState=a%00b`), 'query: a NUL character')
})

test('Bindings 3.4.4.1: an address that has a query keeps it', () => {
  const location = encode({ url: 'https://idp.example/sso?tenant=a%26b' })
  assert.ok(location.startsWith('https://idp.example/sso?tenant=a%26b&SAMLRequest='))
  assert.equal(text(decodeRedirect(queryOf(location)).xml), xml)
  assert.equal(new URL(location).searchParams.get('tenant'), 'a&b')
})

const signers: readonly (readonly [SignatureAlgorithm, KeyObject])[] = [
  ['rsa-sha256', rsa],
  ['rsa-sha384', rsa],
  ['rsa-sha512', rsa],
  ['ecdsa-sha256', ec],
]

for (const [algorithm, key] of signers) {
  test(`Bindings 3.4.4.1: a signature by ${algorithm} verifies, with its key and with no other`, () => {
    const signer: Signer = { ...signerOf(key === ec ? 'idp-ec' : 'idp'), algorithm }
    for (const change of [{}, { relayState: '' }, { relayState: 'a b+c' }, { parameter: 'SAMLResponse' as const }]) {
      const query = queryOf(encode({ ...change, signer }))
      assert.equal(decodeRedirect(query).signature?.algorithmUri, signatureUri(algorithm))
      assert.equal(verify(query, key), true)
      assert.equal(verify(query, other, key), true)
      assert.equal(verify(query, other), false)
      assert.equal(verify(query, key === ec ? rsa : ec), false)
      assert.equal(verify(query), false)
    }
  })
}

test('Bindings 3.4.4.1: without a signature nothing verifies', () => {
  assert.equal(decodeRedirect(queryOf(encode())).signature, undefined)
  assert.equal(verify(queryOf(encode()), rsa), false)
})

// A signature over any query text, as others write it.
function signed(query: string, algorithm: SignatureAlgorithm = 'rsa-sha256', sigAlg = signatureUri(algorithm)): string {
  const whole = `${query}&SigAlg=${encodeURIComponent(sigAlg)}`
  const value = cryptoSign('sha256', Buffer.from(whole), signerOf('idp').key).toString('base64')
  return `${whole}&Signature=${encodeURIComponent(value)}`
}

const message = (bytes: Uint8Array = deflateRawSync(xml)): string =>
  encodeURIComponent(Buffer.from(bytes).toString('base64'))
const good = signed(`SAMLRequest=${message()}&RelayState=a%2Fb`)
const [request = '', relay = '', sigAlg = '', signature = ''] = good.split('&')
const lower = (escaped: string): string => escaped.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())

const queries: readonly (readonly [string, string, boolean])[] = [
  ['as it was sent', good, true],
  ['with lower-case escapes that were signed so', signed(lower(`SAMLRequest=${message()}&RelayState=a%2Fb`)), true],
  ['with lower-case escapes in the signature itself', `${request}&${relay}&${sigAlg}&${lower(signature)}`, true],
  [
    'with escapes that nobody needs',
    signed(`SAMLRequest=${message().replace(/[A-Za-z]/, (c) => `%${c.charCodeAt(0).toString(16)}`)}`),
    true,
  ],
  ['in another order: the prescribed one was signed', [signature, relay, sigAlg, request].join('&'), true],
  ['with parameters of others around', `tenant=1&${good}&utm=x`, true],
  [
    'with the names of ours in other letters, which are others',
    `${good}&relaystate=evil&RelayState[]=evil&Relay%53tate=evil`,
    true,
  ],
  [
    'with SAMLEncoding, which is not signed',
    `${good}&SAMLEncoding=urn%3Aoasis%3Anames%3Atc%3ASAML%3A2.0%3Abindings%3AURL-Encoding%3ADEFLATE`,
    true,
  ],
  ['with escapes written anew', `${lower(request)}&${lower(relay)}&${sigAlg}&${signature}`, false],
  ['with another RelayState', good.replace('a%2Fb', 'a%2Fc'), false],
  ['with RelayState emptied', good.replace('a%2Fb', ''), false],
  ['with RelayState taken away', good.replace('&RelayState=a%2Fb', ''), false],
  ['with RelayState added', `${signed(`SAMLRequest=${message()}`)}&RelayState=evil`, false],
  ['with an empty RelayState added', `${signed(`SAMLRequest=${message()}`)}&RelayState=`, false],
  ['with a message of the other kind', good.replace('SAMLRequest', 'SAMLResponse'), false],
  ['with another message', good.replace(request, `SAMLRequest=${message(deflateRawSync('<evil/>'))}`), false],
  ['with another algorithm', good.replace('rsa-sha256', 'rsa-sha512'), false],
  ['with the signature changed', good.replace(/Signature=..../, 'Signature=AAAA'), false],
  ['with an empty signature', good.replace(/Signature=.*/, 'Signature='), false],
]

for (const [what, query, expected] of queries) {
  test(`Bindings 3.4.4.1: ${what}: ${expected ? 'verifies' : 'does not verify'}`, () =>
    assert.equal(verify(query, rsa), expected))
}

const algorithms: readonly (readonly [string, string])[] = [
  ['RSA with SHA-1', 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'],
  ['HMAC', 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256'],
  ['DSA', 'http://www.w3.org/2000/09/xmldsig#dsa-sha1'],
  ['a name in other letters', 'http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256'],
  ['no name', ''],
]

for (const [what, uri] of algorithms) {
  test(`XML Signature 1.1 §6: a query signed by ${what} does not verify`, () => {
    const whole = `SAMLRequest=${message()}&SigAlg=${encodeURIComponent(uri)}`
    const values = [
      cryptoSign('sha1', Buffer.from(whole), signerOf('idp').key),
      cryptoSign('sha256', Buffer.from(whole), signerOf('idp').key),
      createHmac('sha256', readKey('idp.crt')).update(whole).digest(),
      createHmac('sha256', rsa.export({ type: 'spki', format: 'pem' }))
        .update(whole)
        .digest(),
    ]
    for (const value of values)
      assert.equal(verify(`${whole}&Signature=${encodeURIComponent(value.toString('base64'))}`, rsa, ec), false)
  })
}

test('XML Signature 1.1 §6.4.3: an ECDSA query signature is r and s: no DER, no zeros, no other length', () => {
  const whole = `SAMLRequest=${message()}&SigAlg=${encodeURIComponent(signatureUri('ecdsa-sha256'))}`
  const { key } = signerOf('idp-ec')
  const raw = cryptoSign('sha256', Buffer.from(whole), { key, dsaEncoding: 'ieee-p1363' })
  const values = [
    raw,
    cryptoSign('sha256', Buffer.from(whole), key),
    Buffer.alloc(64),
    raw.subarray(1),
    Buffer.concat([raw, raw]),
  ]
  const verdicts = values.map((value) =>
    verify(`${whole}&Signature=${encodeURIComponent(value.toString('base64'))}`, ec),
  )
  assert.deepEqual(verdicts, [true, false, false, false, false])
})

const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024, 'a'), { level: 9 })

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['3.4.4.1: no message', '', /^query: neither/],
  ['3.4.4.1: only others', 'a=b&RelayState=x', /^query: neither/],
  [
    '3.4.4.1: a request and a response',
    `SAMLRequest=${message()}&SAMLResponse=${message()}`,
    /^query: a request and a response/,
  ],
  ['3.4.4.1: a message twice', `${request}&${request}`, /^query: SAMLRequest twice/],
  ['3.4.4.1: RelayState twice', `${good}&${relay}`, /^query: RelayState twice/],
  ['3.4.4.1: SigAlg twice', `${good}&${sigAlg}`, /^query: SigAlg twice/],
  ['3.4.4.1: Signature twice', `${good}&${signature}`, /^query: Signature twice/],
  ['3.4.4.1: a parameter without value, twice', `${request}&RelayState&RelayState`, /^query: RelayState twice/],
  ['3.4.4.1: Signature without SigAlg', `${request}&${relay}&${signature}`, /^query: only one/],
  ['3.4.4.1: SigAlg without Signature', `${request}&${relay}&${sigAlg}`, /^query: only one/],
  ['3.4.4.1: a Signature that is not base64', `${request}&${sigAlg}&Signature=*`, /^query: a Signature that/],
  ['3.4.4: another encoding', `${request}&SAMLEncoding=urn%3Ax`, /^query: the encoding urn:x/],
  ['3.4.4: no encoding', `${request}&SAMLEncoding=`, /^query: the encoding $/],
  ['3.4.4.1: broken escapes', 'SAMLRequest=%', /^query: a broken/],
  ['3.4.4.1: escapes that are not UTF-8', `${request}&RelayState=%FF`, /^query: a broken/],
  ['3.4.4.1: an empty message', 'SAMLRequest=', /^message-base64/],
  ['3.4.4.1: a message that is not base64', 'SAMLRequest=%3Ca%2F%3E', /^message-base64/],
  [
    '3.4.4.1: base64 without padding',
    `SAMLRequest=${message(deflateRawSync('<a/>')).replaceAll('%3D', '')}x`,
    /^message-base64/,
  ],
  [
    '3.4.4.1: a message that was not deflated',
    `SAMLRequest=${message(Buffer.from(xml))}`,
    /^message-deflate: bytes that do not/,
  ],
  ['3.4.4.1: a zlib header', `SAMLRequest=${message(deflateSync(xml))}`, /^message-deflate: bytes that do not/],
  ['3.4.4.1: a gzip header', `SAMLRequest=${message(gzipSync(xml))}`, /^message-deflate: bytes that do not/],
  [
    '3.4.4.1: a byte after the message',
    `SAMLRequest=${message(Buffer.concat([deflateRawSync(xml), Buffer.alloc(1)]))}`,
    /^message-deflate: bytes after/,
  ],
  [
    '3.4.4.1: a second message after it',
    `SAMLRequest=${message(Buffer.concat([deflateRawSync(xml), deflateRawSync(xml)]))}`,
    /^message-deflate: bytes after/,
  ],
  [
    '3.4.4.1: a message that breaks off',
    `SAMLRequest=${message(deflateRawSync(xml).subarray(0, -1))}`,
    /^message-deflate: bytes that do not/,
  ],
  ['3.4.4.1: 64 MiB in 64 KiB', `SAMLRequest=${message(bomb)}`, /^message-deflate: bytes that do not/],
  [
    '3.4.4.1: a byte more than 256 KiB',
    `SAMLRequest=${message(deflateRawSync('a'.repeat(256 * 1024 + 1)))}`,
    /^message-deflate: bytes that do not/,
  ],
]

for (const [requirement, query, reason] of refused) {
  test(`Bindings ${requirement}: refused`, () => assert.match(refusal(query), reason))
}

test('Bindings 3.4.4.1: a message of 256 KiB inflates', () => {
  assert.equal(decodeRedirect(`SAMLRequest=${message(deflateRawSync('a'.repeat(256 * 1024)))}`).xml.length, 256 * 1024)
})

test('any query is read or refused with an error of our own', () => {
  const unit = fc.constantFrom(
    'SAMLRequest',
    'SAMLResponse',
    'RelayState',
    'SigAlg',
    'Signature',
    'SAMLEncoding',
    '=',
    '&',
    '%',
    '%41',
    '+',
    'a',
    message(),
    '==',
  )
  const property = fc.property(fc.string({ unit, maxLength: 20 }), (query) => {
    if (refusal(query) === 'accepted') assert.equal(verify(query, rsa, ec), false)
  })
  fc.assert(property, { seed: 20260301, numRuns: 2000 })
})

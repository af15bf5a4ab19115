// The report on a signature in the query (Bindings 3.4.4.1). What a query may look like is tested in bindings/redirect.test.ts.

import assert from 'node:assert/strict'
import { createHmac, sign as cryptoSign, type KeyObject } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { readKey } from '../../cases/case.ts'
import { now, signerOf } from '../../cases/one-change.ts'
import { decodeRedirect, encodeRedirect } from '../bindings/redirect.ts'
import { type Certificate, parseCertificates } from '../certificates/certificate.ts'
import { SamlReadError } from '../report/read-error.ts'
import { readXml } from '../xml/read.ts'
import { XmlError } from '../xml/xml-error.ts'
import { type SignatureAlgorithm, type Signer, signatureUri } from './algorithms.ts'
import { signedElement } from './signed-element.ts'
import type { SignatureVerdict, VerificationOptions } from './verify.ts'
import { verifyQuerySignature } from './verify-query.ts'

const xml = '<a ID="_a"/>'
const named = (...names: readonly string[]): Certificate[] =>
  names.flatMap((name) => parseCertificates(readKey(`${name}.crt`)))
const encode = (signer?: Signer): string =>
  encodeRedirect({ url: '', parameter: 'SAMLRequest', xml, relayState: 'a b', ...(signer && { signer }) }).slice(1)

function verify(query: string, change: Partial<VerificationOptions> = {}): SignatureVerdict {
  const decoded = decodeRedirect(query)
  const root = readXml(decoded.xml)
  const verdict = verifyQuerySignature(decoded, root, { certificates: named('idp'), now, ...change })
  const sound = verdict.checks.length > 0 && verdict.checks.every(({ outcome }) => outcome === 'passed')
  assert.equal(verdict.signed !== undefined, sound, 'there is a proof exactly when every check passed')
  if (verdict.signed !== undefined) assert.equal(signedElement(verdict.signed), root)
  return verdict
}

const outcomes = ({ checks }: SignatureVerdict): string[] => checks.map(({ code, outcome }) => `${code} ${outcome}`)
const withValue = (uri: string, value: (data: Buffer) => Buffer): string => {
  const whole = `${encode()}&SigAlg=${encodeURIComponent(uri)}`
  return `${whole}&Signature=${encodeURIComponent(value(Buffer.from(whole)).toString('base64'))}`
}

const sound = ['signature-algorithm passed', 'signature-key passed', 'certificate-current passed']
const keys: readonly (readonly [SignatureAlgorithm, 'idp' | 'idp-ec'])[] = [
  ['rsa-sha256', 'idp'],
  ['rsa-sha384', 'idp'],
  ['rsa-sha512', 'idp'],
  ['ecdsa-sha256', 'idp-ec'],
]

for (const [algorithm, key] of keys) {
  test(`Bindings 3.4.4.1: ${algorithm}: every check passes, in this order, and the message is proved`, () => {
    const verdict = verify(encode({ ...signerOf(key), algorithm }), {
      certificates: named('other-idp', 'idp', 'idp-ec'),
    })
    assert.deepEqual(outcomes(verdict), sound)
    assert.equal(verdict.certificate?.fingerprint, named(key)[0]?.fingerprint)
  })
}

test('Bindings 3.4.4.1: without a signature there is nothing to check and no proof', () => {
  assert.deepEqual(verify(encode()), { checks: [] })
})

test('XML Signature 1.1 §3.2.2: only a configured key of the right kind counts, and the report says which were tried', () => {
  const query = encode(signerOf('idp'))
  for (const certificates of [[], named('other-idp'), named('idp-ec'), named('other-idp', 'idp-ec')]) {
    const verdict = verify(query, { certificates })
    assert.deepEqual(outcomes(verdict), ['signature-algorithm passed', 'signature-key failed'])
    const expected = certificates.map(({ fingerprint }) => fingerprint).join(' or ') || 'a configured certificate'
    assert.equal(verdict.checks[1]?.expected, expected)
  }
})

test('Sallyport: an expired certificate is named as such, and gives no proof', () => {
  const verdict = verify(encode(signerOf('idp')), { certificates: named('idp-expired') })
  assert.deepEqual(outcomes(verdict), [...sound.slice(0, 2), 'certificate-current failed'])
})

test('Sallyport: of two certificates for one key the current one counts, whatever the order', () => {
  for (const certificates of [named('idp-expired', 'idp'), named('idp', 'idp-expired')]) {
    assert.deepEqual(outcomes(verify(encode(signerOf('idp')), { certificates })), sound)
  }
})

const rsa = signerOf('idp').key
const rsaUri = signatureUri('rsa-sha256')
const sha1Uri = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'
const by = (hash: string, key: KeyObject) => (data: Buffer) => cryptoSign(hash, data, key)
const hmac = (key: string) => (data: Buffer) => createHmac('sha256', key).update(data).digest()
const spki = named('idp')[0]?.key.export({ type: 'spki', format: 'pem' }).toString() ?? ''

const algorithms: readonly (readonly [string, string, (data: Buffer) => Buffer])[] = [
  ['RSA with SHA-1', sha1Uri, by('sha1', rsa)],
  ['RSA with MD5', 'http://www.w3.org/2001/04/xmldsig-more#rsa-md5', by('md5', rsa)],
  ['HMAC with the certificate as key', 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256', hmac(readKey('idp.crt'))],
  ['HMAC with the public key as key', 'http://www.w3.org/2000/09/xmldsig#hmac-sha1', hmac(spki)],
  ['DSA', 'http://www.w3.org/2000/09/xmldsig#dsa-sha1', by('sha1', rsa)],
  ['a name in other letters', rsaUri.toUpperCase(), by('sha256', rsa)],
  ['a name with a space', `${rsaUri} `, by('sha256', rsa)],
  ['a name that objects have', 'constructor', by('sha256', rsa)],
  ['no name', '', by('sha256', rsa)],
]

for (const [what, uri, value] of algorithms) {
  test(`XML Signature 1.1 §6: a query signed by ${what} is refused before a key is tried`, () => {
    const verdict = verify(withValue(uri, value))
    assert.deepEqual(outcomes(verdict), ['signature-algorithm failed'])
    assert.equal(verdict.checks[0]?.received, uri)
  })
}

test('Sallyport: SHA-1 is taken where it is dangerously allowed, and nothing else is', () => {
  const allowed = { dangerouslyAllowSha1: true }
  assert.deepEqual(outcomes(verify(withValue(sha1Uri, by('sha1', rsa)), allowed)), sound)
  for (const [what, uri, value] of algorithms.slice(1)) {
    assert.deepEqual(outcomes(verify(withValue(uri, value), allowed)), ['signature-algorithm failed'], what)
  }
})

test('XML Signature 1.1 §6.4.3: an ECDSA value is r and s: no DER, no zeros (CVE-2022-21449), no other length', () => {
  const ec = signerOf('idp-ec').key
  const raw = (data: Buffer): Buffer => cryptoSign('sha256', data, { key: ec, dsaEncoding: 'ieee-p1363' })
  const values = [
    (data: Buffer) => cryptoSign('sha256', data, ec),
    () => Buffer.alloc(64),
    () => Buffer.alloc(0),
    (data: Buffer) => raw(data).subarray(1),
    (data: Buffer) => Buffer.concat([raw(data), Buffer.alloc(1)]),
  ]
  const certificates = named('idp-ec')
  assert.deepEqual(outcomes(verify(withValue(signatureUri('ecdsa-sha256'), raw), { certificates })), sound)
  for (const value of values) {
    const verdict = verify(withValue(signatureUri('ecdsa-sha256'), value), { certificates })
    assert.deepEqual(outcomes(verdict), ['signature-algorithm passed', 'signature-key failed'])
  }
})

test('Bindings 3.4.4.1: no change of a signed query is proved to be what was signed', () => {
  const query = encode(signerOf('idp'))
  const signed = decodeRedirect(query)
  const character = fc.constantFrom(...'abcXYZ019%+&=-_./', '%3D', '%2B', '&RelayState=', '&SAMLResponse=')
  const property = fc.property(fc.nat(query.length - 1), character, fc.boolean(), (at, text, insert) => {
    const changed = query.slice(0, at) + text + query.slice(insert ? at : at + 1)
    try {
      if (verify(changed).signed === undefined) return
    } catch (error) {
      // Not even a query, or no XML in it.
      if (error instanceof SamlReadError || error instanceof XmlError) return
      throw error
    }
    // What is left is another spelling of the same, or a parameter of nobody's.
    const { parameter, xml: bytes, relayState } = decodeRedirect(changed)
    assert.deepEqual([parameter, bytes, relayState], [signed.parameter, signed.xml, signed.relayState])
  })
  fc.assert(property, { seed: 20260301, numRuns: 1000 })
})

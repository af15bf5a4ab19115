// One change each in a signature that verifies; certificates and their dates.

import assert from 'node:assert/strict'
import { createHmac, sign as cryptoSign } from 'node:crypto'
import { test } from 'node:test'
import { readKey } from '../../cases/case.ts'
import { now, replace, signAssertion, signerOf, signInfoAgain, take, unsigned } from '../../cases/one-change.ts'
import { parseCertificates } from '../certificates/certificate.ts'
import type { Check } from '../report/checks.ts'
import { namespaces } from '../uris.ts'
import { readXml } from '../xml/read.ts'
import { onlyChild } from '../xml/tree.ts'
import { type SignatureVerdict, type VerificationOptions, verifySignature } from './verify.ts'

const good = signAssertion(unsigned())
const certificates = parseCertificates(readKey('idp.crt'))
const [certificate] = certificates

function verify(xml: string, options: Partial<VerificationOptions> = {}): SignatureVerdict {
  const element = onlyChild(readXml(xml), namespaces.assertion, 'Assertion') ?? assert.fail('no assertion')
  const verdict = verifySignature(element, 'assertion', { certificates, now, ...options })
  const sound = verdict.checks.length > 0 && verdict.checks.every(({ outcome }) => outcome === 'passed')
  assert.equal(verdict.signed !== undefined, sound, 'a proof comes out exactly when every check passed')
  return verdict
}

const failures = ({ checks }: SignatureVerdict): readonly Check[] =>
  checks.filter(({ outcome }) => outcome === 'failed')
const codes = (verdict: SignatureVerdict): readonly string[] => failures(verdict).map(({ code }) => code)
const key = signerOf('idp').key

// Signs SignedInfo anew where it was changed: then nothing but the change speaks against it.
function resigned(xml: string, hash = 'sha256'): string {
  const info = (source: string): string => take(source, /<ds:SignedInfo>.*<\/ds:SignedInfo>/s)
  return info(xml) === info(good) ? xml : signInfoAgain(xml, (data) => cryptoSign(hash, data, key))
}

test('XML Signature 1.1 §3.2: a sound signature passes every check, in this order', () => {
  const verdict = verify(good)
  const names =
    'signature-form signature-algorithm signature-reference signature-digest signature-key certificate-current'
  assert.deepEqual(
    verdict.checks.map(({ code }) => code),
    names.split(' '),
  )
  assert.ok(verdict.checks.every(({ about }) => about === 'assertion'))
  assert.equal(verdict.certificate?.fingerprint, certificate?.fingerprint)
})

test('Core 5.4: without a signature there is nothing to check and no proof', () => {
  assert.deepEqual(verify(unsigned()), { checks: [] })
})

test('Core 5.4: a signature elsewhere, or in another namespace, is none', () => {
  const signature = take(good, /<ds:Signature .*<\/ds:Signature>/)
  assert.deepEqual(verify(replace(replace(good, signature, ''), '<saml:Subject>', `<saml:Subject>${signature}`)), {
    checks: [],
  })
  assert.deepEqual(
    verify(
      replace(good, 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"', 'xmlns:ds="http://www.w3.org/2000/09/xmldsig"'),
    ),
    { checks: [] },
  )
})

const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const c14n = `<ds:Transform Algorithm="${exclusive}"></ds:Transform>`
const enveloped = '<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>'
const inclusive = (list: string): string => `<i:InclusiveNamespaces xmlns:i="${exclusive}" PrefixList="${list}"/>`
const keyInfo = /<ds:KeyInfo>.*<\/ds:KeyInfo>/
const hint = /(?<=<ds:X509Certificate>)[^<]*/
const inC14n = (inner: string): string => c14n.replace('></', `>${inner}</`)

// What is refused for its form; each is signed anew, so that nothing but its form speaks against it.
const forms: readonly (readonly [string, string | RegExp, string, RegExp])[] = [
  ['§4.2: no SignedInfo as first part', /(?<=<\/?ds:)SignedInfo/g, 'Info', /no SignedInfo/],
  ['§4.4: another part than CanonicalizationMethod', /(?<=<\/?ds:)CanonicalizationMethod/g, 'Method', /no Canonic/],
  ['§4.4: another part than SignatureMethod', /(?<=<\/?ds:)SignatureMethod/g, 'Method', /no SignatureMethod/],
  ['§4.4: another part than DigestMethod', /(?<=<\/?ds:)DigestMethod/g, 'Method', /no DigestMethod/],
  ['§4.4: another part than DigestValue', /(?<=<\/?ds:)DigestValue/g, 'Value', /no DigestValue/],
  ['§4.2: no SignatureValue', /<ds:SignatureValue>.*<\/ds:SignatureValue>/, '', /SignatureValue as second/],
  ['§4.2: a part between', '<ds:SignatureValue>', '<ds:Object/><ds:SignatureValue>', /SignatureValue as second/],
  ['§4.2: text between the parts', '<ds:KeyInfo>', 'x<ds:KeyInfo>', /text in Signature/],
  ['§4.2: text that is no white space of XML', '<ds:KeyInfo>', '\u00a0<ds:KeyInfo>', /text in Signature/],
  ['§4.2: two KeyInfo', '<ds:KeyInfo>', '<ds:KeyInfo/><ds:KeyInfo>', /parts other/],
  ['§4.2: an Object instead of KeyInfo', /<ds:KeyInfo>.*<\/ds:KeyInfo>/, '<ds:Object/>', /parts other/],
  ['§4.4: text in SignedInfo', '<ds:Reference', 'x<ds:Reference', /text in SignedInfo/],
  ['§4.4: a part of another namespace', '<ds:Reference', '<Reference xmlns="urn:x"/><ds:Reference', /no Reference/],
  [
    '§4.4.1: canonicalization with comments',
    `Method Algorithm="${exclusive}"`,
    `Method Algorithm="${exclusive}WithComments"`,
    /WithComments/,
  ],
  [
    '§4.4.1: no algorithm of canonicalization',
    `Method Algorithm="${exclusive}"`,
    'Method',
    /canonicalization undefined/,
  ],
  [
    '§4.4.2: HMACOutputLength (CVE-2009-0217)',
    '</ds:SignatureMethod>',
    '<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>',
    /parameters of the signature/,
  ],
  ['§4.4.2: no SignatureMethod algorithm', / Algorithm="[^"]*rsa-sha256"/, '', /SignatureMethod without/],
  ['§4.4.3: a Reference without URI', ' URI="#_assertion"', '', /without URI/],
  ['§4.4.3: no Transforms', /<ds:Transforms>.*<\/ds:Transforms>/, '', /no Transforms/],
  [
    '§4.4.3: a second DigestValue',
    '<ds:DigestValue>',
    '<ds:DigestValue>AAAA</ds:DigestValue><ds:DigestValue>',
    /DigestValue at its place/,
  ],
  ['§4.4.3.4: no transform', enveloped + c14n, '', /transforms none/],
  ['§4.4.3.4: no canonicalization', c14n, '', /the transforms/],
  ['§4.4.3.4: the signature is not taken out', enveloped, '', /the transforms/],
  ['§4.4.3.4: the other order', enveloped + c14n, c14n + enveloped, /the transforms/],
  ['§4.4.3.4: a transform twice', c14n, c14n + c14n, /the transforms/],
  ['§4.4.3.4: a hundred transforms', c14n, c14n.repeat(100), /the transforms/],
  [
    '§4.4.3.4: XPath',
    c14n,
    '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>1</ds:XPath></ds:Transform>',
    /the transforms/,
  ],
  [
    '§4.4.3.4: base64',
    enveloped,
    '<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#base64"/>',
    /the transforms/,
  ],
  [
    '§4.4.3.4: a Transform of another namespace',
    c14n,
    c14n.replaceAll('ds:Transform', 'saml:Transform'),
    /the transforms/,
  ],
  [
    '§6.6.4: parameters of the enveloped transform',
    enveloped,
    enveloped.replace('></', '><ds:XPath/></'),
    /the transforms/,
  ],
  ['xml-exc-c14n §2.2: two InclusiveNamespaces', c14n, inC14n(inclusive('a') + inclusive('b')), /unknown parameters/],
  [
    'xml-exc-c14n §2.2: one of another namespace',
    c14n,
    inC14n('<ds:InclusiveNamespaces PrefixList="a"/>'),
    /unknown parameters/,
  ],
  [
    'xml-exc-c14n §2.2: something in it',
    c14n,
    inC14n(inclusive('a').replace('/>', '><ds:a/></i:InclusiveNamespaces>')),
    /out of bounds/,
  ],
  ['Sallyport: 33 prefixes', c14n, inC14n(inclusive('a '.repeat(33))), /out of bounds/],
  ['xml-exc-c14n §2.2: a prefix that is none', c14n, inC14n(inclusive('a:b')), /the prefix a:b/],
  ['xml-exc-c14n §2.2: a prefix with a quotation mark', c14n, inC14n(inclusive('a&quot;')), /the prefix a"/],
  ['§4.4.3.5: parameters of the digest', '</ds:DigestMethod>', '<ds:a/></ds:DigestMethod>', /parameters of the digest/],
  ['§4.4.3.6: an empty DigestValue', /<ds:DigestValue>[^<]*/, '<ds:DigestValue>', /DigestValue that is not/],
  ['§4.4.3.6: an element in DigestValue', '<ds:DigestValue>', '<ds:DigestValue><ds:a/>', /DigestValue that is not/],
  [
    'RFC 4648 §3.2: a DigestValue without its padding',
    '=</ds:DigestValue>',
    '</ds:DigestValue>',
    /DigestValue that is not/,
  ],
  [
    'RFC 4648 §5: a DigestValue in the alphabet of addresses',
    /<ds:DigestValue>../,
    '<ds:DigestValue>-_',
    /DigestValue that is not/,
  ],
]

for (const [requirement, from, to, reason] of forms) {
  test(`XML Signature 1.1 ${requirement}: refused`, () => {
    const changed = replace(good, from, to)
    const whole = changed.includes('<ds:SignatureValue>') && changed.includes('<ds:SignedInfo>')
    const verdict = verify(whole ? resigned(changed) : changed)
    assert.deepEqual(codes(verdict), ['signature-form'])
    assert.match(failures(verdict)[0]?.received ?? '', reason)
  })
}

const values: readonly (readonly [string, RegExp, string])[] = [
  ['a comment in SignatureValue', /<ds:SignatureValue>/, '<ds:SignatureValue><!-- -->'],
  ['an element in SignatureValue', /<ds:SignatureValue>/, '<ds:SignatureValue><ds:a/>'],
  ['an empty SignatureValue', /<ds:SignatureValue>[^<]*/, '<ds:SignatureValue> '],
  ['a SignatureValue that is not base64', /<ds:SignatureValue>./, '<ds:SignatureValue>*'],
  ['a second Signature', /(?=<ds:Signature )/, take(good, /<ds:Signature .*<\/ds:Signature>/)],
]

for (const [what, from, to] of values) {
  test(`XML Signature 1.1 §4.2, §4.3: ${what}: refused`, () =>
    assert.deepEqual(codes(verify(replace(good, from, to))), ['signature-form']))
}

const accepted: readonly (readonly [string, (xml: string) => string])[] = [
  ['white space and comments between the parts', (xml) => xml.replaceAll(/(?<!Issuer)><ds:/g, '> <!-- x -->\n<ds:')],
  ['white space in base64', (xml) => xml.replaceAll(/(?<=<ds:(?:Digest|Signature)Value>)..../g, ' \n$&\t\r\n')],
  ['no KeyInfo', (xml) => replace(xml, keyInfo, '')],
  [
    'a KeyInfo of any kind: it is never used',
    (xml) =>
      replace(
        xml,
        keyInfo,
        '<ds:KeyInfo><ds:KeyName>http://evil.example</ds:KeyName><ds:RetrievalMethod URI="file:///etc/passwd"/></ds:KeyInfo>',
      ),
  ],
  [
    'the certificate of another in KeyInfo',
    (xml) => replace(xml, hint, readKey('other-idp.crt').replace(/-----.*-----/g, '')),
  ],
  ['InclusiveNamespaces of nothing', (xml) => replace(xml, c14n, inC14n(inclusive(' ')))],
  ['32 prefixes that nobody declared', (xml) => replace(xml, c14n, inC14n(inclusive('zz '.repeat(32))))],
]

for (const [what, change] of accepted) {
  test(`XML Signature 1.1: ${what} does no harm`, () => {
    const changed = change(good)
    assert.notEqual(changed, good)
    assert.deepEqual(codes(verify(resigned(changed))), [])
  })
}

const signatureMethod = /(?<=SignatureMethod Algorithm=")[^"]*/
const digestMethod = /(?<=DigestMethod Algorithm=")[^"]*/
const sha1 = {
  signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  digest: 'http://www.w3.org/2000/09/xmldsig#sha1',
}

const unknownAlgorithms: readonly (readonly [string, RegExp, string, string])[] = [
  ['a signature by MD5', signatureMethod, 'http://www.w3.org/2001/04/xmldsig-more#rsa-md5', 'signature-key'],
  ['HMAC', signatureMethod, 'http://www.w3.org/2000/09/xmldsig#hmac-sha1', 'signature-key'],
  ['DSA', signatureMethod, 'http://www.w3.org/2000/09/xmldsig#dsa-sha1', 'signature-key'],
  ['a name in other letters', signatureMethod, 'http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256', 'signature-key'],
  ['a name with a space', signatureMethod, 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256 ', 'signature-key'],
  ['a name that objects have', signatureMethod, 'constructor', 'signature-key'],
  ['a digest by MD5', digestMethod, 'http://www.w3.org/2001/04/xmldsig-more#md5', 'signature-digest'],
  ['a digest of no name', digestMethod, '', 'signature-digest'],
]

for (const [what, from, to, notReached] of unknownAlgorithms) {
  test(`XML Signature 1.1 §6: ${what} is refused, allowed or not`, () => {
    const xml = resigned(replace(good, from, to))
    for (const dangerouslyAllowSha1 of [false, true]) {
      const verdict = verify(xml, { dangerouslyAllowSha1 })
      assert.deepEqual(codes(verdict), ['signature-algorithm'])
      assert.ok(failures(verdict)[0]?.received?.includes(to))
      assert.equal(verdict.checks.find(({ code }) => code === notReached)?.outcome, 'not-reached')
    }
  })
}

test('XML Signature 1.1 §6: HMAC with the certificate as key is refused, SHA-1 allowed or not', () => {
  for (const pem of [
    readKey('idp.crt'),
    readKey('idp.crt').trim(),
    certificate?.key.export({ type: 'spki', format: 'pem' }) ?? '',
  ]) {
    const xml = signInfoAgain(
      replace(good, signatureMethod, 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256'),
      (data) => createHmac('sha256', pem).update(data).digest(),
    )
    assert.deepEqual(codes(verify(xml, { dangerouslyAllowSha1: true })), ['signature-algorithm'])
  }
})

test('Sallyport: SHA-1 is refused in the signature and in the digest, and taken where it is dangerously allowed', () => {
  const signature = resigned(replace(good, signatureMethod, sha1.signature), 'sha1')
  assert.deepEqual(codes(verify(signature)), ['signature-algorithm'])
  assert.deepEqual(codes(verify(signature, { dangerouslyAllowSha1: false })), ['signature-algorithm'])
  assert.ok(verify(signature, { dangerouslyAllowSha1: true }).signed)
  const digest = resigned(replace(good, digestMethod, sha1.digest))
  assert.deepEqual(codes(verify(digest)), ['signature-algorithm', 'signature-digest'])
})

const references: readonly string[] = [
  '',
  '#',
  '_assertion',
  '#_Assertion',
  '#_assertion ',
  '#_response',
  '#%5fassertion',
  '#xpointer(id(&apos;_assertion&apos;))',
  '#xpointer(/)',
  'http://evil.example/#_assertion',
  'file:///etc/passwd',
  "#_x' or '1'='1",
]
for (const uri of references) {
  test(`Core 5.4.2: a Reference to ${uri || 'the document'} is not one to the element that holds it`, () => {
    assert.deepEqual(codes(verify(resigned(replace(good, 'URI="#_assertion"', `URI="${uri}"`)))), [
      'signature-reference',
    ])
  })
}

test('Core 5.4.2: an element without ID, or with an empty one, cannot be referred to', () => {
  assert.deepEqual(codes(verify(replace(good, ' ID="_assertion"', ''))), ['signature-reference', 'signature-digest'])
  const empty = replace(replace(good, ' ID="_assertion"', ' ID=""'), 'URI="#_assertion"', 'URI="#"')
  assert.deepEqual(codes(verify(resigned(empty))), ['signature-reference', 'signature-digest'])
})

test('XML Signature 1.1 §3.2.1: a digest of another length is none', () => {
  for (const value of ['AA==', Buffer.alloc(32).toString('base64'), Buffer.alloc(64).toString('base64')]) {
    const verdict = verify(resigned(replace(good, /(?<=<ds:DigestValue>)[^<]*/, value)))
    assert.deepEqual(codes(verdict), ['signature-digest'])
    assert.equal(failures(verdict)[0]?.expected, value)
  }
})

test('XML Signature 1.1 §6.4.3: an ECDSA value is r and s: no DER, no zeros (CVE-2022-21449), no other length', () => {
  const ec = { certificates: parseCertificates(readKey('idp-ec.crt')) }
  const signed = signAssertion(unsigned(), signerOf('idp-ec'))
  assert.ok(verify(signed, ec).signed)
  const ecKey = signerOf('idp-ec').key
  const raw = (data: Buffer): Buffer => cryptoSign('sha256', data, { key: ecKey, dsaEncoding: 'ieee-p1363' })
  const wrong: readonly ((data: Buffer) => Buffer)[] = [
    (data) => cryptoSign('sha256', data, ecKey),
    () => Buffer.alloc(64),
    () => Buffer.alloc(64, 255),
    () => Buffer.alloc(1),
    (data) => Buffer.concat([raw(data), Buffer.alloc(1)]),
    (data) => raw(data).subarray(0, 63),
  ]
  assert.ok(verify(signInfoAgain(signed, raw), ec).signed)
  for (const sign of wrong) assert.deepEqual(codes(verify(signInfoAgain(signed, sign), ec)), ['signature-key'])
})

// Certificates.

const named = (...names: readonly string[]) => names.flatMap((name) => parseCertificates(readKey(`${name}.crt`)))

test('Metadata 2.4.1.1: of several certificates the right one is found, wherever it stands', () => {
  for (const list of [
    named('other-idp', 'idp'),
    named('idp', 'other-idp'),
    named('idp-ec', 'other-idp', 'idp', 'idp-expired'),
  ]) {
    assert.equal(verify(good, { certificates: list }).certificate?.fingerprint, certificate?.fingerprint)
  }
  const ec = signAssertion(unsigned(), signerOf('idp-ec'))
  assert.equal(verify(ec, { certificates: named('idp', 'idp-ec') }).certificate?.keyKind, 'ec')
})

test('Sallyport: an expired certificate is named as such, and the signature as sound', () => {
  const [expired] = named('idp-expired')
  const verdict = verify(good, { certificates: named('other-idp', 'idp-expired') })
  assert.deepEqual(codes(verdict), ['certificate-current'])
  const [failure] = failures(verdict)
  assert.equal(failure?.expected, 'a certificate valid at 2026-03-01T12:00:00.000Z')
  assert.ok(failure?.received?.startsWith(`${expired?.fingerprint}, valid from ${expired?.notBefore.toISOString()}`))
  assert.equal(verdict.certificate, undefined)
})

test('Sallyport: of two certificates for one key the current one counts, whatever the order', () => {
  for (const list of [named('idp-expired', 'idp'), named('idp', 'idp-expired')]) {
    assert.equal(verify(good, { certificates: list }).certificate?.fingerprint, certificate?.fingerprint)
  }
})

test('Sallyport: a certificate counts to the last second of its dates', () => {
  const { notBefore, notAfter } = certificate ?? assert.fail()
  const at = (date: Date, milliseconds: number): Date => new Date(date.getTime() + milliseconds)
  assert.deepEqual(
    [at(notBefore, -1), notBefore, notAfter, at(notAfter, 1)].map((instant) => codes(verify(good, { now: instant }))),
    [['certificate-current'], [], [], ['certificate-current']],
  )
})

const strangers: readonly (readonly [string, string, readonly string[], RegExp])[] = [
  [
    'a key of the other kind is not tried',
    good,
    ['idp-ec'],
    /by another key; the message names the certificate .*\(CN=idp\)/,
  ],
  ['no certificate is no reason to pass', good, [], /by another key/],
  ['the message names the certificate that is missing', good, ['other-idp'], /names the certificate .*\(CN=idp\)/],
  [
    'the message was changed on its way',
    replace(good, /<ds:SignatureValue>..../, '<ds:SignatureValue>AAAA'),
    ['idp'],
    /changed on its way/,
  ],
  ['the message names none', replace(good, keyInfo, ''), ['other-idp'], /names no certificate/],
  ['the message names something else', replace(good, hint, 'AAAA'), ['other-idp'], /no readable certificate/],
  ['an empty hint is none', replace(good, hint, ''), ['other-idp'], /no readable certificate/],
  [
    'a hint that a comment splits is none',
    replace(good, '<ds:X509Certificate>', '<ds:X509Certificate><!-- -->'),
    ['other-idp'],
    /names no certificate/,
  ],
]

for (const [what, xml, names, received] of strangers) {
  test(`XML Signature 1.1 §3.2.2: ${what}`, () => {
    const verdict = verify(xml, { certificates: named(...names) })
    assert.deepEqual(codes(verdict), ['signature-key'])
    assert.match(failures(verdict)[0]?.received ?? '', received)
    const expected = named(...names)
      .map(({ fingerprint }) => fingerprint)
      .join(' or ')
    assert.equal(failures(verdict)[0]?.expected, expected || 'a configured certificate')
  })
}

test('Sallyport: a hint of 200 KiB that is no certificate takes no long time', () => {
  const start = performance.now()
  for (const unit of ['-----BEGIN A-----', '-----BEGIN CERTIFICATE-----\n', '-----', 'A'.repeat(10)]) {
    const text = unit.repeat(Math.floor((200 * 1024) / unit.length))
    assert.deepEqual(codes(verify(replace(good, hint, text), { certificates: named('other-idp') })), ['signature-key'])
  }
  assert.ok(performance.now() - start < 2000)
})

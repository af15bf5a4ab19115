// Bad cases of XML Signature: canonicalizations, transforms, references, algorithms and keys that nobody may choose. Each is
// signed anew with the right key, so that nothing but the change speaks against it.

import { createHash, sign as cryptoSign } from 'node:crypto'
import { namespaces } from '../src/uris.ts'
import type { BadCase, BadCases } from './case.ts'
import { good, replace, resigned, signAssertion, signerOf, signInfoAgain, take, unsigned } from './one-change.ts'

const exclusive = namespaces.exclusiveC14n
const ds = namespaces.signature
const method = 'CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"'
const c14n = `<ds:Transform Algorithm="${exclusive}"></ds:Transform>`
const enveloped = `<ds:Transform Algorithm="${ds}enveloped-signature"></ds:Transform>`
const transform = (uri: string, content = ''): string => `<ds:Transform Algorithm="${uri}">${content}</ds:Transform>`
const inclusive = (list: string): string =>
  `<ec:InclusiveNamespaces xmlns:ec="${exclusive}" PrefixList="${list}"></ec:InclusiveNamespaces>`

function changed(title: string, failures: readonly string[], from: string | RegExp, to: string): BadCase {
  return { title, failures, make: () => resigned(replace(good(), from, to)) }
}

const form = (title: string, from: string | RegExp, to: string): BadCase => changed(title, ['signature-form'], from, to)
const algorithm = (title: string, uri: string): BadCase =>
  changed(title, ['signature-algorithm'], /(?<=SignatureMethod Algorithm=")[^"]*/, uri)
const reference = (title: string, uri: string): BadCase =>
  changed(title, ['signature-reference'], 'URI="#_assertion"', `URI="${uri}"`)

const canonicalizations: BadCases = {
  'c14n-with-comments': form('Canonicalization with comments', method, method.replace('#"', '#WithComments"')),
  'c14n-of-no-name': form('No algorithm of canonicalization', method, 'CanonicalizationMethod Algorithm=""'),
  'c14n-minimal': form('Minimal canonicalization', method, `CanonicalizationMethod Algorithm="${ds}minimal"`),
  'inclusive-prefix-quoted': form(
    'A quotation mark in InclusiveNamespaces',
    c14n,
    transform(exclusive, inclusive('a&quot;')),
  ),
  'two-inclusive-namespaces': form(
    'Two InclusiveNamespaces',
    c14n,
    transform(exclusive, inclusive('a') + inclusive('b')),
  ),
  'many-inclusive-prefixes': form('33 inclusive prefixes', c14n, transform(exclusive, inclusive('a '.repeat(33)))),
}

const transforms: BadCases = {
  'xpath-transform': form(
    'An XPath transform that leaves out what it likes',
    c14n,
    transform('http://www.w3.org/TR/1999/REC-xpath-19991116', '<ds:XPath>1</ds:XPath>') + c14n,
  ),
  'xpath-filter-transform': form(
    'An XPath filter 2.0 transform',
    c14n,
    transform('http://www.w3.org/2002/06/xmldsig-filter2') + c14n,
  ),
  'base64-transform': form('A base64 transform', c14n, transform(`${ds}base64`) + c14n),
  'decrypt-transform': form('A decryption transform', c14n, transform('http://www.w3.org/2002/07/decrypt#XML') + c14n),
  'unknown-transform': form('A transform that nobody knows', c14n, transform('urn:x') + c14n),
  'transform-twice': form('A transform twice', c14n, c14n + c14n),
  'hundred-transforms': form('A hundred transforms', c14n, c14n.repeat(100)),
  'transforms-in-other-order': form('The two transforms in the other order', enveloped + c14n, c14n + enveloped),
  'no-transforms': form('No transforms', /<ds:Transforms>.*<\/ds:Transforms>/, ''),
  'not-enveloped': form('Without the transform that takes the signature out', enveloped, ''),
}

const references: BadCases = {
  'reference-xpointer': reference('A Reference by XPointer', '#xpointer(id(&apos;_assertion&apos;))'),
  'reference-to-http': reference('A Reference to an address', 'http://evil.example/#_assertion'),
  'reference-to-file': reference('A Reference to a file', 'file:///etc/passwd'),
  'reference-to-attachment': reference('A Reference to an attachment', 'cid:_assertion'),
  'reference-with-quotes': reference('A Reference that is an XPath injection', '#_x&apos; or &apos;1&apos;=&apos;1'),
  'reference-percent-encoded': reference('A Reference with percent escapes', '#%5fassertion'),
  'reference-dangling': reference('A Reference to nothing', '#_nobody'),
  'reference-without-uri': form('A Reference without URI', ' URI="#_assertion"', ''),
}

const algorithms: BadCases = {
  'md5-signature': algorithm('RSA-MD5', 'http://www.w3.org/2001/04/xmldsig-more#rsa-md5'),
  'algorithm-in-other-case': algorithm(
    'An algorithm in other letters',
    'http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256',
  ),
  'algorithm-with-space': algorithm('An algorithm with a space', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256 '),
  'sha1-digest': changed(
    'A digest by SHA-1',
    ['signature-algorithm', 'signature-digest'],
    /(?<=DigestMethod Algorithm=")[^"]*/,
    `${ds}sha1`,
  ),
  'hmac-output-length': form(
    'HMACOutputLength (CVE-2009-0217)',
    '</ds:SignatureMethod>',
    '<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>',
  ),
  'ecdsa-of-zeros': {
    title: 'An ECDSA signature of zeros (CVE-2022-21449)',
    failures: ['signature-key'],
    certificates: ['idp-ec.crt'],
    make: () => signInfoAgain(signAssertion(unsigned(), signerOf('idp-ec')), () => Buffer.alloc(64)),
  },
  'signature-of-nothing': {
    title: 'A sound signature of the empty string (CVE-2025-66568)',
    failures: ['signature-digest', 'signature-key'],
    make: () => {
      const digest = createHash('sha256').update('').digest('base64')
      const empty = replace(good(), /(?<=<ds:DigestValue>)[^<]*/, digest)
      return signInfoAgain(empty, () => cryptoSign('sha256', Buffer.alloc(0), signerOf('idp').key))
    },
  },
}

const other = (): string => signAssertion(unsigned(), signerOf('other-idp'))
const inKeyInfo = (title: string, content: (xml: string) => string): BadCase => ({
  title,
  failures: ['signature-key'],
  make: () => replace(other(), /(?<=<ds:KeyInfo>).*(?=<\/ds:KeyInfo>)/, content(other())),
})

const keys: BadCases = {
  'key-in-key-value': inKeyInfo('The attacker’s key as KeyValue', () => {
    const { n = '', e = '' } = signerOf('other-idp').key.export({ format: 'jwk' })
    const base64 = (text: string): string => Buffer.from(text, 'base64url').toString('base64')
    return `<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>${base64(n)}</ds:Modulus><ds:Exponent>${base64(e)}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>`
  }),
  'key-by-retrieval-method': inKeyInfo(
    'The attacker’s key at an address (CVE-2021-21238)',
    () => `<ds:RetrievalMethod URI="http://evil.example/key" Type="${ds}X509Data"></ds:RetrievalMethod>`,
  ),
  'key-by-name': inKeyInfo('The right name for the wrong key', () => '<ds:KeyName>idp</ds:KeyName>'),
  'right-certificate-wrong-key': inKeyInfo('The right certificate beside the attacker’s signature', () =>
    take(good(), /(?<=<ds:KeyInfo>).*(?=<\/ds:KeyInfo>)/),
  ),
  'certificate-chain': inKeyInfo(
    'The right certificate after the attacker’s',
    (xml) =>
      take(xml, /(?<=<ds:KeyInfo>).*(?=<\/ds:X509Data>)/) +
      take(good(), /<ds:X509Certificate>.*<\/ds:X509Certificate>/) +
      '</ds:X509Data>',
  ),
  'expired-certificate': {
    title: 'Signed with a key whose certificate has expired',
    failures: ['certificate-current'],
    certificates: ['idp-expired.crt'],
    make: good,
  },
}

const encodings: BadCases = {
  'digest-without-padding': form('A DigestValue without its padding', '=</ds:DigestValue>', '</ds:DigestValue>'),
  'digest-in-other-alphabet': form('A DigestValue in the alphabet of addresses', /(?<=<ds:DigestValue>)../, '-_'),
  'digest-cut-short': changed(
    'The first byte of the digest alone',
    ['signature-digest'],
    /(?<=<ds:DigestValue>)[^<]*/,
    'AA==',
  ),
  'signature-value-with-other-characters': {
    title: 'Characters in SignatureValue that are no base64',
    failures: ['signature-form'],
    make: () => replace(good(), '<ds:SignatureValue>', '<ds:SignatureValue>*'),
  },
}

export const badSignatures: BadCases = {
  ...canonicalizations,
  ...transforms,
  ...references,
  ...algorithms,
  ...keys,
  ...encodings,
}

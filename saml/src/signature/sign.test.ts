// What is signed here verifies here and by xmlsec1, whatever the algorithm and the document.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { casesFolder, readKey } from '../../cases/case.ts'
import { now, replace, signAssertion, signerOf, signResponse, take, unsigned } from '../../cases/one-change.ts'
import { canonicalize } from '../c14n/exclusive.ts'
import { parseCertificates } from '../certificates/certificate.ts'
import { namespaces } from '../uris.ts'
import { readXml } from '../xml/read.ts'
import { childElements, onlyChild, type XmlElement } from '../xml/tree.ts'
import type { SignatureAlgorithm, Signer } from './algorithms.ts'
import { signXml } from './sign.ts'
import { type SignatureVerdict, verifySignature } from './verify.ts'

const algorithms: readonly SignatureAlgorithm[] = [
  ...(['rsa-sha256', 'rsa-sha384', 'rsa-sha512'] as const),
  ...(['ecdsa-sha256', 'ecdsa-sha384', 'ecdsa-sha512'] as const),
]
const signerFor = (algorithm: SignatureAlgorithm): Signer => ({
  ...signerOf(algorithm.startsWith('ecdsa') ? 'idp-ec' : 'idp'),
  algorithm,
})
const certificateFor = (algorithm: SignatureAlgorithm): string =>
  algorithm.startsWith('ecdsa') ? 'idp-ec.crt' : 'idp.crt'

function assertionOf(xml: string): XmlElement {
  return onlyChild(readXml(xml), namespaces.assertion, 'Assertion') ?? assert.fail('no assertion')
}

function verify(element: XmlElement, certificate: string): SignatureVerdict {
  return verifySignature(element, 'message', { certificates: parseCertificates(readKey(certificate)), now })
}

// White space, comments, sections, references, other line ends, astral characters, namespaces of the surroundings.
const unusual = replace(
  unsigned({}, { attributes: [{ name: 'A & <B> "c"', values: [' 😀\r\n\t]]> ', '', '\u{10ffff}'] }] }),
  '<samlp:Response ',
  '<?xml version="1.0"?>\r\n<!-- 😀 -->\r\n<samlp:Response xmlns:xs="http://www.w3.org/2001/XMLSchema" ',
).replace('<saml:Conditions ', '\r\n<saml:Conditions\n')

const signed = algorithms.flatMap((algorithm) => {
  const signer = signerFor(algorithm)
  return [
    { name: `${algorithm}, assertion`, algorithm, of: ['Assertion'], xml: signAssertion(unsigned(), signer) },
    { name: `${algorithm}, response`, algorithm, of: ['Response'], xml: signResponse(unsigned(), signer) },
    {
      name: `${algorithm}, both`,
      algorithm,
      of: ['Assertion', 'Response'],
      xml: signResponse(signAssertion(unsigned(), signer), signer),
    },
    {
      name: `${algorithm}, unusual document`,
      algorithm,
      of: ['Assertion', 'Response'],
      xml: signResponse(signAssertion(unusual, signer), signer),
    },
  ]
})

for (const { name, algorithm, of, xml } of signed) {
  test(`Core 5.4: what is signed verifies (${name})`, () => {
    for (const local of of) {
      const element = local === 'Response' ? readXml(xml) : assertionOf(xml)
      const verdict = verify(element, certificateFor(algorithm))
      assert.ok(verdict.signed, JSON.stringify(verdict.checks))
      // Core 2.3.3, 3.2.1: Issuer first, then the Signature.
      assert.deepEqual(
        childElements(element)
          .slice(0, 2)
          .map((child) => child.local),
        ['Issuer', 'Signature'],
      )
    }
  })
}

test('Core 5.4: nothing but the signature is added', () => {
  const both = signResponse(signAssertion(unusual))
  assert.equal(both.replaceAll(/<ds:Signature .*?<\/ds:Signature>/gs, ''), unusual)
})

test('Core 5.4.3: SignedInfo stands in the document as it was signed', () => {
  const xml = signAssertion(unusual)
  const info = onlyChild(childElements(assertionOf(xml))[1] as XmlElement, namespaces.signature, 'SignedInfo')
  assert.equal(
    canonicalize(info as XmlElement),
    take(xml, /<ds:SignedInfo>.*<\/ds:SignedInfo>/).replace('>', ` xmlns:ds="${namespaces.signature}">`),
  )
})

test('XML Signature 1.1 §6.4.3: an ECDSA value is r and s, 32 bytes each, and no DER', () => {
  const [, value = ''] = /<ds:SignatureValue>([^<]*)</.exec(signAssertion(unsigned(), signerOf('idp-ec'))) ?? []
  assert.equal(Buffer.from(value, 'base64').length, 64)
})

test('Core 5.4: an element without Issuer is signed as its first child', () => {
  const xml = signXml('<a ID="_a"><b/></a>', { id: '_a', signer: signerOf('idp') })
  assert.equal(childElements(readXml(xml))[0]?.local, 'Signature')
  assert.ok(verify(readXml(xml), 'idp.crt').signed)
})

test('XML Signature 1.1 §4.5: KeyInfo is left out without a certificate', () => {
  const { key, algorithm } = signerOf('idp')
  const xml = signAssertion(unsigned(), { key, algorithm })
  assert.doesNotMatch(xml, /KeyInfo/)
  assert.ok(verify(assertionOf(xml), 'idp.crt').signed)
})

const mistakes: readonly (readonly [string, string, string, Signer, RegExp])[] = [
  ['an ID that nobody has', unsigned(), '_other', signerOf('idp'), /0 elements have the ID _other/],
  [
    'an ID that two have',
    replace(unsigned(), '"_response"', '"_assertion"'),
    '_assertion',
    signerOf('idp'),
    /2 elements/,
  ],
  [
    'an ID in another spelling',
    replace(unsigned(), ' ID="_assertion"', ' Id="_assertion"'),
    '_assertion',
    signerOf('idp'),
    /0 elements/,
  ],
  ['an empty element', '<a ID="_a"/>', '_a', signerOf('idp'), /is empty/],
  [
    'an EC key for RSA',
    unsigned(),
    '_assertion',
    { ...signerOf('idp-ec'), algorithm: 'rsa-sha256' },
    /kind ec cannot sign with rsa-sha256/,
  ],
  [
    'an RSA key for ECDSA',
    unsigned(),
    '_assertion',
    { ...signerOf('idp'), algorithm: 'ecdsa-sha256' },
    /kind rsa cannot sign/,
  ],
  ['a public key', unsigned(), '_assertion', { ...signerOf('idp'), key: createPublicKey(signerOf('idp').key) }, /./],
  ['what is no XML', 'text', '_a', signerOf('idp'), /text outside/],
]

for (const [what, xml, id, signer, message] of mistakes) {
  test(`nothing is signed with ${what}`, () => {
    assert.throws(() => signXml(xml, { id, signer }), { message })
  })
}

const missing = spawnSync('xmlsec1', ['--version']).error !== undefined && process.env.SALLYPORT_REQUIRE_PEERS !== '1'

test('xmlsec1 verifies all that is signed', { skip: missing && 'xmlsec1 is not installed' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  try {
    for (const certificate of ['idp.crt', 'idp-ec.crt']) {
      for (const local of ['Assertion', 'Response']) {
        const mine = signed.filter((one) => certificateFor(one.algorithm) === certificate && one.of.includes(local))
        const files = mine.map(({ xml }, i) => {
          const file = join(folder, `${certificate}-${local}-${i}.xml`)
          writeFileSync(file, xml)
          return file
        })
        const ids = [`${namespaces.assertion}:Assertion`, `${namespaces.protocol}:Response`].flatMap((name) => [
          '--id-attr:ID',
          name,
        ])
        const which = ['--node-xpath', `//*[local-name()='${local}']/*[local-name()='Signature']`]
        const key = ['--pubkey-cert-pem', join(casesFolder, 'keys', certificate)]
        const { stdout, stderr, status } = spawnSync('xmlsec1', ['--verify', ...ids, ...which, ...key, ...files], {
          encoding: 'utf8',
        })
        assert.equal(status, 0, stderr)
        assert.equal((stdout + stderr).match(/^OK$/gm)?.length, files.length, stdout + stderr)
      }
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

// AuthnRequest: what is written is read, whatever it holds; and what is no request is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { signerOf } from '../../cases/one-change.ts'
import { SamlReadError } from '../report/read-error.ts'
import { signXml } from '../signature/sign.ts'
import { uris } from '../uris.ts'
import { attributeOf, childElements } from '../xml/tree.ts'
import { type AuthnRequestToWrite, readAuthnRequest, writeAuthnRequest } from './authn-request.ts'

const least: AuthnRequestToWrite = {
  id: '_request',
  issueInstant: new Date('2026-03-01T12:00:00.123Z'),
  issuer: 'https://sp.example/metadata',
  destination: 'https://idp.example/sso',
}
const most: AuthnRequestToWrite = {
  ...least,
  acsUrl: 'https://sp.example/saml/acs',
  forceAuthn: true,
  isPassive: true,
  nameIdFormat: uris.nameId.persistent,
}

function readBack(request: AuthnRequestToWrite) {
  const { root, ...rest } = readAuthnRequest(writeAuthnRequest(request))
  return rest
}

test('Core 3.4.1: what is written is read', () => {
  assert.deepEqual(readBack(least), { ...least, forceAuthn: false, isPassive: false })
  assert.deepEqual(readBack(most), most)
  assert.deepEqual(readBack({ ...most, forceAuthn: false, isPassive: false }), {
    ...most,
    forceAuthn: false,
    isPassive: false,
  })
})

test('Core 3.4.1: ProtocolBinding and AssertionConsumerServiceURL stand together or not at all, without an index', () => {
  const names = (request: AuthnRequestToWrite): string[] =>
    readAuthnRequest(writeAuthnRequest(request)).root.attributes.map(({ local }) => local)
  assert.ok(!names(least).some((name) => /Binding|AssertionConsumerService|ForceAuthn|IsPassive/.test(name)))
  assert.ok(names(most).includes('ProtocolBinding') && names(most).includes('AssertionConsumerServiceURL'))
  assert.ok(!names(most).includes('AssertionConsumerServiceIndex'))
})

test('Core 3.4.1.1: an identifier may be made for this person, in any format where none is asked for', () => {
  const policy = childElements(readAuthnRequest(writeAuthnRequest(least)).root)[1]
  assert.deepEqual(
    policy?.attributes.map(({ local, value }) => [local, value]),
    [['AllowCreate', 'true']],
  )
})

const nasty = [
  ']]>',
  '<x/>',
  '</saml:Issuer>',
  '&lt;',
  '&',
  '"',
  "'",
  '"/><evil a="',
  '<!--',
  '<![CDATA[',
  '\t',
  '\n',
  '\r',
  'é😀',
  '\u2028',
]

test('Core 3.4.1: every input is escaped: markup, quotation marks and line ends in it are text', () => {
  const value = fc.string({ unit: fc.constantFrom(...nasty), minLength: 1, maxLength: 8 })
  const property = fc.property(value, value, value, value, value, (id, issuer, destination, acsUrl, nameIdFormat) => {
    // Core 1.3.1: white space at either end of an Issuer says nothing.
    const request = { ...most, id, issuer: `x${issuer}x`, destination, acsUrl, nameIdFormat }
    assert.deepEqual(readBack(request), request)
  })
  fc.assert(property, { seed: 20260301, numRuns: 500 })
})

test('XML 1.0 §2.2: what XML cannot carry is not written', () => {
  for (const broken of ['\0', '\u001b', '\ud800', '\uffff']) {
    for (const field of ['id', 'issuer', 'destination', 'acsUrl', 'nameIdFormat'] as const) {
      assert.throws(() => writeAuthnRequest({ ...most, [field]: broken }), TypeError)
    }
  }
  assert.throws(() => writeAuthnRequest({ ...least, issueInstant: new Date(Number.NaN) }), RangeError)
})

const xml = writeAuthnRequest(most)
const change = (from: string | RegExp, to: string): string => {
  const changed = xml.replace(from, () => to)
  assert.notEqual(changed, xml)
  return changed
}

const accepted: readonly (readonly [string, string])[] = [
  ['Core 5.4: with a signature', signXml(xml, { id: '_request', signer: signerOf('idp') })],
  [
    'Core 3.4.1: with all that the schema allows',
    change(
      /<samlp:NameIDPolicy.*(?=<\/samlp:AuthnRequest>)/,
      '<saml:Subject><saml:NameID>ada</saml:NameID></saml:Subject><samlp:NameIDPolicy></samlp:NameIDPolicy><saml:Conditions/><samlp:RequestedAuthnContext Comparison="exact"><saml:AuthnContextClassRef>a</saml:AuthnContextClassRef><saml:AuthnContextClassRef>b</saml:AuthnContextClassRef></samlp:RequestedAuthnContext><samlp:Scoping/>',
    ),
  ],
  [
    'Core 3.2.1: with extensions of others',
    change('<samlp:NameIDPolicy', '<samlp:Extensions><x xmlns="urn:x"/></samlp:Extensions><samlp:NameIDPolicy'),
  ],
  [
    'XML Schema §3.2.2: with booleans as figures',
    change('ForceAuthn="true" IsPassive="true"', 'ForceAuthn="1" IsPassive="1"'),
  ],
]

for (const [requirement, request] of accepted) {
  test(`${requirement}: accepted`, () => {
    for (const form of [request, Buffer.from(request)]) {
      const read = readAuthnRequest(form)
      assert.deepEqual([read.id, read.forceAuthn, read.isPassive], ['_request', true, true])
      assert.equal(attributeOf(read.root, 'ID'), '_request')
    }
  })
}

const refused: readonly (readonly [string, string, string, RegExp])[] = [
  ['Core 3.2.1: no ID', change(' ID="_request"', ''), 'structure', /no ID/],
  ['Core 3.2.1: an empty ID', change('"_request"', '""'), 'structure', /no ID/],
  ['Core 1.3.4: the ID in another spelling', change(' ID=', ' Id='), 'structure', /attribute Id/],
  [
    'Core 1.3.4: an ID twice',
    change('<samlp:NameIDPolicy', '<samlp:Extensions><x ID="_request"/></samlp:Extensions><samlp:NameIDPolicy'),
    'structure',
    /more than once/,
  ],
  ['Core 3.2.1: no Version', change(' Version="2.0"', ''), 'version', /none/],
  ['Core 3.2.1: another version', change('Version="2.0"', 'Version="1.1"'), 'version', /1\.1/],
  ['Core 3.2.1: no IssueInstant', change(/ IssueInstant="[^"]*"/, ''), 'structure', /IssueInstant/],
  ['Core 1.3.3: an IssueInstant that is not UTC', change('.123Z', '+01:00'), 'structure', /IssueInstant/],
  ['Core 3.4.1: no Issuer', change(/<saml:Issuer>.*<\/saml:Issuer>/, ''), 'structure', /no Issuer/],
  ['Core 3.4.1: an empty Issuer', change(/(?<=<saml:Issuer>)[^<]*/, ' '), 'structure', /no Issuer/],
  [
    'Core 3.4.1: two Issuers',
    change('<saml:Issuer>', '<saml:Issuer>x</saml:Issuer><saml:Issuer>'),
    'structure',
    /out of place/,
  ],
  ['VU#475445: a comment in the Issuer', change('<saml:Issuer>', '<saml:Issuer>a<!-- -->'), 'structure', /comment/],
  [
    'SAML schemas: the parts in another order',
    change(
      /(<saml:Issuer>.*<\/saml:Issuer>)(<samlp:NameIDPolicy.*<\/samlp:NameIDPolicy>)/,
      '<samlp:NameIDPolicy/><saml:Issuer>x</saml:Issuer>',
    ),
    'structure',
    /out of place/,
  ],
  [
    'SAML schemas: an unknown part',
    change('<samlp:NameIDPolicy', '<samlp:Evil/><samlp:NameIDPolicy'),
    'structure',
    /no place/,
  ],
  ['SAML schemas: an unknown attribute', change(' ID=', ' onload="x" ID='), 'structure', /attribute onload/],
  ['SAML schemas: text between the parts', change('<samlp:NameIDPolicy', 'x<samlp:NameIDPolicy'), 'structure', /text/],
  [
    'Sallyport: SAML inside Extensions',
    change('<samlp:NameIDPolicy', '<samlp:Extensions><x><saml:Issuer/></x></samlp:Extensions><samlp:NameIDPolicy'),
    'structure',
    /extension/,
  ],
  [
    'Core 3.4.1: another message',
    xml.replaceAll('AuthnRequest', 'LogoutRequest'),
    'message-type',
    /samlp:LogoutRequest/,
  ],
  ['Core 3.4.1: another namespace', change('SAML:2.0:protocol', 'SAML:1.0:protocol'), 'message-type', /AuthnRequest/],
  ['XML 1.0 §2.1: no XML', 'text', 'xml-well-formed', /text outside/],
  ['Sallyport: a DOCTYPE', `<!DOCTYPE x>${xml}`, 'xml-doctype', /DOCTYPE/],
  [
    'Sallyport: more than 256 KiB',
    xml.replace('<saml:Issuer>', `<saml:Issuer>${'x'.repeat(256 * 1024)}`),
    'message-size',
    /more than the 262144/,
  ],
]

for (const [requirement, request, code, received] of refused) {
  test(`${requirement}: refused (${code})`, () => {
    assert.throws(
      () => readAuthnRequest(request),
      (error) => {
        assert.ok(error instanceof SamlReadError)
        assert.equal(error.code, code)
        assert.match(error.received, received)
        return true
      },
    )
  })
}

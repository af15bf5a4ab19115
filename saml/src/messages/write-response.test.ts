// What is written is a response that is accepted, whatever its values hold.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readKey } from '../../cases/case.ts'
import { acs, assertion, idp, now, signAssertion, sp, unsigned } from '../../cases/one-change.ts'
import { parseCertificates } from '../certificates/certificate.ts'
import { namespaces, uris } from '../uris.ts'
import { readXml } from '../xml/read.ts'
import { attributeOf, childElements, onlyChild, pathOf, walk } from '../xml/tree.ts'
import type { Claims } from './claims.ts'
import { judgeResponse } from './judge-response.ts'
import { type AssertionToWrite, writeResponse } from './write-response.ts'

function claimsOf(xml: string): Claims {
  const verdict = judgeResponse({
    message: signAssertion(xml),
    now,
    certificates: parseCertificates(readKey('idp.crt')),
    expectedIssuer: idp,
    expectedAudience: sp,
    expectedRecipient: acs,
    expectedInResponseTo: '_request',
  })
  return verdict.claims ?? assert.fail(JSON.stringify(verdict.checks.filter(({ outcome }) => outcome !== 'passed')))
}

const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)

test('Profiles 4.1.4.2: everything that is written arrives', () => {
  const nameId = { value: 'ada', format: uris.nameId.persistent, nameQualifier: idp, spNameQualifier: sp }
  const attributes = [
    {
      name: 'mail',
      nameFormat: uris.attributeName.basic,
      friendlyName: 'E-mail',
      values: ['a@example.org', 'b@example.org'],
    },
    { name: 'none', values: [] },
    { name: 'empty', values: [''] },
  ]
  const { replayableUntil, ...claims } = claimsOf(
    unsigned(
      {},
      {
        nameId,
        attributes,
        sessionNotOnOrAfter: at(3600),
        authnContextClass: uris.authnContext.passwordProtectedTransport,
      },
    ),
  )
  assert.deepEqual(claims, {
    assertionId: '_assertion',
    issuer: idp,
    issueInstant: now,
    nameId,
    attributes,
    inResponseTo: '_request',
    authnInstant: at(-5),
    authnContextClass: uris.authnContext.passwordProtectedTransport,
    sessionIndex: '_session',
    sessionNotOnOrAfter: at(3600),
  })
  // Core 2.5.1.2 with the skew that the judge allows by default.
  assert.deepEqual(replayableUntil, at(300 + 60))
})

test('Profiles 4.1.4.2: what is left out is left out, and the context is unspecified', () => {
  const { sessionIndex: _, ...rest } = assertion({ attributes: [] })
  const xml = unsigned({ assertion: rest })
  assert.doesNotMatch(xml, /SessionIndex|SessionNotOnOrAfter|AttributeStatement/)
  assert.equal(claimsOf(xml).authnContextClass, uris.authnContext.unspecified)
})

test('Core 3.2.2.2: an answer that says no has its codes, its message and no assertion', () => {
  const status = { code: uris.status.responder, subCode: uris.status.authnFailed, message: 'Wrong <password> & "more"' }
  const root = readXml(writeResponse({ id: '_r', issueInstant: now, issuer: idp, destination: acs, status }))
  const names: string[] = []
  walk(root, (element) => names.push(pathOf(element).replaceAll(/samlp?:/g, '')))
  assert.deepEqual(names, [
    'Response',
    'Response/Issuer',
    'Response/Status',
    'Response/Status/StatusCode',
    'Response/Status/StatusCode/StatusCode',
    'Response/Status/StatusMessage',
  ])
  const [, written] = childElements(root)
  const code = written && onlyChild(written, namespaces.protocol, 'StatusCode')
  assert.equal(code && attributeOf(code, 'Value'), status.code)
  assert.equal(written?.children.at(-1) !== undefined && childElements(written).at(-1)?.children[0], status.message)
  assert.equal(attributeOf(root, 'InResponseTo'), undefined)
})

const nasty = [
  ']]>',
  '<x/>',
  '</saml:NameID>',
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
  ' ',
]

test('GHSA-34r5-q4jw-r36m: every input is escaped: markup, quotation marks and line ends in it are text', () => {
  const value = fc.string({ unit: fc.constantFrom(...nasty), minLength: 1, maxLength: 6 })
  const property = fc.property(fc.array(value, { minLength: 9, maxLength: 9 }), (values) => {
    const [
      person = '',
      format,
      nameQualifier,
      spNameQualifier,
      name = '',
      nameFormat,
      friendlyName,
      one = '',
      two = '',
    ] = values
    const change: Partial<AssertionToWrite> = {
      // White space at either end of a NameID says nothing.
      nameId: { value: `x${person}x`, format, nameQualifier, spNameQualifier } as AssertionToWrite['nameId'],
      attributes: [{ name, nameFormat, friendlyName, values: [one, two] }] as AssertionToWrite['attributes'],
      sessionIndex: one,
    }
    const { nameId, attributes, sessionIndex } = claimsOf(unsigned({}, change))
    assert.deepEqual({ nameId, attributes, sessionIndex }, change)
  })
  fc.assert(property, { seed: 20260301, numRuns: 200 })
})

test('XML 1.0 §2.2: what XML cannot carry is not written', () => {
  for (const broken of ['\0', '\u001b', '\udc00', '\ufffe']) {
    assert.throws(() => unsigned({ issuer: broken }), TypeError)
    assert.throws(() => unsigned({}, { nameId: { value: broken } }), TypeError)
    assert.throws(() => unsigned({}, { attributes: [{ name: broken, values: [] }] }), TypeError)
    assert.throws(() => unsigned({}, { attributes: [{ name: 'a', values: [broken] }] }), TypeError)
    assert.throws(() => unsigned({ status: { code: uris.status.success, message: broken } }), TypeError)
  }
})

// RFC 7522: judging an assertion that comes without a Response around it. One good one, then one change each: as the cases of
// responses, where the same can be done to it, and what only this grant asks.

import assert from 'node:assert/strict'
import { createPrivateKey, sign as cryptoSign } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { readCases, readKey } from '../../cases/case.ts'
import { encrypted } from '../../cases/encrypt.ts'
import {
  acs,
  assertion,
  hmacWithCertificate,
  idp,
  now,
  replace,
  signAssertion,
  signerOf,
  sp,
  take,
  wholeSignature,
  withoutSignature,
} from '../../cases/one-change.ts'
import { canonicalize } from '../c14n/exclusive.ts'
import { parseCertificates } from '../certificates/certificate.ts'
import { dangerouslyUnchecked } from '../report/checks.ts'
import { explanations } from '../report/explanations.ts'
import { namespaces } from '../uris.ts'
import { readXml } from '../xml/read.ts'
import { onlyChild } from '../xml/tree.ts'
import { type AssertionToJudge, type AssertionVerdict, judgeAssertion } from './judge-assertion.ts'
import { judgeResponse } from './judge-response.ts'
import { type AssertionToWrite, writeAssertion, writeResponse } from './write-response.ts'

const issuer = 'https://sso.example/acme/production'
const token = `${issuer}/oauth/token`
const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)
const expectations = {
  now,
  certificates: parseCertificates(readKey('idp.crt')),
  expectedIssuer: idp,
  expectedAudience: [issuer, token, sp],
  expectedRecipient: token,
} as const

function unsigned(change: Partial<AssertionToWrite> = {}): string {
  const { inResponseTo: _, ...facts } = assertion({ recipient: token, audience: token })
  return writeAssertion({ ...facts, ...change })
}

const good = signAssertion(unsigned())
const signed = (from: string | RegExp, to: string): string => signAssertion(replace(unsigned(), from, to))
/** Signs SignedInfo anew with the identity provider's key, as it was changed. */
function resigned(
  xml: string,
  sign = (bytes: Buffer): Buffer => cryptoSign('sha256', bytes, signerOf('idp').key),
): string {
  const signature = onlyChild(readXml(xml), namespaces.signature, 'Signature')
  const info = signature && onlyChild(signature, namespaces.signature, 'SignedInfo')
  assert.ok(info)
  const value = sign(Buffer.from(canonicalize(info), 'utf8')).toString('base64')
  return replace(xml, /<ds:SignatureValue>[^<]*</, `<ds:SignatureValue>${value}<`)
}

function judge(message: string | Uint8Array, change: Partial<AssertionToJudge> = {}): AssertionVerdict {
  const verdict = judgeAssertion({ ...expectations, message, ...change })
  assert.equal(verdict.claims !== undefined, verdict.ok, 'claims come out exactly when all is well')
  const sound = verdict.checks.every(({ outcome }) => outcome === 'passed' || outcome === 'not-checked')
  assert.equal(verdict.ok, sound, 'all is well exactly when every check says so')
  return verdict
}

const failures = (verdict: AssertionVerdict): string[] =>
  verdict.checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code)

test('RFC 7522 section 3: the report names every check, and the claims are those of the assertion', () => {
  const { checks, claims, unverified } = judge(Buffer.from(good))
  assert.deepEqual(
    checks.map(({ code, about }) => `${code} ${about}`),
    [
      ...['xml-well-formed', 'message-type', 'structure', 'id-unique', 'version'].map((code) => `${code} message`),
      ...['assertion-single assertion', 'signature-present message'],
      ...['form', 'algorithm', 'reference', 'digest', 'key'].map((part) => `signature-${part} assertion`),
      ...['certificate-current', 'assertion-issuer', 'subject'].map((code) => `${code} assertion`),
      ...['bearer', 'recipient', 'expiry'].map((part) => `confirmation-${part} assertion`),
      ...['in-response-to', 'conditions-not-before', 'conditions-not-on-or-after', 'audience'].map(
        (code) => `${code} assertion`,
      ),
      ...['authn-statement assertion', 'session-expiry assertion'],
    ],
  )
  assert.deepEqual([claims?.assertionId, claims?.issuer, claims?.nameId?.value], ['_assertion', idp, 'ada'])
  assert.deepEqual(claims?.attributes, [{ name: 'email', values: ['ada@example.org'] }])
  assert.deepEqual(claims?.replayableUntil, at(360))
  assert.deepEqual(unverified, { issuer: idp, subject: 'ada', attributeNames: ['email'] })
})

const restriction = (audience: string): string =>
  `<saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction>`
const confirmation = /<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/
const authnStatement = /<saml:AuthnStatement .*<\/saml:AuthnStatement>/

const accepted: readonly (readonly [string, () => string, Partial<AssertionToJudge>?])[] = [
  ['item 2: the audience is the issuer', () => signAssertion(unsigned({ audience: issuer }))],
  ['item 2: the audience is the service provider', () => signAssertion(unsigned({ audience: sp }))],
  [
    'item 2: two restrictions name us, each in its way',
    () => signed('</saml:Conditions>', `${restriction(issuer)}</saml:Conditions>`),
  ],
  ['item 2: the one audience that is expected', () => good, { expectedAudience: token }],
  ['item 4: the Conditions alone have an end', () => signed(/(?<=ConfirmationData) NotOnOrAfter="[^"]*"/, '')],
  ['item 4: the confirmation alone has an end', () => signed(/(?<=Conditions [^>]*) NotOnOrAfter="[^"]*"/, '')],
  ['item 7: no AuthnStatement, as the client acts by itself', () => signed(authnStatement, '')],
  ['item 6: over, but within the clocks’ difference', () => good, { now: at(359) }],
  [
    'ECDSA',
    () => signAssertion(unsigned(), signerOf('idp-ec')),
    { certificates: parseCertificates(readKey('idp-ec.crt')) },
  ],
]

for (const [title, make, change] of accepted) {
  test(`RFC 7522 section 3, taken: ${title}`, () => assert.deepEqual(failures(judge(make(), change)), []))
}

test('RFC 7522 section 3 item 4: it can be shown as long as the Conditions allow, where the confirmation has no end', () => {
  const xml = signed(/(?<=ConfirmationData) NotOnOrAfter="[^"]*"/, '')
  assert.deepEqual(judge(xml).claims?.replayableUntil, at(360))
  const [one = ''] = confirmation.exec(unsigned()) ?? []
  const two = signed(confirmation, one + replace(one, '12:05:00', '12:20:00'))
  assert.deepEqual(judge(two).claims?.replayableUntil, at(1260), 'the later of two confirmations')
})

const evil = (): string => replace(replace(unsigned(), '"_assertion"', '"_evil"'), '>ada<', '>root<')
const carrier = (): string => replace(evil(), '</saml:Issuer>', `</saml:Issuer>${take(good, wholeSignature)}`)
const around = (place: string, content: string): string => replace(carrier(), place, `${content}${place}`)

const refused: readonly (readonly [title: string, codes: readonly string[], make: () => string | Uint8Array])[] = [
  ['nothing is signed', ['signature-present'], () => unsigned()],
  ['the NameID was changed after signing', ['signature-digest'], () => replace(good, '>ada<', '>root<')],
  ['signed by another key', ['signature-key'], () => signAssertion(unsigned(), signerOf('other-idp'))],
  [
    'HMAC with the public certificate as key',
    ['signature-algorithm'],
    () => resigned(replace(good, /xmldsig-more#rsa-sha256/, 'xmldsig-more#hmac-sha256'), hmacWithCertificate),
  ],
  [
    'RSA-SHA1',
    ['signature-algorithm'],
    () =>
      resigned(replace(good, '2001/04/xmldsig-more#rsa-sha256', '2000/09/xmldsig#rsa-sha1'), (bytes) =>
        cryptoSign('sha1', bytes, signerOf('idp').key),
      ),
  ],
  [
    'a Reference to the whole document',
    ['signature-reference'],
    () => resigned(replace(good, 'URI="#_assertion"', 'URI=""')),
  ],
  [
    'an XSLT transform',
    ['signature-form'],
    () =>
      resigned(
        replace(
          good,
          '</ds:Transforms>',
          '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"></ds:Transform></ds:Transforms>',
        ),
      ),
  ],
  ['XSW: the signature of another assertion', ['signature-reference', 'signature-digest'], carrier],
  [
    'XSW: the original in the signature that an evil assertion carries',
    ['assertion-single'],
    () => around('</ds:Signature>', `<ds:Object>${withoutSignature(good)}</ds:Object>`),
  ],
  [
    'XSW: the original in Advice of an evil assertion',
    ['structure', 'assertion-single'],
    () =>
      replace(
        carrier(),
        '<saml:AuthnStatement ',
        `<saml:Advice>${withoutSignature(good)}</saml:Advice><saml:AuthnStatement `,
      ),
  ],
  [
    'XSW: the signed one inside an unsigned one',
    ['structure', 'assertion-single'],
    () => replace(evil(), '</saml:Assertion>', `${good}</saml:Assertion>`),
  ],
  [
    'two signatures',
    ['structure', 'signature-form'],
    () => replace(good, take(good, wholeSignature), take(good, wholeSignature).repeat(2)),
  ],
  ['two assertions, one after the other', ['xml-well-formed'], () => good + unsigned()],
  [
    'two assertions in an element around them',
    ['message-type'],
    () => `<x>${good}${replace(unsigned(), '"_assertion"', '"_second"')}</x>`,
  ],
  [
    'a Response around it',
    ['message-type'],
    () =>
      signAssertion(
        writeResponse({
          id: '_r',
          issueInstant: now,
          issuer: idp,
          destination: token,
          assertion: assertion({ recipient: token }),
        }),
      ),
  ],
  [
    'the same ID twice',
    ['structure', 'id-unique', 'signature-digest'],
    () => replace(good, '<saml:Subject>', '<saml:Subject ID="_assertion">'),
  ],
  ['a comment splits the NameID', ['structure', 'subject'], () => signed('>ada<', '>ada<!-- -->.evil.example<')],
  ['a DOCTYPE', ['xml-doctype'], () => `<!DOCTYPE x [<!ENTITY e "x">]>${good}`],
  [
    'a processing instruction',
    ['xml-processing-instruction'],
    () => replace(good, '<saml:Subject>', '<?x y?><saml:Subject>'),
  ],
  ['UTF-16', ['message-encoding'], () => Buffer.from(`\ufeff${good}`, 'utf16le')],
  ['no XML', ['xml-well-formed'], () => 'This is not XML.'],
  ['nothing', ['xml-well-formed'], () => ''],
  ['SAML 1.1', ['version'], () => signed('Version="2.0"', 'Version="1.1"')],
  ['item 1: another issuer', ['assertion-issuer'], () => signAssertion(unsigned({ issuer: 'https://evil.example' }))],
  [
    'item 2: another audience',
    ['audience'],
    () => signAssertion(unsigned({ audience: 'https://other.example/token' })),
  ],
  ['item 2: an audience that begins as ours', ['audience'], () => signAssertion(unsigned({ audience: `${token}/` }))],
  ['item 2: no audience', ['audience'], () => signed(restriction(token), '')],
  [
    'item 2: a second restriction that excludes us',
    ['audience'],
    () => signed('</saml:Conditions>', `${restriction('https://other.example')}</saml:Conditions>`),
  ],
  ['item 3: no Subject', ['subject', 'confirmation-bearer'], () => signed(/<saml:Subject>.*<\/saml:Subject>/, '')],
  ['item 3: a NameID without value', ['subject'], () => signAssertion(unsigned({ nameId: { value: ' ' } }))],
  [
    'item 4: without any end',
    ['confirmation-expiry'],
    () => signAssertion(unsigned().replaceAll(/ NotOnOrAfter="[^"]*"/g, '')),
  ],
  ['item 5: holder-of-key', ['confirmation-bearer'], () => signed('cm:bearer', 'cm:holder-of-key')],
  ['item 5: no confirmation', ['confirmation-bearer'], () => signed(confirmation, '')],
  ['item 5: another recipient', ['confirmation-recipient'], () => signAssertion(unsigned({ recipient: `${token}2` }))],
  ['item 5: no recipient', ['confirmation-recipient'], () => signed(/ Recipient="[^"]*"/, '')],
  [
    'item 5: no confirmation data',
    ['confirmation-recipient'],
    () => signed(/<saml:SubjectConfirmationData .*<\/saml:SubjectConfirmationData>/, ''),
  ],
  [
    'item 6: over for an hour',
    ['confirmation-expiry', 'conditions-not-on-or-after'],
    () => signAssertion(unsigned({ notBefore: at(-7200), notOnOrAfter: at(-3600) })),
  ],
  [
    'item 6: the confirmation is over, the Conditions are not',
    ['confirmation-expiry'],
    () => signed(/(?<=ConfirmationData NotOnOrAfter=")[^"]*/, at(-3600).toISOString()),
  ],
  [
    'not valid yet',
    ['conditions-not-before'],
    () => signAssertion(unsigned({ notBefore: at(3600), notOnOrAfter: at(7200) })),
  ],
  ['the session has ended', ['session-expiry'], () => signAssertion(unsigned({ sessionNotOnOrAfter: at(-3600) }))],
  [
    'a browser’s assertion: for the Assertion Consumer Service, in answer to a request',
    ['confirmation-recipient', 'in-response-to'],
    () => signAssertion(writeAssertion(assertion())),
  ],
  [
    'a browser’s assertion that nobody asked for',
    ['confirmation-recipient'],
    () => signAssertion(unsigned({ recipient: acs, audience: sp })),
  ],
  [
    'the answer to a request, although made for us',
    ['in-response-to'],
    () => signAssertion(unsigned({ inResponseTo: '_request' })),
  ],
]

for (const [title, codes, make] of refused) {
  test(`RFC 7522 section 3, refused: ${title}`, () => {
    const verdict = judge(make())
    assert.deepEqual(failures(verdict), codes)
    for (const check of verdict.checks) {
      assert.ok(explanations[check.code].sentence && explanations[check.code].cure)
      if (check.outcome === 'failed') assert.ok(check.expected && check.received, `${check.code} shows its evidence`)
    }
  })
}

const decryptionKeys = [createPrivateKey(readKey('sp.key'))]
const enclosed = (xml: string | Buffer, how: Parameters<typeof encrypted>[1] = {}): string =>
  `<saml:EncryptedAssertion xmlns:saml="${namespaces.assertion}">${encrypted(xml, how)}</saml:EncryptedAssertion>`

test('RFC 7522 section 3 item 10: an encrypted assertion is opened, and must be signed inside', () => {
  const verdict = judge(enclosed(good), { decryptionKeys })
  assert.deepEqual([failures(verdict), verdict.claims?.nameId?.value], [[], 'ada'])
  assert.deepEqual(failures(judge(enclosed(unsigned()), { decryptionKeys })), ['signature-present'])
  assert.deepEqual(failures(judge(enclosed(good))), ['assertion-readable'])
  assert.deepEqual(failures(judge(enclosed(good + good), { decryptionKeys })), ['assertion-readable'])
  assert.deepEqual(failures(judge(enclosed(enclosed(good)), { decryptionKeys })), ['assertion-readable'])
  const beside = replace(enclosed(good), '</saml:EncryptedAssertion>', `${evil()}</saml:EncryptedAssertion>`)
  assert.ok(failures(judge(beside, { decryptionKeys })).includes('assertion-single'))
  const id = `<saml:EncryptedID>${encrypted(`<saml:NameID xmlns:saml="${namespaces.assertion}">ada</saml:NameID>`)}</saml:EncryptedID>`
  const named = judge(signed(/<saml:NameID .*<\/saml:NameID>/, id), { decryptionKeys })
  assert.deepEqual([failures(named), named.claims?.nameId?.value], [[], 'ada'])
})

test('behind AES-CBC there is one answer to everything, until the signature inside covers it', () => {
  const cbc = { content: 'aes256-cbc' } as const
  const options = { decryptionKeys, dangerouslyAllowCbc: true }
  assert.deepEqual(failures(judge(enclosed(good, cbc), { decryptionKeys })), ['assertion-readable'])
  assert.ok(judge(enclosed(good, cbc), options).ok)
  const contents = [
    unsigned(),
    'ada',
    replace(good, '>ada<', '>root<'),
    signAssertion(unsigned(), signerOf('other-idp')),
  ]
  const answers = contents.map((content) => judge(enclosed(content, cbc), options))
  for (const one of answers) assert.deepEqual(one, answers[0])
  assert.deepEqual([failures(answers[0]!), answers[0]?.unverified], [['assertion-readable'], { attributeNames: [] }])
})

test('Sallyport: what is dangerously left out is listed as not checked', () => {
  const verdict = judge(signAssertion(unsigned({ audience: 'urn:x', recipient: 'urn:x', issuer: 'urn:x' })), {
    expectedAudience: dangerouslyUnchecked,
    expectedIssuer: dangerouslyUnchecked,
    expectedRecipient: dangerouslyUnchecked,
  })
  const unchecked = verdict.checks.filter(({ outcome }) => outcome === 'not-checked').map(({ code }) => code)
  assert.deepEqual(unchecked, ['assertion-issuer', 'confirmation-recipient', 'audience'])
  assert.ok(verdict.ok)
})

test('no response is an assertion, whatever it holds, and no assertion is a response', () => {
  for (const { message } of [...readCases('good'), ...readCases('bad')]) assert.equal(judge(message).ok, false)
  const verdict = judgeResponse({
    ...expectations,
    expectedAudience: token,
    expectedInResponseTo: undefined,
    message: good,
  })
  assert.equal(verdict.ok, false)
})

test('no change of a signed assertion makes another person of it', () => {
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(8), fc.string({ maxLength: 8, unit: 'grapheme' }), (from, cut, put) => {
      const { claims } = judge(good.slice(0, from) + put + good.slice(from + cut))
      assert.ok(claims === undefined || claims.nameId?.value === 'ada')
    }),
    { numRuns: 300, seed: 7522 },
  )
})

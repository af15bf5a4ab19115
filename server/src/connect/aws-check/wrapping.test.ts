// Signatures that are there and say nothing of what AWS would be told: the check must not say that AWS would take it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import { type AwsReport, checkForAws, isVerified } from '#connect/aws-check/check-for-aws.ts'
import { now, relayState, responseXml, rolePair, settingsWith } from '#connect/aws-check/test-response.ts'
import { reportPage } from '#connect/inspection-page.ts'
import { readCases } from '../../../../saml/cases/case.ts'

const settings = settingsWith()

function check(xml: string | Uint8Array, metadata?: string, at = now): AwsReport {
  const found = { where: 'x', xml: Buffer.from(xml), notes: [] }
  return checkForAws(found, { settings, now: at, justPosted: true, relayState, ...(metadata ? { metadata } : {}) })
}

const signatureIn = ({ checks }: AwsReport) => checks.find(({ code }) => code === 'signature' || code === 'signed')

const signature = /<ds:Signature .*<\/ds:Signature>/s
const assertion = /<saml:Assertion .*<\/saml:Assertion>/s
const good = responseXml()
const [original = ''] = assertion.exec(good) ?? []
const [ofOriginal = ''] = signature.exec(original) ?? []
/** All that AWS asks for, for somebody else, signed by nobody. */
const evil = original.replace(ofOriginal, '').replace('"_assertion"', '"_evil"').replaceAll('>ada<', '>root<')
const carrying = evil.replace('</saml:Issuer>', () => `</saml:Issuer>${ofOriginal}`)
const inside = (place: string): string => good.replace(assertion, () => place)

const wrapped: Readonly<Record<string, string>> = {
  'the original in Extensions, its signature in the other': inside(carrying).replace(
    '<samlp:Status>',
    () => `<samlp:Extensions>${original}</samlp:Extensions><samlp:Status>`,
  ),
  'the original in Extensions, the other unsigned': inside(evil).replace(
    '<samlp:Status>',
    () => `<samlp:Extensions>${original}</samlp:Extensions><samlp:Status>`,
  ),
  'the other first, the original after it': inside(`${carrying}${original}`),
  'the original first, the other after it': inside(`${original}${evil}`),
  'the original in an Object of the signature': inside(
    carrying.replace(
      '</ds:Signature>',
      () => `<ds:Object>${original.replace(ofOriginal, '')}</ds:Object></ds:Signature>`,
    ),
  ),
  'the original in Advice': inside(
    carrying.replace('<saml:AuthnStatement', () => `<saml:Advice>${original}</saml:Advice><saml:AuthnStatement`),
  ),
  'the signature of the assertion on the response': inside(evil).replace(
    '</saml:Issuer>',
    () => `</saml:Issuer>${ofOriginal}`,
  ),
  'two signatures, one of the original': inside(
    carrying.replace('</ds:Signature>', () => `</ds:Signature>${ofOriginal}`),
  ),
  'nothing signed': inside(evil),
}

for (const [title, xml] of Object.entries(wrapped)) {
  test(`not taken by a signature of something else: ${title}`, () => {
    assert.notEqual(xml, good)
    const report = check(xml)
    // Where there are two assertions, the first alone is shown, and neither is taken.
    if (report.facts.nameId?.value === 'root') assert.equal(isVerified(report.checks), false)
    else assert.equal(report.firstError, 'invalid-saml-response')
    assert.doesNotMatch(`${reportPage('Acme', report).title}`, /^AWS would take/)
  })
}

test('a signature of another element is refused, as far as anybody knows of AWS', () => {
  for (const place of ['the original in Extensions, its signature in the other', 'the original in Advice']) {
    const report = check(wrapped[place] ?? '')
    assert.deepEqual([signatureIn(report)?.outcome, report.firstError], ['failed', 'signature-invalid'], place)
    const judgement = report.errors.find(({ error }) => error === 'signature-invalid')
    assert.deepEqual([judgement?.judgement, judgement?.certain], ['would-cause', false])
    assert.match(`${judgement?.why}`, /is of another element/)
    assert.match(`${judgement?.cure}`, /\S/)
  }
})

test('a signature that was not verified, for whatever reason, is no word of AWS’s', () => {
  const unread = good.replaceAll('xml-exc-c14n#"', 'xml-exc-c14n#WithComments"')
  const bare = checkForAws(
    { where: 'x', xml: Buffer.from(good), notes: [] },
    { settings: settingsWith({ metadata: null }), now, justPosted: true, relayState },
  )
  for (const report of [check(unread), bare, check(`<!DOCTYPE a>${good}`)]) {
    const { title, body } = reportPage('Acme', report)
    assert.deepEqual([report.firstError, title], [null, 'Whether AWS would take this response cannot be told'])
    assert.doesNotMatch(`${body}`, /would sign this person in/)
  }
  assert.equal(reportPage('Acme', check(good)).title, 'AWS would take this response')
})

test('no attack on signatures that is known to the library passes here', () => {
  for (const { name, case: given, message } of readCases('bad')) {
    const metadata = writeIdentityProviderMetadata({
      entityId: given.issuer,
      singleSignOn: [{ binding: 'redirect', location: 'https://idp.example/sso' }],
      signingCertificates: given.certificates,
      wantAuthnRequestsSigned: false,
    })
    const report = check(message, metadata, new Date(given.now))
    const { nameId } = report.facts
    if (nameId !== null && !/^ada/.test(nameId.value)) assert.equal(isVerified(report.checks), false, name)
    assert.ok(report.firstError !== null || !isVerified(report.checks), name)
  }
})

test('a hundred values that begin like pairs cost no more than others', () => {
  const values = ['arn:aws:iam:arn:aws:iam:x', 'arn:,'.repeat(150), rolePair].map(
    (start) => `${start}${' '.repeat(1200)}x,`,
  )
  const xml = responseXml({
    values: { Role: Array.from({ length: 99 }, (_, nth) => values[nth % 3] ?? '') },
    signed: 'no',
  })
  const start = performance.now()
  assert.equal(check(xml).facts.roles.length, 99)
  assert.ok(performance.now() - start < 3_000)
})

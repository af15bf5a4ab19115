import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { type AwsErrorId, awsErrorIds, awsErrors } from '#connect/aws-check/aws-errors.ts'
import { type AwsExpectations, type AwsReport, checkForAws } from '#connect/aws-check/check-for-aws.ts'
import { checkText, TextRefused } from '#connect/aws-check/check-text.ts'
import { type AwsCheckCode, awsCheckWords } from '#connect/aws-check/check-words.ts'
import { productCures } from '#connect/aws-check/product-cures.ts'
import { awsFaults } from '#connect/aws-check/test-faults.ts'
import {
  account,
  type Change,
  metadataOf,
  namespace,
  now,
  relayState,
  responseField,
  responseXml,
  rolePair,
  settingsWith,
  signers,
} from '#connect/aws-check/test-response.ts'
import { federationProducts } from '#connect/settings.ts'
import { LARGEST_INPUT } from '#explain/find-messages.ts'

const role = `arn:aws:iam::${account}:role/AmazonConnectAgent`
const provider = `arn:aws:iam::${account}:saml-provider/CompanyDirectory`

function check(change: Change = {}, expectations: Partial<AwsExpectations> = {}): AwsReport {
  const xml = Buffer.from(responseXml(change))
  const all = { settings: settingsWith(), now, justPosted: true, relayState, ...expectations }
  return checkForAws({ where: 'the input', xml, notes: [] }, all)
}

const failedIn = ({ checks }: AwsReport): readonly AwsCheckCode[] =>
  checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code)
const checkIn = ({ checks }: AwsReport, code: AwsCheckCode) => checks.find((one) => one.code === code)
const judgementIn = ({ errors }: AwsReport, error: AwsErrorId) => errors.find((one) => one.error === error)

test('a response as AWS wants it passes every check, and causes no error', () => {
  for (const signed of ['assertion', 'response', 'both'] as const) {
    const report = check({ signed })
    const open = report.checks.filter(({ outcome }) => outcome !== 'passed')
    assert.deepEqual([open, report.firstError], [[], null])
    assert.deepEqual(
      report.errors.map(({ error }) => error),
      awsErrorIds,
    )
    assert.ok(report.errors.every(({ judgement, why, cure }) => judgement !== 'would-cause' && /\S/.test(why + cure)))
    assert.equal(report.facts.roles[0]?.role?.name, 'AmazonConnectAgent')
  }
})

const minutes = (count: number): Date => new Date(now.getTime() + count * 60_000)

for (const { title, change, error, check: code, certain } of awsFaults) {
  test(`${title}: ${error}`, () => {
    const report = check(change)
    assert.deepEqual([report.firstError, failedIn(report)], [error, [code]])
    const judgement = judgementIn(report, error)
    assert.deepEqual(
      [judgement?.judgement, judgement?.certain, judgement?.text],
      ['would-cause', certain, awsErrors[error].text],
    )
    assert.match(`${checkIn(report, code)?.cure}`, /\S/)
  })
}

test('what AWS takes passes here, though a sign-in at Sallyport would refuse it', () => {
  const taken: readonly Change[] = [
    { values: { Role: [`${provider},${role}`] } },
    { values: { Role: [` ${role} , ${provider} `] } },
    { values: { Role: [rolePair, rolePair.replace('AmazonConnectAgent', 'Supervisor')] } },
    { values: { Role: [rolePair.replace('role/', 'role/connect/')] } },
    { values: { SessionDuration: [] } },
    { values: { 'PrincipalTag:Team': ['a'] } },
    { assertion: { audience: 'urn:amazon:webservices' } },
    { assertion: { recipient: 'https://eu-west-2.signin.aws.amazon.com/saml' } },
    { response: { destination: 'https://elsewhere.example' } },
    // An element inside a value, which the schema allows.
    { unsigned: (xml) => xml.replace('>ada</saml:AttributeValue>', '><x xmlns="urn:x">ada</x></saml:AttributeValue>') },
    // No AuthnStatement; a Version that is not written.
    {
      unsigned: (xml) =>
        xml.replace(/<saml:AuthnStatement.*<\/saml:AuthnStatement>/, '').replaceAll(' Version="2.0"', ''),
    },
  ]
  for (const change of taken) {
    const report = check(change)
    assert.deepEqual([failedIn(report), report.firstError], [[], null], JSON.stringify(change))
  }
})

test('a signature that is written in a way not read here is left to AWS', () => {
  const report = check({
    xml: (xml) =>
      xml.replace('http://www.w3.org/2001/10/xml-exc-c14n#', 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'),
  })
  assert.deepEqual([checkIn(report, 'signature')?.outcome, report.firstError], ['not-checked', null])
  assert.equal(judgementIn(report, 'signature-invalid')?.judgement, 'cannot-tell')
})

test('what would have to be known from elsewhere is not claimed', () => {
  const bare = check({}, { settings: undefined, relayState: undefined, justPosted: false })
  assert.deepEqual([failedIn(bare), bare.firstError], [[], null])
  for (const error of ['signature-invalid', 'issuer-not-present', 'not-authorized', 'metadata-unparsable'] as const)
    assert.equal(judgementIn(bare, error)?.judgement, 'cannot-tell', error)
  const encrypted = check({
    signed: 'no',
    unsigned: (xml) => xml.replace(/<saml:Assertion.*<\/saml:Assertion>/, '<saml:EncryptedAssertion/>'),
  })
  assert.deepEqual([failedIn(encrypted), encrypted.firstError], [[], null])
  assert.equal(judgementIn(encrypted, 'invalid-saml-response')?.judgement, 'cannot-tell')
})

test('a response that was kept is not blamed for its age; one that has just been posted is', () => {
  const later = { now: minutes(60) }
  assert.equal(checkIn(check({}, { ...later, justPosted: false }), 'times')?.outcome, 'not-checked')
  assert.equal(check({}, later).firstError, 'token-expired')
})

test('RelayState: absent it lands on the console, elsewhere it is refused, without the form nothing is said', () => {
  const other = relayState.replace('6f0a2c1e', '00000000')
  const outcomes = [
    check({}, { relayState: undefined }),
    check({}, { relayState: other }),
    check({}, { relayState: 'https://acme.my.connect.aws/ccp-v2' }),
    check({}, { relayState: undefined, justPosted: false }),
  ].map((report) => [checkIn(report, 'relay-state')?.outcome, report.firstError])
  assert.deepEqual(outcomes, [
    ['failed', null],
    ['failed', 'access-denied-administrator'],
    ['failed', null],
    ['not-checked', null],
  ])
})

test('made for the inspection address, it is told what to put back, and nothing is blamed', () => {
  const inspectionUrl = 'https://sso.example/connect/inspect/x'
  const report = check({ assertion: { recipient: inspectionUrl } }, { inspectionUrl })
  assert.deepEqual([failedIn(report), report.firstError], [[], null])
  assert.match(
    `${checkIn(report, 'recipient')?.sentence}`,
    /For AWS this must be https:\/\/signin\.aws\.amazon\.com\/saml/,
  )
})

test('a name that looks like AWS’s is shown, as that is the usual mistake', () => {
  for (const name of [
    'Role',
    'https://aws.amazon.com/SAML/Attributes/role',
    'https://aws.amazon.com/SAML/Attributes//Role',
  ]) {
    const attributes = [
      { name, values: [rolePair] },
      { name: `${namespace}RoleSessionName`, values: ['ada'] },
    ]
    const report = check({ assertion: { attributes } })
    assert.equal(report.firstError, 'invalid-saml-response')
    assert.equal(checkIn(report, 'role')?.received, name)
  }
})

test('Entra ID without its three claims: AWS’s first words, and where to add them', () => {
  const attributes = [
    { name: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name', values: ['ada@acme.example'] },
  ]
  const report = check({ assertion: { attributes } }, { settings: settingsWith({ product: 'entra-id' }) })
  assert.equal(report.firstError, 'invalid-saml-response')
  const { text, cure } = judgementIn(report, 'invalid-saml-response') ?? {}
  assert.equal(text, 'Your request included an invalid SAML response. To logout, click here.')
  assert.match(
    `${cure}`,
    /Attributes & Claims.*user\.assignedroles.*RoleSessionName.*user\.userprincipalname.*SessionDuration.*36000/,
  )
})

test('what is not signed at all is not helped by new metadata', () => {
  const settings = settingsWith({ product: 'okta' })
  const unsigned = judgementIn(check({ signed: 'no' }, { settings }), 'signature-invalid')
  const strange = judgementIn(check({ signer: signers.other }, { settings }), 'signature-invalid')
  assert.match(`${unsigned?.cure}`, /sign the response or the assertion/)
  assert.match(`${strange?.cure}`, /Identity Provider metadata/)
})

test('whatever metadata is in the settings, the check goes on', () => {
  for (const metadata of ['', '<', '<a/>', '\0', metadataOf().slice(0, 300)]) {
    const report = check({}, { settings: settingsWith({ metadata }) })
    assert.equal(checkIn(report, 'signature')?.outcome, 'not-checked')
  }
  assert.equal(
    check({}, { settings: settingsWith({ metadata: metadataOf(signers.other.certificatePem) }) }).firstError,
    'signature-invalid',
  )
})

test('a field, XML, a form, a page and a HAR file are all read; the response for AWS comes first', () => {
  const field = responseField()
  const form = new URLSearchParams({ SAMLResponse: field, RelayState: relayState }).toString()
  const page = `<html><form action="https://signin.aws.amazon.com/saml"><input name="SAMLResponse" value="${field}"><input name="RelayState" value="${relayState.replace('&', '&amp;')}"></form></html>`
  const elsewhere = responseField({
    values: { Role: [] },
    assertion: { recipient: 'https://a.example' },
    response: { destination: 'https://a.example' },
  })
  const entry = (text: string) => ({ request: { method: 'POST', url: 'https://a.example/', postData: { text } } })
  const har = JSON.stringify({
    log: { entries: [entry(form), entry(`SAMLResponse=${encodeURIComponent(elsewhere)}`)] },
  })
  for (const text of [field, responseXml(), form, page, har]) {
    const [report] = checkText(text, { settings: settingsWith(), now })
    assert.deepEqual([report?.firstError, report?.facts.roleSessionName], [null, ['ada']], text.slice(0, 40))
  }
  const [first, second] = checkText(har, { settings: settingsWith(), now })
  assert.deepEqual([first?.facts.relayState, second?.firstError], [relayState, 'invalid-saml-response'])
})

test('a form or a HAR file without RelayState is told so; a field by itself is not blamed', () => {
  const field = responseField()
  const posted = `SAMLResponse=${encodeURIComponent(field)}`
  const har = {
    log: { entries: [{ request: { method: 'POST', url: 'https://a.example/', postData: { text: posted } } }] },
  }
  const page = `<form><input name="SAMLResponse" value="${field}"></form>`
  const outcomes = [field, posted, JSON.stringify(har), page].map((text) => {
    const [report] = checkText(text, { settings: settingsWith(), now })
    return report && checkIn(report, 'relay-state')?.outcome
  })
  assert.deepEqual(outcomes, ['not-checked', 'not-checked', 'failed', 'failed'])
})

test('a response for HTTP-Redirect is none for AWS', () => {
  const deflated = deflateRawSync(responseXml()).toString('base64')
  for (const text of [deflated, `https://signin.aws.amazon.com/saml?SAMLResponse=${encodeURIComponent(deflated)}`]) {
    const [report] = checkText(text, { settings: settingsWith(), now, relayState })
    assert.deepEqual([report?.firstError, report && failedIn(report)], ['invalid-saml-response', ['readable']])
    assert.match(`${report && checkIn(report, 'readable')?.sentence}`, /deflated.*HTTP-POST/)
    assert.deepEqual(report?.facts.roleSessionName, ['ada'])
  }
})

test('a session that the identity provider ends sooner is told', () => {
  const sooner = check({ assertion: { sessionNotOnOrAfter: minutes(60) } })
  assert.match(`${checkIn(sooner, 'session-duration')?.sentence}`, /ends the session sooner, 3600 seconds/)
  const later = check({ assertion: { sessionNotOnOrAfter: minutes(660) } })
  assert.match(`${checkIn(later, 'session-duration')?.sentence}`, /as long as that of Amazon Connect/)
})

test('what is no response is answered with a sentence', () => {
  const refusals = [
    ['nothing-given', ' \n'],
    ['too-large', 'x'.repeat(LARGEST_INPUT + 1)],
    ['no-response', '{"log":{"entries":[]}}'],
  ] as const
  for (const [code, text] of refusals)
    assert.throws(
      () => checkText(text, { settings: undefined, now }),
      (error) => error instanceof TextRefused && error.code === code && /[.;] .*\.$/.test(error.message),
    )
  const deep = '<a>'.repeat(100_000)
  const dtd = '<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'
  const texts = [
    'x',
    '\0',
    '\ud800',
    '{}}',
    '<',
    deep,
    dtd,
    '='.repeat(500_000),
    '<form '.repeat(100_000),
    'SAMLResponse=%',
    '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>',
  ]
  const start = performance.now()
  for (const text of texts) {
    try {
      const [report] = checkText(text, { settings: settingsWith(), now })
      assert.match(`${report?.checks[0]?.sentence}`, /\.$/)
      JSON.stringify(report)
    } catch (error) {
      assert.ok(error instanceof TextRefused, `${error}`)
    }
  }
  assert.ok(performance.now() - start < 10_000)
})

test('any change of a response is judged without a fault', () => {
  const xml = responseXml()
  const pieces = fc.constantFrom(
    '',
    '<',
    '>',
    '"',
    '\0',
    '\ud800',
    '&#0;',
    '<x/>',
    '<!---->',
    'NaN',
    '9'.repeat(400),
    '-271821-04-20T00:00:00Z',
    '__proto__',
  )
  const property = fc.property(fc.nat(xml.length), fc.nat(60), pieces, (at, length, piece) => {
    const changed = Buffer.from(xml.slice(0, at) + piece + xml.slice(at + length))
    const report = checkForAws(
      { where: 'x', xml: changed, notes: [] },
      { settings: settingsWith(), now, justPosted: true },
    )
    assert.equal(report.errors.length, awsErrorIds.length)
  })
  fc.assert(property, { seed: 20260301, numRuns: 300 })
})

test('every product that can be chosen is known by name, and what is said of it ends like a sentence', () => {
  for (const [product, cures] of Object.entries(productCures)) {
    assert.ok(federationProducts.includes(product), product)
    for (const [subject, cure] of Object.entries(cures)) {
      assert.ok(subject in awsCheckWords || subject in awsErrors, subject)
      assert.match(cure, /[.;]$/, `${product} ${subject}`)
    }
  }
})

// Judging a response, beyond the folders of saml/cases: what may be left out of the expectations, the edges of time, what the
// claims hold, what the report shows, and that no change of a signed response makes another person of it.

import assert from 'node:assert/strict'
import { sign as cryptoSign } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { readKey } from '../../cases/case.ts'
import {
  acs,
  idp,
  now,
  replace,
  signAssertion,
  signerOf,
  signInfoAgain,
  signResponse,
  sp,
  take,
  unsigned,
} from '../../cases/one-change.ts'
import { parseCertificates } from '../certificates/certificate.ts'
import { dangerouslyUnchecked } from '../report/checks.ts'
import { namespaces, uris } from '../uris.ts'
import { judgeResponse, type ResponseToJudge, type ResponseVerdict } from './judge-response.ts'

const certificates = parseCertificates(readKey('idp.crt'))
const good = signAssertion(unsigned())

function judge(message: string | Uint8Array, change: Partial<ResponseToJudge> = {}): ResponseVerdict {
  const verdict = judgeResponse({
    message,
    now,
    certificates,
    expectedIssuer: idp,
    expectedAudience: sp,
    expectedRecipient: acs,
    expectedInResponseTo: '_request',
    ...change,
  })
  assert.equal(verdict.claims !== undefined, verdict.ok, 'claims come out exactly when all is well')
  const sound = verdict.checks.every(({ outcome }) => outcome === 'passed' || outcome === 'not-checked')
  assert.equal(verdict.ok, sound, 'all is well exactly when every check says so')
  return verdict
}

const withOutcome = (verdict: ResponseVerdict, wanted: string): string[] =>
  verdict.checks.filter(({ outcome }) => outcome === wanted).map(({ code, about }) => `${code} ${about}`)
const failures = (verdict: ResponseVerdict): string[] =>
  verdict.checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code)
const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)

test('Profiles 4.1.4.3: the report names every check, in the order in which they are read', () => {
  const names = judge(signResponse(good)).checks.map(({ code, about }) => `${code} ${about}`)
  const ofSignature = [
    'signature-form',
    'signature-algorithm',
    'signature-reference',
    'signature-digest',
    'signature-key',
    'certificate-current',
  ]
  assert.deepEqual(names, [
    ...['xml-well-formed', 'message-type', 'structure', 'id-unique', 'version'].map((code) => `${code} message`),
    ...['status', 'response-issuer', 'destination', 'assertion-single'].map((code) => `${code} response`),
    'signature-present message',
    ...ofSignature.map((code) => `${code} response`),
    ...ofSignature.map((code) => `${code} assertion`),
    'in-response-to response',
    ...[
      'assertion-issuer',
      'subject',
      'confirmation-bearer',
      'confirmation-recipient',
      'confirmation-expiry',
      'in-response-to',
    ].map((code) => `${code} assertion`),
    ...['conditions-not-before', 'conditions-not-on-or-after', 'audience', 'authn-statement', 'session-expiry'].map(
      (code) => `${code} assertion`,
    ),
  ])
})

test('Sallyport: bytes and text are judged alike, with a byte order mark too', () => {
  assert.deepEqual(judge(Buffer.from(good)), judge(good))
  assert.ok(judge(Buffer.from(`\ufeff${good}`)).ok)
})

// Expectations that are left out.

const unchecked: readonly (readonly [string, Partial<ResponseToJudge>, readonly string[]])[] = [
  ['issuer', { expectedIssuer: dangerouslyUnchecked }, ['response-issuer response', 'assertion-issuer assertion']],
  ['audience', { expectedAudience: dangerouslyUnchecked }, ['audience assertion']],
  [
    'recipient',
    { expectedRecipient: dangerouslyUnchecked },
    ['destination response', 'confirmation-recipient assertion'],
  ],
  ['request', { expectedInResponseTo: dangerouslyUnchecked }, ['in-response-to response', 'in-response-to assertion']],
]

for (const [what, change, codes] of unchecked) {
  test(`Sallyport: an expectation that is dangerously left out (${what}) is listed as not checked`, () => {
    const verdict = judge(good, change)
    assert.ok(verdict.ok)
    assert.deepEqual(withOutcome(verdict, 'not-checked'), codes)
    assert.ok(verdict.checks.every(({ outcome, received }) => outcome !== 'not-checked' || received !== undefined))
    const other = { issuer: 'https://other.example', destination: 'https://other.example/acs', inResponseTo: '_other' }
    const inner = {
      issuer: other.issuer,
      audience: 'https://other.example',
      recipient: other.destination,
      inResponseTo: '_other',
    }
    const elsewhere = judge(signAssertion(unsigned(other, inner)), change)
    assert.deepEqual(withOutcome(elsewhere, 'not-checked'), codes)
    assert.equal(elsewhere.ok, false)
  })
}

test('Sallyport: with no expectation at all the signature and the times still decide', () => {
  const nothing = Object.assign({}, ...unchecked.map(([, change]) => change)) as Partial<ResponseToJudge>
  assert.ok(judge(good, nothing).ok)
  assert.deepEqual(failures(judge(unsigned(), nothing)), ['signature-present'])
  assert.deepEqual(failures(judge(good, { ...nothing, now: at(3600) })), [
    'confirmation-expiry',
    'conditions-not-on-or-after',
  ])
  assert.deepEqual(failures(judge(replace(good, '>ada<', '>eve<'), nothing)), ['signature-digest'])
})

// Requests.

const unsolicited = (xml: string): string => xml.replaceAll(' InResponseTo="_request"', '')
const requests: readonly (readonly [string, string, string | undefined, readonly string[]])[] = [
  ['an unsolicited response is taken when no request is open', signAssertion(unsolicited(unsigned())), undefined, []],
  [
    'an unsolicited response is refused when one is',
    signAssertion(unsolicited(unsigned())),
    '_request',
    ['in-response-to', 'in-response-to'],
  ],
  ['an answer is refused when no request is open', good, undefined, ['in-response-to', 'in-response-to']],
  [
    'an answer whose outer name was taken away is refused',
    unsolicited(good.slice(0, 400)) + good.slice(400),
    undefined,
    ['in-response-to'],
  ],
  [
    'an unsolicited assertion in an answer is refused',
    signAssertion(
      replace(
        unsigned(),
        ' InResponseTo="_request"></saml:SubjectConfirmationData>',
        '></saml:SubjectConfirmationData>',
      ),
    ),
    '_request',
    ['in-response-to'],
  ],
  [
    'an empty name is not the absence of one',
    signAssertion(unsigned().replaceAll('InResponseTo="_request"', 'InResponseTo=""')),
    undefined,
    ['in-response-to', 'in-response-to'],
  ],
  [
    'the empty request is not answered by an unsolicited response',
    signAssertion(unsolicited(unsigned())),
    '',
    ['in-response-to', 'in-response-to'],
  ],
]

for (const [what, message, expectedInResponseTo, codes] of requests) {
  test(`Profiles 4.1.5: ${what}`, () => {
    const verdict = judge(message, { expectedInResponseTo })
    assert.deepEqual(failures(verdict), codes)
    if (verdict.ok) assert.equal('inResponseTo' in (verdict.claims ?? {}), false)
  })
}

// What must be signed.

const assertionSigned = good
const responseSigned = signResponse(unsigned())
const bothSigned = signResponse(good)
const required = [
  ['any', [true, true, true]],
  ['assertion', [true, false, true]],
  ['response', [false, true, true]],
  ['both', [false, false, true]],
] as const

for (const [requireSigned, expected] of required) {
  test(`Core 5.3: requireSigned ${requireSigned}`, () => {
    const verdicts = [assertionSigned, responseSigned, bothSigned].map((message) => judge(message, { requireSigned }))
    assert.deepEqual(
      verdicts.map(({ ok }) => ok),
      expected,
    )
    for (const verdict of verdicts) assert.deepEqual(failures(verdict), verdict.ok ? [] : ['signature-present'])
    assert.deepEqual(failures(judge(unsigned(), { requireSigned })), ['signature-present'])
  })
}

test('Core 5.3: the claims are the same, whichever signature covers them', () => {
  const [one, two, three] = [assertionSigned, responseSigned, bothSigned].map((message) => judge(message).claims)
  assert.deepEqual(one, two)
  assert.deepEqual(two, three)
})

test('Core 5.3: a signature that is not required must be sound all the same', () => {
  const tampered = signResponse(replace(good, /<ds:SignatureValue>..../, '<ds:SignatureValue>AAAA'))
  assert.deepEqual(failures(judge(tampered, { requireSigned: 'response' })), ['signature-key'])
  assert.deepEqual(failures(judge(tampered)), ['signature-key'])
})

test('Bindings 3.5.5.2: a signed response says where it was sent; an unsigned one may leave that out', () => {
  const without = (xml: string): string => replace(xml, ` Destination="${acs}"`, '')
  assert.ok(judge(signAssertion(without(unsigned()))).ok)
  assert.ok(judge(signAssertion(unsigned({ destination: '' }))).ok)
  assert.deepEqual(failures(judge(signResponse(without(unsigned())))), ['destination'])
  assert.deepEqual(failures(judge(signResponse(unsigned({ destination: '' })))), ['destination'])
})

test('Profiles 4.1.4.2: the issuer of the response may be left out, that of the assertion may not', () => {
  const outer = signAssertion(replace(unsigned(), `<saml:Issuer>${idp}</saml:Issuer><samlp:Status>`, '<samlp:Status>'))
  assert.ok(judge(outer).ok)
  assert.equal(judge(outer).unverified.issuer, idp)
  const inner = signAssertion(replace(unsigned(), `<saml:Issuer>${idp}</saml:Issuer><saml:Subject>`, '<saml:Subject>'))
  assert.deepEqual(failures(judge(inner)), ['structure', 'assertion-issuer'])
})

test('Profiles 4.1.4.2: an issuer is an entity, or says nothing of its format', () => {
  const withFormat = (format: string): string =>
    signAssertion(unsigned().replaceAll('<saml:Issuer>', `<saml:Issuer Format="${format}">`))
  assert.deepEqual(failures(judge(withFormat(uris.nameId.entity))), [])
  for (const format of [uris.nameId.unspecified, uris.nameId.persistent, '']) {
    assert.deepEqual(failures(judge(withFormat(format))), ['response-issuer', 'assertion-issuer'])
  }
})

test('saml-schema-assertion-2.0: xml:lang and xml:space may stand where foreign attributes may, xml:id may not', () => {
  const withAttribute = (attribute: string): string =>
    signAssertion(unsigned().replaceAll(/<saml:(AttributeValue|SubjectConfirmationData)/g, `$& ${attribute}`))
  assert.deepEqual(failures(judge(withAttribute('xml:lang="de"'))), [])
  assert.deepEqual(failures(judge(withAttribute('xml:space="preserve"'))), [])
  assert.deepEqual(failures(judge(withAttribute('xml:base="urn:x"'))), ['structure'])
  assert.deepEqual(
    failures(judge(signAssertion(replace(unsigned(), '<saml:Subject>', '<saml:Subject xml:lang="de">')))),
    ['structure'],
  )
})

for (const wrong of [`${idp}/`, idp.slice(0, -1), idp.toUpperCase(), `${idp}?`, `x ${idp}`]) {
  test(`Core 1.3.2: names are compared exactly: ${wrong} is another`, () => {
    assert.deepEqual(failures(judge(signAssertion(unsigned({ issuer: wrong }, { issuer: wrong })))), [
      'response-issuer',
      'assertion-issuer',
    ])
    assert.deepEqual(failures(judge(good, { expectedAudience: wrong })), ['audience'])
    assert.deepEqual(failures(judge(good, { expectedRecipient: wrong })), ['destination', 'confirmation-recipient'])
  })
}

test('Core 1.3.2: white space around a name says nothing', () => {
  const spaced = unsigned().replaceAll(/<saml:(Issuer|Audience|NameID[^>]*)>([^<]*)/g, '<saml:$1>\n  $2\n  ')
  assert.equal(judge(signAssertion(spaced)).claims?.nameId?.value, 'ada')
})

// Time.

const instants: readonly (readonly [string, number, readonly string[]])[] = [
  ['a second before NotBefore, less the skew', -91, ['conditions-not-before']],
  ['at NotBefore, less the skew', -90, []],
  ['a second before NotOnOrAfter, plus the skew', 359, []],
  ['at NotOnOrAfter, plus the skew', 360, ['confirmation-expiry', 'conditions-not-on-or-after']],
]

for (const [what, seconds, codes] of instants) {
  test(`Core 2.5.1.2: ${what} (60 seconds)`, () => assert.deepEqual(failures(judge(good, { now: at(seconds) })), codes))
}

test('Core 2.5.1.2: a skew of nothing, and one of two minutes, to the millisecond', () => {
  const verdicts = (clockSkewSeconds: number, ...seconds: readonly number[]): boolean[] =>
    seconds.map((one) => judge(good, { now: at(one), clockSkewSeconds }).ok)
  assert.deepEqual(verdicts(0, -30.001, -30, 299.999, 300), [false, true, true, false])
  assert.deepEqual(verdicts(120, -150.001, -150, 419.999, 420), [false, true, true, false])
})

test('Core 2.7.2: SessionNotOnOrAfter ends with the skew, whichever statement it stands in', () => {
  const xml = signAssertion(unsigned({}, { sessionNotOnOrAfter: at(10) }))
  assert.deepEqual(
    [69.999, 70].map((seconds) => failures(judge(xml, { now: at(seconds) }))),
    [[], ['session-expiry']],
  )
  assert.deepEqual(judge(xml).claims?.sessionNotOnOrAfter, at(10))
  const statement = take(unsigned(), /<saml:AuthnStatement .*<\/saml:AuthnStatement>/)
  const ending = (time: string): string =>
    replace(statement, 'SessionIndex=', `SessionNotOnOrAfter="2026-03-01T${time}:00Z" SessionIndex=`)
  const three = replace(unsigned(), statement, ending('12:30') + ending('12:20') + statement)
  assert.deepEqual(judge(signAssertion(three)).claims?.sessionNotOnOrAfter, new Date('2026-03-01T12:20:00Z'))
  const second = replace(statement, 'SessionIndex=', 'SessionNotOnOrAfter="2026-03-01T11:00:00Z" SessionIndex=')
  assert.deepEqual(failures(judge(signAssertion(replace(unsigned(), statement, statement + second)))), [
    'session-expiry',
  ])
})

test('Core 2.5.1: Conditions may leave out both times; the confirmation decides', () => {
  const xml = signAssertion(replace(unsigned(), /(?<=<saml:Conditions)[^>]*/, ''))
  assert.ok(judge(xml).ok)
  assert.deepEqual(failures(judge(xml, { now: at(360) })), ['confirmation-expiry'])
})

test('Profiles 4.1.4.2: a NotBefore in a bearer confirmation must at least be true', () => {
  const xml = (seconds: number): string =>
    signAssertion(
      replace(
        unsigned(),
        '<saml:SubjectConfirmationData ',
        `<saml:SubjectConfirmationData NotBefore="${at(seconds).toISOString()}" `,
      ),
    )
  assert.ok(judge(xml(60)).ok)
  assert.deepEqual(failures(judge(xml(61))), ['confirmation-expiry'])
})

for (const text of [
  '2026-03-01T12:05:00',
  '2026-03-01',
  '2026-03-01T12:05:00+00:00',
  '2026-02-30T12:05:00Z',
  ' 2026-03-01T12:05:00Z',
  '',
]) {
  test(`Core 1.3.3: ${JSON.stringify(text)} is no time in UTC`, () => {
    const xml = signAssertion(unsigned().replaceAll(/(?<=Not(Before|OnOrAfter)=")[^"]*/g, text))
    assert.deepEqual(failures(judge(xml)), [
      'confirmation-expiry',
      'conditions-not-before',
      'conditions-not-on-or-after',
    ])
  })
}

// SHA-1.

const sha1 = signInfoAgain(
  replace(good, /(?<=SignatureMethod Algorithm=")[^"]*/, 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'),
  (data) => cryptoSign('sha1', data, signerOf('idp').key),
)

test('Sallyport: SHA-1 is refused, unless it is dangerously allowed', () => {
  assert.deepEqual(failures(judge(sha1)), ['signature-algorithm'])
  assert.deepEqual(failures(judge(sha1, { dangerouslyAllowSha1: false })), ['signature-algorithm'])
  assert.ok(judge(sha1, { dangerouslyAllowSha1: true }).ok)
  assert.deepEqual(failures(judge(replace(sha1, '>ada<', '>eve<'), { dangerouslyAllowSha1: true })), [
    'signature-digest',
  ])
})

test('Metadata 2.4.1.1: of several certificates any may have signed, and with none nobody has', () => {
  const others = parseCertificates(readKey('other-idp.crt') + readKey('idp-ec.crt'))
  assert.ok(judge(good, { certificates: [...others, ...certificates] }).ok)
  assert.deepEqual(failures(judge(good, { certificates: others })), ['signature-key'])
  assert.deepEqual(failures(judge(good, { certificates: [] })), ['signature-key'])
})

// Claims.

function attributesOf(statement: string): readonly unknown[] {
  const xml = replace(unsigned(), /<saml:AttributeStatement>.*<\/saml:AttributeStatement>/, statement)
  const typed = replace(
    xml,
    '<samlp:Response ',
    `<samlp:Response xmlns:xsi="${namespaces.schemaInstance}" xmlns:xs="http://www.w3.org/2001/XMLSchema" `,
  )
  const verdict = judge(signAssertion(typed))
  return verdict.claims?.attributes ?? assert.fail(failures(verdict).join())
}

const value = (text: string, attributes = ''): string =>
  `<saml:AttributeValue${attributes}>${text}</saml:AttributeValue>`
const statements: readonly (readonly [string, string, readonly unknown[]])[] = [
  ['Core 2.7.3: none', '', []],
  [
    'Core 2.7.3.1: several attributes, several values, in the order of the document',
    `<saml:AttributeStatement><saml:Attribute Name="b">${value('2')}${value('1')}</saml:Attribute><saml:Attribute Name="a" NameFormat="urn:f" FriendlyName="A">${value('x')}</saml:Attribute></saml:AttributeStatement>`,
    [
      { name: 'b', values: ['2', '1'] },
      { name: 'a', nameFormat: 'urn:f', friendlyName: 'A', values: ['x'] },
    ],
  ],
  [
    'Core 2.7.3.1: several statements are one list, the same name is one attribute',
    `<saml:AttributeStatement><saml:Attribute Name="a">${value('1')}</saml:Attribute></saml:AttributeStatement><saml:AttributeStatement><saml:Attribute Name="a" FriendlyName="A">${value('2')}</saml:Attribute></saml:AttributeStatement>`,
    [{ name: 'a', values: ['1', '2'] }],
  ],
  [
    'Core 2.7.3.1: the same name in another format is another attribute',
    `<saml:AttributeStatement><saml:Attribute Name="a">${value('1')}</saml:Attribute><saml:Attribute Name="a" NameFormat="urn:f">${value('2')}</saml:Attribute></saml:AttributeStatement>`,
    [
      { name: 'a', values: ['1'] },
      { name: 'a', nameFormat: 'urn:f', values: ['2'] },
    ],
  ],
  [
    'Core 2.7.3.1.1: a value that is nil is none, an empty one is one',
    `<saml:AttributeStatement><saml:Attribute Name="a">${value('', ' xsi:nil="true"')}${value('', ' xsi:nil="1"')}${value('', ' xsi:type="xs:string" xsi:nil="true"')}${value('')}${value('x', ' xsi:nil="false"')}${value('y', ' xmlns:x="urn:x" x:nil="true"')}${value('z', ' xsi:type="true"')}</saml:Attribute><saml:Attribute Name="b"></saml:Attribute></saml:AttributeStatement>`,
    [
      { name: 'a', values: ['', 'x', 'y', 'z'] },
      { name: 'b', values: [] },
    ],
  ],
  [
    'Core 2.7.3.1.1: types say nothing, white space and escapes are kept',
    `<saml:AttributeStatement><saml:Attribute Name="a" xmlns:x="urn:x" x:extra="y">${value(' 1 ', ' xsi:type="xs:integer"')}${value('&lt;b&gt;&#xA;')}${value('<![CDATA[<c>]]>d')}</saml:Attribute></saml:AttributeStatement>`,
    [{ name: 'a', values: [' 1 ', '<b>\n', '<c>d'] }],
  ],
  [
    'Sallyport: names that objects have are names',
    `<saml:AttributeStatement><saml:Attribute Name="__proto__">${value('1')}</saml:Attribute><saml:Attribute Name="constructor">${value('2')}</saml:Attribute></saml:AttributeStatement>`,
    [
      { name: '__proto__', values: ['1'] },
      { name: 'constructor', values: ['2'] },
    ],
  ],
]

for (const [requirement, statement, expected] of statements) {
  test(requirement, () => assert.deepEqual(attributesOf(statement), expected))
}

test('Core 2.4.1: a Subject without NameID is somebody whom the attributes name', () => {
  const verdict = judge(signAssertion(replace(unsigned(), /<saml:NameID.*<\/saml:NameID>/, '')))
  assert.ok(verdict.ok)
  assert.equal(verdict.claims?.nameId, undefined)
  assert.equal('subject' in verdict.unverified, false)
})

const structures: readonly (readonly [string, string | RegExp, string, readonly string[]])[] = [
  [
    'Core 2.3.3: an assertion without ID, which could be presented again and again',
    ' ID="_assertion"',
    '',
    ['structure'],
  ],
  ['Core 2.3.3: an assertion with an empty ID', '"_assertion"', '""', ['structure']],
  [
    'Core 2.3.3: an assertion without IssueInstant',
    /(?<="_assertion" Version="2.0") IssueInstant="[^"]*"/,
    '',
    ['structure'],
  ],
  [
    'Core 3.2.2: a response without IssueInstant',
    /(?<="_response" Version="2.0") IssueInstant="[^"]*"/,
    '',
    ['structure'],
  ],
  ['Core 3.2.2: a response of no version', /(?<="_response") Version="2.0"/, '', ['version']],
  ['Core 2.7.3.1: an attribute without name', ' Name="email"', '', ['structure']],
  ['Core 2.4.1: an encrypted NameID', /<saml:NameID.*<\/saml:NameID>/, '<saml:EncryptedID/>', ['assertion-readable']],
  [
    'Core 2.4.1: two NameIDs',
    '<saml:NameID ',
    '<saml:NameID>root</saml:NameID><saml:NameID ',
    ['structure', 'subject'],
  ],
  [
    'Core 2.3.3: two Subjects',
    '<saml:Subject>',
    '<saml:Subject><saml:NameID>root</saml:NameID></saml:Subject><saml:Subject>',
    ['structure', 'subject', 'confirmation-bearer'],
  ],
  ['Core 2.3.3: two Conditions', '<saml:Conditions ', '<saml:Conditions/><saml:Conditions ', ['structure', 'audience']],
  [
    'Core 3.2.2: an attribute of SAML in its own namespace',
    ' ID="_response"',
    ' ID="_response" samlp:ID="_other"',
    ['structure'],
  ],
  ['Sallyport: an xml: attribute', '<saml:NameID ', '<saml:NameID xml:base="http://evil.example" ', ['structure']],
  [
    'Sallyport: an ID by xml:id that stands already',
    '<saml:AttributeValue>',
    '<saml:AttributeValue xml:id="_assertion">',
    ['structure', 'id-unique'],
  ],
  ['Core 2.7.2: an AuthnInstant that is no time', /(?<=AuthnInstant=")[^"]*/, 'yesterday', ['authn-statement']],
  [
    'Core 2.5.1.4: an empty audience restriction',
    /(?<=<saml:AudienceRestriction>).*(?=<\/saml:AudienceRestriction>)/,
    '',
    ['structure', 'audience'],
  ],
  [
    'Core 3.2.2.2: Success below another status',
    `<samlp:StatusCode Value="${uris.status.success}">`,
    `<samlp:StatusCode Value="${uris.status.responder}"><samlp:StatusCode Value="${uris.status.success}"/>`,
    ['status'],
  ],
  ['Core 3.2.2.2: Success in other letters', 'status:Success', 'status:success', ['status']],
  ['Core 3.2.2.2: no status', /<samlp:Status>.*<\/samlp:Status>/, '', ['structure', 'status']],
  ['Core 3.3.3: Success without assertion', /<saml:Assertion .*<\/saml:Assertion>/, '', ['assertion-single']],
]

for (const [requirement, from, to, codes] of structures) {
  test(`${requirement}: refused`, () => {
    assert.deepEqual(failures(judge(signResponse(replace(unsigned(), from, to)))), codes)
  })
}

test('Core 1.3.4: values that are no IDs may stand again', () => {
  const extension =
    '<x xmlns="urn:x" xmlns:y="urn:y" no="_response" idx="_response" y:id="_response" y:ID="_response"/>'
  const xml = replace(unsigned(), '<samlp:Status>', `<samlp:Extensions>${extension}</samlp:Extensions><samlp:Status>`)
  assert.deepEqual(failures(judge(signResponse(xml))), [])
})

test('Core 3.3.3: an answer that says no needs no assertion and no signature; what it has is still checked', () => {
  const denial = replace(unsigned(), /<saml:Assertion .*<\/saml:Assertion>/, '').replace(
    'status:Success',
    'status:Responder',
  )
  const verdict = judge(denial)
  assert.deepEqual(failures(verdict), ['status'])
  assert.deepEqual(withOutcome(verdict, 'not-reached'), ['assertion-single response', 'signature-present message'])
  assert.deepEqual(failures(judge(signResponse(denial))), ['status'])
  assert.deepEqual(failures(judge(signResponse(denial, signerOf('other-idp')))), ['status', 'signature-key'])
  assert.deepEqual(failures(judge(signResponse(denial), { requireSigned: 'both' })), ['status', 'signature-present'])
})

test('Core 2.5.1.4: one of several audiences is enough, in each of several restrictions', () => {
  const restriction = (...names: readonly string[]): string =>
    `<saml:AudienceRestriction>${names.map((name) => `<saml:Audience>${name}</saml:Audience>`).join('')}</saml:AudienceRestriction>`
  const xml = (...all: readonly string[]): string =>
    signAssertion(replace(unsigned(), /<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, all.join('')))
  assert.ok(judge(xml(restriction('https://a.example', sp), restriction(sp, 'https://b.example'))).ok)
  assert.deepEqual(failures(judge(xml(restriction(sp), restriction('https://b.example')))), ['audience'])
  assert.ok(judge(xml(`${restriction(sp)}<saml:OneTimeUse/><saml:ProxyRestriction Count="0"/>`)).ok)
})

test('Profiles 4.1.4.2: one sound confirmation among others is enough', () => {
  const own = take(unsigned(), /<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/)
  const strange = [
    own.replace('cm:bearer', 'cm:sender-vouches'),
    own.replace(acs, 'https://other.example/acs'),
    own.replace('_request', '_other'),
  ]
  assert.ok(judge(signAssertion(replace(unsigned(), own, strange.join('') + own))).ok)
  assert.deepEqual(failures(judge(signAssertion(replace(unsigned(), own, strange.join(''))))), [
    'confirmation-recipient',
  ])
})

test('SAML schemas: attributes of others are allowed in a confirmation', () => {
  const foreign = '<saml:SubjectConfirmationData xmlns:x="urn:x" x:extra="y" '
  assert.ok(judge(signAssertion(replace(unsigned(), '<saml:SubjectConfirmationData ', foreign))).ok)
})

// The report.

const evidence: readonly (readonly [string, string, string, string, string, Partial<ResponseToJudge>?])[] = [
  ['a message of another kind', '<a/>', 'message-type', 'a samlp:Response', 'a of no namespace'],
  ['a message of another namespace', '<a xmlns="urn:x"/>', 'message-type', 'a samlp:Response', 'a of urn:x'],
  [
    'a message that is too large',
    ' '.repeat(256 * 1024 + 1),
    'message-size',
    'at most 256 KiB',
    '262145 bytes, more than the 262144 that are read (line 1, column 1)',
  ],
  [
    'a message that cannot be read',
    '\n<a',
    'xml-well-formed',
    'well-formed XML 1.0 in UTF-8, without DOCTYPE',
    'a tag that does not end (line 2, column 1)',
  ],
  ['a version', good.replace('Version="2.0"', 'Version="1.1"'), 'version', '2.0', '1.1'],
  ['a version that is missing', good.replace(' Version="2.0"', ''), 'version', '2.0', 'no Version'],
  [
    'what is not signed',
    unsigned(),
    'signature-present',
    'a signature of the response or of the assertion',
    'no signature',
  ],
  [
    'what else is signed',
    good,
    'signature-present',
    'a signature of the response and one of the assertion',
    'a signature of the assertion',
    { requireSigned: 'both' },
  ],
  [
    'assertions that are missing',
    replace(unsigned(), /<saml:Assertion .*<\/saml:Assertion>/, ''),
    'assertion-single',
    'one assertion, directly in the response',
    '0',
  ],
  [
    'an assertion elsewhere',
    replace(
      replace(unsigned(), '<saml:Assertion ', '<samlp:Extensions><saml:Assertion '),
      '</saml:Assertion>',
      '</saml:Assertion></samlp:Extensions>',
    ),
    'assertion-single',
    'one assertion, directly in the response',
    'one that is not a child of the response',
  ],
  [
    'a time that has passed',
    signAssertion(unsigned({}, { sessionNotOnOrAfter: at(-60) })),
    'session-expiry',
    'after 2026-03-01T11:59:00.000Z',
    '2026-03-01T11:59:00.000Z',
  ],
  [
    'a time that is to come',
    signAssertion(unsigned({}, { notBefore: at(61) })),
    'conditions-not-before',
    'not after 2026-03-01T12:01:00.000Z',
    '2026-03-01T12:01:01.000Z',
  ],
  [
    'methods of confirmation',
    signAssertion(replace(unsigned(), / Method="[^"]*"/, ' Method="urn:x"')),
    'confirmation-bearer',
    uris.confirmation.bearer,
    'urn:x',
  ],
  [
    'audiences',
    signAssertion(
      replace(
        unsigned(),
        `<saml:Audience>${sp}</saml:Audience>`,
        '<saml:Audience>a</saml:Audience><saml:Audience>b</saml:Audience>',
      ),
    ),
    'audience',
    sp,
    'a or b',
  ],
]

for (const [what, message, code, expected, received, change] of evidence) {
  test(`Sallyport: a refusal shows what was expected and what came: ${what}`, () => {
    const check = judge(message, change).checks.find((one) => one.code === code && one.outcome === 'failed')
    assert.deepEqual([check?.expected, check?.received], [expected, received])
  })
}

test('Sallyport: what a message says of itself is shown, believed or not', () => {
  const status = { code: uris.status.responder, subCode: uris.status.authnFailed, message: 'Locked <out>' }
  const verdict = judge(replace(unsigned({ status, inResponseTo: '_other' }), '>ada<', '>eve<'))
  assert.deepEqual(verdict.unverified, {
    issuer: idp,
    inResponseTo: '_other',
    subject: 'eve',
    statusMessage: 'Locked <out>',
    attributeNames: ['email'],
  })
  const received = verdict.checks.find(({ code }) => code === 'status')?.received
  assert.equal(received, `${status.code} / ${status.subCode}: "Locked <out>"`)
})

test('Sallyport: a check that passed shows what came', () => {
  const unnamed = signAssertion(unsigned().replaceAll(' InResponseTo="_request"', ''))
  const shown = (message: string, change: Partial<ResponseToJudge>, wanted: string): (string | undefined)[] =>
    judge(message, change)
      .checks.filter(({ code }) => code === wanted)
      .map(({ received }) => received)
  assert.deepEqual(shown(good, {}, 'version'), ['2.0'])
  assert.deepEqual(shown(good, {}, 'subject'), ['ada'])
  assert.deepEqual(shown(good, {}, 'in-response-to'), ['_request', '_request'])
  assert.deepEqual(shown(good, {}, 'session-expiry'), ['left out'])
  const unchecked = { expectedInResponseTo: dangerouslyUnchecked } as const
  assert.deepEqual(shown(unnamed, unchecked, 'in-response-to'), ['nothing', 'nothing'])
  assert.deepEqual(shown(unnamed, { expectedInResponseTo: undefined }, 'in-response-to'), [
    'unsolicited',
    'unsolicited',
  ])
})

test('Sallyport: of what cannot be read nothing is shown', () => {
  for (const message of [
    '',
    'text',
    '<a/>',
    '<!DOCTYPE a><a/>',
    good.replaceAll('samlp:Response', 'samlp:LogoutResponse'),
  ]) {
    assert.deepEqual(judge(message).unverified, { attributeNames: [] })
  }
})

test('Sallyport: a long text is cut in the report, and stays text', () => {
  const audience = 'x'.repeat(500)
  const whole = judge(signAssertion(unsigned({}, { audience }))).checks.find(({ code }) => code === 'audience')
  assert.equal(whole?.received, audience)
  for (let length = 497; length < 503; length++) {
    const verdict = judge(signAssertion(unsigned({}, { audience: `${'x'.repeat(length)}${'😀'.repeat(500)}` })))
    const received = verdict.checks.find(({ code }) => code === 'audience')?.received ?? ''
    assert.ok(received.isWellFormed() && received.endsWith('…') && received.length <= 501)
  }
})

test('Sallyport: 256 KiB are read and a byte more is not', () => {
  const padded = (bytes: number): string => `${good}${' '.repeat(bytes - Buffer.byteLength(good))}`
  assert.ok(judge(padded(256 * 1024)).ok)
  for (const message of [padded(256 * 1024 + 1), Buffer.from(padded(256 * 1024 + 1)), `${'é'.repeat(200_000)}`]) {
    const verdict = judge(message)
    assert.deepEqual(
      verdict.checks.map(({ code, outcome }) => [code, outcome]),
      [['message-size', 'failed']],
    )
  }
})

// Time that an attacker could take: everything up to the signature is done for anybody.

const wide = `<a${Array.from({ length: 60 }, (_, i) => ` xmlns:p${i}="a:"`).join('')}>`
const prefixes = Array.from({ length: 32 }, (_, i) => `q${i}`).join(' ')
const inclusive = good.replaceAll(
  /(<ds:(?:Transform|CanonicalizationMethod) Algorithm="http:\/\/www.w3.org\/2001\/10\/xml-exc-c14n#">)/g,
  `$1<i:InclusiveNamespaces xmlns:i="${namespaces.exclusiveC14n}" PrefixList="${prefixes}"/>`,
)
const inAdvice = (xml: string, open: string, unit: string, close: string): string => {
  const room = 256 * 1024 - xml.length - 200 - open.length - close.length
  return replace(
    xml,
    '<saml:AuthnStatement ',
    `<saml:Advice>${open}${unit.repeat(Math.floor(room / unit.length))}${close}</saml:Advice><saml:AuthnStatement `,
  )
}
const costly: readonly (readonly [string, string])[] = [
  ['elements among many declarations, and many inclusive prefixes', inAdvice(inclusive, wide, '<a/>', '</a>')],
  ['declarations, and many inclusive prefixes', inAdvice(inclusive, wide, '<a xmlns:q0="a:"/>', '</a>')],
  ['IDs that stand again', inAdvice(good, '', '<a ID=""/>', '')],
  ['assertions', inAdvice(good, '', '<saml:Assertion/>', '')],
  ['faults, as deep as may be', inAdvice(good, '<abc>'.repeat(60), '<saml:a/>', '</abc>'.repeat(60))],
  [
    'attributes that have no place',
    inAdvice(good, '', `<saml:a${Array.from({ length: 60 }, (_, i) => ` b${i}=""`).join('')}/>`, ''),
  ],
  [
    'confirmations',
    replace(
      good,
      /<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/,
      `<saml:SubjectConfirmation Method="${uris.confirmation.bearer}"/>`.repeat(3000),
    ),
  ],
  ['audiences', replace(good, '<saml:Audience>', '<saml:Audience/>'.repeat(15_000).concat('<saml:Audience>'))],
]

for (const [what, message] of costly) {
  test(`Sallyport: 256 KiB of ${what} take no long time`, () => {
    assert.ok(message.length <= 256 * 1024)
    const start = performance.now()
    assert.equal(judge(message).ok, false)
    assert.ok(performance.now() - start < 2000)
  })
}

// No change makes another person of it.

for (const [what, message] of [
  ['assertion', assertionSigned],
  ['response', responseSigned],
  ['both', bothSigned],
] as const) {
  test(`Core 5.4: any byte changed, left out or put in never yields another identity (signed: ${what})`, () => {
    const original = Buffer.from(message)
    const expected = judge(message).claims
    const place = fc.noBias(fc.nat(original.length - 1))
    const property = fc.property(
      place,
      fc.nat(255),
      fc.constantFrom('change', 'remove', 'insert', 'flip'),
      (at, byte, how) => {
        const middle =
          how === 'remove'
            ? []
            : how === 'insert'
              ? [byte, original[at] ?? 0]
              : [how === 'flip' ? (original[at] ?? 0) ^ (1 << (byte % 8)) : byte]
        const { claims } = judge(
          Buffer.concat([original.subarray(0, at), Buffer.from(middle), original.subarray(at + 1)]),
        )
        if (claims !== undefined) assert.deepEqual(claims, expected)
      },
    )
    fc.assert(property, { seed: 20260301, numRuns: 2000 })
  })
}

test('Core 5.4: any parts exchanged, repeated or put elsewhere never yield another identity', () => {
  const expected = judge(bothSigned).claims
  const parts = bothSigned.split(/(?=<)/)
  const evil = [
    '<saml:NameID>root</saml:NameID>',
    '<saml:NameID>',
    'root',
    '</saml:NameID>',
    '<!-- -->',
    take(unsigned({}, { nameId: { value: 'root' } }), /<saml:Assertion .*<\/saml:Assertion>/),
    take(bothSigned, /<ds:Signature .*?<\/ds:Signature>/),
    '<![CDATA[root]]>',
    '<samlp:Extensions>',
    '</samlp:Extensions>',
  ]
  const property = fc.property(
    fc.noBias(fc.nat(parts.length - 1)),
    fc.noBias(fc.nat(parts.length)),
    fc.noBias(fc.nat(parts.length)),
    fc.option(fc.constantFrom(...evil)),
    (from, to, remove, add) => {
      const changed = parts.toSpliced(to, 0, add ?? parts[from] ?? '').filter((_, i) => i !== remove)
      const { claims } = judge(changed.join(''))
      if (claims !== undefined) assert.deepEqual(claims, expected)
    },
  )
  fc.assert(property, { seed: 20260301, numRuns: 2000 })
})

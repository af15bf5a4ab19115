// Where AWS's rules begin and end: the last value that passes, and the first that does not.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import { checkForAws } from '#connect/aws-check/check-for-aws.ts'
import type { AwsCheckCode } from '#connect/aws-check/check-words.ts'
import {
  account,
  type Change,
  issuer,
  now,
  relayState,
  responseXml,
  rolePair,
  settingsWith,
  signers,
} from '#connect/aws-check/test-response.ts'

const settings = settingsWith()
const seconds = (count: number): Date => new Date(now.getTime() + count * 1000)
const values = (name: string, ...some: readonly string[]): Change => ({ values: { [name]: some } })
const audience = (text: string): Change => ({ assertion: { audience: text } })
const recipient = (text: string): Change => ({ assertion: { recipient: text } })
const unsigned = (from: string | RegExp, to: string): Change => ({ unsigned: (xml) => xml.replace(from, to) })
const tags = (count: number): Change => ({
  values: Object.fromEntries(Array.from({ length: count }, (_, nth) => [`PrincipalTag:t${nth}`, ['x']])),
})

/** A response of so many characters in base64. */
function ofSize(characters: number): Change {
  const empty = responseXml(values('Groups', 'g')).length - 1
  return values('Groups', 'g'.repeat((characters / 4) * 3 - empty))
}

const signIn = 'https://signin.aws.amazon.com/saml'

type Row = readonly [code: AwsCheckCode, passes: readonly Change[], fails: readonly Change[]]

const rows: readonly Row[] = [
  ['size', [ofSize(131_068)], [ofSize(131_072)]],
  [
    'times',
    [
      { assertion: { issueInstant: seconds(-360), notBefore: seconds(-360) } },
      { assertion: { issueInstant: seconds(60), notBefore: seconds(60) } },
      { assertion: { issueInstant: seconds(-120), notBefore: seconds(-120), notOnOrAfter: seconds(-59) } },
    ],
    [
      { assertion: { issueInstant: seconds(-361), notBefore: seconds(-361) } },
      { assertion: { issueInstant: seconds(61), notBefore: seconds(-30) } },
      { assertion: { issueInstant: seconds(-30), notBefore: seconds(61) } },
      { assertion: { issueInstant: seconds(-120), notBefore: seconds(-120), notOnOrAfter: seconds(-60) } },
      { assertion: { notBefore: seconds(20), notOnOrAfter: seconds(20) } },
      unsigned(/NotBefore="[^"]*"/, 'NotBefore="soon"'),
    ],
  ],
  ['session-name-form', [values('RoleSessionName', 'ab'), values('RoleSessionName', `${'a'.repeat(59)}+=,.@`)], []],
  [
    'session-duration',
    [values('SessionDuration', '900'), values('SessionDuration', '43200'), values('SessionDuration', ' 3600\n')],
    [
      values('SessionDuration', '899'),
      values('SessionDuration', '43201'),
      values('SessionDuration', '1e4'),
      values('SessionDuration', '0x384'),
      values('SessionDuration', '36000', '36000'),
    ],
  ],
  [
    'source-identity',
    [values('SourceIdentity', 'ab'), values('SourceIdentity', 'a'.repeat(64))],
    [values('SourceIdentity', 'a'), values('SourceIdentity', 'a'.repeat(65))],
  ],
  [
    'principal-tags',
    [tags(50), values(`PrincipalTag:${'k'.repeat(128)}`, 'x'), values('PrincipalTag:k', 'v'.repeat(256))],
    [
      tags(51),
      values('PrincipalTag:', 'x'),
      values(`PrincipalTag:${'k'.repeat(129)}`, 'x'),
      values('PrincipalTag:k', 'v'.repeat(257)),
    ],
  ],
  [
    'audience',
    [
      audience('urn:amazon:webservices:eu-west-2'),
      audience('https://us-gov-west-1.signin.amazonaws-us-gov.com/saml'),
      audience(`${signIn}/acs/SAMLSP12_-x`),
    ],
    [
      audience(`${signIn}/`),
      audience(signIn.replace('https', 'http')),
      audience('https://signin.aws.amazon.com.evil.example/saml'),
      audience('https://signinXaws.amazon.com/saml'),
      audience(`https://evil.example/${signIn}`),
      audience('urn:amazon:webservices:'),
      audience('URN:amazon:webservices'),
      unsigned(/<saml:Audience>.*<\/saml:Audience>/, ''),
    ],
  ],
  [
    'recipient',
    [recipient('https://ap-southeast-2.signin.aws.amazon.com/saml'), recipient('https://signin.amazonaws.cn/saml')],
    [recipient(`${signIn}?x`), recipient('urn:amazon:webservices'), unsigned(/ Recipient="[^"]*"/, '')],
  ],
  [
    'role-name',
    [values('Role', rolePair.replace('role/', 'role/a/b/'))],
    [values('Role', rolePair.replace('role/', 'role/X'))],
  ],
  [
    'role-account',
    [values('Role', rolePair.replaceAll(account, '999999999999'), rolePair)],
    [values('Role', rolePair.replaceAll(account, '999999999999'))],
  ],
  [
    'role-pairs',
    [values('Role', rolePair.replace('CompanyDirectory', 'd'.repeat(128)))],
    [
      values('Role', rolePair.replace('CompanyDirectory', 'd'.repeat(129))),
      values('Role', rolePair.replaceAll(account, '12345678901')),
      values('Role', `${rolePair}\n${rolePair}`),
      values('Role', `“${rolePair}”`),
    ],
  ],
  [
    'issuer',
    [{ response: { issuer: 'https://other.example' } }],
    [{ assertion: { issuer: 'https://other.example' } }, { assertion: { issuer: `${issuer}/` } }],
  ],
  [
    'confirmation',
    [],
    [
      unsigned('cm:bearer', 'cm:holder-of-key'),
      unsigned(/<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/, ''),
      unsigned(/(<saml:SubjectConfirmationData[^>]*) NotOnOrAfter="[^"]*"/, '$1'),
    ],
  ],
  [
    'signature',
    [{ signed: 'both' }],
    [
      // The assertion's own is right.
      { signed: 'both', xml: (xml) => xml.replace('Destination="https', 'Destination="http') },
      { signed: 'both', signer: signers.other },
      { xml: (xml) => xml.replace(/(<saml:NameID[^>]*>)ada/, '$1root') },
    ],
  ],
]

const outcomeOf = (code: AwsCheckCode, change: Change) => {
  const found = { where: 'x', xml: Buffer.from(responseXml(change)), notes: [] }
  const { checks } = checkForAws(found, { settings, now, justPosted: true, relayState })
  return checks.find((one) => one.code === code)
}

for (const [code, passes, fails] of rows) {
  test(`the limits of ${code}`, () => {
    for (const [expected, changes] of [['passed', passes] as const, ['failed', fails] as const])
      for (const [nth, change] of changes.entries()) {
        const check = outcomeOf(code, change)
        assert.equal(check?.outcome, expected, `${expected} ${nth}: ${check?.sentence} ${check?.received}`)
        assert.match(`${check?.sentence} ${check?.cure ?? ''}`, /\S/)
      }
  })
}

test('either key of metadata with two may have signed, and no other', () => {
  const metadata = (certificates: readonly (string | undefined)[]) =>
    writeIdentityProviderMetadata({
      entityId: issuer,
      singleSignOn: [{ binding: 'redirect', location: 'https://idp.acme.example/sso' }],
      signingCertificates: certificates.map((pem) => pem ?? ''),
      wantAuthnRequestsSigned: false,
    })
  const both = metadata([signers.other.certificatePem, signers.idp.certificatePem])
  for (const [given, signer, expected] of [
    [both, signers.idp, 'passed'],
    [both, signers.other, 'passed'],
    [metadata([signers.other.certificatePem]), signers.idp, 'failed'],
  ] as const) {
    const found = { where: 'x', xml: Buffer.from(responseXml({ signer })), notes: [] }
    const { checks } = checkForAws(found, { settings, now, justPosted: true, relayState, metadata: given })
    assert.equal(checks.find(({ code }) => code === 'signature')?.outcome, expected)
  }
})

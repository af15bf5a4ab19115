import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { encodePost, signXml, uris } from '@sallyport/saml'
import { type AssertionToWrite, writeResponse } from '@sallyport/saml/identity-provider'
import { createSandboxKey, type SandboxKey } from '../key.ts'
import { type AwsAccount, awsSignIn, demoAccount, trustOf } from './account.ts'
import { awsErrors } from './errors.ts'
import { type AwsVerdict, judgeForAws } from './judge.ts'

const now = new Date('2026-01-05T09:00:00Z')
const publicUrl = 'http://sandbox.test'
const namespace = 'https://aws.amazon.com/SAML/Attributes/'
const minute = 60 * 1000
let key: SandboxKey
let account: AwsAccount
before(async () => {
  let number = 0
  // Not random, and nobody minds: the key is what must be.
  const bytes = (size: number) => new Uint8Array(size).fill(++number)
  key = await createSandboxKey({ clock: () => now, chance: { bytes } })
  account = demoAccount({ publicUrl, certificatePem: key.certificatePem })
})

type Attributes = Readonly<Record<string, readonly string[]>>

type Case = {
  readonly attributes?: Attributes
  readonly assertion?: Partial<AssertionToWrite>
  /** Before it is signed. */
  readonly xml?: (text: string) => string
  readonly account?: AwsAccount
}

function judge({ attributes = {}, assertion = {}, xml = (text) => text, account: other }: Case = {}): AwsVerdict {
  const { roles, providers } = account
  const said: Attributes = {
    Role: [`${roles[0]?.arn},${providers[0]?.arn}`],
    RoleSessionName: ['ada'],
    SessionDuration: ['36000'],
    ...attributes,
  }
  const unsigned = writeResponse({
    id: '_response',
    issueInstant: now,
    issuer: `${publicUrl}/idp/metadata`,
    destination: awsSignIn,
    assertion: {
      id: '_assertion',
      issueInstant: now,
      issuer: `${publicUrl}/idp/metadata`,
      nameId: { value: 'ada', format: uris.nameId.unspecified },
      recipient: awsSignIn,
      audience: awsSignIn,
      notBefore: now,
      notOnOrAfter: new Date(now.getTime() + 5 * minute),
      authnInstant: now,
      attributes: Object.entries(said).map(([name, values]) => ({
        name: namespace + name,
        nameFormat: uris.attributeName.uri,
        values,
      })),
      ...assertion,
    },
  })
  const signed = signXml(xml(unsigned), { id: '_assertion', signer: { key: key.key, algorithm: 'rsa-sha256' } })
  return judgeForAws({ field: encodePost(signed), account: other ?? account, now })
}

function refusal(of: Case): string {
  const verdict = judge(of)
  return verdict.outcome === 'refused' ? awsErrors[verdict.error].text : verdict.outcome
}

const confirmation = /<saml:SubjectConfirmation .*?<\/saml:SubjectConfirmation>/s

describe('what AWS takes', () => {
  test('a correct response, for as long as SessionDuration says', () => {
    const verdict = judge()
    assert.equal(verdict.outcome, 'signed-in')
    if (verdict.outcome !== 'signed-in') return
    assert.equal(verdict.session.sessionName, 'ada')
    assert.equal(verdict.session.role.arn, account.roles[0]?.arn)
    assert.equal(verdict.session.expires.getTime(), now.getTime() + 36_000_000)
  })

  test('the other audience, and tags and SourceIdentity where the role’s trust expects them', () => {
    assert.equal(judge({ assertion: { audience: 'urn:amazon:webservices' } }).outcome, 'signed-in')
    const [role] = account.roles
    const [provider] = account.providers
    assert.ok(role && provider)
    const actions = ['sts:AssumeRoleWithSAML', 'sts:TagSession', 'sts:SetSourceIdentity']
    const trusting = { ...account, roles: [{ ...role, trust: [trustOf(provider.arn, actions)] }] }
    const attributes = { 'PrincipalTag:team': ['Agents'], SourceIdentity: ['ada'] }
    assert.equal(judge({ attributes, account: trusting }).outcome, 'signed-in')
  })

  test('an hour where SessionDuration is left out or out of bounds; the provider’s own end comes first', () => {
    const hours = (of: Case) => {
      const verdict = judge(of)
      return verdict.outcome === 'signed-in' && (verdict.session.expires.getTime() - now.getTime()) / (60 * minute)
    }
    for (const SessionDuration of [[], ['899'], ['43201'], ['ten']]) {
      assert.equal(hours({ attributes: { SessionDuration } }), 1)
    }
    assert.equal(hours({ attributes: { SessionDuration: ['43200'] } }), 12)
    assert.equal(hours({ assertion: { sessionNotOnOrAfter: new Date(now.getTime() + 30 * minute) } }), 0.5)
  })
})

describe('what AWS refuses', () => {
  const rows: readonly (readonly [string, keyof typeof awsErrors, Case])[] = [
    ['Role without values', 'invalid-response', { attributes: { Role: [] } }],
    ['one value of Role that is no pair', 'invalid-response', { attributes: { Role: ['admin'] } }],
    [
      'an account of eleven digits',
      'invalid-response',
      { attributes: { Role: ['arn:aws:iam::12345678901:role/A,arn:aws:iam::12345678901:saml-provider/B'] } },
    ],
    ['an empty RoleSessionName', 'session-name-missing', { attributes: { RoleSessionName: [''] } }],
    ['two RoleSessionNames', 'session-name-form', { attributes: { RoleSessionName: ['ada', 'grace'] } }],
    ['a RoleSessionName of one letter', 'session-name-form', { attributes: { RoleSessionName: ['a'] } }],
    ['a RoleSessionName of 65 letters', 'session-name-form', { attributes: { RoleSessionName: ['a'.repeat(65)] } }],
    ['a RoleSessionName with an umlaut', 'session-name-form', { attributes: { RoleSessionName: ['zoë'] } }],
    ['a tag with two values', 'not-authorized', { attributes: { 'PrincipalTag:team': ['a', 'b'] } }],
    ['two confirmations', 'invalid-response', { xml: (text) => text.replace(confirmation, '$&$&') }],
    [
      'a confirmation without end',
      'invalid-response',
      { xml: (text) => text.replace(/(<saml:SubjectConfirmationData) NotOnOrAfter="[^"]*"/, '$1') },
    ],
    ['no confirmation', 'not-authorized', { xml: (text) => text.replace(confirmation, '') }],
    ['no NameID', 'not-authorized', { xml: (text) => text.replace(/<saml:NameID.*?<\/saml:NameID>/s, '') }],
    [
      'an assertion of another day',
      'expired',
      { assertion: { notBefore: new Date(0), notOnOrAfter: new Date(minute) } },
    ],
    [
      'an assertion of six minutes ago',
      'expired',
      { assertion: { issueInstant: new Date(now.getTime() - 6 * minute) } },
    ],
  ]
  for (const [what, error, of] of rows) test(what, () => assert.equal(refusal(of), awsErrors[error].text))

  test('a role whose trust names another provider or lacks the action', () => {
    const [role] = account.roles
    const [provider] = account.providers
    assert.ok(role && provider)
    for (const trust of [[trustOf(`${provider.arn}2`)], [trustOf(provider.arn, ['sts:AssumeRole'])], []]) {
      const doubting: AwsAccount = { ...account, roles: [{ ...role, trust }] }
      assert.equal(refusal({ account: doubting }), awsErrors['not-authorized'].text)
    }
  })

  test('metadata of before the certificate was changed', () => {
    const [provider] = account.providers
    assert.ok(provider)
    const providers = [{ ...provider, certificates: [] }]
    assert.equal(refusal({ account: { ...account, providers } }), awsErrors.signature.text)
  })
})

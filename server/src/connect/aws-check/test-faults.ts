// For tests: for every error that AWS shows when a response arrives, responses that cause it, one change each.

import type {} from 'node:test' // marks this file as one for tests
import type { AwsErrorId } from '#connect/aws-check/aws-errors.ts'
import type { AwsCheckCode } from '#connect/aws-check/check-words.ts'
import { account, type Change, issuer, now, rolePair, signers } from '#connect/aws-check/test-response.ts'

export type AwsFault = {
  readonly title: string
  readonly change: Change
  readonly error: AwsErrorId
  /** The one that fails. */
  readonly check: AwsCheckCode
  /** Whether AWS writes so. */
  readonly certain: boolean
}

const role = `arn:aws:iam::${account}:role/AmazonConnectAgent`
const provider = `arn:aws:iam::${account}:saml-provider/CompanyDirectory`
const minutes = (count: number): Date => new Date(now.getTime() + count * 60_000)

type Rows = readonly (readonly [title: string, change: Change, sure?: 'perhaps'])[]

function faults(error: AwsErrorId, check: AwsCheckCode, rows: Rows): readonly AwsFault[] {
  return rows.map(([title, change, sure]) => ({ title, change, error, check, certain: sure === undefined }))
}

const roles = (...values: readonly string[]): Change => ({ values: { Role: values } })
const names = (...values: readonly string[]): Change => ({ values: { RoleSessionName: values } })
const noNameId = (xml: string): string => xml.replace(/<saml:NameID.*<\/saml:NameID>/, '')
const said = 'urn:oasis:names:tc:SAML:2.0:status:Responder'
const ahead = { issueInstant: minutes(10), notBefore: minutes(10), notOnOrAfter: minutes(20) }
const confirmation = /<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/

export const awsFaults: readonly AwsFault[] = [
  ...faults('invalid-saml-response', 'role', [
    ['no attribute Role', roles()],
    ['an empty Role', roles('')],
  ]),
  ...faults('invalid-saml-response', 'role-pairs', [
    ['a role without provider', roles(role)],
    ['a provider without role', roles(provider)],
    ['a pair with a semicolon', roles(`${role};${provider}`)],
    ['two pairs in one value', roles(`${rolePair},${rolePair}`)],
    ['white space in an ARN', roles(rolePair.replace('Agent', ' Agent'))],
    ['one of two values is no pair', roles(rolePair, 'Default Access')],
  ]),
  ...faults('invalid-saml-response', 'status', [
    ['an answer that says no', { response: { status: { code: said } } }, 'perhaps'],
  ]),
  ...faults('invalid-saml-response', 'confirmation', [
    ['two bearer confirmations', { unsigned: (xml) => xml.replace(confirmation, '$&$&') }, 'perhaps'],
  ]),
  ...faults('no-valid-assertion', 'size', [
    ['a response of 128 KB', { values: { Groups: ['g'.repeat(100_000)] } }, 'perhaps'],
  ]),
  ...faults('provider-missing', 'role-provider', [
    ['a provider of another name', roles(`${role},${provider}s`), 'perhaps'],
  ]),
  ...faults('provider-missing', 'role-account', [
    ['role and provider in two accounts', roles(`${role},${provider.replace('1234', '4321')}`), 'perhaps'],
  ]),
  ...faults('issuer-not-present', 'issuer', [['another Issuer', { assertion: { issuer: `${issuer}/other` } }]]),
  ...faults('signature-invalid', 'signature', [
    ['another key', { signer: signers.other }],
    ['a change after signing', { xml: (xml) => xml.replace('>36000<', '>43200<') }],
  ]),
  ...faults('signature-invalid', 'signed', [['no signature', { signed: 'no' }]]),
  ...faults('audience-missing', 'audience', [['another Audience', { assertion: { audience: 'https://sp.example' } }]]),
  ...faults('token-expired', 'times', [
    ['an assertion of ten minutes ago', { assertion: { issueInstant: minutes(-10) } }],
    ['a clock that is ahead', { assertion: ahead }],
  ]),
  ...faults('session-name-required', 'session-name', [
    ['no RoleSessionName', names()],
    ['an empty RoleSessionName', names('')],
  ]),
  ...faults('session-name-invalid', 'session-name', [['two names', names('ada', 'ada2')]]),
  ...faults('session-name-invalid', 'session-name-form', [
    ['a name with a space', names('Ada Lindqvist')],
    ['a name with an umlaut', names('Zoë')],
    ['a name of one letter', names('a')],
    ['a name of 65 letters', names('a'.repeat(65))],
  ]),
  ...faults('source-identity-invalid', 'source-identity', [
    ['a SourceIdentity that begins with aws:', { values: { SourceIdentity: ['aws:ada'] } }],
    ['a SourceIdentity with a space', { values: { SourceIdentity: ['Ada Lindqvist'] } }],
  ]),
  ...faults('not-authorized', 'role-name', [
    ['another role', roles(`${role}s,${provider}`), 'perhaps'],
    ['a role in lower case', roles(`${role.toLowerCase()},${provider}`), 'perhaps'],
  ]),
  ...faults('not-authorized', 'recipient', [
    ['another Recipient', { assertion: { recipient: 'https://sp.example/acs' } }, 'perhaps'],
  ]),
  ...faults('not-authorized', 'name-id', [['no NameID', { unsigned: noNameId }]]),
  ...faults('not-authorized', 'principal-tags', [
    ['a tag with two values', { values: { 'PrincipalTag:Team': ['a', 'b'] } }, 'perhaps'],
  ]),
]

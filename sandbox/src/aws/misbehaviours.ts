/**
 * The ways in which an answer can be wrong for AWS and Amazon Connect, one row each: what is changed before it is signed,
 * and what is said to it. The sign-in page offers them where the answer goes to AWS; the tests read the same table.
 */
import { uris } from '@sallyport/saml'
import type { ResponseToWrite } from '@sallyport/saml/identity-provider'
import { connectRefusals } from '../amazon-connect/refusals.ts'
import { demo } from '../demo.ts'
import { withAttributes } from '../identity-provider/attribute-form.ts'
import {
  changeAssertion,
  correct,
  type Deviation,
  type MisbehaviourName,
  misbehaviourNamed,
} from '../identity-provider/misbehaviours.ts'
import { otherRole } from './account.ts'
import { type AwsErrorId, awsErrors } from './errors.ts'

export type AwsMisbehaviour = Deviation & {
  /** What AWS or Amazon Connect says, in its own words. */
  readonly says: string
  /** Undefined where AWS signs in, and what comes after says no, or nobody does. */
  readonly error?: AwsErrorId
}

const iam = `arn:aws:iam::${demo.aws.accountId}`
const role = `${iam}:role/${demo.aws.roleName}`
const provider = `${iam}:saml-provider/${demo.aws.providerName}`

export const awsMisbehaviours: readonly AwsMisbehaviour[] = [
  { ...correct, says: 'The person is signed in to Amazon Connect.' },
  changed('aws-no-role', 'Without the attribute Role', 'invalid-response', without('Role')),
  changed('aws-half-role', 'Role without the provider’s ARN', 'invalid-response', having('Role', role)),
  changed('aws-wrong-role', 'Role misspelt', 'not-authorized', having('Role', `${role}s,${provider}`)),
  changed('aws-wrong-provider', 'Provider misspelt', 'provider-missing', having('Role', `${role},${provider}s`)),
  changed(
    'aws-no-session-name',
    'Without the attribute RoleSessionName',
    'session-name-missing',
    without('RoleSessionName'),
  ),
  changed(
    'aws-session-name-form',
    'RoleSessionName with a space in it',
    'session-name-form',
    having('RoleSessionName', 'Ada Lindqvist'),
  ),
  changed(
    'aws-source-identity-form',
    'SourceIdentity that begins with aws:',
    'source-identity-form',
    having('SourceIdentity', 'aws:ada'),
  ),
  changed(
    'aws-source-identity',
    'SourceIdentity that the role does not expect',
    'not-authorized',
    having('SourceIdentity', 'ada'),
  ),
  changed('aws-tag', 'A tag that the role does not expect', 'not-authorized', having('PrincipalTag:team', 'Agents')),
  known('no-name-id', 'not-authorized'),
  known('wrong-recipient', 'not-authorized'),
  known('wrong-audience', 'audience'),
  known('wrong-issuer', 'issuer'),
  known('unsigned', 'signature'),
  known('bad-signature', 'signature'),
  known('wrong-key', 'signature'),
  known('expired', 'expired'),
  known('denied', 'invalid-response'),
  known('not-xml', 'invalid-response'),
  known('too-large', 'not-an-assertion'),
  {
    name: 'aws-upper-case',
    label: 'RoleSessionName in capital letters',
    says: connectRefusals['not-onboarded'],
    content: having('RoleSessionName', 'ADA'),
  },
  {
    name: 'aws-two-roles',
    label: 'Two roles',
    says: 'AWS lets the person choose. Visitor may do nothing in Amazon Connect.',
    content: having('Role', `${role},${provider}`, `${otherRole},${provider}`),
  },
  {
    name: 'aws-reverse',
    label: 'Role with the provider’s ARN first',
    says: 'The person is signed in to Amazon Connect: AWS takes either order.',
    content: having('Role', `${provider},${role}`),
  },
]

export function awsMisbehaviourNamed(name: string): AwsMisbehaviour | undefined {
  return awsMisbehaviours.find((one) => one.name === name)
}

type Change = (response: ResponseToWrite) => ResponseToWrite

function changed(name: string, label: string, error: AwsErrorId, content: Change): AwsMisbehaviour {
  return { name, label, error, content, says: awsErrors[error].text }
}

/** One that Sallyport is tried with too. */
function known(name: MisbehaviourName, error: AwsErrorId): AwsMisbehaviour {
  const deviation = misbehaviourNamed(name) ?? correct
  return { ...deviation, error, says: awsErrors[error].text }
}

function without(name: string): Change {
  return (response) =>
    changeAssertion(response, {
      attributes: (response.assertion?.attributes ?? []).filter((one) => one.name !== named(name)),
    })
}

function having(name: string, ...values: readonly string[]): Change {
  const attribute = { name: named(name), nameFormat: uris.attributeName.uri, values }
  return (response) =>
    changeAssertion(response, { attributes: withAttributes(response.assertion?.attributes ?? [], [attribute]) })
}

function named(name: string): string {
  return `https://aws.amazon.com/SAML/Attributes/${name}`
}

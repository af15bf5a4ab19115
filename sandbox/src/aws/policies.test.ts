import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../demo.ts'
import type { Role, Statement } from './account.ts'
import { mayFederate, pathOf } from './federate.ts'
import { isAllowed } from './policies.ts'

const { region, instanceId, accountId } = demo.aws
const instance = `arn:aws:connect:${region}:${accountId}:instance/${instanceId}`

function may(...permissions: readonly Statement[]): boolean {
  const role: Role = { arn: `arn:aws:iam::${accountId}:role/Any`, trust: [], permissions }
  return mayFederate({ role, sessionName: 'ada', expires: new Date(0) }, { region, instanceId })
}

const token = 'connect:GetFederationToken'

describe('connect:GetFederationToken', () => {
  const rows: readonly (readonly [string, boolean, Statement])[] = [
    [
      'is allowed for the variable aws:userid, literally',
      true,
      { Effect: 'Allow', Action: token, Resource: `${instance}/user/\${aws:userid}` },
    ],
    [
      'is not allowed where somebody filled in a name instead',
      false,
      { Effect: 'Allow', Action: token, Resource: `${instance}/user/ada` },
    ],
    [
      'is allowed on everything, for this instance',
      true,
      {
        Effect: 'Allow',
        Action: token,
        Resource: '*',
        Condition: { StringEquals: { 'connect:InstanceId': instanceId } },
      },
    ],
    [
      'is allowed where the instance is one of several',
      true,
      {
        Effect: 'Allow',
        Action: [token],
        Resource: ['*'],
        Condition: { StringEquals: { 'connect:InstanceId': ['other', instanceId] } },
      },
    ],
    [
      'is not allowed for another instance',
      false,
      { Effect: 'Allow', Action: token, Resource: '*', Condition: { StringEquals: { 'connect:InstanceId': 'other' } } },
    ],
    ['is allowed by a wildcard', true, { Effect: 'Allow', Action: 'connect:*', Resource: `${instance}/*` }],
    ['is not allowed by another action', false, { Effect: 'Allow', Action: 'connect:List*', Resource: '*' }],
    ['is not allowed without a resource', false, { Effect: 'Allow', Action: token }],
  ]
  for (const [what, expected, statement] of rows) test(what, () => assert.equal(may(statement), expected))

  test('is not allowed by nothing, and a Deny wins', () => {
    assert.equal(may(), false)
    const all = { Action: '*', Resource: '*' } as const
    assert.equal(may({ Effect: 'Allow', ...all }, { Effect: 'Deny', ...all }), false)
  })
})

test('a trust is in the provider that it names, under its conditions', () => {
  const trust: Statement = {
    Effect: 'Allow',
    Principal: { Federated: ['arn:one', 'arn:two'] },
    Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
    Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
  }
  const asked = {
    action: 'sts:TagSession',
    provider: 'arn:two',
    context: { 'saml:aud': 'https://signin.aws.amazon.com/saml' },
  }
  assert.equal(isAllowed([trust], asked), true)
  assert.equal(isAllowed([trust], { ...asked, provider: 'arn:three' }), false)
  assert.equal(isAllowed([trust], { ...asked, action: 'sts:SetSourceIdentity' }), false)
  assert.equal(isAllowed([trust], { ...asked, context: { 'saml:aud': 'elsewhere' } }), false)
})

test('a destination is a path of the instance', () => {
  for (const [destination, path] of [
    ['/ccp-v2/', '/ccp-v2/'],
    ['/agent-app-v2?VDIPlatform=CITRIX', '/agent-app-v2?VDIPlatform=CITRIX'],
    ['https://elsewhere.example/', '/connect/home'],
    ['//elsewhere.example/', '/connect/home'],
    ['/\\elsewhere.example', '/connect/home'],
    ['ccp-v2', '/connect/home'],
    [null, '/connect/home'],
  ] as const)
    assert.equal(pathOf(destination), path, `${destination}`)
})

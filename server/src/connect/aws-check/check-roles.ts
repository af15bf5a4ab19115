// The attribute Role: whether it is there, well made, and the one of these settings.

import { awsAttributes } from '#connect/aws-check/aws-rules.ts'
import { type AwsFinding, type AwsQuestion, failed, notChecked, passed, shortly } from '#connect/aws-check/finding.ts'
import { nearName } from '#connect/aws-check/near-name.ts'
import type { Arn } from '#connect/aws-check/role-pairs.ts'

export function checkRoles(question: AwsQuestion): readonly AwsFinding[] {
  const { facts, assertion } = question
  if (assertion === undefined) return []
  const { roles } = facts
  if (roles.length === 0) return [missing(question)]
  const found = passed(
    'role',
    roles.length === 1 ? 'There is one role.' : 'There are several: AWS lets people choose.',
    {
      received: `${roles.length}`,
    },
  )
  const bad = roles.find(({ fault }) => fault !== null)
  if (bad !== undefined) {
    const evidence = { expected: 'ROLE-ARN,PROVIDER-ARN', received: shortly(bad.value) }
    const sentence = `A value of Role is no pair: ${bad.fault}.`
    return [found, failed('role-pairs', sentence, { ...evidence, error: 'invalid-saml-response' })]
  }
  return [found, pairsPassed(question), account(question), provider(question), role(question)]
}

function missing({ facts }: AwsQuestion): AwsFinding {
  const near = nearName(awsAttributes.role, facts.attributes)
  const isEmpty = facts.attributes.includes(awsAttributes.role)
  const sentence = isEmpty
    ? 'The attribute Role is there, but it has no value: the person has no role at the identity provider.'
    : near === undefined
      ? 'There is no attribute Role.'
      : 'There is no attribute Role under AWS’s name, only one that looks like it.'
  const received = shortly(near ?? (facts.attributes.join(', ') || 'no attributes'))
  return failed('role', sentence, { expected: awsAttributes.role, received, error: 'invalid-saml-response' })
}

function pairsPassed({ facts }: AwsQuestion): AwsFinding {
  const turned = facts.roles.some(({ order }) => order === 'provider-first')
  const sentence = turned
    ? 'Each value is a pair. In one the provider stands first, which AWS takes, too.'
    : 'Each value is a role’s ARN and a provider’s ARN.'
  return passed('role-pairs', sentence, { received: shortly(facts.roles.map(({ value }) => value).join(' ')) })
}

function account({ facts, settings }: AwsQuestion): AwsFinding {
  const accounts = [...new Set(facts.roles.flatMap(({ role, provider }) => [role?.account, provider?.account]))]
  const received = accounts.join(', ')
  const split = facts.roles.find(({ role, provider }) => role?.account !== provider?.account)
  if (split !== undefined)
    return failed('role-account', 'A role and its provider are in two AWS accounts.', {
      received,
      perhaps: 'provider-missing',
    })
  const expected = settings?.instance.accountId
  if (expected == null) return passed('role-account', 'Role and provider are in one account.', { received })
  if (accounts.includes(expected))
    return passed('role-account', 'It is the account of the settings.', { expected, received })
  const sentence = 'The account is another one than that of the Amazon Connect instance in the settings.'
  return failed('role-account', sentence, { expected, received, perhaps: 'provider-missing' })
}

function provider({ facts, settings }: AwsQuestion): AwsFinding {
  const names = facts.roles.flatMap(({ provider }) => provider ?? [])
  return named('role-provider', names, settings?.federation.providerName, {
    good: 'The provider has the name of the settings.',
    bad: 'The provider is called otherwise in the settings. Upper and lower case count.',
    perhaps: 'provider-missing',
  })
}

function role({ facts, settings }: AwsQuestion): AwsFinding {
  const names = facts.roles.flatMap(({ role }) => role ?? [])
  return named('role-name', names, settings?.federation.roleName, {
    good: 'The role has the name of the settings.',
    bad: 'The role is called otherwise in the settings. Upper and lower case count.',
    perhaps: 'not-authorized',
  })
}

type Words = {
  readonly good: string
  readonly bad: string
  readonly perhaps: 'provider-missing' | 'not-authorized'
}

function named(
  code: 'role-provider' | 'role-name',
  arns: readonly Arn[],
  expected: string | undefined,
  { good, bad, perhaps }: Words,
): AwsFinding {
  const received = shortly([...new Set(arns.map(({ name }) => name))].join(', '))
  if (expected === undefined)
    return notChecked(code, 'There are no settings of Amazon Connect to compare with.', { received })
  // A role may stand in a path: role/connect/AmazonConnectAgent.
  return arns.some(({ name }) => name === expected || name.endsWith(`/${expected}`))
    ? passed(code, good, { expected, received })
    : failed(code, bad, { expected, received, perhaps })
}

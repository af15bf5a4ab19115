// The policies themselves, as values; the other files of this folder write them down.

import { type Partition, partitionOf, signInAddresses } from '#connect/partition.ts'
import { type AmazonConnectSettings, defaultFederation } from '#connect/settings.ts'

export type ArtefactValues = {
  readonly partition: Partition
  readonly region: string | null
  readonly instanceId: string | null
  readonly accountId: string | null
  readonly providerName: string
  readonly roleName: string
  readonly sessionSeconds: number
  readonly metadata: string | null
  /** Whether the identity provider has an IAM user for looking up roles. */
  readonly listsRoles: 'always' | 'perhaps' | 'never'
  /** Okta shows the account's alias beside each role. */
  readonly showsAliases: boolean
}

/** `${aws:userid}` is a variable of IAM: it reaches AWS as it is, whatever writes it. */
export const awsUserId = `\${aws:userid}`

export const unknownAccount = 'ACCOUNT_ID'

/** AWS grants no role a shorter maximum than an hour. */
const SHORTEST_MAXIMUM = 3600

export function artefactValuesOf(settings: AmazonConnectSettings | undefined, asked?: string): ArtefactValues {
  const { instance, federation = defaultFederation } = settings ?? {}
  const product = asked ?? federation.product
  return {
    partition: partitionOf(instance?.region ?? ''),
    region: instance?.region ?? null,
    instanceId: instance?.id ?? null,
    accountId: instance?.accountId ?? null,
    providerName: federation.providerName,
    roleName: federation.roleName,
    sessionSeconds: federation.sessionSeconds,
    // AWS refuses metadata with a byte order mark.
    metadata: federation.metadata?.replace(/^\ufeff/, '') ?? null,
    listsRoles: listsRolesAt(product),
    showsAliases: product === 'okta',
  }
}

function listsRolesAt(product: string | null): ArtefactValues['listsRoles'] {
  if (product === 'entra-id' || product === 'okta') return 'always'
  return product === null || product === 'generic' ? 'perhaps' : 'never'
}

export function providerArn({ partition, accountId, providerName }: ArtefactValues): string {
  return `arn:${partition}:iam::${accountId ?? unknownAccount}:saml-provider/${providerName}`
}

export function roleArn({ partition, accountId, roleName }: ArtefactValues): string {
  return `arn:${partition}:iam::${accountId ?? unknownAccount}:role/${roleName}`
}

/** What stands behind the account in the ARN of the agent who asks. */
export function agentResource({ instanceId }: ArtefactValues): string {
  return `instance/${instanceId ?? 'INSTANCE_ID'}/user/`
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html */
export function trustPolicy(values: ArtefactValues, federated: unknown = providerArn(values)) {
  return policy({
    Effect: 'Allow',
    Principal: { Federated: federated },
    Action: 'sts:AssumeRoleWithSAML',
    Condition: { StringEquals: { 'SAML:aud': signInAddresses[values.partition] } },
  })
}

/** @see https://docs.aws.amazon.com/connect/latest/adminguide/configure-saml.html */
export function permissionPolicy(values: ArtefactValues) {
  const { partition, region, accountId } = values
  const instance = `arn:${partition}:connect:${region ?? 'REGION'}:${accountId ?? unknownAccount}`
  return policy({
    Effect: 'Allow',
    Action: 'connect:GetFederationToken',
    Resource: [`${instance}:${agentResource(values)}${awsUserId}`],
  })
}

export function listingPolicy({ showsAliases }: ArtefactValues) {
  const Action = ['iam:ListRoles', ...(showsAliases ? ['iam:ListAccountAliases'] : [])]
  return policy({ Effect: 'Allow', Action, Resource: '*' })
}

function policy<S>(statement: S) {
  return { Version: '2012-10-17', Statement: [statement] } as const
}

/** The role must allow sessions as long as the identity provider asks for. */
export function longestSession({ sessionSeconds }: ArtefactValues): number {
  return Math.max(SHORTEST_MAXIMUM, sessionSeconds)
}

/** Names of IAM users have 64 characters at most. */
export function listingUser({ providerName }: ArtefactValues): string {
  return `${providerName.slice(0, 50)}-lists-roles`
}

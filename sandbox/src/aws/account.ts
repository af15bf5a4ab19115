/**
 * What an AWS account knows of federation, as data: its identity providers and its roles with their policies. It owns the
 * shape, and the account of the demo. It judges nothing.
 */
import { type Certificate, parseCertificates } from '@sallyport/saml'
import { demo } from '../demo.ts'
import { identityProviderUrls, type SandboxSettings } from '../settings.ts'

/** IAM's own form, as far as federation needs it. */
export type Statement = {
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: { readonly Federated: string | readonly string[] }
  readonly Action: string | readonly string[]
  readonly Resource?: string | readonly string[]
  readonly Condition?: { readonly StringEquals: Readonly<Record<string, string | readonly string[]>> }
}

export type Role = {
  readonly arn: string
  /** Who may take on the role. */
  readonly trust: readonly Statement[]
  /** What it may then do. */
  readonly permissions: readonly Statement[]
}

export type SamlProvider = {
  readonly arn: string
  /** Of the metadata that was uploaded. */
  readonly entityId: string
  readonly certificates: readonly Certificate[]
}

export type AwsAccount = { readonly providers: readonly SamlProvider[]; readonly roles: readonly Role[] }

export const awsSignIn = 'https://signin.aws.amazon.com/saml'

/** A role without any permission. */
export const otherRole = `arn:aws:iam::${demo.aws.accountId}:role/Visitor`

/** The account of the demo: one provider, the role that Amazon Connect recommends, and another. */
export function demoAccount({
  publicUrl,
  certificatePem,
}: Pick<SandboxSettings, 'publicUrl' | 'certificatePem'>): AwsAccount {
  const { accountId, region, instanceId, roleName, providerName } = demo.aws
  const provider = `arn:aws:iam::${accountId}:saml-provider/${providerName}`
  const instance = `arn:aws:connect:${region}:${accountId}:instance/${instanceId}`
  return {
    providers: [
      {
        arn: provider,
        entityId: identityProviderUrls(publicUrl).entityId,
        certificates: parseCertificates(certificatePem),
      },
    ],
    roles: [
      {
        arn: `arn:aws:iam::${accountId}:role/${roleName}`,
        trust: [trustOf(provider)],
        permissions: [
          {
            Effect: 'Allow',
            Action: 'connect:GetFederationToken',
            // AWS puts the session's own user id here when it decides.
            Resource: `${instance}/user/\${aws:userid}`,
          },
        ],
      },
      // For choosing between two: whoever takes this one may do nothing in Amazon Connect.
      { arn: otherRole, trust: [trustOf(provider)], permissions: [] },
    ],
  }
}

/** The usual trust in a provider, with the actions that the sign-in needs. */
export function trustOf(provider: string, actions: readonly string[] = ['sts:AssumeRoleWithSAML']): Statement {
  return {
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: actions,
    Condition: { StringEquals: { 'SAML:aud': awsSignIn } },
  }
}

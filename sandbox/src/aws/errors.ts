/**
 * What AWS says when it does not sign somebody in, in AWS's own words. It owns the texts and their HTTP status; why one
 * is said, `judge.ts` decides.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html
 */

export type AwsError = { readonly text: string; readonly status: 400 | 403 }

const sts = (status: number, code: string) =>
  `(service: AWSSecurityTokenService; status code: ${status}; error code: ${code})`
const pattern = '[a-zA-Z_0-9+=,.@-]{2,64}'

export const awsErrors = {
  'invalid-response': { status: 400, text: 'Your request included an invalid SAML response. To logout, click here.' },
  'not-an-assertion': { status: 400, text: 'Response did not contain a valid SAML assertion' },
  'session-name-missing': {
    status: 400,
    text: `RoleSessionName is required in AuthnResponse ${sts(400, 'InvalidIdentityToken')}`,
  },
  'session-name-form': {
    status: 400,
    text: `RoleSessionName in AuthnResponse must match ${pattern} ${sts(400, 'InvalidIdentityToken')}`,
  },
  'source-identity-form': {
    status: 400,
    text: `Source Identity must match ${pattern} and not begin with "aws:" ${sts(400, 'InvalidIdentityToken')}`,
  },
  'not-authorized': {
    status: 403,
    text: `Not authorized to perform sts:AssumeRoleWithSAML ${sts(403, 'AccessDenied')}`,
  },
  signature: { status: 400, text: `Response signature invalid ${sts(400, 'InvalidIdentityToken')}` },
  issuer: {
    status: 400,
    text: 'Failed to assume role: Issuer not present in specified provider (service: AWSOpenIdDiscoveryService; status code: 400; error code: AuthSamlInvalidSamlResponseException)',
  },
  'provider-missing': { status: 400, text: "Specified provider doesn't exist." },
  audience: { status: 400, text: 'Response does not contain the required audience.' },
  expired: {
    status: 400,
    text: `Token must be redeemed within 5 minutes of issuance ${sts(400, 'ExpiredTokenException')}`,
  },
} as const satisfies Readonly<Record<string, AwsError>>

export type AwsErrorId = keyof typeof awsErrors

// What AWS asks of a response, as far as it can be said in a pattern or a number.
// @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html

const namespace = 'https://aws.amazon.com/SAML/Attributes/'

/** Names of attributes; upper and lower case count. */
export const awsAttributes = {
  role: `${namespace}Role`,
  roleSessionName: `${namespace}RoleSessionName`,
  sessionDuration: `${namespace}SessionDuration`,
  sourceIdentity: `${namespace}SourceIdentity`,
  transitiveTagKeys: `${namespace}TransitiveTagKeys`,
  principalTag: `${namespace}PrincipalTag:`,
} as const

export const awsSignIn = 'https://signin.aws.amazon.com/saml'

/** Where AWS takes responses: with or without region, in each partition, with the path of encrypted assertions too. */
export const awsSignInAddress =
  /^https:\/\/(?:[a-z]{2}(?:-[a-z]+)+-\d\.)?signin\.(?:aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)\/saml(?:\/acs\/[\w-]{1,128})?$/

/** What an assertion may name as its audience. */
export function isAwsAudience(audience: string): boolean {
  return /^urn:amazon:webservices(?::[a-z0-9-]+)?$/.test(audience) || awsSignInAddress.test(audience)
}

/** RoleSessionName and SourceIdentity. */
export const sessionNameForm = /^[\w+=,.@-]{2,64}$/

export const sessionSeconds = { least: 900, most: 43_200, usual: 3600, amazonConnect: 36_000 } as const

/** Of the field SAMLResponse: in base64, as it is posted. */
export const largestField = 128 * 1024

/** An assertion must be used so soon after it was made. */
export const freshMs = 5 * 60 * 1000

/** How far the clocks of an identity provider and of AWS may differ before somebody should look. */
export const clockSkewMs = 60 * 1000

export const tagLimits = { many: 50, key: 128, value: 256 } as const

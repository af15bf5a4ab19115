// The errors of signing in to AWS and Amazon Connect, as their pages show them: what AWS says, why it says so, and what
// helps. The words in `text` are AWS's own, so that whoever has one on the screen finds it here.
// @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html
// @see https://docs.aws.amazon.com/connect/latest/adminguide/troubleshoot-saml.html

/** Where the error shows itself. */
export type AwsStage =
  /** At AWS's sign-in page, when the response arrives. */
  | 'sign-in'
  /** In Amazon Connect, after AWS has taken the response. */
  | 'connect'
  /** While the provider in IAM is made or changed: no response is part of it. */
  | 'provider'
  /** Only where a program calls AWS, not in a browser. */
  | 'program'

export type AwsError = {
  /** As AWS writes it. */
  readonly text: string
  readonly stage: AwsStage
  readonly cause: string
  readonly cure: string
}

const sts = 'service: AWSSecurityTokenService'
const invalidToken = `(${sts}; status code: 400; error code: InvalidIdentityToken)`

/** In the order in which a sign-in meets them; the first that a response would cause is the one that people see. */
export const awsErrors = {
  'no-valid-assertion': {
    text: 'Response did not contain a valid SAML assertion',
    stage: 'sign-in',
    cause: 'The response is larger than AWS takes: 128 KB in base64.',
    cure: 'Let the identity provider send fewer groups and attributes to AWS: the three claims that AWS reads are enough.',
  },
  'invalid-saml-response': {
    text: 'Your request included an invalid SAML response. To logout, click here.',
    stage: 'sign-in',
    cause:
      'The response has no attribute Role, or a value of it is not a pair of a role’s ARN and a provider’s ARN; or it is no response that AWS can read.',
    cure: 'Let the identity provider send the attribute https://aws.amazon.com/SAML/Attributes/Role with the value ROLE-ARN,PROVIDER-ARN.',
  },
  'provider-missing': {
    text: "Specified provider doesn't exist.",
    stage: 'sign-in',
    cause: 'The provider in the attribute Role is not the name of a SAML provider in this AWS account.',
    cure: 'Copy the ARN of the provider from IAM, Identity providers, and put it behind the comma of the value of Role. Upper and lower case count.',
  },
  'issuer-not-present': {
    text: 'Failed to assume role: Issuer not present in specified provider (service: AWSOpenIdDiscoveryService; status code: 400; error code: AuthSamlInvalidSamlResponseException)',
    stage: 'sign-in',
    cause: 'The Issuer of the response is not the entityID of the metadata that was uploaded to IAM.',
    cure: 'Download the metadata of this very application from the identity provider and upload it to the provider in IAM.',
  },
  'signature-invalid': {
    text: `Response signature invalid ${invalidToken}`,
    stage: 'sign-in',
    cause:
      'The response is not signed by a key of the metadata that was uploaded to IAM, mostly because the identity provider has a new certificate since.',
    cure: 'Download the metadata from the identity provider and upload it anew: aws iam update-saml-provider --saml-provider-arn PROVIDER-ARN --saml-metadata-document file://metadata.xml',
  },
  'audience-missing': {
    text: 'Response does not contain the required audience.',
    stage: 'sign-in',
    cause: 'The Audience of the assertion is none that AWS answers to.',
    cure: 'Set the audience (Entity ID, Identifier) of the application to https://signin.aws.amazon.com/saml or to urn:amazon:webservices.',
  },
  'token-expired': {
    text: `Token must be redeemed within 5 minutes of issuance (${sts}; status code: 400; error code: ExpiredTokenException)`,
    stage: 'sign-in',
    cause: 'The assertion was older than five minutes when it reached AWS, or a clock is wrong.',
    cure: 'Set the clock of the identity provider by NTP. A page that was open for a while must be left and opened anew.',
  },
  'session-name-required': {
    text: `RoleSessionName is required in AuthnResponse ${invalidToken}`,
    stage: 'sign-in',
    cause: 'The response has no attribute RoleSessionName, or an empty one.',
    cure: 'Let the identity provider send the attribute https://aws.amazon.com/SAML/Attributes/RoleSessionName with the agent’s login name in Amazon Connect.',
  },
  'session-name-invalid': {
    text: `RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64} ${invalidToken}`,
    stage: 'sign-in',
    cause:
      'RoleSessionName has a letter that AWS does not take, such as a space, or is shorter than 2 or longer than 64.',
    cure: 'Send the login name or the mail address in RoleSessionName, not the full name of the person.',
  },
  'source-identity-invalid': {
    text: `Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:" ${invalidToken}`,
    stage: 'sign-in',
    cause: 'SourceIdentity has a letter that AWS does not take, is too long, or begins with aws:.',
    cure: 'Send the login name in SourceIdentity, or leave the attribute out: Amazon Connect does not need it.',
  },
  'not-authorized': {
    text: `Not authorized to perform sts:AssumeRoleWithSAML (${sts}; status code: 403; error code: AccessDenied)`,
    stage: 'sign-in',
    cause:
      'The role does not exist under this name, or its trust policy does not allow it: it names another provider, lacks sts:AssumeRoleWithSAML (sts:TagSession for tags, sts:SetSourceIdentity for SourceIdentity), or has a condition that the response does not meet. A response without NameID is refused so, too.',
    cure: 'Compare the role’s ARN in IAM with the value of Role letter by letter, then the trust policy with the one in this guide.',
  },
  'access-denied-administrator': {
    text: 'Access denied, Please contact your AWS account administrator for assistance.',
    stage: 'connect',
    cause:
      'AWS took the response, but the role may not call connect:GetFederationToken for this instance; or the RelayState names another instance or another region.',
    cure: `Give the role the permission policy of this guide, with \${aws:userid} as it stands there, and compare region and instance id in the RelayState with those of the instance.`,
  },
  'not-onboarded': {
    text: 'Access Denied. Your account has been authenticated, but has not been onboarded to this application.',
    stage: 'connect',
    cause:
      'Amazon Connect has no user whose login name is the RoleSessionName, upper and lower case included; or the person has two profiles at the identity provider.',
    cure: 'In Amazon Connect open Users, User management, and compare the login name with RoleSessionName letter by letter. Add the user where there is none.',
  },
  'session-expired': {
    text: 'Session Expired',
    stage: 'connect',
    cause:
      'The session in Amazon Connect is older than ten hours, or somebody opened the instance’s own address instead of the identity provider’s link.',
    cure: 'Sign in through the identity provider’s link. Let SessionDuration be 36000, so that AWS does not end the session before Amazon Connect does.',
  },
  'duration-exceeds': {
    text: 'Requested DurationSeconds exceeds MaxSessionDuration set for this role.',
    stage: 'program',
    cause: 'A program asked for a session that is longer than the role allows.',
    cure: 'Set the maximum session duration of the role to 12 hours, or ask for less.',
  },
  'metadata-unparsable': {
    text: 'Could not parse metadata.',
    stage: 'provider',
    cause:
      'The metadata is no XML in UTF-8 without byte order mark, lacks what AWS needs, or has a key of fewer than 1024 bits.',
    cure: 'Download the metadata anew and upload it without opening it in an editor.',
  },
  'private-key-invalid': {
    text: 'Invalid private key.',
    stage: 'provider',
    cause: 'The private key that was given to the provider for encrypted assertions is no RSA or EC key in PEM.',
    cure: 'Upload a private key in PEM, without a password.',
  },
  'private-key-not-removed': {
    text: 'Failed to remove private key.',
    stage: 'provider',
    cause: 'The key is still needed: the provider demands encrypted assertions.',
    cure: 'Add another private key first, or let the encryption be optional.',
  },
  'private-key-unknown': {
    text: 'Failed to remove private key because the Key ID does not match a private key.',
    stage: 'provider',
    cause: 'The provider has no private key with this id.',
    cure: 'Look at the ids with aws iam get-saml-provider.',
  },
  'private-key-limit': {
    text: 'Private key limit of 2 is reached.',
    stage: 'provider',
    cause: 'A provider keeps two private keys at most.',
    cure: 'Remove the older one first.',
  },
  'provider-unchanged': {
    text: 'Unable to update identity provider. No updates are defined for metadata or encryption assertion.',
    stage: 'provider',
    cause: 'The change held neither metadata nor anything about encryption.',
    cure: 'Give the metadata document along, or what is to change about encryption.',
  },
  'encryption-without-key': {
    text: 'Unable to set assertion encryption mode to Required because no private key is provided.',
    stage: 'provider',
    cause: 'Encrypted assertions were demanded before there was a key that opens them.',
    cure: 'Upload the private key in the same step, or before.',
  },
  'private-keys-both': {
    text: 'Unable to add and remove private keys in the same request. Set a value for only one of the two parameters.',
    stage: 'provider',
    cause: 'One request wanted to add a private key and to remove one.',
    cure: 'Make two requests of it: add the new key, then remove the old one.',
  },
} as const satisfies Readonly<Record<string, AwsError>>

export type AwsErrorId = keyof typeof awsErrors

/** In the order of the table. */
export const awsErrorIds = Object.keys(awsErrors) as readonly AwsErrorId[]

// What is looked at in a response for AWS: what each check is called, and what helps in general where it fails.

export type AwsCheckWords = { readonly title: string; readonly cure: string }

/** In the order in which they are told. */
export const awsCheckWords = {
  readable: {
    title: 'The response can be read',
    cure: 'Copy the whole field SAMLResponse of the form that the identity provider posts, or record a HAR file of the sign-in.',
  },
  status: {
    title: 'The identity provider says yes',
    cure: 'Look into the identity provider’s own log: it did not sign the person in.',
  },
  assertion: {
    title: 'There is one assertion',
    cure: 'Let the identity provider put exactly one assertion into the response.',
  },
  size: {
    title: 'It is small enough for AWS',
    cure: 'Let the identity provider send fewer groups and attributes to AWS: the three claims that AWS reads are enough.',
  },
  role: {
    title: 'The attribute Role is there',
    cure: 'Add a claim with the name https://aws.amazon.com/SAML/Attributes/Role and the value ROLE-ARN,PROVIDER-ARN. Upper and lower case count.',
  },
  'role-pairs': {
    title: 'Each value of Role is a pair of ARNs',
    cure: 'Write the role’s ARN, a comma, and the provider’s ARN, without spaces or quotation marks. A second pair is a second value.',
  },
  'role-account': {
    title: 'Role and provider are in one AWS account',
    cure: 'A role trusts a provider of its own account. Copy both ARNs from the same account.',
  },
  'role-provider': {
    title: 'The provider is the one of these settings',
    cure: 'Copy the ARN of the provider from IAM, Identity providers. If the provider has another name, mend it in the settings.',
  },
  'role-name': {
    title: 'The role is the one of these settings',
    cure: 'Copy the ARN of the role from IAM, Roles. If the role has another name, mend it in the settings.',
  },
  'session-name': {
    title: 'RoleSessionName is there, once',
    cure: 'Add a claim with the name https://aws.amazon.com/SAML/Attributes/RoleSessionName and one value: the agent’s login name in Amazon Connect.',
  },
  'session-name-form': {
    title: 'RoleSessionName has only letters that AWS takes',
    cure: 'Send the login name or the mail address, not the full name: 2 to 64 letters, digits and _ + = , . @ -',
  },
  'session-duration': {
    title: 'SessionDuration is a number that AWS takes',
    cure: 'Send SessionDuration with the value 36000: ten hours, as long as Amazon Connect keeps a session.',
  },
  'source-identity': {
    title: 'SourceIdentity, if there, has only letters that AWS takes',
    cure: 'Leave the attribute out; Amazon Connect does not need it. Or send the login name in it.',
  },
  'principal-tags': {
    title: 'Tags, if there, are within AWS’s limits',
    cure: 'Send at most 50 tags with one value each, keys of up to 128 and values of up to 256 letters; the trust policy must allow sts:TagSession.',
  },
  'name-id': {
    title: 'There is a NameID',
    cure: 'Let the identity provider send a NameID. Any format will do; AWS recommends persistent.',
  },
  confirmation: {
    title: 'There is one bearer confirmation, with an end',
    cure: 'Let the assertion have exactly one SubjectConfirmation, with the method bearer and a NotOnOrAfter. Most products do so by themselves.',
  },
  recipient: {
    title: 'The Recipient is AWS’s sign-in address',
    cure: 'Set the ACS URL (Reply URL, Recipient) of the application to https://signin.aws.amazon.com/saml.',
  },
  audience: {
    title: 'The Audience is AWS',
    cure: 'Set the audience (Entity ID, Identifier) of the application to https://signin.aws.amazon.com/saml or to urn:amazon:webservices.',
  },
  issuer: {
    title: 'The Issuer is that of the uploaded metadata',
    cure: 'Download the metadata of this very application from the identity provider and upload it to the provider in IAM.',
  },
  signed: {
    title: 'It is signed',
    cure: 'Let the identity provider sign the response or the assertion, by RSA with SHA-256 if there is a choice.',
  },
  signature: {
    title: 'The signature is by a key of the uploaded metadata',
    cure: 'Download the metadata from the identity provider and upload it anew: aws iam update-saml-provider. Then put it into the settings here, too.',
  },
  times: {
    title: 'The times make sense',
    cure: 'Set the clock of the identity provider by NTP, and let its assertions be good for five minutes or more.',
  },
  'relay-state': {
    title: 'RelayState leads to the Contact Control Panel',
    cure: 'Put the RelayState of this guide into the application at the identity provider, or into its link.',
  },
} as const satisfies Readonly<Record<string, AwsCheckWords>>

export type AwsCheckCode = keyof typeof awsCheckWords

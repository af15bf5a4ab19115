import type { BroughtField, Guide, GuideStep, ValueKey } from '#connections/guides/guide.ts'

/** What our values are called on the Single Sign-On Settings page. */
const valueNames: Readonly<Record<ValueKey, string>> = {
  entityId: 'SAML Request Issuer URL (by default the address of our metadata)',
  acsUrl: 'Assertion Consumer Service EndPoint',
  metadataUrl: 'the address of our metadata',
  ssoRequestUrl: 'Platform Authentication Service URL',
  sloUrl: 'our single logout address',
  sloSoapUrl: 'our single logout address for SOAP',
  nameIdFormat: 'nameIdFormat of the connection, where it is set',
  userIdAttribute: 'Attribute for User ID',
  firstNameAttribute: 'Attribute for First Name',
  lastNameAttribute: 'Attribute for Last Name',
  emailAttribute: 'Attribute for Email',
  teamAttribute: 'Attribute for Team',
  roleAttribute: 'Attribute for Role',
}

const fieldNames: Readonly<Record<BroughtField, string>> = {
  identityProviderMetadataUrl: 'the address of the identity provider’s metadata',
  metadata: 'the metadata itself',
  issuer: 'Issuer',
  thirdPartyAuthenticationUrl: 'SAML Third Party authentication URL',
  issuerCertificates: 'Issuer Certificate',
  'singleLogout.url': 'Third Party Single Logout URL',
}

/** The guide as a page of the documentation, where no connection's values are known. */
export function guidePage({ name, steps }: Guide): string {
  const parts = [
    `# Set up ${name}`,
    'The portal shows these steps with the values of your connection, and looks whether they were done. Names in tables are ' +
      `those of ${name}; what stands beside them are the fields of the Single Sign-On Settings.`,
    ...steps.flatMap(stepParts),
  ]
  return `${parts.join('\n\n')}\n`
}

function stepParts({ title, text, fields = [], brings = [] }: GuideStep, index: number): readonly string[] {
  const copied = fields.map(({ theirLabel, value, note }) => [theirLabel, valueNames[value], note])
  const brought = brings.map(({ theirLabel, field, note }) => [theirLabel, fieldNames[field], note])
  return [
    `## ${index + 1}. ${title}`,
    text.replaceAll('<', '\\<'),
    ...table('there', 'takes from here', copied),
    ...table('there', 'is here', brought),
  ]
}

function table(left: string, right: string, rows: readonly (readonly (string | undefined)[])[]): readonly string[] {
  if (rows.length === 0) return []
  const lines = rows.map(([theirs, ours, note = '']) => `| \`${theirs}\` | ${ours} | ${note} |`)
  return [[`| ${left} | ${right} | |`, '| --- | --- | --- |', ...lines].join('\n')]
}

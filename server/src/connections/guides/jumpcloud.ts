import { attributeFields, type Guide, signInStep } from '#connections/guides/guide.ts'

export const jumpCloud: Guide = {
  product: 'jumpcloud',
  name: 'JumpCloud',
  steps: [
    {
      title: 'Add the application',
      text: 'In the JumpCloud Admin Portal open SSO Applications and press + Add New Application. Choose Custom Application, tick Manage Single Sign-On (SSO) with Configure SSO with SAML, give it a Display Label and finish. The IDP URL cannot be changed later.',
    },
    {
      title: 'Tell it where we are',
      text: 'On the tab SSO copy these values. Signature Algorithm is RSA-SHA256. Tick Declare Redirect Endpoint, and Sign Assertion.',
      fields: [
        { theirLabel: 'SP Entity ID', value: 'entityId' },
        { theirLabel: 'ACS URLs, Default URL', value: 'acsUrl' },
        {
          theirLabel: 'SAMLSubject NameID Format',
          value: 'nameIdFormat',
          note: 'SAMLSubject NameID says what is sent as the user id.',
        },
        { theirLabel: 'Login URL', value: 'ssoRequestUrl' },
      ],
    },
    {
      title: 'Say what it sends of people',
      text: 'Under User Attributes press add attribute for each name below: it is the Service Provider Attribute Name, and firstname, lastname and email are the JumpCloud Attribute Names. “include group attribute” sends the names of groups.',
      fields: [
        ...attributeFields((ours) => `Service Provider Attribute Name (${ours})`),
        {
          theirLabel: 'Service Provider Attribute Name (user id)',
          value: 'userIdAttribute',
          note: 'Only where the user id is in an attribute.',
        },
        { theirLabel: 'Groups Attribute Name', value: 'teamAttribute' },
      ],
    },
    {
      title: 'Bring its metadata here',
      text: 'Press save. On the tab SSO press Copy Metadata URL, or Export Metadata for a file.',
      brings: [
        { theirLabel: 'Copy Metadata URL', field: 'identityProviderMetadataUrl' },
        { theirLabel: 'Export Metadata', field: 'metadata' },
        { theirLabel: 'IdP Entity ID', field: 'issuer', note: 'Only if you type the values in by hand.' },
        {
          theirLabel: 'IDP URL',
          field: 'thirdPartyAuthenticationUrl',
          note: 'Only if you type the values in by hand.',
        },
      ],
      check: 'certificate-valid',
    },
    {
      title: 'Assign people',
      text: 'On the tab User Groups tick the groups whose people may sign in, and press save.',
    },
    signInStep('One of the people of those groups'),
  ],
}

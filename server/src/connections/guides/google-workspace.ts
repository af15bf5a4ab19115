import { attributeFields, type Guide, signInStep } from '#connections/guides/guide.ts'

export const googleWorkspace: Guide = {
  product: 'google-workspace',
  name: 'Google Workspace',
  steps: [
    {
      title: 'Make the app',
      text: 'In the Google Admin console open Apps, Web and mobile apps. Press Add app, Add custom SAML app, and give it an App name.',
    },
    {
      title: 'Bring its metadata here',
      text: 'On the page Google Identity Provider details press Download metadata and hand in the file, or copy the three values. Google publishes no address of it.',
      brings: [
        { theirLabel: 'Download metadata', field: 'metadata' },
        { theirLabel: 'Entity ID', field: 'issuer', note: 'Only if you type the values in by hand.' },
        {
          theirLabel: 'SSO URL',
          field: 'thirdPartyAuthenticationUrl',
          note: 'Only if you type the values in by hand.',
        },
        { theirLabel: 'Certificate', field: 'issuerCertificates', note: 'Only if you type the values in by hand.' },
      ],
      check: 'certificate-valid',
    },
    {
      title: 'Tell it where we are',
      text: 'On the page Service provider details copy these values. Leave Start URL empty, and tick Signed response only where a signature of the response is required here.',
      fields: [
        { theirLabel: 'ACS URL', value: 'acsUrl' },
        { theirLabel: 'Entity ID', value: 'entityId' },
        { theirLabel: 'Name ID format', value: 'nameIdFormat', note: 'Name ID: Basic Information > Primary email.' },
      ],
    },
    {
      title: 'Say what it sends of people',
      text: 'On the page Attribute mapping choose First name, Last name and Primary email among the Google Directory attributes, and put the names below under App attributes. Group membership sends the groups that you choose. Press Finish.',
      fields: [
        ...attributeFields((ours) => `App attributes (${ours})`),
        {
          theirLabel: 'App attributes (user id)',
          value: 'userIdAttribute',
          note: 'Only where the user id is in an attribute.',
        },
        { theirLabel: 'App attribute of Group membership', value: 'teamAttribute' },
      ],
    },
    {
      title: 'Turn it on for people',
      text: 'On the page of the app open User access, choose ON for everyone or for single organizational units, and press Save. It may take a while until everybody has it.',
    },
    signInStep('One of the people for whom it is on'),
  ],
}

import { attributeFields, type Guide, signInStep } from '#connections/guides/guide.ts'

export const pingOne: Guide = {
  product: 'pingone',
  name: 'PingOne',
  steps: [
    {
      title: 'Add the application',
      text: 'In the PingOne console open Applications, Applications and press +. Give it an Application Name, choose SAML Application as Application Type and press Configure.',
    },
    {
      title: 'Tell it where we are',
      text: 'Choose Import From URL with our metadata, or Manually Enter and copy the values. Press Save. On the tab Configuration, Sign Assertion or Sign Response must be on, and the Signing Algorithm RSA_SHA256.',
      fields: [
        { theirLabel: 'Import URL', value: 'metadataUrl' },
        { theirLabel: 'ACS URLs', value: 'acsUrl', note: 'Only where you enter the values manually.' },
        { theirLabel: 'Entity ID', value: 'entityId', note: 'Only where you enter the values manually.' },
        { theirLabel: 'Subject NameID Format', value: 'nameIdFormat' },
        {
          theirLabel: 'SLO Endpoint',
          value: 'sloUrl',
          note: 'Only where single logout is wanted, with SLO Binding HTTP POST.',
        },
      ],
    },
    {
      title: 'Say what it sends of people',
      text: 'On the tab Attribute Mappings, saml_subject is the user id: map it to Username or Email Address. Press + Add for each name below and choose Given Name, Family Name and Email Address as PingOne Mappings.',
      fields: [
        ...attributeFields((ours) => `Attributes (${ours})`),
        {
          theirLabel: 'Attributes (user id)',
          value: 'userIdAttribute',
          note: 'Only where the user id is in an attribute.',
        },
        { theirLabel: 'Attributes (team)', value: 'teamAttribute', note: 'Mapping Group Names.' },
      ],
    },
    {
      title: 'Bring its metadata here',
      text: 'On the tab Configuration copy the IDP Metadata URL. Issuer ID and Single Signon Service stand below it.',
      brings: [
        { theirLabel: 'IDP Metadata URL', field: 'identityProviderMetadataUrl' },
        { theirLabel: 'Issuer ID', field: 'issuer', note: 'Only if you type the values in by hand.' },
        {
          theirLabel: 'Single Signon Service',
          field: 'thirdPartyAuthenticationUrl',
          note: 'Only if you type the values in by hand.',
        },
        {
          theirLabel: 'Download Signing Certificate',
          field: 'issuerCertificates',
          note: 'Only if you type the values in by hand.',
        },
      ],
      check: 'certificate-valid',
    },
    {
      title: 'Turn it on',
      text: 'Switch the application on at the top of its page. On the tab Access choose the groups that may sign in; without any, everybody may.',
    },
    signInStep('One of the people who have access'),
  ],
}

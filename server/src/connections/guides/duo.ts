import { attributeFields, type Guide, signInStep } from '#connections/guides/guide.ts'

export const duo: Guide = {
  product: 'duo',
  name: 'Duo Single Sign-On',
  steps: [
    {
      title: 'Protect the application',
      text: 'In the Duo Admin Panel open Applications, Application Catalog. Add “Generic SAML Service Provider” with the label SSO. An authentication source must have been set up under Single Sign-On before.',
    },
    {
      title: 'Tell it where we are',
      text: 'Under Service Provider leave Metadata Discovery at None (manual input) and copy these values.',
      fields: [
        { theirLabel: 'Entity ID', value: 'entityId' },
        { theirLabel: 'Assertion Consumer Service (ACS) URL', value: 'acsUrl' },
        { theirLabel: 'Single Logout URL', value: 'sloUrl', note: 'Only where single logout is wanted.' },
        { theirLabel: 'Service Provider Login URL', value: 'ssoRequestUrl' },
      ],
    },
    {
      title: 'Say what it sends of people',
      text: 'Under SAML Response, NameID attribute is the user id here, such as <Username> or <Email Address>. Signature algorithm is SHA256; tick Sign response and Sign assertion. Under Map attributes put <First Name>, <Last Name> and <Email Address> at IdP Attribute and the names below at SAML Response Attribute.',
      fields: [
        { theirLabel: 'NameID format', value: 'nameIdFormat' },
        ...attributeFields((ours) => `SAML Response Attribute (${ours})`),
        {
          theirLabel: 'SAML Response Attribute (user id)',
          value: 'userIdAttribute',
          note: 'Only where the user id is in an attribute.',
        },
        {
          theirLabel: 'Role attributes, Attribute name',
          value: 'roleAttribute',
          note: 'Each role here belongs to groups of Duo.',
        },
      ],
    },
    {
      title: 'Bring its metadata here',
      text: 'Under Metadata copy the Metadata URL, or under Downloads take the SAML Metadata as a file. Then press Save below.',
      brings: [
        { theirLabel: 'Metadata URL', field: 'identityProviderMetadataUrl' },
        { theirLabel: 'SAML Metadata, Download XML', field: 'metadata' },
        { theirLabel: 'Entity ID', field: 'issuer', note: 'Only if you type the values in by hand.' },
        {
          theirLabel: 'Single Sign-On URL',
          field: 'thirdPartyAuthenticationUrl',
          note: 'Only if you type the values in by hand.',
        },
        {
          theirLabel: 'Certificate, Download certificate',
          field: 'issuerCertificates',
          note: 'Only if you type the values in by hand.',
        },
      ],
      check: 'certificate-valid',
    },
    {
      title: 'Let people in',
      text: 'Under User access choose “Enable for all users” or the groups that may sign in, and press Save.',
    },
    signInStep('One of the people who have access'),
  ],
}

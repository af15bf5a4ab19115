import { attributeFields, type Guide, signInStep } from '#connections/guides/guide.ts'

export const generic: Guide = {
  product: 'generic',
  name: 'Another identity provider',
  steps: [
    {
      title: 'Register us',
      text: 'Register a new SAML 2.0 service provider, also called relying party or application. If it can read metadata, our metadata is all it needs; otherwise copy the other values.',
      fields: [
        { theirLabel: 'Metadata', value: 'metadataUrl' },
        { theirLabel: 'Entity ID, Audience', value: 'entityId' },
        { theirLabel: 'Assertion Consumer Service, HTTP-POST', value: 'acsUrl' },
        {
          theirLabel: 'Single logout, HTTP-Redirect and HTTP-POST',
          value: 'sloUrl',
          note: 'Only where single logout is wanted.',
        },
        { theirLabel: 'Single logout, SOAP', value: 'sloSoapUrl', note: 'Only where single logout is wanted.' },
      ],
    },
    {
      title: 'Choose the user id',
      text: 'The NameID is the user id, unless Attribute for User ID is set: it must stay the same for a person, so it cannot be a transient one. Assertions or responses must be signed, with SHA-256.',
      fields: [
        { theirLabel: 'NameID format', value: 'nameIdFormat' },
        {
          theirLabel: 'Attribute for the user id',
          value: 'userIdAttribute',
          note: 'Only where the user id is in an attribute.',
        },
      ],
      check: 'user-id-found',
    },
    {
      title: 'Say what it sends of people',
      text: 'Send these attributes under exactly these names. Several teams or roles are several values, or one value joined with _::_.',
      fields: [
        ...attributeFields((ours) => `Attribute: ${ours}`),
        { theirLabel: 'Attribute: team', value: 'teamAttribute' },
        { theirLabel: 'Attribute: role', value: 'roleAttribute' },
      ],
    },
    {
      title: 'Bring its metadata here',
      text: 'Give the address of its metadata, or the document itself; or copy the issuer, the sign-in address and the signing certificate.',
      brings: [
        { theirLabel: 'Address of the metadata', field: 'identityProviderMetadataUrl' },
        { theirLabel: 'Metadata', field: 'metadata' },
        { theirLabel: 'Entity ID, Issuer', field: 'issuer', note: 'Only if you type the values in by hand.' },
        {
          theirLabel: 'Single sign-on address',
          field: 'thirdPartyAuthenticationUrl',
          note: 'Only if you type the values in by hand.',
        },
        {
          theirLabel: 'Signing certificate',
          field: 'issuerCertificates',
          note: 'Only if you type the values in by hand.',
        },
        { theirLabel: 'Single logout address', field: 'singleLogout.url', note: 'Only where single logout is wanted.' },
      ],
      check: 'certificate-valid',
    },
    { title: 'Let people in', text: 'Where the identity provider asks for it, assign the people who may sign in.' },
    signInStep('One of them'),
  ],
}

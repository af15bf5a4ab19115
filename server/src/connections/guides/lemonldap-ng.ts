import { type Guide, signInStep } from '#connections/guides/guide.ts'

export const lemonLdapNg: Guide = {
  product: 'lemonldap-ng',
  name: 'LemonLDAP::NG',
  steps: [
    {
      title: 'Turn the issuer on',
      text: 'In the Manager open General Parameters, Issuer modules, SAML and set Activation to On. Under SAML2 Service, Security parameters there must be a Signature key; New keys makes one. Signature method is RSA SHA256.',
    },
    {
      title: 'Let it know us',
      text: 'Open SAML service providers and press Add SAML SP. Give it a name, open Metadata and press Load from URL with our metadata, or paste it.',
      fields: [{ theirLabel: 'Metadata, Load from URL', value: 'metadataUrl' }],
    },
    {
      title: 'Choose the user id',
      text: 'Under Options, Authentication response choose the Default NameID format, and as Force NameID session key the session attribute that is the user id, such as uid or mail.',
      fields: [{ theirLabel: 'Default NameID format', value: 'nameIdFormat' }],
      check: 'user-id-found',
    },
    {
      title: 'Say what it sends of people',
      text: 'Under Exported attributes press Add attribute for each: Variable name is the session attribute, such as givenName, sn and mail, Attribute name is as below. What is Mandatory must be there, or the sign-in fails.',
      fields: [
        { theirLabel: 'Attribute name of givenName', value: 'firstNameAttribute' },
        { theirLabel: 'Attribute name of sn', value: 'lastNameAttribute' },
        { theirLabel: 'Attribute name of mail', value: 'emailAttribute' },
        {
          theirLabel: 'Attribute name of the user id',
          value: 'userIdAttribute',
          note: 'Only where the user id is in an attribute.',
        },
        { theirLabel: 'Attribute name of the groups', value: 'teamAttribute' },
      ],
    },
    {
      title: 'Sign what it sends',
      text: 'Under Options, Signature set Sign SSO message to On. Check SSO message signature is On only where requests are signed here. Press Save.',
    },
    {
      title: 'Bring its metadata here',
      text: 'The portal publishes it at https://YOUR-PORTAL/saml/metadata.',
      brings: [
        { theirLabel: 'https://YOUR-PORTAL/saml/metadata', field: 'identityProviderMetadataUrl' },
        { theirLabel: 'The same as a file', field: 'metadata' },
      ],
      check: 'certificate-valid',
    },
    signInStep('Somebody with an account there'),
  ],
}

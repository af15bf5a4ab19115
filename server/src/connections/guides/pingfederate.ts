import { attributeFields, type Guide, signInStep } from '#connections/guides/guide.ts'

export const pingFederate: Guide = {
  product: 'pingfederate',
  name: 'PingFederate',
  steps: [
    {
      title: 'Make the SP connection',
      text: 'In the administrative console open Applications, Integration, SP Connections and press Create Connection. Choose Browser SSO Profiles with SAML 2.0. On the page Import Metadata choose URL or File and take ours: it fills in the next pages.',
      fields: [
        { theirLabel: 'Metadata URL', value: 'metadataUrl' },
        { theirLabel: 'Partner’s Entity ID (Connection ID)', value: 'entityId' },
      ],
    },
    {
      title: 'Choose the profiles',
      text: 'Under Browser SSO press Configure Browser SSO. Tick SP-Initiated SSO, and SP-Initiated SLO where single logout is wanted. Leave IdP-Initiated SSO off unless people begin at a portal.',
    },
    {
      title: 'Say what it sends of people',
      text: 'Under Assertion Creation press Configure Assertion Creation, choose Standard as Identity Mapping, and in the Attribute Contract Extend the Contract by the names below. SAML_SUBJECT is the user id. Then map an adapter instance and choose the source of each under Attribute Contract Fulfillment.',
      fields: [
        { theirLabel: 'SAML_SUBJECT, Subject Name Format', value: 'nameIdFormat' },
        ...attributeFields((ours) => `Extend the Contract (${ours})`),
        {
          theirLabel: 'Extend the Contract (user id)',
          value: 'userIdAttribute',
          note: 'Only where the user id is in an attribute.',
        },
        { theirLabel: 'Extend the Contract (team)', value: 'teamAttribute' },
        { theirLabel: 'Extend the Contract (role)', value: 'roleAttribute' },
      ],
    },
    {
      title: 'Check the addresses',
      text: 'Under Protocol Settings, Assertion Consumer Service URL has one line with the binding POST. As Allowable SAML Bindings tick Redirect and POST. Under Signature Policy tick “Always sign the SAML Assertion”.',
      fields: [
        { theirLabel: 'Endpoint URL (POST)', value: 'acsUrl' },
        { theirLabel: 'SLO Service URLs, Endpoint URL', value: 'sloUrl', note: 'Only where single logout is wanted.' },
      ],
    },
    {
      title: 'Sign, and switch it on',
      text: 'Under Credentials, Digital Signature Settings choose the Signing Certificate with the Signing Algorithm RSA SHA256. Under Activation & Summary switch the connection on and press Save.',
    },
    {
      title: 'Bring its metadata here',
      text: 'Open System, Protocol Metadata, Metadata Export, or use https://YOUR-HOST:9031/pf/federation_metadata.ping?PartnerSpId= followed by our entity id.',
      brings: [
        { theirLabel: 'federation_metadata.ping address', field: 'identityProviderMetadataUrl' },
        { theirLabel: 'Metadata Export', field: 'metadata' },
      ],
      check: 'certificate-valid',
    },
    signInStep('One of the people of the adapter'),
  ],
}

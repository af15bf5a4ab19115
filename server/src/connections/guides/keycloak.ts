import { attributeFields, type Guide, signInStep } from '#connections/guides/guide.ts'

export const keycloak: Guide = {
  product: 'keycloak',
  name: 'Keycloak',
  steps: [
    {
      title: 'Make the client',
      text: 'In the admin console choose your realm, open Clients and press Create client. Client type is SAML. Press Next and Save. Import client with our metadata as a file fills in most of what follows.',
      fields: [
        { theirLabel: 'Client ID', value: 'entityId' },
        { theirLabel: 'Valid redirect URIs', value: 'acsUrl' },
      ],
    },
    {
      title: 'Tell it where we are',
      text: 'On the tab Settings, Sign documents and Sign assertions are on and Signature algorithm is RSA_SHA256; with Force name ID format on, Name ID format counts. On the tab Keys switch Client signature required off, unless requests are signed here. On the tab Advanced, under Fine Grain SAML Endpoint Configuration, copy the addresses.',
      fields: [
        { theirLabel: 'Name ID format', value: 'nameIdFormat', note: 'username sends the user name.' },
        { theirLabel: 'Assertion Consumer Service POST Binding URL', value: 'acsUrl' },
        { theirLabel: 'Logout Service POST Binding URL', value: 'sloUrl', note: 'Only where single logout is wanted.' },
        {
          theirLabel: 'Logout Service SOAP Binding URL',
          value: 'sloSoapUrl',
          note: 'Only where it is to go from server to server.',
        },
      ],
    },
    {
      title: 'Say what it sends of people',
      text: 'On the tab Client scopes open the dedicated scope and press Add mapper, By configuration, User Property (User Attribute in newer releases). Property is firstName, lastName and email; SAML Attribute Name is as below. Group list and Role list send groups and roles.',
      fields: [
        ...attributeFields((ours) => `SAML Attribute Name (${ours})`),
        {
          theirLabel: 'SAML Attribute Name (user id)',
          value: 'userIdAttribute',
          note: 'Only where the user id is in an attribute; property username.',
        },
        { theirLabel: 'Group list, Group attribute name', value: 'teamAttribute', note: 'Switch Full group path off.' },
        { theirLabel: 'Role list, Role attribute name', value: 'roleAttribute' },
      ],
    },
    {
      title: 'Bring its metadata here',
      text: 'Open Realm settings, General, Endpoints and copy the address of SAML 2.0 Identity Provider Metadata.',
      brings: [
        {
          theirLabel: 'SAML 2.0 Identity Provider Metadata',
          field: 'identityProviderMetadataUrl',
          note: 'https://YOUR-HOST/realms/YOUR-REALM/protocol/saml/descriptor',
        },
      ],
      check: 'certificate-valid',
    },
    signInStep('Somebody of the realm'),
  ],
}

import { attributeFields, type Guide, signInStep } from '#connections/guides/guide.ts'

export const oneLogin: Guide = {
  product: 'onelogin',
  name: 'OneLogin',
  steps: [
    {
      title: 'Add the app',
      text: 'In the OneLogin administration open Applications, Applications, Add App. Search for “SAML Custom Connector (Advanced)”, give it a Display Name and press Save.',
    },
    {
      title: 'Tell it where we are',
      text: 'On the page Configuration copy these values and press Save. The validator is a regular expression: put the address between ^ and $ and write \\. for each dot.',
      fields: [
        { theirLabel: 'Audience (EntityID)', value: 'entityId' },
        { theirLabel: 'Recipient', value: 'acsUrl' },
        { theirLabel: 'ACS (Consumer) URL Validator', value: 'acsUrl' },
        { theirLabel: 'ACS (Consumer) URL', value: 'acsUrl' },
        { theirLabel: 'Single Logout URL', value: 'sloUrl', note: 'Only where single logout is wanted.' },
        { theirLabel: 'Login URL', value: 'ssoRequestUrl', note: 'With SAML initiator: Service Provider.' },
        { theirLabel: 'SAML nameID format', value: 'nameIdFormat' },
      ],
    },
    {
      title: 'Say what it sends of people',
      text: 'On the page Parameters press + for each name below, put it into Field name, tick Include in SAML assertion, and choose First Name, Last Name and Email as its Value.',
      fields: [
        ...attributeFields((ours) => `Field name (${ours})`),
        {
          theirLabel: 'Field name (user id)',
          value: 'userIdAttribute',
          note: 'Only where the user id is in an attribute.',
        },
        { theirLabel: 'Field name (team)', value: 'teamAttribute', note: 'Tick Multi-value parameter.' },
        { theirLabel: 'Field name (role)', value: 'roleAttribute', note: 'Value User Roles, Multi-value parameter.' },
      ],
    },
    {
      title: 'Bring its metadata here',
      text: 'On the page SSO set SAML Signature Algorithm to SHA-256. Copy the Issuer URL: it is the address of the metadata. More Actions, SAML Metadata downloads the same as a file.',
      brings: [
        { theirLabel: 'Issuer URL', field: 'identityProviderMetadataUrl' },
        { theirLabel: 'More Actions, SAML Metadata', field: 'metadata' },
        {
          theirLabel: 'SAML 2.0 Endpoint (HTTP)',
          field: 'thirdPartyAuthenticationUrl',
          note: 'Only if you type the values in by hand.',
        },
        {
          theirLabel: 'X.509 Certificate, View Details',
          field: 'issuerCertificates',
          note: 'Only if you type the values in by hand.',
        },
        { theirLabel: 'SLO Endpoint (HTTP)', field: 'singleLogout.url', note: 'Only where single logout is wanted.' },
      ],
      check: 'certificate-valid',
    },
    {
      title: 'Assign people',
      text: 'On the page Access choose the Roles whose people may sign in, or add the app to single people under Users.',
    },
    signInStep('One of the people whom you assigned'),
  ],
}

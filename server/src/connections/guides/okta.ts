import { attributeFields, type Guide, signInStep } from '#connections/guides/guide.ts'

export const okta: Guide = {
  product: 'okta',
  name: 'Okta',
  steps: [
    {
      title: 'Make the app integration',
      text: 'In the Okta Admin Console open Applications, Applications and press Create App Integration. Choose SAML 2.0, press Next, and give it an App name.',
    },
    {
      title: 'Tell it where we are',
      text: 'On the page Configure SAML copy these values. Leave “Use this for Recipient URL and Destination URL” ticked. Under Show Advanced Settings, Response and Assertion Signature stay Signed, and Signature Algorithm stays RSA-SHA256.',
      fields: [
        { theirLabel: 'Single sign-on URL', value: 'acsUrl' },
        { theirLabel: 'Audience URI (SP Entity ID)', value: 'entityId' },
        {
          theirLabel: 'Name ID format',
          value: 'nameIdFormat',
          note: 'Application username says what is sent as the user id.',
        },
        {
          theirLabel: 'Single Logout URL',
          value: 'sloUrl',
          note: 'Under Show Advanced Settings, after Enable Single Logout; SP Issuer is the entity id, Signature Certificate the one in our metadata.',
        },
      ],
    },
    {
      title: 'Say what it sends of people',
      text: 'At Attribute Statements add a line for each: the Name as it stands here, and as Value user.firstName, user.lastName and user.email. For teams or roles, Group Attribute Statements sends the names of groups.',
      fields: [
        ...attributeFields((ours) => `Name (${ours})`),
        { theirLabel: 'Name (user id)', value: 'userIdAttribute', note: 'Only where the user id is in an attribute.' },
        { theirLabel: 'Name (group attribute for team)', value: 'teamAttribute' },
        { theirLabel: 'Name (group attribute for role)', value: 'roleAttribute' },
      ],
    },
    {
      title: 'Bring its metadata here',
      text: 'Press Next and Finish. On the tab Sign On, at SAML 2.0, copy the Metadata URL. View SAML setup instructions shows the same values one by one.',
      brings: [
        { theirLabel: 'Metadata URL', field: 'identityProviderMetadataUrl' },
        { theirLabel: 'Identity Provider Issuer', field: 'issuer', note: 'Only if you type the values in by hand.' },
        {
          theirLabel: 'Identity Provider Single Sign-On URL',
          field: 'thirdPartyAuthenticationUrl',
          note: 'Only if you type the values in by hand.',
        },
        {
          theirLabel: 'X.509 Certificate',
          field: 'issuerCertificates',
          note: 'Only if you type the values in by hand.',
        },
      ],
      check: 'certificate-valid',
    },
    {
      title: 'Assign people',
      text: 'On the tab Assignments press Assign and choose people or groups.',
    },
    signInStep('One of the people whom you assigned'),
  ],
}

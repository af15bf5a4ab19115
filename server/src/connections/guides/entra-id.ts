import { attributeFields, type Guide, signInStep } from '#connections/guides/guide.ts'

export const entraId: Guide = {
  product: 'entra-id',
  name: 'Microsoft Entra ID',
  steps: [
    {
      title: 'Make the enterprise application',
      text: 'In the Microsoft Entra admin center open Enterprise applications, New application, Create your own application. Give it a name, choose “Integrate any other application you don’t find in the gallery (Non-gallery)” and press Create.',
    },
    {
      title: 'Tell it where we are',
      text: 'Open Single sign-on, choose SAML, and press Edit at Basic SAML Configuration. Copy these values and press Save.',
      fields: [
        {
          theirLabel: 'Identifier (Entity ID)',
          value: 'entityId',
          note: 'Remove any other one, or make this the default.',
        },
        { theirLabel: 'Reply URL (Assertion Consumer Service URL)', value: 'acsUrl' },
        { theirLabel: 'Logout Url (Optional)', value: 'sloUrl', note: 'Only where single logout is wanted.' },
      ],
    },
    {
      title: 'Say what it sends of people',
      text: 'Press Edit at Attributes & Claims. Unique User Identifier (Name ID) is the user name here, unless Attribute for User ID is set. For each name below press Add new claim, put it into Name, leave Namespace empty and choose the Source attribute. The claims that are there from the start have long names with a namespace: either use those names here, or add new ones.',
      fields: [
        { theirLabel: 'Unique User Identifier (Name ID), Name identifier format', value: 'nameIdFormat' },
        {
          theirLabel: 'Name of a claim for the user id',
          value: 'userIdAttribute',
          note: 'Only where the user id is in an attribute; source user.userprincipalname.',
        },
        ...attributeFields((ours) => `Name of a claim: ${ours}`),
        {
          theirLabel: 'Name of a claim: team',
          value: 'teamAttribute',
          note: 'For groups, press Add a group claim and customize its name.',
        },
        { theirLabel: 'Name of a claim: role', value: 'roleAttribute', note: 'Source user.assignedroles.' },
      ],
    },
    {
      title: 'Bring its metadata here',
      text: 'At SAML Certificates copy the App Federation Metadata Url. It has the issuer, the sign-in address and the certificate.',
      brings: [
        { theirLabel: 'App Federation Metadata Url', field: 'identityProviderMetadataUrl' },
        {
          theirLabel: 'Federation Metadata XML, Download',
          field: 'metadata',
          note: 'Instead, where the address cannot be reached from here.',
        },
        { theirLabel: 'Microsoft Entra Identifier', field: 'issuer', note: 'Only if you type the values in by hand.' },
        {
          theirLabel: 'Login URL',
          field: 'thirdPartyAuthenticationUrl',
          note: 'Only if you type the values in by hand.',
        },
        {
          theirLabel: 'Certificate (Base64), Download',
          field: 'issuerCertificates',
          note: 'Only if you type the values in by hand.',
        },
      ],
      check: 'certificate-valid',
    },
    {
      title: 'Assign people',
      text: 'Open Users and groups, press Add user/group and choose who may sign in. Under Properties, “Assignment required?” says whether others may, too.',
    },
    signInStep('One of the people whom you assigned'),
  ],
}

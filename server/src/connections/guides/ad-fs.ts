import { type Guide, signInStep } from '#connections/guides/guide.ts'

export const adFs: Guide = {
  product: 'ad-fs',
  name: 'AD FS',
  steps: [
    {
      title: 'Make the relying party trust',
      text: 'In AD FS Management open Relying Party Trusts and press Add Relying Party Trust. Choose Claims aware, then “Import data about the relying party published online or on a local network”. Where the server cannot reach us, choose “Enter data about the relying party manually” and “Enable support for the SAML 2.0 WebSSO protocol”.',
      fields: [
        { theirLabel: 'Federation metadata address (host name or URL)', value: 'metadataUrl' },
        {
          theirLabel: 'Relying party SAML 2.0 SSO service URL',
          value: 'acsUrl',
          note: 'Only where you enter the data manually.',
        },
        {
          theirLabel: 'Relying party trust identifier',
          value: 'entityId',
          note: 'Only where you enter the data manually.',
        },
      ],
    },
    {
      title: 'Say who may come in',
      text: 'On the page Choose Access Control Policy permit everyone or the groups that may sign in, and finish. In the properties of the trust, the tab Advanced shows the Secure hash algorithm: it must be SHA-256.',
    },
    {
      title: 'Say what it sends of people',
      text: 'Press Edit Claim Issuance Policy, Add Rule, Send LDAP Attributes as Claims, with the Attribute store Active Directory. Put Given-Name, Surname and E-Mail-Addresses under LDAP Attribute and the names below under Outgoing Claim Type; what you type there is sent as it stands.',
      fields: [
        { theirLabel: 'Outgoing Claim Type of Given-Name', value: 'firstNameAttribute' },
        { theirLabel: 'Outgoing Claim Type of Surname', value: 'lastNameAttribute' },
        { theirLabel: 'Outgoing Claim Type of E-Mail-Addresses', value: 'emailAttribute' },
        {
          theirLabel: 'Outgoing Claim Type of the user id',
          value: 'userIdAttribute',
          note: 'Only where the user id is in an attribute.',
        },
        { theirLabel: 'Outgoing Claim Type of Token-Groups - Unqualified Names', value: 'teamAttribute' },
      ],
    },
    {
      title: 'Send a Name ID',
      text: 'AD FS sends none by itself. Add a rule Transform an Incoming Claim: Incoming claim type UPN or E-Mail Address, Outgoing claim type Name ID.',
      fields: [{ theirLabel: 'Outgoing name ID format', value: 'nameIdFormat' }],
      check: 'user-id-found',
    },
    {
      title: 'Bring its metadata here',
      text: 'The address is https://YOUR-AD-FS-HOST/FederationMetadata/2007-06/FederationMetadata.xml. Where it cannot be reached from here, open it in a browser, save it and hand in the file.',
      brings: [
        { theirLabel: 'Federation metadata address', field: 'identityProviderMetadataUrl' },
        { theirLabel: 'FederationMetadata.xml', field: 'metadata' },
      ],
      check: 'certificate-valid',
    },
    signInStep('One of the people who may come in'),
  ],
}

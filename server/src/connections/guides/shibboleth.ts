import { type Guide, signInStep } from '#connections/guides/guide.ts'

export const shibboleth: Guide = {
  product: 'shibboleth',
  name: 'Shibboleth IdP',
  steps: [
    {
      title: 'Let it read our metadata',
      text: 'In conf/metadata-providers.xml add a MetadataProvider of the type FileBackedHTTPMetadataProvider, with our metadata as metadataURL and a file of your own as backingFile; or save our metadata and add a FilesystemMetadataProvider with its metadataFile.',
      fields: [{ theirLabel: 'metadataURL', value: 'metadataUrl' }],
    },
    {
      title: 'Release attributes',
      text: 'In conf/attribute-filter.xml add an AttributeFilterPolicy whose PolicyRequirementRule has xsi:type="Requester" and our entity id as its value, with an AttributeRule for each attribute: givenName, sn, mail, and what says the team or role.',
      fields: [{ theirLabel: 'PolicyRequirementRule, value', value: 'entityId' }],
    },
    {
      title: 'Compare the names',
      text: 'Attributes travel under the names of the attribute registry (conf/attributes), mostly object identifiers: givenName is urn:oid:2.5.4.42, sn is urn:oid:2.5.4.4, mail is urn:oid:0.9.2342.19200300.100.1.3, uid is urn:oid:0.9.2342.19200300.100.1.1. The names that are set here must be the same, letter by letter.',
      fields: [
        { theirLabel: 'saml2.name of givenName', value: 'firstNameAttribute' },
        { theirLabel: 'saml2.name of sn', value: 'lastNameAttribute' },
        { theirLabel: 'saml2.name of mail', value: 'emailAttribute' },
        {
          theirLabel: 'saml2.name of the user id',
          value: 'userIdAttribute',
          note: 'Only where the user id is in an attribute. Without it the NameID counts, and by default that is a transient one, which is another at each sign-in.',
        },
      ],
    },
    {
      title: 'Choose the NameID',
      text: 'Where the NameID is the user id, add a generator to conf/saml-nameid.xml for the format below, from an attribute that never changes, and name the format in conf/relying-party.xml as nameIDFormatPrecedence for our entity id.',
      fields: [{ theirLabel: 'nameIDFormatPrecedence', value: 'nameIdFormat' }],
      check: 'user-id-found',
    },
    {
      title: 'Bring its metadata here',
      text: 'Shibboleth publishes it at https://YOUR-HOST/idp/shibboleth. The file metadata/idp-metadata.xml has the same. Where the values were changed by hand, see that the certificate in it is the one that signs.',
      brings: [
        { theirLabel: 'https://YOUR-HOST/idp/shibboleth', field: 'identityProviderMetadataUrl' },
        { theirLabel: 'metadata/idp-metadata.xml', field: 'metadata' },
      ],
      check: 'certificate-valid',
    },
    signInStep('Somebody with an account there'),
  ],
}

import { attributeFields, type Guide, signInStep } from '#connections/guides/guide.ts'

export const simpleSamlPhp: Guide = {
  product: 'simplesamlphp',
  name: 'SimpleSAMLphp',
  steps: [
    {
      title: 'Let it know us',
      text: 'Open our metadata, paste it into the metadata converter (Federation, XML to SimpleSAMLphp metadata converter) and put what comes out into metadata/saml20-sp-remote.php. By hand it is an entry of $metadata with these values.',
      fields: [
        { theirLabel: 'metadata converter, XML metadata', value: 'metadataUrl' },
        { theirLabel: '$metadata[…]', value: 'entityId' },
        { theirLabel: 'AssertionConsumerService', value: 'acsUrl' },
        { theirLabel: 'SingleLogoutService', value: 'sloUrl', note: 'Only where single logout is wanted.' },
        { theirLabel: 'NameIDFormat', value: 'nameIdFormat' },
      ],
    },
    {
      title: 'Choose the user id',
      text: 'Where the NameID is the user id, add an authproc filter saml:AttributeNameID with the identifyingAttribute, such as uid. A transient NameID is another at each sign-in and cannot be one.',
      fields: [{ theirLabel: 'Format of saml:AttributeNameID', value: 'nameIdFormat' }],
      check: 'user-id-found',
    },
    {
      title: 'Say what it sends of people',
      text: 'In the same entry, attributes lists what we get. Where the source calls them otherwise, a filter core:AttributeMap renames them.',
      fields: [
        ...attributeFields((ours) => `attributes (${ours})`),
        {
          theirLabel: 'attributes (user id)',
          value: 'userIdAttribute',
          note: 'Only where the user id is in an attribute.',
        },
        { theirLabel: 'attributes (team)', value: 'teamAttribute' },
        { theirLabel: 'attributes (role)', value: 'roleAttribute' },
      ],
    },
    {
      title: 'Bring its metadata here',
      text: 'The tab Federation shows the metadata of the SAML 2.0 IdP and its address: https://YOUR-HOST/simplesaml/module.php/saml/idp/metadata, before version 2 https://YOUR-HOST/simplesaml/saml2/idp/metadata.php. In metadata/saml20-idp-hosted.php, signature.algorithm must name rsa-sha256.',
      brings: [
        { theirLabel: 'SAML 2.0 IdP Metadata, address', field: 'identityProviderMetadataUrl' },
        { theirLabel: 'SAML 2.0 IdP Metadata, XML', field: 'metadata' },
      ],
      check: 'certificate-valid',
    },
    signInStep('Somebody with an account there'),
  ],
}

import { anyHost, type DeepLinkProduct } from '#connect/deep-links/product.ts'

export const simpleSamlPhp: DeepLinkProduct = {
  product: 'simplesamlphp',
  name: 'SimpleSAMLphp',
  link: {
    name: 'IdP-first address',
    where: 'There is none to copy: it is the SingleSignOnService of the identity provider, with the entity id of AWS.',
    forms: [
      {
        shown: 'https://{host}/simplesaml/module.php/saml/idp/singleSignOnService?spentityid={entity id of AWS}',
        example:
          'https://idp.acme.example/simplesaml/module.php/saml/idp/singleSignOnService?spentityid=urn%3Aamazon%3Awebservices',
        host: anyHost,
        path: /(\/saml2\/idp\/SSOService\.php|\/module\.php\/saml\/idp\/singleSignOnService)$/,
        parameters: ['spentityid'],
        namesAws: true,
      },
    ],
  },
  relayState: { parameter: 'RelayState', onlyOnLink: true, field: 'On the link.' },
  hide: 'SimpleSAMLphp has no portal of its own, so there is no icon.',
  shortcut: 'In the portal that your company uses, add a tile with the User/Agent URL.',
}

import { anyHost, type DeepLinkProduct } from '#connect/deep-links/product.ts'

export const lemonLdapNg: DeepLinkProduct = {
  product: 'lemonldap-ng',
  name: 'LemonLDAP::NG',
  link: {
    name: 'IDP initiated address',
    where:
      'SAML service providers, the entry for AWS, Options: allow the use of an IDP initiated address. The address is the sign-on address of the portal with the entity id of AWS.',
    forms: [
      {
        shown: 'https://{portal}/saml/singleSignOn?IDPInitiated=1&sp={entity id of AWS}',
        example: 'https://auth.acme.example/saml/singleSignOn?IDPInitiated=1&sp=urn%3Aamazon%3Awebservices',
        host: anyHost,
        path: /^\/saml\/singleSignOn$/,
        parameters: ['IDPInitiated', 'sp'],
        namesAws: true,
      },
    ],
  },
  relayState: {
    parameter: 'RelayState',
    onlyOnLink: true,
    unconfirmed: true,
    field: 'On the link.',
  },
  hide: 'Menu, the entry with this address: set it to be hidden, or delete it.',
  shortcut: 'Menu, New application: enter the User/Agent URL.',
}

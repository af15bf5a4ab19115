import { anyHost, type DeepLinkProduct } from '#connect/deep-links/product.ts'

export const shibboleth: DeepLinkProduct = {
  product: 'shibboleth',
  name: 'Shibboleth',
  link: {
    name: 'Unsolicited SSO address',
    where: 'There is none to copy: it is the address of the identity provider, with the entity id of AWS in it.',
    forms: [
      {
        shown: 'https://{host}/idp/profile/SAML2/Unsolicited/SSO?providerId={entity id of AWS}',
        example: 'https://idp.acme.example/idp/profile/SAML2/Unsolicited/SSO?providerId=urn%3Aamazon%3Awebservices',
        host: anyHost,
        path: /\/profile\/SAML2\/Unsolicited\/SSO\/?$/,
        parameters: ['providerId'],
        namesAws: true,
      },
    ],
  },
  relayState: {
    parameter: 'target',
    onlyOnLink: true,
    field: 'On the link: Shibboleth sends the value of target as RelayState.',
  },
  hide: 'Shibboleth has no portal of its own, so there is no icon. In a portal beside it, take the tile away.',
  shortcut: 'In the portal that your company uses, add a tile with the User/Agent URL.',
  endpoints: [{ host: anyHost, path: /\/profile\/SAML2\/(Redirect|POST|POST-SimpleSign)\/SSO\/?$/ }],
}

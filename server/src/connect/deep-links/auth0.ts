import type { DeepLinkProduct } from '#connect/deep-links/product.ts'

export const auth0: DeepLinkProduct = {
  product: 'auth0',
  name: 'Auth0',
  link: {
    name: 'Identity Provider Login URL',
    where: 'Applications, the application for AWS, Addons, SAML2 Web App, Usage: Identity Provider Login URL.',
    forms: [
      {
        shown: 'https://{tenant}.auth0.com/samlp/{client id}',
        example: 'https://acme.eu.auth0.com/samlp/AbCdEfGhIjKlMnOpQrStUvWxYz012345',
        host: /^(?<tenant>[a-z0-9-]+)(\.[a-z]{2})?\.auth0\.com$/,
        path: /^\/samlp\/(?<client>[A-Za-z0-9]+)\/?$/,
      },
    ],
  },
  relayState: {
    parameter: 'RelayState',
    onlyOnLink: true,
    unconfirmed: true,
    field: 'On the link. There is no field for it in the application.',
  },
  hide: 'Auth0 shows people no icons of its own. In a portal beside it, take the tile away.',
  shortcut: 'In the portal that your company uses, add a tile with the User/Agent URL.',
  adminPages: [{ host: /^manage\.auth0\.com$/ }],
}

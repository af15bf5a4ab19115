import type { DeepLinkProduct } from '#connect/deep-links/product.ts'

const host = /^sso-(?<account>[a-z0-9]+)\.sso\.duosecurity\.com$/

export const duo: DeepLinkProduct = {
  product: 'duo',
  name: 'Duo Single Sign-On',
  link: {
    name: 'Single Sign-On URL',
    where: 'Applications, the application for AWS, Metadata: Single Sign-On URL.',
    forms: [
      {
        shown: 'https://sso-{account}.sso.duosecurity.com/saml2/sp/{integration key}/sso',
        example: 'https://sso-ab12cd34.sso.duosecurity.com/saml2/sp/DIABCDEFGHIJKLMNOPQR/sso',
        host,
        path: /^\/saml2\/sp\/(?<key>[^/]+)\/sso\/?$/,
        ignoresRelayState: true,
      },
    ],
  },
  relayState: { field: 'The application for AWS, Service Provider: Default Relay State.' },
  hide: 'In Duo Central, leave the tile of this application out.',
  shortcut: 'In Duo Central add a link tile with the User/Agent URL.',
  adminPages: [{ host: /^admin(-[a-z0-9]+)?\.duosecurity\.com$/ }],
}

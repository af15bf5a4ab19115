import type { DeepLinkProduct } from '#connect/deep-links/product.ts'

export const googleWorkspace: DeepLinkProduct = {
  product: 'google-workspace',
  name: 'Google Workspace',
  link: {
    name: 'Address of the application’s tile, or of Test SAML login',
    where:
      'Admin console, Apps, Web and mobile apps, the application for AWS: Test SAML login opens it. People find it behind the tile in the grid of Google’s applications.',
    forms: [
      {
        shown: 'https://accounts.google.com/o/saml2/initsso?idpid={company}&spid={application}&forceauthn=false',
        example: 'https://accounts.google.com/o/saml2/initsso?idpid=C01abcdef&spid=123456789012&forceauthn=false',
        host: /^accounts\.google\.com$/,
        path: /^\/o\/saml2\/initsso\/?$/,
        parameters: ['idpid', 'spid'],
        ignoresRelayState: true,
      },
    ],
  },
  relayState: { field: 'The application for AWS, Service provider details: Start URL.' },
  hide: 'The tile cannot be hidden by itself: switching the service off takes the access away, too. Leave it.',
  shortcut: 'Add the User/Agent URL as a bookmark of the managed browsers, or on a page of Google Sites.',
  adminPages: [{ host: /^admin\.google\.com$/ }],
  homePages: [{ host: /^(workspace|myaccount|mail)\.google\.com$/ }],
  endpoints: [{ host: /^accounts\.google\.com$/, path: /^\/o\/saml2\/idp$/ }],
}

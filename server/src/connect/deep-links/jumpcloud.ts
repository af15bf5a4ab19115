import type { DeepLinkProduct } from '#connect/deep-links/product.ts'

export const jumpCloud: DeepLinkProduct = {
  product: 'jumpcloud',
  name: 'JumpCloud',
  link: {
    name: 'IdP URL',
    where:
      'SSO Applications, the application for AWS, SSO: IdP URL. It cannot be changed once the application is saved.',
    forms: [
      {
        shown: 'https://sso.jumpcloud.com/saml2/{name}',
        example: 'https://sso.jumpcloud.com/saml2/amazon-connect',
        host: /^sso\.(eu\.)?jumpcloud\.com$/,
        path: /^\/saml2\/(?<name>[^/]+)\/?$/,
        ignoresRelayState: true,
      },
    ],
  },
  relayState: { field: 'The application for AWS, SSO: Default Relay State.' },
  hide: 'The application for AWS, General Info: untick “Show in User Portal”.',
  shortcut: 'Add New Application, Bookmark: enter the User/Agent URL, and give it to the same user groups.',
  adminPages: [{ host: /^console\.(eu\.)?jumpcloud\.com$/, path: /^(?!\/userconsole)/ }],
  homePages: [{ host: /^console\.(eu\.)?jumpcloud\.com$/, path: /^\/userconsole/ }],
}

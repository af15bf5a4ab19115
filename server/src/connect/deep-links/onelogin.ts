import type { DeepLinkProduct } from '#connect/deep-links/product.ts'

const host = /^(?<organization>[a-z0-9-]+)\.onelogin\.com$/

export const oneLogin: DeepLinkProduct = {
  product: 'onelogin',
  name: 'OneLogin',
  link: {
    name: 'Launch link',
    where:
      'Applications, the application for AWS: its id is the number in the address of that page. Put it behind /start/ (older tenants: /launch/).',
    forms: [
      {
        shown: 'https://{organization}.onelogin.com/start/{application id}',
        example: 'https://acme.onelogin.com/start/1234567',
        host,
        path: /^\/(client\/apps\/select|start|launch)\/(?<application>\d+)\/?$/,
        ignoresRelayState: true,
      },
    ],
  },
  relayState: { field: 'Applications, the application for AWS, Configuration: RelayState.' },
  hide: 'Applications, the application for AWS, Info: switch “Visible in portal” off.',
  shortcut: 'Add App, Quicklink: enter the User/Agent URL, and give it to the same roles.',
  adminPages: [{ host, path: /^\/(apps|admin2?|users)(\/|$)/ }],
  homePages: [{ host, path: /^\/(portal|client\/apps|login2?)?\/?$/ }],
  endpoints: [{ host, path: /^\/trust\/saml2\// }],
}

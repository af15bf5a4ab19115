import type { DeepLinkProduct } from '#connect/deep-links/product.ts'

const host = /^(?<organization>(?![a-z0-9-]*-admin\.)[a-z0-9-]+)\.(okta|oktapreview|okta-emea|okta-gov)\.com$/

export const okta: DeepLinkProduct = {
  product: 'okta',
  name: 'Okta',
  link: {
    name: 'Embed link, or Sign on URL',
    where:
      'Applications, the application for AWS: General, App Embed Link, Embed Link; or Sign On, SAML 2.0, More details, Sign on URL.',
    forms: [
      {
        shown: 'https://{organization}.okta.com/app/{application}/{key}/sso/saml',
        example: 'https://acme.okta.com/app/amazon_aws/exk1abcdEFGH2ijkl5d7/sso/saml',
        host,
        path: /^\/app\/(?<application>[^/]+)\/(?<key>[^/]+)\/sso\/saml\/?$/,
      },
      {
        shown: 'https://{organization}.okta.com/home/{application}/{instance}/{number}',
        example: 'https://acme.okta.com/home/amazon_aws/0oa1abcdEFGH2ijkl5d7/272',
        host,
        path: /^\/home\/(?<application>[^/]+)\/(?<instance>[^/]+)\/(?<number>[^/]+)\/?$/,
        ignoresRelayState: true,
        finding: {
          code: 'okta-embed-link',
          row: [
            'note',
            'This is the embed link. It works, and lands where Default Relay State says.',
            'To carry the RelayState on the link, use the Sign on URL, which ends with /sso/saml.',
          ],
        },
      },
    ],
  },
  relayState: {
    parameter: 'RelayState',
    field: 'Sign On, Edit: Default Relay State. It holds for sign-ins that begin at Okta, as these do.',
  },
  hide: 'General, Edit, Application visibility: tick “Do not display application icon to users”, and the same for Okta Mobile.',
  shortcut:
    'Browse App Catalog, Bookmark App: enter the User/Agent URL as its URL, leave “Request Integration” unticked, and assign the same groups.',
  adminPages: [{ host: /-admin\.(okta|oktapreview|okta-emea|okta-gov)\.com$/ }, { host, path: /^\/admin(\/|$)/ }],
  homePages: [{ host, path: /^\/(app\/UserHome|enduser\/.*|login\/.*)?\/?$/ }],
}

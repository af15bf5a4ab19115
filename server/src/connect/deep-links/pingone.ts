import type { DeepLinkProduct } from '#connect/deep-links/product.ts'

export const pingOne: DeepLinkProduct = {
  product: 'pingone',
  name: 'PingOne',
  link: {
    name: 'Initiate Single Sign-On URL',
    where: 'Applications, the application for AWS, Overview (or Configuration): Initiate Single Sign-On URL.',
    forms: [
      {
        shown: 'https://auth.pingone.{region}/{environment}/saml20/idp/startsso?spEntityId={entity id of AWS}',
        example:
          'https://auth.pingone.eu/11111111-2222-3333-4444-555555555555/saml20/idp/startsso?spEntityId=urn%3Aamazon%3Awebservices',
        host: /^auth\.pingone\.[a-z.]+$/,
        path: /^\/(?<environment>[0-9a-f-]{36})\/saml20\/idp\/startsso\/?$/i,
        parameters: ['spEntityId'],
        namesAws: true,
      },
      {
        shown: 'https://sso.connect.pingidentity.com/sso/sp/initsso?saasid={application}&idpid={company}',
        example: 'https://sso.connect.pingidentity.com/sso/sp/initsso?saasid=11111111-2222&idpid=33333333-4444',
        host: /^sso\.connect\.pingidentity\.(com|eu)$/,
        path: /^\/sso\/sp\/initsso\/?$/,
        parameters: ['saasid', 'idpid'],
        ignoresRelayState: true,
        finding: {
          code: 'pingone-for-enterprise',
          row: [
            'note',
            'This is a link of PingOne for Enterprise.',
            'Enter the RelayState where the application is set up; the link does not carry it.',
          ],
        },
      },
    ],
  },
  relayState: {
    parameter: 'applicationUrl',
    field: 'The application for AWS, Configuration: Target Application URL.',
  },
  hide: 'The application for AWS: tick that it is not shown in the application portal. Where your edition has no such setting, leave it shown.',
  shortcut: 'In the application portal add a bookmark, or an application of the kind “link”, with the User/Agent URL.',
  adminPages: [{ host: /^(console|admin)\.pingone\.[a-z.]+$/ }],
  homePages: [{ host: /^apps\.pingone\.[a-z.]+$/ }, { host: /^desktop\.pingone\.com$/ }],
  endpoints: [{ host: /^auth\.pingone\.[a-z.]+$/, path: /\/saml20\/idp\/sso/ }],
}

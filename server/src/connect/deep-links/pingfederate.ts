import { anyHost, type DeepLinkProduct } from '#connect/deep-links/product.ts'

const path = /^\/idp\/startSSO\.ping$/

export const pingFederate: DeepLinkProduct = {
  product: 'pingfederate',
  name: 'PingFederate',
  link: {
    name: 'SSO Application Endpoint',
    where: 'Applications, SP Connections, the connection for AWS, Activation & Summary: SSO Application Endpoint.',
    forms: [
      {
        shown: 'https://{host}:9031/idp/startSSO.ping?PartnerSpId={entity id of AWS}',
        example: 'https://sso.acme.example:9031/idp/startSSO.ping?PartnerSpId=urn%3Aamazon%3Awebservices',
        host: anyHost,
        path,
        parameters: ['PartnerSpId'],
        namesAws: true,
      },
      {
        shown: 'https://{host}:9031/idp/startSSO.ping?PARTNER={entity id of AWS}',
        example: 'https://sso.acme.example:9031/idp/startSSO.ping?PARTNER=urn%3Aamazon%3Awebservices',
        host: anyHost,
        path,
        parameters: ['PARTNER'],
        namesAws: true,
      },
    ],
  },
  relayState: {
    parameter: 'TargetResource',
    alsoParameter: 'TARGET',
    onlyOnLink: true,
    field: 'On the link: PingFederate sends the value of TargetResource as RelayState.',
  },
  hide: 'PingFederate has no portal of its own, so there is no icon. In a portal beside it, take the tile away.',
  shortcut: 'In the portal that your company uses, add a tile with the User/Agent URL.',
  adminPages: [{ host: anyHost, path: /^\/pingfederate\/app/ }],
  endpoints: [{ host: anyHost, path: /^\/idp\/SSO\.saml2$/ }],
}

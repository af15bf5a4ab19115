import { anyHost, type DeepLinkProduct } from '#connect/deep-links/product.ts'

export const keycloak: DeepLinkProduct = {
  product: 'keycloak',
  name: 'Keycloak',
  link: {
    name: 'Target IDP initiated SSO URL',
    where:
      'Clients, the client for AWS, Settings: enter a word at “IDP-Initiated SSO URL name”; the address appears below it.',
    forms: [
      {
        shown: 'https://{host}/realms/{realm}/protocol/saml/clients/{name}',
        example: 'https://sso.acme.example/realms/acme/protocol/saml/clients/amazon-connect',
        host: anyHost,
        path: /\/realms\/(?<realm>[^/]+)\/protocol\/saml\/clients\/(?<name>[^/]+)\/?$/,
      },
    ],
  },
  relayState: {
    parameter: 'RelayState',
    field: 'Clients, the client for AWS, Settings: IDP Initiated SSO Relay State.',
  },
  hide: 'Clients, the client for AWS, Settings: switch “Always display in UI” off and leave Home URL empty.',
  shortcut: 'Make a client with the User/Agent URL as Home URL and “Always display in UI” on.',
  adminPages: [{ host: anyHost, path: /^(\/auth)?\/admin\/[^/]+\/console/ }],
  homePages: [{ host: anyHost, path: /\/realms\/[^/]+\/account/ }],
  endpoints: [{ host: anyHost, path: /\/realms\/[^/]+\/protocol\/saml\/?$/ }],
}

import type { DeepLinkProduct } from '#connect/deep-links/product.ts'

const host = /^(myapps\.microsoft\.com|launcher\.myapps\.microsoft\.com|account\.activedirectory\.windowsazure\.com)$/

export const entraId: DeepLinkProduct = {
  product: 'entra-id',
  name: 'Microsoft Entra ID',
  link: {
    name: 'User access URL',
    where: 'Enterprise applications, the application for AWS, Properties: User access URL.',
    forms: [
      {
        shown: 'https://myapps.microsoft.com/signin/{application id}?tenantId={tenant id}',
        example:
          'https://myapps.microsoft.com/signin/6f0a2c1e-93b4-4d7e-8a55-0c1d2e3f4a5b?tenantId=11111111-2222-3333-4444-555555555555',
        host,
        path: /^(\/api)?\/signin\/(?<application>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/i,
      },
      {
        shown: 'https://myapps.microsoft.com/signin/{application name}/{application id}',
        example: 'https://myapps.microsoft.com/signin/AmazonConnect/6f0a2c1e93b44d7e8a550c1d2e3f4a5b',
        host,
        path: /^(\/(?<domain>[^/]+))?\/signin\/(?<name>[^/]+)\/(?<application>[0-9a-f]{32}|[0-9a-f-]{36})\/?$/i,
      },
    ],
  },
  relayState: {
    parameter: 'RelayState',
    unconfirmed: true,
    field: 'Single sign-on, Basic SAML Configuration, Relay State (Optional).',
  },
  hide: 'Properties: set “Visible to users?” to No and save. The User access URL works on. The change may take ten minutes. “Enabled for users to sign in?” stays at Yes.',
  shortcut:
    'New application, Create your own application (non-gallery); then Single sign-on, Linked, and enter the User/Agent URL. Assign the same people.',
  adminPages: [{ host: /^(portal\.azure\.com|entra\.microsoft\.com|aad\.portal\.azure\.com)$/ }],
  homePages: [{ host: /^(myapps|myapplications)\.microsoft\.com$/ }],
  endpoints: [{ host: /^login\.microsoftonline\.(com|us)$/ }, { host: /^sts\.windows\.net$/ }],
  judge: (link) => {
    const names = /\/signin\/[0-9a-f-]{36}\/?$/i.test(link.pathname)
    return names && !link.searchParams.has('tenantId') ? [withoutTenant] : []
  },
}

const withoutTenant = {
  code: 'entra-tenant-missing',
  row: [
    'doubtful',
    'The link does not say which tenant it belongs to, so people with accounts in several tenants may be signed in to another one.',
    'Copy the whole User access URL, with ?tenantId= at its end.',
  ],
} as const

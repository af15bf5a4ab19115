import type { DeepLinkProduct } from '#connect/deep-links/product.ts'

const host = /^(?<directory>[a-z0-9-]+)\.awsapps\.com$/

export const iamIdentityCenter: DeepLinkProduct = {
  product: 'iam-identity-center',
  name: 'AWS IAM Identity Center',
  link: {
    name: 'Address of the application in the AWS access portal',
    where: 'AWS access portal, Applications: copy the address behind the tile of the application.',
    forms: [
      {
        shown: 'https://{directory}.awsapps.com/start/#/saml/default/{application}/{instance}',
        example: 'https://d-1234567890.awsapps.com/start/#/saml/default/AmazonConnect/ins-0123456789abcdef',
        host,
        path: /^\/start\/?$/,
        ignoresRelayState: true,
        finding: {
          code: 'identity-center-stays-open',
          row: [
            'doubtful',
            'A window that went through the AWS access portal cannot be closed from here, so it stays open after the sign-in.',
            'Untick Auto-Close, and tell agents to close the window by hand.',
          ],
        },
      },
    ],
  },
  relayState: { field: 'IAM Identity Center, Applications, the application, Application properties: Relay state.' },
  hide: 'A tile cannot be hidden from people who are assigned to its application. Leave it.',
  shortcut: 'Put the User/Agent URL where your people look; the access portal has no tiles for plain links.',
  adminPages: [{ host: /(^|\.)console\.aws\.amazon\.com$/, path: /^\/singlesignon/ }],
  judge: (link) => (/^#\/saml\/[^/]+\/[^/]+\/[^/]+/.test(link.hash) ? [] : [startPageOnly]),
}

const startPageOnly = {
  code: 'identity-center-start-page',
  row: [
    'broken',
    'This is the first page of the AWS access portal, where people choose an application.',
    'Copy the address behind the tile, with #/saml/ in it.',
  ],
} as const

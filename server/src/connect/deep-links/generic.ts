import type { DeepLinkProduct } from '#connect/deep-links/product.ts'

export const generic: DeepLinkProduct = {
  product: 'generic',
  name: 'Another identity provider',
  link: {
    name: 'Deep link',
    where:
      'Where the application is set up. Other names for it: deep URL, embeddable URL, launch URL, IdP-initiated sign-on, unsolicited SSO. It is right when it works outside the identity provider’s portal.',
    forms: [],
  },
  relayState: {
    field: 'Where the application is set up: RelayState, default relay state, start URL or target address.',
  },
  hide: 'Look for a setting of the application that takes its icon off the portal without taking the access away. Not every product has one.',
  shortcut: 'Look for applications that are called bookmark, shortcut or link, and enter the User/Agent URL there.',
}

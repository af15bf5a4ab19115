/**
 * Deep links: the address at an identity provider that opens Amazon Connect for whoever is signed in there.
 *
 * Each product has a module of data; this file lists them. Must not know a person's settings beyond what it is handed, and
 * nothing of what happens behind the link.
 */

import { adFs } from '#connect/deep-links/ad-fs.ts'
import { auth0 } from '#connect/deep-links/auth0.ts'
import { duo } from '#connect/deep-links/duo.ts'
import { entraId } from '#connect/deep-links/entra-id.ts'
import { generic } from '#connect/deep-links/generic.ts'
import { googleWorkspace } from '#connect/deep-links/google-workspace.ts'
import { iamIdentityCenter } from '#connect/deep-links/iam-identity-center.ts'
import { jumpCloud } from '#connect/deep-links/jumpcloud.ts'
import { keycloak } from '#connect/deep-links/keycloak.ts'
import { lemonLdapNg } from '#connect/deep-links/lemonldap-ng.ts'
import { okta } from '#connect/deep-links/okta.ts'
import { oneLogin } from '#connect/deep-links/onelogin.ts'
import { pingFederate } from '#connect/deep-links/pingfederate.ts'
import { pingOne } from '#connect/deep-links/pingone.ts'
import type { DeepLinkProduct } from '#connect/deep-links/product.ts'
import { shibboleth } from '#connect/deep-links/shibboleth.ts'
import { simpleSamlPhp } from '#connect/deep-links/simplesamlphp.ts'

/** In the order in which people choose. */
export const deepLinkProducts: readonly DeepLinkProduct[] = [
  ...[entraId, okta, googleWorkspace, adFs, oneLogin, pingOne, pingFederate, jumpCloud, duo, auth0, iamIdentityCenter],
  ...[shibboleth, keycloak, simpleSamlPhp, lemonLdapNg, generic],
]

export function findDeepLinkProduct(product: string | null | undefined): DeepLinkProduct | undefined {
  return deepLinkProducts.find((one) => one.product === product)
}

/**
 * Set-up guides: what an administrator of an identity provider does there, step by step, in that product's own names.
 *
 * Each product has a module of data; this file lists them. A guide names our values, and fill-in.ts puts those of a
 * connection there. Must not know who reads it, nor how a step is checked.
 */

import { adFs } from '#connections/guides/ad-fs.ts'
import { duo } from '#connections/guides/duo.ts'
import { entraId } from '#connections/guides/entra-id.ts'
import { generic } from '#connections/guides/generic.ts'
import { googleWorkspace } from '#connections/guides/google-workspace.ts'
import type { Guide } from '#connections/guides/guide.ts'
import { jumpCloud } from '#connections/guides/jumpcloud.ts'
import { keycloak } from '#connections/guides/keycloak.ts'
import { lemonLdapNg } from '#connections/guides/lemonldap-ng.ts'
import { okta } from '#connections/guides/okta.ts'
import { oneLogin } from '#connections/guides/onelogin.ts'
import { pingFederate } from '#connections/guides/pingfederate.ts'
import { pingOne } from '#connections/guides/pingone.ts'
import { shibboleth } from '#connections/guides/shibboleth.ts'
import { simpleSamlPhp } from '#connections/guides/simplesamlphp.ts'

/** In the order in which people choose. */
export const guides: readonly Guide[] = [
  ...[entraId, okta, googleWorkspace, adFs, oneLogin, pingOne, pingFederate, jumpCloud, duo],
  ...[shibboleth, keycloak, simpleSamlPhp, lemonLdapNg, generic],
]

export function findGuide(product: string): Guide | undefined {
  return guides.find((guide) => guide.product === product)
}

/**
 * The guide to AWS federation: the five steps after which agents are signed in to Amazon Connect by the identity provider.
 *
 * Owns the texts, which are data, and how they become an answer or a page. Must not know whether a step was done.
 */

import { deepLinkProducts, findDeepLinkProduct } from '#connect/deep-links/deep-links.ts'
import { type FilledFederationGuide, federationValuesOf, fillInFederation } from '#connect/federation-guide/fill-in.ts'
import type { AmazonConnectSettings } from '#connect/settings.ts'

/** In the order in which people choose. */
export const federationGuideProducts = deepLinkProducts.map(({ product, name }) => ({ product, name }))

/** @param product undefined: that of the settings; where they name none, the guide for any product */
export function federationGuide(
  settings: AmazonConnectSettings | undefined,
  here: { readonly agentUrl: string; readonly publicUrl: string },
  product?: string,
): FilledFederationGuide | undefined {
  const asked = findDeepLinkProduct(product ?? settings?.federation.product ?? 'generic')
  return asked && fillInFederation(asked, federationValuesOf(settings, asked, here))
}

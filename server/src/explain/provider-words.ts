// A cure in the words of the identity provider’s own pages, as its set-up guide has them.

import type { Connection } from '#connections/connections.ts'
import { valuesOf } from '#connections/guides/fill-in.ts'
import type { BroughtField, Guide, ValueKey } from '#connections/guides/guide.ts'
import { findGuide } from '#connections/guides/guides.ts'

export type ProviderCure = { readonly product: string; readonly name: string; readonly sentence: string }

/** What the addresses of products look like, where they have a look. */
const looks: readonly (readonly [look: RegExp, product: string])[] = [
  [/^https:\/\/(sts\.windows\.net|login\.microsoftonline\.(com|us)|login\.partner\.microsoftonline\.cn)\//, 'entra-id'],
  [/^https?:\/\/(www\.okta\.com\/|[a-z0-9.-]+\.okta(preview|-emea)?\.com(\/|$))/, 'okta'],
  [/^https:\/\/accounts\.google\.com\//, 'google-workspace'],
  [/^https?:\/\/[^/]+\/adfs\//, 'ad-fs'],
  [/^https:\/\/(app|[a-z0-9-]+)\.onelogin\.com\//, 'onelogin'],
  [/^https:\/\/(auth\.pingone\.[a-z.]+|[a-z0-9-]+\.pingone\.[a-z.]+)\//, 'pingone'],
  [/\/idp\/(SSO\.saml2|startSSO\.ping)$/, 'pingfederate'],
  [/^https:\/\/(sso\.)?jumpcloud\.com\//i, 'jumpcloud'],
  [/^https:\/\/[a-z0-9-]+\.sso\.duosecurity\.com\//, 'duo'],
  [/\/idp\/(shibboleth$|profile\/SAML2\/)/, 'shibboleth'],
  [/\/realms\/[^/]+(\/protocol\/saml)?$/, 'keycloak'],
  [/\/saml2\/idp\/(metadata|SSOService)\.php/, 'simplesamlphp'],
  [/\/saml\/singleSignOn$/, 'lemonldap-ng'],
]

/** Which product the identity provider is said to be, or seems to be; undefined where its addresses do not tell. */
export function productOf({ settings }: Pick<Connection, 'settings'>): string | undefined {
  if (settings.product !== undefined && settings.product !== 'generic') return settings.product
  const addresses = [settings.issuer, settings.thirdPartyAuthenticationUrl]
  return looks.find(([look]) => addresses.some((address) => look.test(address)))?.[1]
}

/** What is copied from us to them, and what from them to us; the first that their guide has counts. */
const toThem: Readonly<Record<string, readonly ValueKey[]>> = {
  audience: ['entityId'],
  destination: ['acsUrl'],
  'confirmation-recipient': ['acsUrl'],
  'request-open': ['acsUrl'],
  subject: ['nameIdFormat'],
  'user-id': ['userIdAttribute', 'nameIdFormat'],
  'user-email': ['emailAttribute'],
  'user-team': ['teamAttribute'],
  'user-sync': ['teamAttribute', 'roleAttribute'],
}
const toUs: Readonly<Record<string, BroughtField>> = {
  'signature-key': 'issuerCertificates',
  'certificate-current': 'issuerCertificates',
  'response-issuer': 'issuer',
  'assertion-issuer': 'issuer',
}
const ourLabels = { issuerCertificates: 'Issuer Certificate', issuer: 'Issuer' } as const

/** Undefined where the product is not known, or where nothing at it mends this. */
export function cureAt(connection: Connection, code: string, publicUrl: string): ProviderCure | undefined {
  const guide = findGuide(productOf(connection) ?? '')
  if (guide === undefined) return undefined
  const sentence = sentenceToThem(guide, connection, code, publicUrl) ?? sentenceToUs(guide, code)
  return sentence === undefined ? undefined : { product: guide.product, name: guide.name, sentence }
}

function sentenceToThem(guide: Guide, connection: Connection, code: string, publicUrl: string): string | undefined {
  const ours = valuesOf(connection, publicUrl)
  const wanted = Object.hasOwn(toThem, code) ? (toThem[code] ?? []) : []
  for (const key of wanted.filter((one) => ours[one] !== undefined)) {
    for (const { title, fields = [] } of guide.steps) {
      const field = fields.find(({ value }) => value === key)
      if (field !== undefined)
        return `In ${guide.name}, at “${title}”: “${field.theirLabel}” must be exactly ${ours[key]}`
    }
  }
  return undefined
}

function sentenceToUs(guide: Guide, code: string): string | undefined {
  const wanted = Object.hasOwn(toUs, code) ? toUs[code] : undefined
  if (wanted !== 'issuer' && wanted !== 'issuerCertificates') return undefined
  const brought = guide.steps.flatMap(({ brings = [] }) => brings).filter(({ field }) => field === wanted)
  const [first] = brought
  return first && `Copy “${first.theirLabel}” of ${guide.name} anew into ${ourLabels[wanted]} of the connection.`
}

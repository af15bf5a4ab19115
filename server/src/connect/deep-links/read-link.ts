import { isNearby } from '#connect/addresses.ts'
import { deepLinkProducts, findDeepLinkProduct } from '#connect/deep-links/deep-links.ts'
import { linkFindings } from '#connect/deep-links/link-findings.ts'
import { readLinkRelayState } from '#connect/deep-links/link-relay-state.ts'
import { isAt, type Match, matchForm } from '#connect/deep-links/match-form.ts'
import { awsEntityIdForm, type DeepLinkProduct } from '#connect/deep-links/product.ts'
import { type Finding, findingOf } from '#connect/finding.ts'
import type { RelayStateParts, RelayStateReading } from '#connect/relay-state.ts'

export type LinkReading = {
  /** By the form of the link; undefined where no product has such links. */
  readonly product: string | undefined
  readonly parts: readonly { readonly name: string; readonly value: string }[]
  /** That which the link carries. */
  readonly relayState: RelayStateReading | undefined
  readonly findings: readonly Finding[]
}

export type LinkCircumstances = {
  /** The product that was chosen. */
  readonly product?: string | null | undefined
  /** Of the instance. */
  readonly instanceUrl?: string | undefined
  /** What the settings ask RelayState to be. */
  readonly relayState?: RelayStateParts | undefined
  /** Our own. */
  readonly publicUrl?: string | undefined
}

export type Say = (code: keyof typeof linkFindings, values?: Readonly<Record<string, string>>) => void

const LONGEST = 4096

/** What a deep link says, and what is wrong with it. Takes anything that can be typed. */
export function readDeepLink(text: string, around: LinkCircumstances = {}): LinkReading {
  const findings: Finding[] = []
  const say: Say = (code, values) => void findings.push(findingOf(linkFindings, code, values))
  const chosen = findDeepLinkProduct(around.product)
  const nothing = { product: undefined, parts: [], relayState: undefined, findings }
  const address = addressIn(text, say)
  if (address === undefined) return nothing
  if (address.protocol !== 'https:' && !isNearby(address.hostname)) say('not-https')
  const parts = partsOf(address)
  if (isNoLink(address, around, say)) return { ...nothing, parts }
  const known = recognise(address, chosen)
  if (known === undefined) {
    sayUnknown(address, chosen, say)
    return { ...nothing, parts }
  }
  const { product, match } = known
  sayForm({ product, match, chosen, address }, say)
  findings.push(...ownFindings(product, match, address))
  const relayState = readLinkRelayState({ address, product, match, wanted: around.relayState }, say)
  findings.push(...(relayState?.findings ?? []))
  return { product: product.product, parts: partsOf(address, match), relayState, findings }
}

function addressIn(text: string, say: Say): URL | undefined {
  if (text.length > LONGEST) return void say('too-long')
  const bare = text.replaceAll(/[\s"'“”„«»<>\u200b\ufeff]/g, '')
  if (bare !== text) say('space-or-quotes')
  if (bare === '') return void say('empty')
  const address = URL.parse(bare)
  if (address !== null && /^https?:$/.test(address.protocol)) return address
  return void say('not-an-address', { found: bare })
}

/** Addresses that people take for the link. */
function isNoLink(address: URL, { instanceUrl, publicUrl }: LinkCircumstances, say: Say): boolean {
  const code = takenForLink(address, instanceUrl, publicUrl)
  if (code !== undefined) say(code)
  return code !== undefined
}

function takenForLink(
  address: URL,
  instanceUrl: string | undefined,
  publicUrl: string | undefined,
): keyof typeof linkFindings | undefined {
  const { hostname, pathname, origin, searchParams } = address
  const atConsole = /(^|\.)console\.(aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)$/.test(hostname)
  if (atConsole) return pathname.startsWith('/connect/federate/') ? 'is-relay-state' : 'aws-console'
  if (/(^|\.)signin\.(aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)$/.test(hostname))
    return pathname.startsWith('/static/') ? 'address-of-metadata' : 'address-of-aws-sign-in'
  if (/\.my\.connect\.aws$/.test(hostname) || (/\.awsapps\.com$/.test(hostname) && /^\/connect(\/|$)/.test(pathname)))
    return 'address-of-instance'
  // An instance to try with has the identity provider at the same origin.
  if (origin === instanceUrl && /^\/(login|logout|ccp-v2|connect)(\/|$)/.test(pathname)) return 'address-of-instance'
  if (publicUrl !== undefined && origin === new URL(publicUrl).origin) return 'own-address'
  if (searchParams.has('SAMLRequest')) return 'carries-request'
  return /metadata(\.xml)?(\/|$)|\.xml$|\/descriptor$/i.test(pathname) ? 'address-of-metadata' : undefined
}

type Known = { readonly product: DeepLinkProduct; readonly match: Match }

function recognise(address: URL, chosen: DeepLinkProduct | undefined): Known | undefined {
  for (const product of chosen === undefined ? deepLinkProducts : [chosen, ...deepLinkProducts]) {
    const match = matchForm(product, address)
    if (match !== undefined) return { product, match }
  }
  const match = chosen && matchForm(chosen, address, true)
  return match && { product: chosen, match }
}

function sayUnknown(address: URL, chosen: DeepLinkProduct | undefined, say: Say): void {
  const mistaken = mistakenPage(address, chosen)
  const form = chosen?.link.forms[0]
  if (mistaken !== undefined) {
    const { name, link } = mistaken.product
    say(mistaken.code, { found: address.hostname, name, where: link.where })
  } else if (chosen === undefined || form === undefined) say('unknown-identity-provider')
  else say('form-unknown', { name: chosen.name, expected: form.shown, where: chosen.link.where })
}

/** A page of a product that is not the link. */
function mistakenPage(address: URL, chosen: DeepLinkProduct | undefined) {
  for (const product of chosen === undefined ? deepLinkProducts : [chosen, ...deepLinkProducts]) {
    if (isAt(product.adminPages, address)) return { product, code: 'page-for-administrators' } as const
    if (isAt(product.homePages, address)) return { product, code: 'home-of-identity-provider' } as const
    if (isAt(product.endpoints, address)) return { product, code: 'endpoint-for-requests' } as const
  }
  return undefined
}

type Recognised = Known & { readonly chosen: DeepLinkProduct | undefined; readonly address: URL }

function sayForm({ product, match, chosen, address }: Recognised, say: Say): void {
  const { name } = product
  if (chosen !== undefined && chosen !== product && chosen.product !== 'generic')
    say('other-product', { found: name, name: chosen.name })
  if (match.foreignHost) say('custom-domain', { found: address.hostname, name })
  for (const expected of match.form.parameters ?? []) sayParameter(expected, { product, match, address }, say)
  const entityId = address.searchParams.get(match.form.parameters?.at(-1) ?? '')
  if (match.form.namesAws && entityId && !awsEntityIdForm.test(entityId))
    say('other-service-provider', { found: entityId })
  const asks = [...address.searchParams].find(([key, value]) => /^forceauthn?$/i.test(key) && value === 'true')
  if (asks !== undefined) say('asks-again', { found: name, parameter: asks.join('=') })
}

function sayParameter(
  expected: string,
  { product, match, address }: Known & { readonly address: URL },
  say: Say,
): void {
  if (address.searchParams.get(expected)) return
  const found = [...address.searchParams.keys()].find((key) => key.toLowerCase() === expected.toLowerCase())
  const { name } = product
  if (found !== undefined && found !== expected) say('parameter-case', { found, expected, name })
  else say('parameter-missing', { found: expected, name, expected: match.form.shown })
}

function ownFindings({ judge }: DeepLinkProduct, { form }: Match, address: URL): readonly Finding[] {
  const own = [...(form.finding === undefined ? [] : [form.finding]), ...(judge?.(address) ?? [])]
  return own.map(({ code, row }) => findingOf({ [code]: row }, code))
}

function partsOf(address: URL, match?: Match): LinkReading['parts'] {
  const groups = Object.entries(match?.groups ?? {}).flatMap(([name, value]) => (value ? [{ name, value }] : []))
  const parameters = [...address.searchParams].map(([name, value]) => ({ name, value }))
  return [{ name: 'host', value: address.host }, ...groups, ...parameters]
}

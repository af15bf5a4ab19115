import type { Match } from '#connect/deep-links/match-form.ts'
import type { DeepLinkProduct } from '#connect/deep-links/product.ts'
import type { Say } from '#connect/deep-links/read-link.ts'
import { type RelayStateParts, type RelayStateReading, readRelayState } from '#connect/relay-state.ts'

type LinkOfProduct = {
  readonly address: URL
  readonly product: DeepLinkProduct
  readonly match: Match
  readonly wanted: RelayStateParts | undefined
}

/** The RelayState as the identity provider would send it on; undefined where the link has none. */
export function readLinkRelayState(link: LinkOfProduct, say: Say): RelayStateReading | undefined {
  const { address, product, match, wanted } = link
  const { name, relayState: how } = product
  const carried = carriedIn(link)
  if (carried === undefined) return void sayAbsent(product, say)
  if (how.parameter === undefined || match.form.ignoresRelayState === true)
    say('relay-state-ignored', { name, field: how.field })
  else if (how.unconfirmed === true) say('relay-state-unconfirmed', { name, field: how.field })
  if (address.searchParams.getAll(carried.parameter).length > 1) say('relay-state-twice')
  if (new RegExp(`[?&]${carried.parameter}=https?://`, 'i').test(address.search)) sayRaw(address, say)
  const read = readRelayState(carried.value, wanted)
  const findings = read.findings.filter(({ code }) => !code.startsWith('encoded-whole'))
  // Decoded as the identity provider decodes it, it must be an address.
  if (findings.length < read.findings.length) say('relay-state-encoded-twice')
  return { ...read, findings }
}

function carriedIn({
  address,
  product,
}: LinkOfProduct): { readonly parameter: string; readonly value: string } | undefined {
  const { parameter, alsoParameter, nested } = product.relayState
  for (const name of [parameter, alsoParameter, 'RelayState']) {
    const value = name === undefined ? null : address.searchParams.get(name)
    if (name === undefined || value === null || value === '') continue
    const inner = nested === true ? new URLSearchParams(value).get('RelayState') : value
    return inner === null ? undefined : { parameter: name, value: inner }
  }
  return undefined
}

function sayAbsent({ name, relayState }: DeepLinkProduct, say: Say): void {
  if (relayState.onlyOnLink === true) say('relay-state-missing', { name })
  else say('relay-state-elsewhere', { name, field: relayState.field })
}

function sayRaw(address: URL, say: Say): void {
  const torn = ['new_domain', 'VDIPlatform', 'destination'].find((name) => address.searchParams.has(name))
  if (torn === undefined) say('relay-state-raw')
  else say('relay-state-torn', { found: torn })
}

import { relyingPartyOf } from '#connect/deep-links/ad-fs.ts'
import { findDeepLinkProduct } from '#connect/deep-links/deep-links.ts'
import { matchForm } from '#connect/deep-links/match-form.ts'
import { awsEntityIds, type DeepLinkProduct } from '#connect/deep-links/product.ts'

export type LinkWithRelayState = {
  /** Null where the link does not carry it. */
  readonly link: string | null
  /** What to do with it, or where RelayState is entered instead. */
  readonly note: string
}

/** The link with the RelayState in it, for products that take it from there. */
export function encodedForLink(
  product: string | null | undefined,
  deepLink: string | null | undefined,
  relayState: string,
): LinkWithRelayState {
  const found = findDeepLinkProduct(product)
  const { name, relayState: how } = found ?? findDeepLinkProduct('generic')!
  const { parameter, field } = how
  if (found === undefined || parameter === undefined)
    return { link: null, note: `Enter it at ${named(name)}: ${field}` }
  if (deepLink == null) return { link: null, note: `With the deep link of ${name}, the link is built here. ${field}` }
  const address = URL.parse(deepLink.trim())
  if (address === null || !/^https?:$/.test(address.protocol))
    return { link: null, note: 'The deep link is not an address.' }
  if (matchForm(found, address)?.form.ignoresRelayState === true)
    return { link: null, note: `This form of link does not carry it. Enter it at ${name}: ${field}` }
  const link = how.nested === true ? nested(address, relayState) : withParameter(address, found, relayState)
  const unconfirmed =
    how.unconfirmed === true ? ` ${name} does not document this: where it does not work, use ${field}` : ''
  const switchedOn = how.nested === true ? ` ${field}` : ''
  return { link, note: `Paste this link as Amazon Connect Single Sign-On URL.${unconfirmed}${switchedOn}` }
}

function named(name: string): string {
  return name === 'Another identity provider' ? 'the identity provider' : name
}

/** Everything else of the link stays as it was typed. */
function withParameter(address: URL, { relayState }: DeepLinkProduct, value: string): string {
  const names = [relayState.parameter, relayState.alsoParameter]
  const kept = address.search
    .slice(1)
    .split('&')
    .filter((piece) => piece !== '' && !names.includes(piece.split('=')[0]))
  const query = [...kept, `${relayState.parameter}=${encodeURIComponent(value)}`].join('&')
  return `${address.origin}${address.pathname}?${query}${address.hash}`
}

/** @see https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/jj127245(v=ws.10) AD FS reads it encoded thrice over */
function nested(address: URL, value: string): string {
  const party = encodeURIComponent(relyingPartyOf(address) ?? awsEntityIds[0])
  const inner = `RPID=${party}&RelayState=${encodeURIComponent(value)}`
  return `${address.origin}${address.pathname}?RelayState=${encodeURIComponent(inner)}`
}

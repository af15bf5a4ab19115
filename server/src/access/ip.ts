// Addresses and ranges of them, as numbers. An IPv4 address in the clothes of IPv6 (RFC 4291 2.5.5.2) is compared as what
// it is, so that nobody comes in, or is kept out, by how a proxy writes an address.

import { isIPv4, isIPv6 } from 'node:net'

export type Address = { readonly bits: 32 | 128; readonly value: bigint }
export type Range = { readonly bits: 32 | 128; readonly first: bigint; readonly prefix: number }

const MAPPED = 0xffffn << 32n

export function readAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { bits: 32, value: fromGroups(text.split('.').map(Number), 8n) }
  const [plain = ''] = text.split('%')
  if (!isIPv6(plain)) return undefined
  const value = fromGroups(groupsOf(plain), 16n)
  return value >> 32n === MAPPED >> 32n ? { bits: 32, value: value & 0xffff_ffffn } : { bits: 128, value }
}

export function writeAddress({ bits, value }: Address): string {
  if (bits === 32) return groups(value, { count: 4, width: 8n }).join('.')
  const text = groups(value, { count: 8, width: 16n }).map((group) => group.toString(16))
  // RFC 5952: the longest run of zeros is left out. A URL writes it so.
  return new URL(`http://[${text.join(':')}]`).hostname.slice(1, -1)
}

export type RangeRead = { readonly range: Range } | { readonly problem: string }

/** A CIDR range (RFC 4632 3.1, RFC 4291 2.3), or one address. */
export function readRange(text: string): RangeRead {
  const [written = '', length, ...rest] = text.split('/')
  const address = written.includes('%') ? undefined : readAddress(written)
  if (address === undefined || rest.length > 0) return { problem: unreadable }
  const mapped = address.bits === 32 && isIPv6(written)
  const most = mapped ? 128 : address.bits
  if (length !== undefined && !/^(0|[1-9]\d{0,2})$/.test(length)) return { problem: unreadable }
  const given = length === undefined ? most : Number(length)
  if (given > most || (mapped && given < 96))
    return { problem: `must have a length from ${mapped ? 96 : 0} to ${most} behind the slash` }
  const prefix = mapped ? given - 96 : given
  const behind = BigInt(address.bits - prefix)
  const first = (address.value >> behind) << behind
  const range = { bits: address.bits, first, prefix }
  if (first === address.value) return { range }
  return { problem: `has bits behind its length; the range is ${writeRange(range)}, the one address ${written}` }
}

const unreadable = 'must be a range like 203.0.113.0/24 or 2001:db8::/32, or one address'

export function writeRange({ bits, first, prefix }: Range): string {
  return `${writeAddress({ bits, value: first })}/${prefix}`
}

export function isIn({ bits, value }: Address, range: Range): boolean {
  const rest = BigInt(range.bits - range.prefix)
  return bits === range.bits && value >> rest === range.first >> rest
}

/** `text` is an IPv6 address. */
function groupsOf(text: string): readonly number[] {
  const dotted = text.lastIndexOf('.') === -1 ? undefined : text.slice(text.lastIndexOf(':') + 1)
  const [a = 0, b = 0, c = 0, d = 0] = dotted?.split('.').map(Number) ?? []
  const tail = dotted === undefined ? [] : [a * 256 + b, c * 256 + d]
  const hex = dotted === undefined ? text : text.slice(0, -dotted.length).replace(/([^:]):$/, '$1')
  const [left = '', right] = hex.split('::')
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const before = numbers(left)
  const behind = [...numbers(right ?? ''), ...tail]
  const zeros = right === undefined ? 0 : 8 - before.length - behind.length
  return [...before, ...Array<number>(zeros).fill(0), ...behind]
}

function fromGroups(parts: readonly number[], width: bigint): bigint {
  return parts.reduce((value, part) => (value << width) | BigInt(part), 0n)
}

function groups(value: bigint, { count, width }: { readonly count: number; readonly width: bigint }): number[] {
  const mask = (1n << width) - 1n
  return Array.from({ length: count }, (_, nth) => Number((value >> (width * BigInt(count - 1 - nth))) & mask))
}

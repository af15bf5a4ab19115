// Qualified names (Namespaces in XML 1.0 §4), checked and split once each, and the rules for declaring prefixes.

import { namespaces } from '../uris.ts'
import { isNcName } from './characters.ts'

export type QualifiedName = {
  readonly name: string
  readonly prefix: string
  readonly local: string
  /** The end tag of an element of this name. */
  readonly endTag: string
  /** Names of ASCII characters sort by code unit as they do by code point. */
  readonly ascii: boolean
}

// SAML messages use the same few names again and again. Those that have been checked are kept in slots by length and outer
// letters, so that finding one again is a comparison with the source: no text is cut out, no hash is made. A name that
// meets a taken slot takes it over; what is kept stays bounded whoever chooses the names.
const SLOTS = 2048
const kept: (QualifiedName | undefined)[] = new Array<QualifiedName | undefined>(SLOTS).fill(undefined)

/** The parts of the name that stands in `source` from `start` to `end`, or undefined where that is none. */
export function qualifiedName(source: string, start: number, end: number): QualifiedName | undefined {
  const length = end - start
  const middle = source.charCodeAt(start + (length >> 1))
  const outer = source.charCodeAt(start) * 31 + source.charCodeAt(end - 1)
  const slot = (length * 461 + outer * 17 + middle * 7 + source.charCodeAt(end - 2) * 3) & (SLOTS - 1)
  const found = kept[slot]
  if (found !== undefined && found.name.length === length && source.startsWith(found.name, start)) return found
  const made = split(source.slice(start, end))
  if (made !== undefined && length <= 64) kept[slot] = made
  return made
}

function split(name: string): QualifiedName | undefined {
  const colon = name.indexOf(':')
  const prefix = colon === -1 ? '' : name.slice(0, colon)
  const local = colon === -1 ? name : name.slice(colon + 1)
  if (!isNcName(local) || (colon !== -1 && !isNcName(prefix))) return undefined
  const parts = { name, prefix: internalized(prefix), local: internalized(local) }
  return Object.freeze({ ...parts, endTag: `</${name}>`, ascii: /^[ -~]*$/.test(name) })
}

/**
 * The same text as the one string that the engine keeps for it, as it keeps literals: comparing two of those is comparing
 * two addresses. Property names are kept so.
 */
function internalized(text: string): string {
  return Object.keys({ [text]: true })[0] as string
}

const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:/

// The namespaces of SAML and its neighbours, by length: a declaration of one of them is sound, and its URI is taken from
// here, so that comparing namespaces later is comparing addresses.
const usual = new Map<number, string[]>()
for (const uri of [...Object.values(namespaces), 'http://www.w3.org/2001/XMLSchema']) {
  if (uri === namespaces.xml || uri === namespaces.xmlns) continue
  usual.set(uri.length, [...(usual.get(uri.length) ?? []), uri])
}

/** The usual namespace that this is, or undefined. */
export function usualNamespace(uri: string): string | undefined {
  const candidates = usual.get(uri.length)
  if (candidates === undefined) return undefined
  for (const candidate of candidates) if (candidate === uri) return candidate
  return undefined
}

/** Why a prefix must not be declared so; undefined where it may (§3 reserved prefixes, §5 no undeclaring). */
export function declarationFault(prefix: string, uri: string): string | undefined {
  if (prefix === 'xmlns' || uri === namespaces.xmlns) return 'xmlns cannot be declared'
  if ((prefix === 'xml') !== (uri === namespaces.xml)) return 'xml cannot be bound to another namespace'
  if (prefix !== '' && uri === '') return `the prefix ${prefix} is undeclared`
  // C14N 1.0 §1.3 fails on relative namespace URIs; what cannot be canonicalized is never accepted.
  if (uri !== '' && !absolute.test(uri)) return `the namespace ${JSON.stringify(uri)} is relative`
  return undefined
}

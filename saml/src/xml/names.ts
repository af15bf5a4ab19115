// Qualified names (Namespaces in XML 1.0 §4), checked and split once each, and the rules for declaring prefixes.

import { namespaces } from '../uris.ts'
import { isNcName } from './characters.ts'

export type QualifiedName = {
  readonly name: string
  readonly prefix: string
  readonly local: string
  /** The prefix that an attribute of this name declares, '' for the default namespace; undefined for other attributes. */
  readonly declares: string | undefined
  /** The end tag of an element of this name. */
  readonly endTag: string
  /** Names of ASCII characters sort by code unit as they do by code point. */
  readonly ascii: boolean
  /** Where it is kept, or was: a guess that is read from there is compared with the source. */
  slot: number
  /** The slot of the name that was read after this one last time in the same tag. */
  nextInTag: number
  /** For the name of an element, the slot of that of the element after it. */
  nextElement: number
}

// SAML messages use the same few names again and again. Those that have been checked are kept in slots by length and a few
// letters, two to a pair, so that finding one again is a comparison with the source: no text is kept, no hash is made. A
// name that finds both taken takes the place of the older one; what is kept stays bounded whoever chooses the names.
const SLOTS = 2048
const NOWHERE = SLOTS
const kept: (QualifiedName | undefined)[] = new Array<QualifiedName | undefined>(SLOTS + 1).fill(undefined)

/** What is kept in a slot. */
export function nameIn(slot: number): QualifiedName | undefined {
  return kept[slot]
}

/** The parts of the name that stands in `source` from `start` to `end`, or undefined where that is none. */
export function qualifiedName(source: string, start: number, end: number): QualifiedName | undefined {
  const first = slotOf(source, start, end)
  const text = source.slice(start, end)
  const older = kept[first]
  if (older !== undefined && older.name === text) return older
  const newer = kept[first + 1]
  if (newer !== undefined && newer.name === text) return newer
  const made = split(text)
  if (made !== undefined && text.length <= 64) {
    if (newer !== undefined) keep(newer, first)
    keep(made, first + 1)
  }
  return made
}

function keep(name: QualifiedName, slot: number): void {
  kept[slot] = name
  name.slot = slot
}

/** An even number: the first of a pair of slots. */
function slotOf(source: string, start: number, end: number): number {
  const middle = source.charCodeAt(start + ((end - start) >> 1))
  const outer = source.charCodeAt(start) * 31 + source.charCodeAt(end - 1)
  return ((end - start) * 461 + outer * 17 + middle * 7 + source.charCodeAt(end - 2) * 3) & (SLOTS - 2)
}

const notKept = { slot: NOWHERE, nextInTag: NOWHERE, nextElement: NOWHERE }

function split(name: string): QualifiedName | undefined {
  const colon = name.indexOf(':')
  const prefix = colon === -1 ? '' : name.slice(0, colon)
  const local = colon === -1 ? name : name.slice(colon + 1)
  if (!isNcName(local) || (colon !== -1 && !isNcName(prefix))) return undefined
  const parts = { name, prefix: internalized(prefix), local: internalized(local) }
  const declares = name === 'xmlns' ? '' : prefix === 'xmlns' ? local : undefined
  return { ...parts, declares, endTag: `</${name}>`, ascii: /^[ -~]*$/.test(name), ...notKept }
}

/** What comes before the first name of a document. */
export const noName: QualifiedName = {
  name: '',
  prefix: '',
  local: '',
  declares: undefined,
  endTag: '',
  ascii: true,
  ...notKept,
}

/**
 * The same text as the one string that the engine keeps for it, as it keeps literals: comparing two of those is comparing
 * two addresses. Property names are kept so.
 */
function internalized(text: string): string {
  return Object.keys({ [text]: true })[0] as string
}

// RFC 3986 §2, §4.3: an absolute URI, of the characters that URIs have.
const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/

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
  if (uri !== '' && !absolute.test(uri)) return `the namespace ${JSON.stringify(uri)} is no absolute URI`
  return undefined
}

// Qualified names (Namespaces in XML 1.0 §4), checked and split once each, and the rules for declaring prefixes.

import { namespaces } from '../uris.ts'
import { isNcName } from './characters.ts'

export type QualifiedName = { readonly name: string; readonly prefix: string; readonly local: string }

// SAML messages use the same few names again and again. What has been checked is kept, up to a bound, so that nobody can
// fill the memory with names: beyond it names are checked each time.
const known = new Map<string, QualifiedName>()
const KEPT = 2000

/** The parts of a name, or undefined where it is none. */
export function qualifiedName(name: string): QualifiedName | undefined {
  const found = known.get(name)
  if (found !== undefined) return found
  const colon = name.indexOf(':')
  const prefix = colon === -1 ? '' : name.slice(0, colon)
  const local = colon === -1 ? name : name.slice(colon + 1)
  if (!isNcName(local) || (colon !== -1 && !isNcName(prefix))) return undefined
  const made = Object.freeze({ name, prefix, local })
  if (known.size < KEPT && name.length <= 64) known.set(name, made)
  return made
}

const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:/

/** Why a prefix must not be declared so; undefined where it may (§3 reserved prefixes, §5 no undeclaring). */
export function declarationFault(prefix: string, uri: string): string | undefined {
  if (prefix === 'xmlns' || uri === namespaces.xmlns) return 'xmlns cannot be declared'
  if ((prefix === 'xml') !== (uri === namespaces.xml)) return 'xml cannot be bound to another namespace'
  if (prefix !== '' && uri === '') return `the prefix ${prefix} is undeclared`
  // C14N 1.0 §1.3 fails on relative namespace URIs; what cannot be canonicalized is never accepted.
  if (uri !== '' && !absolute.test(uri)) return `the namespace ${JSON.stringify(uri)} is relative`
  return undefined
}

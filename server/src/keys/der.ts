// ASN.1 as key files hold it, read defensively: whatever is not there, is of another kind or is too deep is refused.

import forge from 'node-forge'
import { KeyRefused } from '#keys/refusal.ts'

export type Node = forge.asn1.Asn1

/** A PKCS#12 file is nested a dozen levels; more is no key file. */
const DEEPEST = 32

/** @param what the thing that these bytes are to be, for the sentence */
export function readDer(bytes: Uint8Array, what: string): Node {
  try {
    // The types of the package do not know its options yet.
    const options = { strict: true, parseAllBytes: true, decodeBitStrings: false, maxDepth: DEEPEST } as never
    return forge.asn1.fromDer(Buffer.from(bytes).toString('latin1'), options)
  } catch {
    throw unreadable(what)
  }
}

/** What a SEQUENCE, a SET or a tagged value holds. */
export function parts(node: Node | undefined, what: string): readonly Node[] {
  if (node === undefined || !Array.isArray(node.value)) throw unreadable(what)
  return node.value
}

/** An OCTET STRING; in BER it may come in pieces (X.690 section 8.7.3). */
export function octets(node: Node | undefined, what: string): Buffer {
  if (node === undefined) throw unreadable(what)
  if (Array.isArray(node.value)) return Buffer.concat(node.value.map((piece) => octets(piece, what)))
  return Buffer.from(node.value, 'latin1')
}

export function oid(node: Node | undefined, what: string): string {
  if (node?.type !== forge.asn1.Type.OID || typeof node.value !== 'string') throw unreadable(what)
  try {
    return forge.asn1.derToOid(node.value)
  } catch {
    throw unreadable(what)
  }
}

/** Infinity for a number that is larger than anything that is counted. */
export function integer(node: Node | undefined, what: string): number {
  if (node?.type !== forge.asn1.Type.INTEGER || typeof node.value !== 'string' || node.value === '')
    throw unreadable(what)
  const bytes = Buffer.from(node.value, 'latin1')
  const first = bytes.findIndex((byte) => byte !== 0)
  if (first === -1) return 0
  if (bytes.length - first > 6) return Number.POSITIVE_INFINITY
  // Negative ones are no count of anything.
  return (bytes[0] ?? 0) > 0x7f ? 0 : bytes.readUIntBE(first, bytes.length - first)
}

export function unreadable(what: string): KeyRefused {
  return new KeyRefused('key-file-unreadable', `${what} cannot be read`)
}

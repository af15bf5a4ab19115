// Signs a mutant anew as it stands, with its own algorithms and prefix lists, so that a verifier can refuse nothing but the
// change itself. Canonical forms come from plain.ts: not what is verified with.

import { createHash, type KeyObject, sign } from 'node:crypto'
import { canonicalizePlainly } from '../src/c14n/plain.ts'
import { digestAlgorithm, signatureAlgorithm } from '../src/signature/algorithms.ts'
import { namespaces } from '../src/uris.ts'
import { readXml } from '../src/xml/read.ts'
import { attributeOf, childElements, childrenNamed, type XmlElement } from '../src/xml/tree.ts'
import { XmlError } from '../src/xml/xml-error.ts'
import { splice } from './markup.ts'

export type Part = 'Assertion' | 'Response'

/** The element whose signature is meant: the root, or the first assertion in it. */
export function partOf(root: XmlElement, part: Part): XmlElement | undefined {
  return part === 'Response' ? root : childrenNamed(root, namespaces.assertion, 'Assertion')[0]
}

/** The document with its signatures made anew, the inner one first; as it is, where it cannot be read or lacks a part. */
export function resign(xml: string, parts: readonly Part[], key: KeyObject): string {
  try {
    let signed = xml
    for (const part of parts) signed = withSignature(withDigest(signed, part), part, key)
    return signed
  } catch (error) {
    if (error instanceof XmlError) return xml
    throw error
  }
}

function withDigest(xml: string, part: Part): string {
  const found = find(xml, part)
  const reference = found && ds(found.info, 'Reference')
  const value = reference && ds(reference, 'DigestValue')
  if (found === undefined || reference === undefined || value === undefined) return xml
  const transforms = ds(reference, 'Transforms')
  const last = transforms && childElements(transforms).at(-1)
  const method = ds(reference, 'DigestMethod')
  const { hash } = digestAlgorithm((method && attributeOf(method, 'Algorithm')) ?? '') ?? { hash: 'sha256' }
  const canonical = canonicalizePlainly(found.target, { omit: found.signature, inclusivePrefixes: prefixesOf(last) })
  return withText(xml, value, createHash(hash).update(canonical).digest('base64'))
}

function withSignature(xml: string, part: Part, key: KeyObject): string {
  const found = find(xml, part)
  const value = found && ds(found.signature, 'SignatureValue')
  if (found === undefined || value === undefined) return xml
  const method = ds(found.info, 'SignatureMethod')
  const { hash } = signatureAlgorithm((method && attributeOf(method, 'Algorithm')) ?? '') ?? { hash: 'sha256' }
  const inclusivePrefixes = prefixesOf(ds(found.info, 'CanonicalizationMethod'))
  const canonical = Buffer.from(canonicalizePlainly(found.info, { inclusivePrefixes }), 'utf8')
  return withText(xml, value, sign(hash, canonical, { key, dsaEncoding: 'ieee-p1363' }).toString('base64'))
}

function find(xml: string, part: Part) {
  const target = partOf(readXml(xml), part)
  const signature = target && ds(target, 'Signature')
  const info = signature && ds(signature, 'SignedInfo')
  return target === undefined || signature === undefined || info === undefined ? undefined : { target, signature, info }
}

function ds(element: XmlElement, local: string): XmlElement | undefined {
  return childrenNamed(element, namespaces.signature, local)[0]
}

function prefixesOf(method: XmlElement | undefined): string[] {
  const list = method && childrenNamed(method, namespaces.exclusiveC14n, 'InclusiveNamespaces')[0]
  const names = ((list && attributeOf(list, 'PrefixList')) ?? '').split(/[\t\n\r ]+/).filter((name) => name !== '')
  return names.map((name) => (name === '#default' ? '' : name))
}

function withText(xml: string, element: XmlElement, text: string): string {
  // An empty-element tag has no room for a text.
  if (element.contentStart === element.end) return xml
  return splice(xml, element.contentStart, xml.lastIndexOf('<', element.end - 1), text)
}

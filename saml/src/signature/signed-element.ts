// The proof that an element was covered by a signature that verified. Values are read only from such an element: a
// reader that takes a SignedElement cannot be handed anything else, neither by its type nor at run time.

import type { XmlElement } from '../xml/tree.ts'

declare const brand: unique symbol

export type SignedElement = { readonly [brand]: 'signed' }

const proven = new WeakMap<SignedElement, XmlElement>()

/** Only for verify.ts, which has just verified the signature over `element`. */
export function markSigned(element: XmlElement): SignedElement {
  const signed = Object.freeze({}) as SignedElement
  proven.set(signed, element)
  return signed
}

/** The very element that was digested. Throws for anything that `markSigned` did not make. */
export function signedElement(signed: SignedElement): XmlElement {
  const element = proven.get(signed)
  if (element === undefined) throw new TypeError('not a verified element')
  return element
}

/** A child of a signed element is signed too: the digest is over the whole subtree. */
export function signedChild(signed: SignedElement, child: XmlElement): SignedElement {
  if (child.parent !== signedElement(signed)) throw new TypeError('not a child of the verified element')
  return markSigned(child)
}

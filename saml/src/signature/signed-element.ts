// The proof that an element was covered by a signature that verified. Values are read only from such an element: a
// reader that takes a SignedElement cannot be handed anything else, neither by its type nor at run time.

import type { XmlElement } from '../xml/tree.ts'

declare const brand: unique symbol

export type SignedElement = { readonly [brand]: 'signed' }

// A private field is the proof: nothing outside this class can give one to an object, and no object without it gets
// past `in`. (A WeakSet would do the same, but the garbage collector pays for it with every message.)
class Proof {
  readonly #element: XmlElement

  constructor(element: XmlElement) {
    this.#element = element
  }

  static elementOf(signed: unknown): XmlElement | undefined {
    return typeof signed === 'object' && signed !== null && #element in signed ? signed.#element : undefined
  }
}

/** Only for verify.ts, which has just verified the signature over `element`. */
export function markSigned(element: XmlElement): SignedElement {
  return Object.freeze(new Proof(element)) as unknown as SignedElement
}

/** The very element that was digested. Throws for anything that `markSigned` did not make. */
export function signedElement(signed: SignedElement): XmlElement {
  const element = Proof.elementOf(signed)
  if (element === undefined) throw new TypeError('not a verified element')
  return element
}

/** A child of a signed element is signed too: the digest is over the whole subtree. */
export function signedChild(signed: SignedElement, child: XmlElement): SignedElement {
  if (child.parent !== signedElement(signed)) throw new TypeError('not a child of the verified element')
  return markSigned(child)
}

/** The same signed content in another shape, for encryption/open-parts.ts, which puts in what signed ciphertext held. */
export function deriveSigned(from: SignedElement, element: XmlElement): SignedElement {
  signedElement(from)
  return markSigned(element)
}

// Opens what is encrypted inside an assertion that a signature covers: EncryptedID and EncryptedAttribute (Core 2.2.4,
// 2.7.3.2). The ciphertext was signed, so what comes out of it is the signer's; the tree that was verified stays as it is,
// and a copy holds the decrypted parts.

import { modelOf } from '../messages/content-model.ts'
import { structureFaults } from '../messages/structure.ts'
import { deriveSigned, type SignedElement, signedElement } from '../signature/signed-element.ts'
import { namespaces } from '../uris.ts'
import { isNamed, type XmlElement } from '../xml/tree.ts'
import { type DecryptionOptions, decrypt } from './decrypt.ts'

export type Opened = { readonly assertion: SignedElement } | { readonly failure: string }

/** The assertion with its encrypted parts in clear, or itself where it has none. */
export function openParts(assertion: SignedElement, options: DecryptionOptions): Opened {
  const element = signedElement(assertion)
  if (!holdsEncrypted(element)) return { assertion }
  const failures: string[] = []
  const children = element.children.map((child) => {
    if (typeof child === 'string') return child
    if (isNamed(child, namespaces.assertion, 'Subject')) return withOpened(child, 'EncryptedID', 'NameID')
    if (isNamed(child, namespaces.assertion, 'AttributeStatement')) {
      return withOpened(child, 'EncryptedAttribute', 'Attribute')
    }
    return child
  })
  const [failure] = failures
  if (failure !== undefined) return { failure }
  return { assertion: deriveSigned(assertion, { ...element, children }) }

  function withOpened(parent: XmlElement, encrypted: string, wanted: string): XmlElement {
    const opened = parent.children.map((child) =>
      typeof child !== 'string' && isNamed(child, namespaces.assertion, encrypted) ? open(child, wanted) : child,
    )
    return { ...parent, children: opened }
  }

  function open(part: XmlElement, wanted: string): XmlElement {
    const decrypted = decrypt(part, options)
    if ('failure' in decrypted) {
      failures.push(`${part.local}: ${decrypted.reason}`)
      return part
    }
    const { element: inner } = decrypted
    const fit = modelOf(inner.namespace, inner.local)?.name === `saml:${wanted}` && structureFaults(inner).length === 0
    if (!fit) failures.push(`${part.local}: what it holds is not a sound ${wanted}`)
    return inner
  }
}

function holdsEncrypted(assertion: XmlElement): boolean {
  for (const part of assertion.children) {
    if (typeof part === 'string' || (part.local !== 'Subject' && part.local !== 'AttributeStatement')) continue
    for (const child of part.children) {
      if (typeof child !== 'string' && (child.local === 'EncryptedID' || child.local === 'EncryptedAttribute'))
        return true
    }
  }
  return false
}

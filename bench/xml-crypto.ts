// xml-crypto, with the parser that it brings along: all that the libraries of this ecosystem do with a signature, and no
// more. Nothing here knows SAML.

import { createRequire } from 'node:module'
import { SignedXml } from 'xml-crypto'

type Parser = { readonly DOMParser: new () => { parseFromString(xml: string, type: string): Document } }

const { DOMParser } = createRequire(import.meta.resolve('xml-crypto'))('@xmldom/xmldom') as Parser

export function parseXml(xml: string): Document {
  return new DOMParser().parseFromString(xml, 'text/xml')
}

/** The canonical form of what each Signature covers, in document order; throws where one does not verify. */
export function verifyAll(xml: string, certificatePem: string): readonly string[] {
  const signatures = Array.from(parseXml(xml).getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature'))
  if (signatures.length === 0) throw new Error('no Signature')
  return signatures.map((signature) => {
    const signed = new SignedXml({ publicCert: certificatePem })
    signed.loadSignature(signature)
    const [canonical] = signed.checkSignature(xml) ? signed.getSignedReferences() : []
    if (canonical === undefined) throw new Error('a Signature that does not verify')
    return canonical
  })
}

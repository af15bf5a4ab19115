// Signs an element of a message with an enveloped signature (Core 5.4).

import { sign as cryptoSign, hash } from 'node:crypto'
import { canonicalize } from '../c14n/exclusive.ts'
import { parseCertificates } from '../certificates/certificate.ts'
import { namespaces } from '../uris.ts'
import { readXml } from '../xml/read.ts'
import { attributeOf, childElements, isNamed, walk, type XmlElement } from '../xml/tree.ts'
import { element, type Markup } from '../xml/write.ts'
import { digestUri, type Signer, signatureAlgorithm, signatureUri, transformUri } from './algorithms.ts'

/**
 * Puts a signature into the element of `xml` whose ID is `id`, after its Issuer, where the schemas want it (Core 3.2.1, 2.3.3).
 * To sign an assertion and the response around it, sign the assertion first. Throws where no element or several have that ID.
 */
export function signXml(xml: string, options: { readonly id: string; readonly signer: Signer }): string {
  const target = findById(readXml(xml), options.id)
  const digest = hash('sha256', canonicalize(target), 'base64')
  const signature = writeSignature(options.id, digest, options.signer)
  const issuer = childElements(target).find((child) => isNamed(child, namespaces.assertion, 'Issuer'))
  const at = issuer?.end ?? target.contentStart
  return xml.slice(0, at) + signature + xml.slice(at)
}

function findById(root: XmlElement, id: string): XmlElement {
  const found: XmlElement[] = []
  walk(root, (candidate) => {
    if (attributeOf(candidate, 'ID') === id) found.push(candidate)
  })
  const [target, second] = found
  if (target === undefined || second !== undefined) throw new TypeError(`${found.length} elements have the ID ${id}`)
  if (target.contentStart === target.end) throw new TypeError(`the element ${id} is empty`)
  return target
}

function writeSignature(id: string, digest: string, signer: Signer): string {
  const algorithm = signatureAlgorithm(signatureUri(signer.algorithm))
  if (algorithm === undefined || signer.key.asymmetricKeyType !== algorithm.keyType) {
    throw new TypeError(`a key of kind ${signer.key.asymmetricKeyType} cannot sign with ${signer.algorithm}`)
  }
  const signedInfo = (xmlns?: string): Markup =>
    element(
      'ds:SignedInfo',
      { 'xmlns:ds': xmlns },
      element('ds:CanonicalizationMethod', { Algorithm: transformUri.exclusiveC14n }),
      element('ds:SignatureMethod', { Algorithm: signatureUri(signer.algorithm) }),
      element(
        'ds:Reference',
        { URI: `#${id}` },
        element(
          'ds:Transforms',
          {},
          element('ds:Transform', { Algorithm: transformUri.enveloped }),
          element('ds:Transform', { Algorithm: transformUri.exclusiveC14n }),
        ),
        element('ds:DigestMethod', { Algorithm: digestUri.sha256 }),
        element('ds:DigestValue', {}, digest),
      ),
    )
  // Written this way it is its own canonical form: SignedInfo is the apex there, so it declares ds itself.
  const canonical = Buffer.from(signedInfo(namespaces.signature).xml, 'utf8')
  const value = cryptoSign(algorithm.hash, canonical, { key: signer.key, dsaEncoding: 'ieee-p1363' })
  return element(
    'ds:Signature',
    { 'xmlns:ds': namespaces.signature },
    signedInfo(),
    element('ds:SignatureValue', {}, value.toString('base64')),
    signer.certificatePem === undefined ? undefined : keyInfo(signer.certificatePem),
  ).xml
}

/** KeyInfo with the first certificate of those that are given; the caller's element declares the prefix ds. Throws `CertificateError`. */
export function keyInfo(certificatePem: string): Markup {
  const [certificate] = parseCertificates(certificatePem)
  const base64 = (certificate?.pem ?? '').replace(/-----[A-Z ]+-----|\s/g, '')
  return element('ds:KeyInfo', {}, element('ds:X509Data', {}, element('ds:X509Certificate', {}, base64)))
}

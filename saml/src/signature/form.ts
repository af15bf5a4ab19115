// The one form of Signature that SAML knows (Core 5.4) and the only one that is read: enveloped, one Reference to the
// element that holds it, exclusive C14N, nothing beside SignedInfo, SignatureValue and KeyInfo.

import { decodeBase64, packedBase64 } from '../bindings/base64.ts'
import { namespaces } from '../uris.ts'
import { isBlank, isNcName } from '../xml/characters.ts'
import { attributeOf, childElements, isNamed, textOf, type XmlElement } from '../xml/tree.ts'
import { transformUri } from './algorithms.ts'

/** What a Signature says of itself. Nothing of it is believed yet. */
export type SignatureForm = {
  readonly signedInfo: XmlElement
  readonly signedInfoPrefixes: readonly string[]
  readonly signatureMethod: string
  readonly digestMethod: string
  readonly referenceUri: string
  readonly referencePrefixes: readonly string[]
  /** Base64 without white space. */
  readonly digestValue: string
  readonly signatureValue: Buffer
  /** The first certificate in KeyInfo, as bare base64: shown to people, never used to verify. */
  readonly certificateHint: string | undefined
}

class FormError extends Error {}

function refuse(reason: string): never {
  throw new FormError(reason)
}

/** Reads a Signature; a text is the reason why it does not have the form. */
export function readSignatureForm(signature: XmlElement): SignatureForm | string {
  try {
    return read(signature)
  } catch (error) {
    if (error instanceof FormError) return error.message
    throw error
  }
}

function read(signature: XmlElement): SignatureForm {
  const [signedInfo, value, keyInfo, ...rest] = elementsOnly(signature)
  if (signedInfo === undefined || !isDs(signedInfo, 'SignedInfo')) return refuse('no SignedInfo as first part')
  if (value === undefined || !isDs(value, 'SignatureValue')) return refuse('no SignatureValue as second part')
  if ((keyInfo !== undefined && !isDs(keyInfo, 'KeyInfo')) || rest.length > 0) {
    return refuse('parts other than SignedInfo, SignatureValue and KeyInfo')
  }
  // Exactly three parts, so there is one Reference (Core 5.4.2) and no second SignedInfo hides behind the first.
  const [c14n, method, reference, ...more] = elementsOnly(signedInfo)
  if (c14n === undefined || !isDs(c14n, 'CanonicalizationMethod')) return refuse('no CanonicalizationMethod')
  if (method === undefined || !isDs(method, 'SignatureMethod')) return refuse('no SignatureMethod')
  if (reference === undefined || !isDs(reference, 'Reference')) return refuse('no Reference')
  if (more.length > 0) return refuse('more than one Reference')
  if (attributeOf(c14n, 'Algorithm') !== transformUri.exclusiveC14n) {
    return refuse(`the canonicalization ${attributeOf(c14n, 'Algorithm')}`)
  }
  if (elementsOnly(method).length > 0) return refuse('parameters of the signature method')
  const { referenceUri, referencePrefixes, digestMethod, digestValue } = readReference(reference)
  return {
    signedInfo,
    signedInfoPrefixes: prefixList(c14n),
    signatureMethod: attributeOf(method, 'Algorithm') ?? refuse('a SignatureMethod without Algorithm'),
    referenceUri,
    referencePrefixes,
    digestMethod,
    digestValue,
    signatureValue: decode(value),
    certificateHint: keyInfo === undefined ? undefined : findCertificate(keyInfo),
  }
}

type ReferenceForm = Pick<SignatureForm, 'referenceUri' | 'referencePrefixes' | 'digestMethod' | 'digestValue'>

function readReference(reference: XmlElement): ReferenceForm {
  const [transforms, method, value, ...rest] = elementsOnly(reference)
  if (transforms === undefined || !isDs(transforms, 'Transforms')) return refuse('no Transforms')
  if (method === undefined || !isDs(method, 'DigestMethod')) return refuse('no DigestMethod')
  if (value === undefined || !isDs(value, 'DigestValue') || rest.length > 0)
    return refuse('no DigestValue at its place')
  // Core 5.4.4 allows these two transforms and no others; each once, the signature taken out before canonicalization.
  const steps = elementsOnly(transforms)
  const [enveloped, exclusive] = steps
  if (
    steps.length !== 2 ||
    enveloped === undefined ||
    exclusive === undefined ||
    transformOf(enveloped) !== transformUri.enveloped ||
    transformOf(exclusive) !== transformUri.exclusiveC14n ||
    elementsOnly(enveloped).length > 0
  ) {
    return refuse(`the transforms ${steps.map(transformOf).join(', ') || 'none'}`)
  }
  if (elementsOnly(method).length > 0) return refuse('parameters of the digest method')
  return {
    referenceUri: attributeOf(reference, 'URI') ?? refuse('a Reference without URI'),
    referencePrefixes: prefixList(exclusive),
    digestMethod: attributeOf(method, 'Algorithm') ?? refuse('a DigestMethod without Algorithm'),
    digestValue: packedBase64(textOf(value) ?? '') || refuse('a DigestValue that is not plain base64'),
  }
}

function transformOf(step: XmlElement): string | undefined {
  return isDs(step, 'Transform') ? attributeOf(step, 'Algorithm') : undefined
}

// xml-exc-c14n §2.2: at most one InclusiveNamespaces, whose PrefixList is a list of prefixes or #default.
function prefixList(method: XmlElement): readonly string[] {
  const children = elementsOnly(method)
  if (children.length === 0) return none
  const [list, second] = children
  if (second !== undefined || list === undefined || !isNamed(list, namespaces.exclusiveC14n, 'InclusiveNamespaces')) {
    return refuse('unknown parameters of the canonicalization')
  }
  const prefixes = (attributeOf(list, 'PrefixList') ?? '').split(/[\t\n\r ]+/).filter((prefix) => prefix !== '')
  if (elementsOnly(list).length > 0 || prefixes.length > 32) return refuse('an InclusiveNamespaces out of bounds')
  return prefixes.map((prefix) => {
    if (prefix === '#default') return ''
    return isNcName(prefix) ? prefix : refuse(`the prefix ${prefix} in InclusiveNamespaces`)
  })
}

const none: readonly string[] = []

// Text that is not white space has no place between the parts, and comments could hide how a value was split.
function elementsOnly(element: XmlElement): XmlElement[] {
  const elements: XmlElement[] = []
  for (const child of element.children) {
    if (typeof child !== 'string') elements.push(child)
    else if (!isBlank(child)) refuse(`text in ${element.local}`)
  }
  return elements
}

function decode(element: XmlElement): Buffer {
  const bytes = decodeBase64(textOf(element) ?? '')
  return bytes === undefined || bytes.length === 0 ? refuse('a SignatureValue that is not plain base64') : bytes
}

function findCertificate(keyInfo: XmlElement): string | undefined {
  for (const data of childElements(keyInfo)) {
    if (!isDs(data, 'X509Data')) continue
    for (const item of childElements(data)) if (isDs(item, 'X509Certificate')) return textOf(item)
  }
  return undefined
}

function isDs(element: XmlElement, local: string): boolean {
  return isNamed(element, namespaces.signature, local)
}

// The one form of encrypted element that SAML knows (Core 6.1, 2.2.4) and the only one that is read: one EncryptedData of
// type Element, its content inside it, its key in an EncryptedKey in its KeyInfo or beside it. Nothing is fetched and
// nothing is looked up: no CipherReference, and a RetrievalMethod may only point at the key that stands beside it.

import { decodeBase64 } from '../bindings/base64.ts'
import { namespaces } from '../uris.ts'
import { isBlank } from '../xml/characters.ts'
import { attributeOf, childElements, isNamed, textOf, type XmlElement } from '../xml/tree.ts'
import {
  type ContentCipher,
  contentCipher,
  keyTransport,
  maskGeneration,
  type OaepHash,
  oaepDigest,
} from './algorithms.ts'

export type EncryptedKey = { readonly value: Buffer; readonly digest: OaepHash; readonly mask: OaepHash }

export type EncryptedForm = {
  readonly cipher: ContentCipher
  readonly value: Buffer
  /** One for each recipient that the sender thought of; few. */
  readonly keys: readonly EncryptedKey[]
}

class FormError extends Error {}

function refuse(reason: string): never {
  throw new FormError(reason)
}

/** Reads an EncryptedAssertion, EncryptedID or EncryptedAttribute; a text is the reason why it does not have the form. */
export function readEncryptedForm(element: XmlElement): EncryptedForm | string {
  try {
    return read(element)
  } catch (error) {
    if (error instanceof FormError) return error.message
    throw error
  }
}

const MOST_KEYS = 8

function read(element: XmlElement): EncryptedForm {
  const [data, ...beside] = elementsOnly(element)
  if (data === undefined || !isXenc(data, 'EncryptedData')) return refuse('no EncryptedData as first part')
  if (beside.some((part) => !isXenc(part, 'EncryptedKey')))
    return refuse('parts other than EncryptedData and EncryptedKey')
  const type = attributeOf(data, 'Type')
  if (type !== undefined && type !== `${namespaces.encryption}Element`) return refuse(`encrypted data of type ${type}`)
  const [method, keyInfo, cipherData, ...rest] = elementsOnly(data)
  if (method === undefined || !isXenc(method, 'EncryptionMethod')) return refuse('no EncryptionMethod')
  if (keyInfo === undefined || !isNamed(keyInfo, namespaces.signature, 'KeyInfo')) return refuse('no KeyInfo')
  if (cipherData === undefined || !isXenc(cipherData, 'CipherData') || rest.length > 0) return refuse('no CipherData')
  const uri = attributeOf(method, 'Algorithm') ?? 'none'
  const cipher = contentCipher(uri) ?? refuse(`the algorithm ${uri}`)
  const keys = [...insideKeys(keyInfo, beside), ...beside].map(readKey)
  if (keys.length === 0 || keys.length > MOST_KEYS) return refuse(`${keys.length} encrypted keys`)
  return { cipher, value: cipherValue(cipherData), keys }
}

function insideKeys(keyInfo: XmlElement, beside: readonly XmlElement[]): XmlElement[] {
  const inside: XmlElement[] = []
  for (const part of elementsOnly(keyInfo)) {
    if (isXenc(part, 'EncryptedKey')) inside.push(part)
    else if (!pointsBeside(part, beside)) refuse(`${part.local} in KeyInfo`)
  }
  return inside
}

function pointsBeside(part: XmlElement, beside: readonly XmlElement[]): boolean {
  if (!isNamed(part, namespaces.signature, 'RetrievalMethod') || childElements(part).length > 0) return false
  const uri = attributeOf(part, 'URI') ?? ''
  return uri.length > 1 && uri.startsWith('#') && beside.some((key) => attributeOf(key, 'Id') === uri.slice(1))
}

function readKey(key: XmlElement): EncryptedKey {
  const [method, ...rest] = elementsOnly(key)
  if (method === undefined || !isXenc(method, 'EncryptionMethod')) return refuse('an EncryptedKey without method')
  const cipherData = rest.find((part) => isXenc(part, 'CipherData'))
  const others = rest.filter((part) => part !== cipherData)
  // KeyInfo names the recipient, for people; ReferenceList and CarriedKeyName say what we know already.
  const harmless = others.every(
    (part) =>
      isNamed(part, namespaces.signature, 'KeyInfo') || isXenc(part, 'ReferenceList') || isXenc(part, 'CarriedKeyName'),
  )
  if (cipherData === undefined || !harmless) return refuse('an EncryptedKey of another form')
  return { value: cipherValue(cipherData), ...readTransport(method) }
}

function readTransport(method: XmlElement): { digest: OaepHash; mask: OaepHash } {
  const uri = attributeOf(method, 'Algorithm') ?? 'none'
  if (uri !== keyTransport.oaep && uri !== keyTransport.oaepMgf1p) return refuse(`the key transport ${uri}`)
  let digest: OaepHash = 'sha1'
  let mask: OaepHash = 'sha1'
  for (const part of elementsOnly(method)) {
    const algorithm = attributeOf(part, 'Algorithm') ?? 'none'
    if (isNamed(part, namespaces.signature, 'DigestMethod')) {
      digest = oaepDigest(algorithm) ?? refuse(`the digest ${algorithm} in RSA-OAEP`)
    } else if (uri === keyTransport.oaep && part.local === 'MGF' && part.namespace === namespaces.encryption11) {
      mask = maskGeneration(algorithm) ?? refuse(`the mask ${algorithm} in RSA-OAEP`)
    } else return refuse(`${part.local} in RSA-OAEP`)
  }
  return { digest, mask }
}

function cipherValue(cipherData: XmlElement): Buffer {
  const [value, ...rest] = elementsOnly(cipherData)
  if (value === undefined || !isXenc(value, 'CipherValue') || rest.length > 0) return refuse('no CipherValue')
  const text = textOf(value)
  const bytes = text === undefined ? undefined : decodeBase64(text)
  return bytes === undefined || bytes.length === 0 ? refuse('a CipherValue that is not plain base64') : bytes
}

function elementsOnly(element: XmlElement): XmlElement[] {
  const elements: XmlElement[] = []
  for (const child of element.children) {
    if (typeof child !== 'string') elements.push(child)
    else if (!isBlank(child)) refuse(`text in ${element.local}`)
  }
  return elements
}

function isXenc(element: XmlElement, local: string): boolean {
  return isNamed(element, namespaces.encryption, local)
}

// Encrypting what a test needs encrypted, in every form that a message can have, also in those that must be refused. It is
// written apart from the code that decrypts, so that no mistake is made twice. Nothing in it is random: what it writes into
// the case folders is the same each time.

import { constants, createCipheriv, createPublicKey, hash, publicEncrypt } from 'node:crypto'
import { readKey } from './case.ts'

const enc = 'http://www.w3.org/2001/04/xmlenc#'
const enc11 = 'http://www.w3.org/2009/xmlenc11#'
const ds = 'http://www.w3.org/2000/09/xmldsig#'

export type ContentAlgorithm = 'aes128-gcm' | 'aes256-gcm' | 'aes128-cbc' | 'aes256-cbc'
export type Hash = 'sha1' | 'sha256'

/** The wrapped key as bytes, and what says how it was wrapped. */
export type Wrapping = {
  /** A file in keys/ without its ending; several: one EncryptedKey each. */
  readonly recipients?: readonly string[]
  readonly transport?: 'rsa-oaep-mgf1p' | 'rsa-oaep'
  readonly digest?: Hash
  /** Left out: MGF1 with SHA-1, and nothing is said of it. */
  readonly mask?: Hash
  readonly label?: string
}

export type Encryption = Wrapping & {
  readonly content?: ContentAlgorithm
  /** Where the EncryptedKeys stand; `pointed`: beside, with a RetrievalMethod that says so. */
  readonly place?: 'inside' | 'beside' | 'pointed'
  readonly contentKey?: Buffer
  /** Changes the bytes of the CipherValue. */
  readonly changeContent?: (bytes: Buffer) => Buffer
  readonly changeKey?: (bytes: Buffer) => Buffer
}

export const encryptionUri = {
  content: (name: ContentAlgorithm): string => (name.endsWith('gcm') ? enc11 : enc) + name,
  digest: { sha1: `${ds}sha1`, sha256: `${enc}sha256` },
  mask: { sha1: `${enc11}mgf1sha1`, sha256: `${enc11}mgf1sha256` },
} as const

const sizeOf = { sha1: 20, sha256: 32 } as const

/** Bytes that look random and are the same each time. */
export function bytesFor(seed: string, size: number): Buffer {
  const parts: Buffer[] = []
  for (let i = 0; i * 32 < size; i++) parts.push(hash('sha256', `${seed} ${i}`, 'buffer'))
  return Buffer.concat(parts).subarray(0, size)
}

/** EME-OAEP encoding (RFC 8017 §7.1.1 step 2) with its two hashes apart. */
export function oaepEncode(
  message: Buffer,
  size: number,
  options: Wrapping & { readonly changeBlock?: (block: Buffer) => void } = {},
): Buffer {
  const { digest = 'sha1', mask = 'sha1', label = '' } = options
  const length = sizeOf[digest]
  const seed = bytesFor(`seed ${message.toString('hex')}`, length)
  const padding = Buffer.alloc(size - message.length - 2 * length - 2)
  const block = Buffer.concat([hash(digest, label, 'buffer'), padding, Buffer.from([1]), message])
  options.changeBlock?.(block)
  const maskedBlock = exclusiveOr(block, mgf1(seed, block.length, mask))
  return Buffer.concat([Buffer.alloc(1), exclusiveOr(seed, mgf1(maskedBlock, length, mask)), maskedBlock])
}

function mgf1(seed: Buffer, length: number, digest: Hash): Buffer {
  let made = Buffer.alloc(0)
  for (let counter = 0; made.length < length; counter++) {
    const index = Buffer.from([counter >>> 24, counter >>> 16, counter >>> 8, counter])
    made = Buffer.concat([made, hash(digest, Buffer.concat([seed, index]), 'buffer')])
  }
  return made.subarray(0, length)
}

const exclusiveOr = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, i) => byte ^ (b[i] ?? 0)))

/** RSA of an encoded block, as it is. */
export function rsa(block: Buffer, recipient = 'sp'): Buffer {
  return publicEncrypt({ key: createPublicKey(readKey(`${recipient}.crt`)), padding: constants.RSA_NO_PADDING }, block)
}

function wrapped(key: Buffer, recipient: string, it: Encryption): string {
  const { transport = it.mask === undefined ? 'rsa-oaep-mgf1p' : 'rsa-oaep', digest, mask } = it
  const value = rsa(oaepEncode(key, 256, it), recipient)
  const parameters =
    (it.label === undefined ? '' : `<xenc:OAEPparams>${Buffer.from(it.label).toString('base64')}</xenc:OAEPparams>`) +
    (digest === undefined ? '' : `<ds:DigestMethod xmlns:ds="${ds}" Algorithm="${encryptionUri.digest[digest]}"/>`) +
    (mask === undefined ? '' : `<xenc11:MGF xmlns:xenc11="${enc11}" Algorithm="${encryptionUri.mask[mask]}"/>`)
  const uri = (transport === 'rsa-oaep' ? enc11 : enc) + transport
  const text = (it.changeKey?.(value) ?? value).toString('base64')
  return `<xenc:EncryptedKey xmlns:xenc="${enc}" Id="_key-${recipient}" Recipient="${recipient}"><xenc:EncryptionMethod Algorithm="${uri}">${parameters}</xenc:EncryptionMethod><xenc:CipherData><xenc:CipherValue>${text}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>`
}

/** The bytes of a CipherValue (XML Encryption 1.1 §5.2): what begins the cipher, the text, and a tag or a padding. */
export function encipher(plain: Buffer, content: ContentAlgorithm, key: Buffer): Buffer {
  const gcm = content.endsWith('gcm')
  const start = bytesFor(`start ${key.toString('hex')}`, gcm ? 12 : 16)
  const name = `aes-${content.slice(3, 6)}-${gcm ? 'gcm' : 'cbc'}` as 'aes-256-gcm'
  const aes = createCipheriv(name, key, start)
  const parts = [start, aes.update(plain), aes.final()]
  return Buffer.concat(gcm ? [...parts, aes.getAuthTag()] : parts)
}

/** EncryptedData for `plain`, with its EncryptedKeys: the content of an EncryptedAssertion, EncryptedID or EncryptedAttribute. */
export function encrypted(plain: string | Buffer, it: Encryption = {}): string {
  const { content = 'aes256-gcm', recipients = ['sp'], place = 'inside' } = it
  const bytes = typeof plain === 'string' ? Buffer.from(plain) : plain
  const key = it.contentKey ?? bytesFor(`key of ${hash('sha256', bytes)}`, Number(content.slice(3, 6)) / 8)
  const value = encipher(bytes, content, key)
  const text = (it.changeContent?.(value) ?? value).toString('base64')
  const keys = recipients.map((recipient) => wrapped(key, recipient, it)).join('')
  const pointers = recipients.map(
    (recipient) => `<ds:RetrievalMethod URI="#_key-${recipient}" Type="${enc}EncryptedKey"/>`,
  )
  const inKeyInfo = place === 'inside' ? keys : place === 'pointed' ? pointers.join('') : ''
  const data = `<xenc:EncryptedData xmlns:xenc="${enc}" Type="${enc}Element"><xenc:EncryptionMethod Algorithm="${encryptionUri.content(content)}"/><ds:KeyInfo xmlns:ds="${ds}">${inKeyInfo}</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>${text}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>`
  return place === 'inside' ? data : data + keys
}

const whole = /<saml:Assertion .*<\/saml:Assertion>/s

/** The response with its assertion encrypted, which declares its own namespace, as one that is moved about does. */
export function encryptAssertion(xml: string, it: Encryption & { readonly declare?: boolean } = {}): string {
  const [assertion] = whole.exec(xml) ?? []
  if (assertion === undefined) throw new Error('no assertion to encrypt')
  const namespace = 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
  const plain =
    it.declare === false ? assertion : assertion.replace('<saml:Assertion ', `<saml:Assertion ${namespace} `)
  return xml.replace(whole, () => inEncryptedAssertion(encrypted(plain, it)))
}

/** The response with anything at all encrypted where its assertion was. */
export function encryptInstead(xml: string, plain: string | Buffer, it: Encryption = {}): string {
  return xml.replace(whole, () => inEncryptedAssertion(encrypted(plain, it)))
}

const inEncryptedAssertion = (content: string): string =>
  `<saml:EncryptedAssertion>${content}</saml:EncryptedAssertion>`

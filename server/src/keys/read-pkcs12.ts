// PKCS#12 (RFC 7292) as keytool, openssl and others write it.

import { createPrivateKey, type KeyObject } from 'node:crypto'
import forge from 'node-forge'
import { integer, type Node, octets, oid, parts, readDer, unreadable } from '#keys/der.ts'
import { checkMac, decrypt, type Opener, openerFor } from '#keys/password-encryption.ts'
import type { KeyFile } from '#keys/read-key-file.ts'
import { KeyRefused } from '#keys/refusal.ts'

const DATA = '1.2.840.113549.1.7.1'
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6'
const KEY_BAG = '1.2.840.113549.1.12.10.1.1'
const SHROUDED_KEY_BAG = '1.2.840.113549.1.12.10.1.2'
const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3'
const NESTED_BAGS = '1.2.840.113549.1.12.10.1.6'
const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1'
const FRIENDLY_NAME = '1.2.840.113549.1.9.20'

const what = 'its content'

/** @param alias the friendlyName of the key that is meant, where there are several; capitals do not count, as for keytool */
export function readPkcs12(bytes: Uint8Array, password: string | undefined, alias: string | undefined): KeyFile {
  const [version, authSafe, mac] = parts(readDer(bytes, 'it'), 'it')
  // RFC 7292 section 4: the version is 3. What begins otherwise is some other ASN.1.
  if (integer(version, 'it') !== 3) throw unreadable('it')
  const content = dataOf(authSafe)
  if (password === undefined) throw new KeyRefused('key-password-missing')
  const opener = openerFor(password)
  if (mac !== undefined) checkMac(mac, content, opener)
  const bags = parts(readDer(content, what), what).flatMap((info) => bagsOf(info, opener))
  const keys = bags.filter(({ kind }) => kind === KEY_BAG || kind === SHROUDED_KEY_BAG)
  return {
    privateKey: keyOf(choose(keys, alias), opener),
    certificates: bags.filter(({ kind }) => kind === CERTIFICATE_BAG).flatMap(certificateOf),
  }
}

type Bag = { readonly kind: string; readonly value: Node | undefined; readonly name: string | undefined }

/** ContentInfo of type data. */
function dataOf(info: Node | undefined): Buffer {
  const [type, content] = parts(info, what)
  if (oid(type, what) !== DATA) throw unreadable(what)
  return octets(parts(content, what)[0], what)
}

function bagsOf(info: Node, opener: Opener): readonly Bag[] {
  const [type, content] = parts(info, what)
  const kind = oid(type, what)
  if (kind === DATA) return safeBags(readDer(dataOf(info), what))
  if (kind !== ENCRYPTED_DATA) throw new KeyRefused('key-file-encryption', 'for a certificate instead of a password')
  const [, encryptedInfo] = parts(parts(content, what)[0], what)
  const [, algorithm, encrypted] = parts(encryptedInfo, what)
  return safeBags(readDecrypted(decrypt(algorithm, octets(encrypted, what), opener)))
}

function safeBags(safe: Node): readonly Bag[] {
  return parts(safe, what).flatMap((bag) => {
    const [type, value, attributes] = parts(bag, what)
    const inner = parts(value, what)[0]
    const kind = oid(type, what)
    if (kind === NESTED_BAGS) return inner === undefined ? [] : safeBags(inner)
    return [{ kind, value: inner, name: attributes && friendlyName(attributes) }]
  })
}

function friendlyName(attributes: Node): string | undefined {
  for (const attribute of parts(attributes, what)) {
    const [type, values] = parts(attribute, what)
    const [value] = oid(type, what) === FRIENDLY_NAME ? parts(values, what) : []
    if (typeof value?.value === 'string') return value.value
  }
  return undefined
}

function choose(keys: readonly Bag[], alias: string | undefined): Bag {
  const [first, ...more] = keys
  if (first === undefined) throw new KeyRefused('key-missing')
  const names = keys.map(({ name = 'without an alias' }) => shownName(name)).join(', ')
  if (alias === undefined) {
    if (more.length > 0) throw new KeyRefused('key-alias-needed', names)
    return first
  }
  const [meant, another] = keys.filter(({ name }) => name?.toLowerCase() === alias.toLowerCase())
  if (meant === undefined) throw new KeyRefused('key-alias-unknown', names)
  if (another !== undefined) throw new KeyRefused('key-several', `${keys.length}`)
  return meant
}

/** A file may name its keys as it likes; a line of a terminal is no place for that. */
function shownName(name: string): string {
  const plain = name.replaceAll(/\p{C}/gu, '').slice(0, 100)
  return `“${plain.toWellFormed()}”`
}

function keyOf({ kind, value }: Bag, opener: Opener): KeyObject {
  if (value === undefined) throw unreadable(what)
  if (kind === KEY_BAG) return readPrivateKey(toDer(value))
  const [algorithm, encrypted] = parts(value, what)
  return readPrivateKey(decrypt(algorithm, octets(encrypted, what), opener))
}

/** PrivateKeyInfo (RFC 5208 section 5). */
export function readPrivateKey(der: Buffer): KeyObject {
  readDecrypted(der)
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  } catch {
    throw new KeyRefused('key-kind', 'that is not known here')
  }
}

function certificateOf({ value }: Bag): readonly Buffer[] {
  const [type, content] = parts(value, what)
  if (oid(type, what) !== X509_CERTIFICATE) return []
  return [octets(parts(content, what)[0], what)]
}

function toDer(node: Node): Buffer {
  return Buffer.from(forge.asn1.toDer(node).getBytes(), 'latin1')
}

/** A wrong password gives rubbish, which one time in 256 looks well padded. */
function readDecrypted(der: Buffer): Node {
  try {
    return readDer(der, what)
  } catch {
    throw new KeyRefused('key-password-wrong')
  }
}

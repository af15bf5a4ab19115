/** Reads what an administrator imports: PEM or PKCS#12 in, a key pair that is fit to be used or a refusal out. */

import { createPublicKey, type KeyObject, sign, verify, X509Certificate } from 'node:crypto'
import type { KeyPair } from '#keys/make-key-pair.ts'
import { isEncryptedPem, readPem } from '#keys/read-pem.ts'
import { readPkcs12 } from '#keys/read-pkcs12.ts'
import { KeyRefused } from '#keys/refusal.ts'

/** What a file holds, before anybody looked whether it fits together: the certificates are DER. */
export type KeyFile = { readonly privateKey: KeyObject; readonly certificates: readonly Buffer[] }

export type KeyFileToRead = {
  readonly bytes: Uint8Array
  readonly password?: string | undefined
  readonly alias?: string | undefined
  /** What the file is called, for the command that converts an old one. */
  readonly name?: string | undefined
}

/** The largest file that is read. One with a key and its certificates has a few thousand bytes. */
export const LARGEST_FILE = 1024 * 1024
/** Chains have three or four. */
const MOST_CERTIFICATES = 100
const FEWEST_BITS = 2048
/** A longer key takes a second to sign with. */
const MOST_BITS = 8192

/** @throws KeyRefused */
export function readKeyFile(file: KeyFileToRead, now: Date): KeyPair {
  const { bytes, password, alias } = file
  if (bytes.length > LARGEST_FILE) throw new KeyRefused('key-file-too-large', `${LARGEST_FILE}`)
  const text = pemIn(bytes)
  if (text !== undefined) return fit(readPem(text, password), now)
  const magic = Buffer.from(bytes.subarray(0, 4)).toString('hex')
  if (magic === 'feedfeed' || magic === 'cececece') throw new KeyRefused('key-file-old-keystore', conversion(file))
  if (bytes[0] !== 0x30) throw new KeyRefused('key-file-unreadable', 'it begins like neither of them')
  return fit(readPkcs12(bytes, password, alias), now)
}

/** Whether the file can only be opened with a password. */
export function needsPassword(bytes: Uint8Array): boolean {
  const text = pemIn(bytes)
  return text === undefined ? bytes[0] === 0x30 : isEncryptedPem(text)
}

function pemIn(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('latin1')
  return bytes[0] !== 0x30 && text.includes('-----BEGIN ') ? text : undefined
}

/** The very command, where the names are such that no shell reads them otherwise. */
function conversion({ name, alias }: KeyFileToRead): string {
  const plain = (text: string | undefined, otherwise: string): string =>
    text !== undefined && /^[\w./][\w./-]*$/.test(text) ? text : otherwise
  const file = plain(name, 'FILE')
  return `keytool -importkeystore -srckeystore ${file} -destkeystore ${file}.p12 -deststoretype PKCS12 -srcalias ${plain(alias, 'ALIAS')}`
}

/** The key with that certificate of the file which is its own. */
function fit({ privateKey, certificates }: KeyFile, now: Date): KeyPair {
  demandRsa(privateKey)
  if (certificates.length === 0) throw new KeyRefused('certificate-missing')
  if (certificates.length > MOST_CERTIFICATES) throw new KeyRefused('certificate-unreadable')
  const read = certificates.map(readCertificate)
  const own = read.filter((certificate) => isOf(certificate, privateKey))
  const [first] = own.toSorted((one, other) => other.validToDate.getTime() - one.validToDate.getTime())
  if (first === undefined)
    throw new KeyRefused('certificate-of-another-key', read.map(({ subject }) => oneLine(subject)).join('; '))
  const day = (date: Date): string => date.toISOString().slice(0, 10)
  if (first.validToDate < now) throw new KeyRefused('certificate-expired', day(first.validToDate))
  if (first.validFromDate > now) throw new KeyRefused('certificate-not-yet-valid', day(first.validFromDate))
  return { privateKey, certificatePem: first.toString() }
}

function demandRsa(key: KeyObject): void {
  const { asymmetricKeyType: kind = 'none', asymmetricKeyDetails: details } = key
  if (kind !== 'rsa') throw new KeyRefused('key-kind', kind)
  const bits = details?.modulusLength ?? 0
  if (bits < FEWEST_BITS || bits > MOST_BITS) throw new KeyRefused('key-size', `${bits}`)
  if (!works(key)) throw new KeyRefused('key-file-unreadable', 'its private key is damaged')
}

/** Reading a key does not show that its numbers belong together. */
function works(key: KeyObject): boolean {
  const sample = Buffer.from('sallyport')
  try {
    return verify('sha256', sample, createPublicKey(key), sign('sha256', sample, key))
  } catch {
    return false
  }
}

function readCertificate(der: Buffer): X509Certificate {
  try {
    const certificate = new X509Certificate(der)
    // A date that is none lies neither before nor after another: such a certificate would never expire.
    if (!Number.isNaN(certificate.validFromDate.getTime() + certificate.validToDate.getTime())) return certificate
  } catch {
    // Said below.
  }
  throw new KeyRefused('certificate-unreadable')
}

function isOf(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.checkPrivateKey(key)
  } catch {
    return false
  }
}

function oneLine(subject: string | undefined): string {
  return (subject || 'without a name').replaceAll(/\p{C}+/gu, ', ').slice(0, 200)
}

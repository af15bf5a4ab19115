// Encryption by password as key files use it: PBES2 with PBKDF2 (RFC 8018 section 6.2), and the older one of PKCS#12
// (RFC 7292 appendices B and C). How much work it is, the file says; so that is looked at before the work is done.

import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import forge from 'node-forge'
import { integer, type Node, octets, oid, parts, unreadable } from '#keys/der.ts'
import { KeyRefused } from '#keys/refusal.ts'

/** For everything that one file needs; keytool writes 10,000 a part, others up to 600,000. Some seconds of work. */
export const MOST_ROUNDS = 1_000_000

/** The password of one file, and how much work may still be done with it. */
export type Opener = { readonly password: string; readonly spend: (rounds: number) => void }

export function openerFor(password: string): Opener {
  let left = MOST_ROUNDS
  return {
    password,
    spend: (rounds) => {
      left -= rounds
      if (left < 0) throw new KeyRefused('key-file-too-costly', `${MOST_ROUNDS}`)
      if (rounds < 1) throw unreadable('the number of rounds')
    },
  }
}

const what = 'its encryption'

const PBES2 = '1.2.840.113549.1.5.13'
const PBKDF2 = '1.2.840.113549.1.5.12'
const PBE_3DES = '1.2.840.113549.1.12.1.3'
const PBE_RC2_40 = '1.2.840.113549.1.12.1.6'

const digests: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}

const ciphers: Readonly<Record<string, readonly [name: string, keySize: number, blockSize: number]>> = {
  '2.16.840.1.101.3.4.1.2': ['aes-128-cbc', 16, 16],
  '2.16.840.1.101.3.4.1.22': ['aes-192-cbc', 24, 16],
  '2.16.840.1.101.3.4.1.42': ['aes-256-cbc', 32, 16],
  '1.2.840.113549.3.7': ['des-ede3-cbc', 24, 8],
}

/** @param algorithm AlgorithmIdentifier */
export function decrypt(algorithm: Node | undefined, encrypted: Buffer, opener: Opener): Buffer {
  const [id, parameters] = parts(algorithm, what)
  const scheme = oid(id, what)
  if (scheme === PBES2) return decryptPbes2(parameters, encrypted, opener)
  if (scheme === PBE_3DES || scheme === PBE_RC2_40) return decryptPkcs12(scheme, parameters, encrypted, opener)
  throw new KeyRefused('key-file-encryption', `the scheme ${scheme}`)
}

function decryptPbes2(parameters: Node | undefined, encrypted: Buffer, { password, spend }: Opener): Buffer {
  const [derivation, scheme] = parts(parameters, what)
  const [derivationId, derivationParameters] = parts(derivation, what)
  const [schemeId, start] = parts(scheme, what)
  const function_ = oid(derivationId, what)
  if (function_ !== PBKDF2) throw new KeyRefused('key-file-encryption', `the key derivation ${function_}`)
  const [salt, rounds, ...optional] = parts(derivationParameters, what)
  const random = optional.find(({ type }) => type === forge.asn1.Type.SEQUENCE)
  // Without a word it is HMAC with SHA-1 (RFC 8018 appendix A.2).
  const randomId = random === undefined ? '1.2.840.113549.2.7' : oid(parts(random, what)[0], what)
  const digest = digests[randomId]
  const cipherId = oid(schemeId, what)
  const [cipher, keySize, blockSize] = ciphers[cipherId] ?? []
  if (digest === undefined) throw new KeyRefused('key-file-encryption', `the pseudo-random function ${randomId}`)
  if (cipher === undefined || keySize === undefined || blockSize === undefined)
    throw new KeyRefused('key-file-encryption', `the cipher ${cipherId}`)
  const iv = octets(start, what)
  if (iv.length !== blockSize) throw unreadable(what)
  const count = integer(rounds, what)
  spend(count)
  const key = pbkdf2Sync(password, octets(salt, what), count, keySize, digest)
  return deciphered(cipher, key, iv, encrypted)
}

function decryptPkcs12(scheme: string, parameters: Node | undefined, encrypted: Buffer, opener: Opener): Buffer {
  const [salt, rounds] = parts(parameters, what)
  const count = integer(rounds, what)
  const derive = (purpose: 1 | 2, size: number): Buffer =>
    derivePkcs12(opener, { purpose, size, salt: octets(salt, what), count, digest: 'sha1' })
  const iv = derive(2, 8)
  if (scheme === PBE_3DES) return deciphered('des-ede3-cbc', derive(1, 24), iv, encrypted)
  // OpenSSL has put RC2 away; Java encrypted certificates with it until 2021.
  const cipher = forge.rc2.createDecryptionCipher(derive(1, 5).toString('latin1'), 40)
  cipher.start(iv.toString('latin1'))
  cipher.update(forge.util.createBuffer(encrypted.toString('latin1')))
  if (encrypted.length === 0 || encrypted.length % 8 !== 0 || !cipher.finish())
    throw new KeyRefused('key-password-wrong')
  return Buffer.from(cipher.output.getBytes(), 'latin1')
}

function deciphered(cipher: string, key: Buffer, iv: Buffer, encrypted: Buffer): Buffer {
  try {
    const decipher = createDecipheriv(cipher, key, iv)
    return Buffer.concat([decipher.update(encrypted), decipher.final()])
  } catch {
    throw new KeyRefused('key-password-wrong')
  }
}

type Derivation = {
  /** RFC 7292 appendix B.3: 1 a key, 2 an initialization vector, 3 the key of a MAC. */
  readonly purpose: 1 | 2 | 3
  readonly size: number
  readonly salt: Buffer
  readonly count: number
  readonly digest: MacDigest
}
type MacDigest = 'sha1' | 'sha256' | 'sha384' | 'sha512'

function derivePkcs12({ password, spend }: Opener, { purpose, size, salt, count, digest }: Derivation): Buffer {
  spend(count)
  const buffer = forge.util.createBuffer(salt.toString('latin1'))
  const derived = forge.pkcs12.generateKey(password, buffer, purpose, count, size, forge.md[digest].create())
  return Buffer.from(derived.getBytes(), 'latin1')
}

const macDigests: Readonly<Record<string, MacDigest>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}
const macSizes = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 } as const

/**
 * Says of a PKCS#12 file whether it is whole, and the password the right one.
 *
 * @param mac MacData (RFC 7292 section 4)
 * @throws KeyRefused where not
 */
export function checkMac(mac: Node, content: Buffer, opener: Opener): void {
  const [info, salt, rounds] = parts(mac, 'its MAC')
  const [algorithm, value] = parts(info, 'its MAC')
  const digestId = oid(parts(algorithm, 'its MAC')[0], 'its MAC')
  const digest = macDigests[digestId]
  if (digest === undefined) throw new KeyRefused('key-file-encryption', `the MAC ${digestId}`)
  const size = macSizes[digest]
  const count = rounds === undefined ? 1 : integer(rounds, 'its MAC')
  const key = derivePkcs12(opener, { purpose: 3, size, salt: octets(salt, 'its MAC'), count, digest })
  const wanted = createHmac(digest, key).update(content).digest()
  const found = octets(value, 'its MAC')
  if (found.length !== size || !timingSafeEqual(found, wanted)) throw new KeyRefused('key-password-wrong')
}

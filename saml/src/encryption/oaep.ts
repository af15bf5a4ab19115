// RSA-OAEP decryption (RFC 8017 §7.1.2) with one hash for the label and another for the mask: XML Encryption lets them
// differ, node:crypto does not. Nothing here branches on what was decrypted: a caller that learns why a padding was wrong
// can decrypt by asking (Manger 2001), so there is one answer, and it comes by one path.

import { constants, createHmac, hash, type KeyObject, privateDecrypt } from 'node:crypto'
import type { OaepHash } from './algorithms.ts'

const hashBytes = { sha1: 20, sha256: 32 } as const
// XML Encryption 1.1 §5.5.2: without OAEPparams the label is empty.
const emptyLabel = { sha1: hash('sha1', '', 'buffer'), sha256: hash('sha256', '', 'buffer') } as const

/**
 * The `keyBytes` long key inside `encrypted`; where it holds none, as many bytes made of `encrypted` and of a secret from
 * the private key. Neither the caller nor the sender can tell one from the other but by what it decrypts.
 */
export function unwrapKey(
  encrypted: Uint8Array,
  privateKey: KeyObject,
  { digest, mask, keyBytes }: { readonly digest: OaepHash; readonly mask: OaepHash; readonly keyBytes: number },
): Buffer {
  const size = Math.ceil((privateKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8)
  const instead = createHmac('sha256', secretOf(privateKey)).update(encrypted).digest().subarray(0, keyBytes)
  const encoded = rsa(encrypted, privateKey, size)
  const length = hashBytes[digest]
  // EM = 00 || maskedSeed || maskedDB; DB = lHash || 00… || 01 || M, and M is known to have keyBytes here.
  const maskedSeed = encoded.subarray(1, 1 + length)
  const maskedBlock = encoded.subarray(1 + length)
  const seed = xor(maskedSeed, maskFrom(maskedBlock, length, mask))
  const block = xor(maskedBlock, maskFrom(seed, maskedBlock.length, mask))
  const labelHash = emptyLabel[digest]
  const start = block.length - keyBytes
  let wrong = (encoded[0] ?? 1) | (start < length + 1 ? 1 : 0)
  for (let i = 0; i < length; i++) wrong |= (block[i] ?? 0) ^ (labelHash[i] ?? 0)
  for (let i = length; i < start - 1; i++) wrong |= block[i] ?? 0
  wrong |= (block[start - 1] ?? 0) ^ 1
  // 0x00 where all was right, 0xff otherwise, without asking.
  const choose = -((wrong | -wrong) >>> 31) & 0xff
  const key = Buffer.alloc(keyBytes)
  for (let i = 0; i < keyBytes; i++) key[i] = ((block[start + i] ?? 0) & ~choose) | ((instead[i] ?? 0) & choose)
  return key
}

// What stands in for a key must be unknown to whoever sent the ciphertext, and the same each time it is sent again.
const secrets = new WeakMap<KeyObject, Buffer>()

function secretOf(privateKey: KeyObject): Buffer {
  const known = secrets.get(privateKey)
  if (known !== undefined) return known
  const made = hash('sha256', privateKey.export({ type: 'pkcs8', format: 'der' }), 'buffer')
  secrets.set(privateKey, made)
  return made
}

// A number that is too large for the modulus is refused by OpenSSL; its size is public, so that may be told apart.
function rsa(encrypted: Uint8Array, key: KeyObject, size: number): Buffer {
  try {
    if (encrypted.length === size) return privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, encrypted)
  } catch {
    // falls through
  }
  return Buffer.alloc(size, 0xff)
}

// MGF1 (RFC 8017 §B.2.1). A digest that comes as a text of bytes costs a third of one that comes as a Buffer.
function maskFrom(seed: Uint8Array, length: number, digest: OaepHash): Buffer {
  const input = Buffer.alloc(seed.length + 4)
  input.set(seed)
  const size = hashBytes[digest]
  const blocks = Math.ceil(length / size)
  const made = Buffer.alloc(blocks * size)
  for (let counter = 0; counter < blocks; counter++) {
    input.writeUInt32BE(counter, seed.length)
    made.write(hash(digest, input, 'latin1'), counter * size, 'latin1')
  }
  return made.subarray(0, length)
}

function xor(a: Uint8Array, b: Uint8Array): Buffer {
  const result = Buffer.alloc(a.length)
  for (let i = 0; i < a.length; i++) result[i] = (a[i] ?? 0) ^ (b[i] ?? 0)
  return result
}

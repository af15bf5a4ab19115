// Unwrapping keys, against node:crypto's own OAEP where that knows the same, and against an encoder of our own where not.

import assert from 'node:assert/strict'
import { constants, createPrivateKey, createPublicKey, generateKeyPairSync, publicEncrypt } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { readKey } from '../../cases/case.ts'
import { bytesFor, type Hash, oaepEncode, rsa } from '../../cases/encrypt.ts'
import { unwrapKey } from './oaep.ts'

const privateKey = createPrivateKey(readKey('sp.key'))
const publicKey = createPublicKey(readKey('sp.crt'))
const hashes: readonly Hash[] = ['sha1', 'sha256']
const seed = 20260301

const unwrap = (value: Uint8Array, digest: Hash, mask: Hash, keyBytes: number): Buffer =>
  unwrapKey(value, privateKey, { digest, mask, keyBytes })

for (const hash of hashes) {
  test(`RFC 8017 §7.1.2: what node:crypto encrypts with ${hash} for both hashes is unwrapped`, () => {
    const property = fc.property(fc.constantFrom(16, 32), fc.nat(), (size, name) => {
      const key = bytesFor(`random ${name}`, size)
      const padding = constants.RSA_PKCS1_OAEP_PADDING
      const value = publicEncrypt({ key: publicKey, padding, oaepHash: hash }, key)
      assert.deepEqual(unwrap(value, hash, hash, size), key)
    })
    fc.assert(property, { seed, numRuns: 50 })
  })
}

for (const digest of hashes) {
  for (const mask of hashes) {
    test(`XML Encryption 1.1 §5.5.2: a digest by ${digest} with a mask by ${mask}`, () => {
      for (const size of [16, 32]) {
        const key = bytesFor('key', size)
        const value = rsa(oaepEncode(key, 256, { digest, mask }))
        assert.deepEqual(unwrap(value, digest, mask, size), key)
        for (const other of hashes) {
          if (other !== digest) assert.notDeepEqual(unwrap(value, other, mask, size), key)
          if (other !== mask) assert.notDeepEqual(unwrap(value, digest, other, size), key)
        }
      }
    })
  }
}

// What a decoder could tell apart, and must not (Manger 2001): each is encrypted as it is, by RSA alone.
const block = (change: (encoded: Buffer) => void, label?: string, size = 32): Buffer => {
  const encoded = oaepEncode(bytesFor('key', size), 256, label === undefined ? {} : { label })
  change(encoded)
  return rsa(encoded)
}
const wrong: readonly (readonly [string, Buffer])[] = [
  ['a first byte that is not zero', block((encoded) => (encoded[0] = 1))],
  ['another seed', block((encoded) => (encoded[1] = (encoded[1] ?? 0) ^ 1))],
  ['another label', block(() => undefined, 'x')],
  ['a key of another length', block(() => undefined, '', 16)],
  ['a changed end', block((encoded) => (encoded[255] = (encoded[255] ?? 0) ^ 1))],
  ['zeros', rsa(Buffer.alloc(256))],
  ['a number larger than the modulus', Buffer.alloc(256, 255)],
  ['nothing', Buffer.alloc(0)],
  ['a byte too few', Buffer.alloc(255)],
  ['a byte too many', Buffer.alloc(257)],
]

test('RFC 8017 §7.1.2: whatever is wrong, a key of the right length comes out, always the same for the same bytes', () => {
  const keys = wrong.map(([what, value]) => {
    const key = unwrap(value, 'sha1', 'sha1', 32)
    assert.equal(key.length, 32, what)
    assert.deepEqual(unwrap(Buffer.from(value), 'sha1', 'sha1', 32), key, what)
    assert.notDeepEqual(key, bytesFor('key', 32), what)
    return key.toString('hex')
  })
  assert.equal(new Set(keys).size, wrong.length)
})

test('RFC 8017 §7.1.2: no byte may stand between the zeros and the one before the key', () => {
  const key = bytesFor('key', 32)
  const encoded = oaepEncode(Buffer.concat([Buffer.from([1]), key]), 256)
  assert.notDeepEqual(unwrap(rsa(encoded), 'sha1', 'sha1', 32), key)
})

test('RFC 8017 §7.1.2: every byte before the key counts: the hash of the label, the zeros, the one', () => {
  for (const [digest, length] of [
    ['sha1', 20],
    ['sha256', 32],
  ] as const) {
    const key = bytesFor('key', 32)
    for (let at = 0; at < 256 - 1 - length - 32; at++) {
      const changeBlock = (block: Buffer): void => {
        block[at] = (block[at] ?? 0) ^ 2
      }
      const value = rsa(oaepEncode(key, 256, { digest, changeBlock }))
      assert.notDeepEqual(unwrap(value, digest, 'sha1', 32), key, `${digest} ${at}`)
    }
  }
})

test('any bytes are unwrapped to some key, by any key of any size, and nothing is thrown', () => {
  const small = generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey
  const odd = generateKeyPairSync('rsa', { modulusLength: 1023 }).privateKey
  const ec = createPrivateKey(readKey('idp-ec.key'))
  const sizes = fc.constantFrom(0, 1, 63, 64, 127, 128, 255, 256, 257, 1000)
  const property = fc.property(
    fc.constantFrom(privateKey, small, odd, ec),
    fc.constantFrom(...hashes),
    fc.constantFrom(...hashes),
    fc.constantFrom(16, 32),
    sizes.chain((size) => fc.uint8Array({ minLength: size, maxLength: size })),
    (key, digest, mask, keyBytes, value) =>
      assert.equal(unwrapKey(value, key, { digest, mask, keyBytes }).length, keyBytes),
  )
  fc.assert(property, { seed, numRuns: 500 })
})

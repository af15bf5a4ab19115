import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { Secret } from '#config/secret.ts'
import { SealError, seal, unseal } from '#storage/seal.ts'

const chance = { bytes: (size: number) => new Uint8Array(randomBytes(size)) }
const secret = new Secret('a secret of more than thirty-two characters')

test('what is sealed opens again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (plain, about) => {
      assert.equal(unseal(seal(plain, about, { secret, chance }), about, { secret }), plain)
    }),
  )
})

test('the same text is sealed differently each time', () => {
  assert.notEqual(seal('x', 'key_1', { secret, chance }), seal('x', 'key_1', { secret, chance }))
})

test('another secret, another place or a changed byte does not open, and the message says what to do', () => {
  const sealed = seal('private', 'key_1', { secret, chance })
  const other = new Secret('another secret of more than thirty-two characters')
  const changed = `${sealed.slice(0, 30)}${sealed[30] === 'A' ? 'B' : 'A'}${sealed.slice(31)}`
  for (const attempt of [
    () => unseal(sealed, 'key_1', { secret: other }),
    () => unseal(sealed, 'key_2', { secret }),
    () => unseal(changed, 'key_1', { secret }),
  ]) {
    assert.throws(
      attempt,
      (error) => error instanceof SealError && /SALLYPORT_SECRET.*Put the former/.test(error.message),
    )
  }
})

test('a text of an unknown format is refused as such', () => {
  for (const text of ['', 'v2.AAAA', 'v1.', 'v1.AAAA', '-----BEGIN PRIVATE KEY-----']) {
    assert.throws(() => unseal(text, 'key_1', { secret }), { code: 'unknown-format' })
  }
})

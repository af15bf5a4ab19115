import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { type Id, newId, newToken } from '#config/world.ts'

const chance = { bytes: (size: number) => new Uint8Array(randomBytes(size)) }

test('an id carries its kind and 100 random bits', () => {
  const id: Id<'user'> = newId(chance, 'user')
  assert.match(id, /^user_[a-z2-7]{20}$/)
  assert.notEqual(id, newId(chance, 'user'))
})

test('an id of one kind is not an id of another', () => {
  // @ts-expect-error a session's id is not a user's
  const wrong: Id<'user'> = newId(chance, 'sess')
  assert.ok(wrong)
})

test('every character of an id is equally likely', () => {
  const all = { bytes: (size: number) => Uint8Array.from({ length: size }, (_, i) => i) }
  assert.equal(newId(all, 'conn'), 'conn_abcdefghijklmnopqrst')
})

test('a token is 256 bits in base64url', () => {
  assert.match(newToken(chance), /^[A-Za-z0-9_-]{43}$/)
})

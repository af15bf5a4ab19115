import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '#config/secret.ts'
import { testWorld } from '#login/test-place.ts'
import { HashingBusy, hashPassword, normalized, readHash, verifyPassword } from '#passwords/hash.ts'

const { chance } = testWorld()
const horse = new Secret('correct horse battery')

test('a hash is argon2id with its parameters and a salt of its own, and only its password fits', async () => {
  const hash = await hashPassword(horse, chance)
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.notEqual(await hashPassword(horse, chance), hash)
  assert.ok(await verifyPassword(horse, hash))
  for (const other of ['', 'correct horse batter', 'Correct horse battery', 'correct horse battery '])
    assert.equal(await verifyPassword(new Secret(other), hash), false, other)
  assert.equal(await verifyPassword(horse, undefined), false)
  assert.equal(await verifyPassword(new Secret(''), undefined), false)
})

test('a hash that others made with other parameters is read', async () => {
  assert.deepEqual(readHash('$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQxNmJ5dGVzIQ$AAAAAAAAAAAAAAAAAAAAAA')?.cost, {
    memory: 64,
    passes: 1,
    parallelism: 1,
  })
})

test('what is no hash, or would cost too much, fits no password', async () => {
  const salt = 'c29tZXNhbHQxNmJ5dGVzIQ'
  const tag = 'A'.repeat(43)
  for (const text of [
    '',
    'correct horse battery',
    `$argon2i$v=19$m=19456,t=2,p=1$${salt}$${tag}`,
    `$argon2id$v=16$m=19456,t=2,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=999999,t=2,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=19456,t=0,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=7,t=1,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=19456,t=2,p=0$${salt}$${tag}`,
    `$argon2id$v=19$m=19456,t=2,p=1$$${tag}`,
    `$argon2id$v=19$m=19456,t=2,p=1$${salt}$`,
  ]) {
    assert.equal(readHash(text), undefined, text)
    assert.equal(await verifyPassword(horse, text), false, text)
  }
})

test('a letter typed as one character or as two is the same password', () => {
  assert.equal(normalized('zoe\u0308').reveal(), normalized('zo\u00eb').reveal())
})

test('more passwords at once than can be answered soon are refused, and afterwards all is well', async () => {
  const cheap = `$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQxNmJ5dGVzIQ$${'A'.repeat(43)}`
  const results = await Promise.allSettled(Array.from({ length: 203 }, () => verifyPassword(horse, cheap)))
  const refused = results.filter((result) => result.status === 'rejected')
  assert.equal(refused.length, 1)
  assert.ok(refused[0]?.reason instanceof HashingBusy)
  assert.equal(await verifyPassword(horse, cheap), false)
})

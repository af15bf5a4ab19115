import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { newReference, readReference } from '#signin-records/reference.ts'

const chance = { bytes: (size: number) => new Uint8Array(randomBytes(size)) }

const readings: Readonly<Record<string, string | undefined>> = {
  '7F3KQ-9QXM2': '7F3KQ-9QXM2',
  '7f3kq-9qxm2': '7F3KQ-9QXM2',
  '7F3KQ9QXM2': '7F3KQ-9QXM2',
  ' 7F3 KQ - 9QX M2\n': '7F3KQ-9QXM2',
  'oO0il-1LI00': '00011-11100',
  '7F3KQ-9QXM': undefined,
  '7F3KQ-9QXM22': undefined,
  '7F3KQ-9QXMU': undefined,
  '7F3KQ_9QXM2': undefined,
  "7F3KQ-9QX'2": undefined,
  '%7F3KQ-9QXM': undefined,
  '７F3KQ-9QXM2': undefined,
  '': undefined,
}

for (const [typed, reference] of Object.entries(readings)) {
  test(`what somebody types as a reference: ${JSON.stringify(typed)} is ${reference ?? 'none'}`, () => {
    assert.equal(readReference(typed), reference)
  })
}

test('every reference is read back, however it is spelt on the telephone', () => {
  const spelt = fc.tuple(
    fc.uint8Array({ minLength: 10, maxLength: 10 }),
    fc.array(fc.tuple(fc.boolean(), fc.constantFrom('', ' ', '-')), { minLength: 11, maxLength: 11 }),
    fc.constantFrom('I', 'l', 'L', 'i', '1'),
  )
  fc.assert(
    fc.property(spelt, ([bytes, manner, one]) => {
      const reference = newReference({ bytes: () => bytes })
      const said = [...reference].map((letter, index) => {
        const [lower, gap] = manner[index] ?? [false, '']
        const other = letter === '0' ? 'O' : letter === '1' ? one : letter
        return (lower ? other.toLowerCase() : other) + gap
      })
      assert.equal(readReference(said.join('')), reference)
    }),
    { seed: 20260301, numRuns: 500 },
  )
})

test('references are of 50 random bits: every letter at every place, none twice', () => {
  const made = Array.from({ length: 2000 }, () => newReference(chance))
  assert.equal(new Set(made).size, made.length)
  for (const reference of made) assert.match(reference, /^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/)
  for (const place of [0, 4, 6, 10]) assert.equal(new Set(made.map((reference) => reference[place])).size, 32)
})

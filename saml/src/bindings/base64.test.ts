// What is base64 and what only looks like it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeBase64 } from './base64.ts'

const rows: readonly (readonly [string, string, string | undefined])[] = [
  ['RFC 4648 §10: the test vectors', 'Zm9vYmFy', 'foobar'],
  ['RFC 4648 §10: with one padding character', 'Zm9vYmE=', 'fooba'],
  ['RFC 4648 §10: with two', 'Zm9vYg==', 'foob'],
  ['RFC 4648 §10: nothing', '', ''],
  ['XML Schema §3.2.16: white space anywhere', ' Zm\t9v\r\nYm Fy \n', 'foobar'],
  ['XML Schema §3.2.16: white space in the padding', 'Zm9vYg= =', 'foob'],
  ['RFC 4648 §3.2: no padding', 'Zm9vYg', undefined],
  ['RFC 4648 §3.2: half of the padding', 'Zm9vYg=', undefined],
  ['RFC 4648 §3.2: too much padding', 'Zm9vYg===', undefined],
  ['RFC 4648 §3.2: padding that nothing needs', 'Zm9v====', undefined],
  ['RFC 4648 §3.3: padding in the middle', 'Zm9vYg==Zm9v', undefined],
  ['RFC 4648 §3.3: other characters', 'Zm9v*mFy', undefined],
  ['RFC 4648 §3.3: other white space', 'Zm9v\u00a0YmFy', undefined],
  ['RFC 4648 §3.3: other white space, of C', 'Zm9v\vYmFy', undefined],
  ['RFC 4648 §3.3: a NUL at the end', 'Zm9v\0', undefined],
  ['RFC 4648 §3.3: letters of other scripts', 'Zm9vＹmFy', undefined],
  ['RFC 4648 §3.5: bits left over', 'Zm9vYh==', undefined],
  ['RFC 4648 §3.5: bits left over, one padding character', 'Zm9vYmF=', undefined],
  ['RFC 4648 §5: the alphabet of addresses', '-_-_', undefined],
  ['RFC 4648 §4: a single character', 'Z', undefined],
  ['RFC 4648 §4: five characters', 'Zm9vY', undefined],
  ['RFC 7468 §2: PEM', '-----BEGIN A-----\nZm9v\n-----END A-----', undefined],
]

for (const [requirement, text, expected] of rows) {
  test(requirement, () => assert.equal(decodeBase64(text)?.toString('latin1'), expected))
}

test('RFC 4648 §4: every sequence of bytes has one text, and that text gives it back', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    assert.deepEqual(decodeBase64(Buffer.from(bytes).toString('base64')), Buffer.from(bytes))
  })
  fc.assert(property, { seed: 20260301 })
})

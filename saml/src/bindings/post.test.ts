// The form field of the HTTP-POST binding.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SamlReadError } from '../report/read-error.ts'
import { decodePost, encodePost } from './post.ts'

test('Bindings 3.5.4: what is encoded is decoded, in UTF-8 and in one line', () => {
  const xml = `<a>é😀\r\n${'x'.repeat(500)}</a>`
  assert.match(encodePost(xml), /^[A-Za-z0-9+/]+={0,2}$/)
  assert.equal(Buffer.from(decodePost(encodePost(xml))).toString('utf8'), xml)
})

test('Bindings 3.5.4: lines of base64 are taken, as many products send them', () => {
  const lines = encodePost('<a>some more text</a>').replaceAll(/.{8}/g, '$&\r\n')
  assert.equal(Buffer.from(decodePost(lines)).toString('utf8'), '<a>some more text</a>')
})

const refused: readonly (readonly [string, string, string])[] = [
  ['nothing', '', 'nothing'],
  ['white space', ' \r\n', 'text that begins with " \\r\\n"'],
  ['XML as it is', '<samlp:Response/>', 'text that begins with "<samlp:Response/>"'],
  ['percent escapes', 'PGEvPg%3D%3D', 'text that begins with "PGEvPg%3D%3D"'],
  ['the alphabet of addresses', 'PGE-Pz8_', 'text that begins with "PGE-Pz8_"'],
  ['text of any length', `*${'\0\ud800'.repeat(500)}`, 'text that begins with "*'],
]

for (const [what, field, received] of refused) {
  test(`Bindings 3.5.4: ${what} is refused, and the report shows how it begins`, () => {
    const check = (error: unknown): boolean => {
      assert.ok(error instanceof SamlReadError)
      assert.equal(error.code, 'message-base64')
      assert.ok(
        error.received.startsWith(received) && error.received.length < 200 && error.received.isWellFormed(),
        error.received,
      )
      return true
    }
    assert.throws(() => decodePost(field), check)
  })
}

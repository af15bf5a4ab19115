import assert from 'node:assert/strict'
import { test } from 'node:test'
import { originInWords } from '#account/origin.ts'
import { source } from '#users/source.ts'

test('every source has plain words, without ids, attributes or the names of others', () => {
  const kinds = source.options.map(({ shape }) => shape.by.value)
  for (const by of kinds) {
    const full = {
      by,
      connectionId: 'conn_1',
      attribute: 'mail',
      tokenId: 'tok_1',
      administratorId: 'a_1',
      importId: 'i_1',
      linkId: 'setup_1',
    }
    const words = originInWords(source.parse(full))
    assert.match(words, /^[a-z][a-z’ -]+$/, by)
    assert.doesNotMatch(words, /_1|mail,/, by)
  }
  assert.equal(
    originInWords({ by: 'connection', connectionId: 'conn_1', attribute: 'mail' }),
    'from your company’s sign-in page',
  )
})

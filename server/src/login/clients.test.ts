import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attributeWith, authorizedClientIds, clientChecks } from '#login/clients.ts'

const tempo = { id: 'tempo', kind: 'native' } as const
const known = new Set(['tempo', 'desk'])

const said = (...values: readonly string[]) => {
  return { attributes: [{ name: 'AuthorizedClientIDs', nameFormat: undefined, values }] }
}

test('absent, every client is allowed; without a value, none; white space around ids says nothing', () => {
  assert.equal(authorizedClientIds({ attributes: [] }), undefined)
  assert.equal(
    authorizedClientIds({ attributes: [{ name: 'authorizedclientids', nameFormat: undefined, values: ['tempo'] }] }),
    undefined,
    'the name is case-sensitive',
  )
  assert.deepEqual(authorizedClientIds(said()), [])
  assert.deepEqual(authorizedClientIds(said('', ' ')), [])
  assert.deepEqual(authorizedClientIds(said('\n tempo\t', 'Tempo')), ['tempo', 'Tempo'])
})

test('nothing is said of clients where the assertion says nothing', () => {
  assert.deepEqual(clientChecks(undefined, { known, client: tempo }), [])
})

test('the client that asked is listed, and all that is listed exists', () => {
  const checks = clientChecks(['desk', 'tempo'], { known, client: tempo })
  assert.deepEqual(
    checks.map(({ code, outcome }) => [code, outcome]),
    [
      ['client-ids', 'passed'],
      ['client-allowed', 'passed'],
    ],
  )
})

for (const [what, id] of [
  ['typographic quotation marks', '“tempo”'],
  ['straight ones', '"tempo"'],
  ['single ones', '‘tempo’'],
  ['guillemets', '«tempo»'],
] as const) {
  test(`an id with ${what} is not the client, and is flagged`, () => {
    const [ids, allowed] = clientChecks([id, 'desk'], { known, client: tempo })
    assert.deepEqual([ids?.outcome, ids?.received], ['failed', `${id} (has quotation marks)`])
    assert.equal(allowed?.outcome, 'failed')
    assert.equal(allowed?.expected, attributeWith(['desk', 'tempo']))
    assert.equal(allowed?.received, `${id}, desk`)
  })
}

test('an id that no client has is flagged, and of thousands a few are shown', () => {
  const [ids] = clientChecks(
    Array.from({ length: 3000 }, (_, nth) => `${nth}`.padStart(200, 'x')),
    { known, client: undefined },
  )
  assert.equal(ids?.outcome, 'failed')
  assert.match(ids?.received ?? '', /… *, and 2980 more$/)
  assert.ok((ids?.received ?? '').length < 3000)
})

test('the attribute as it must be sent can be pasted: what XML would read otherwise is escaped', () => {
  assert.equal(
    attributeWith(['a<b&c']),
    '<saml:Attribute Name="AuthorizedClientIDs"><saml:AttributeValue>a&lt;b&amp;c</saml:AttributeValue></saml:Attribute>',
  )
})

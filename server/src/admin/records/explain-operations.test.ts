import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { LARGEST_INPUT } from '#explain/find-messages.ts'
import { signedAnswer } from '#login/test-browser.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

onEveryDatabase((kind, openFresh) => {
  test(`a response is explained by its connection as a sign-in would judge it, and nothing is kept (${kind})`, async (t) => {
    const { api, db, world, place, other } = await startApi(t, openFresh)
    const connectionId = place.connection.id
    const input = signedAnswer(place, world, { assertion: { audience: 'https://other.example' } })
    const { statusCode, body, data } = await api.post('explain', { input, connectionId })
    assert.equal(statusCode, 200, body)
    const [item] = data.items
    assert.deepEqual([item.kind, item.ok, data.redacted], ['Response', false, false])
    const failed = item.checks.filter(({ outcome }: { outcome: string }) => outcome === 'failed')
    assert.deepEqual(
      failed.map(({ code, received }: { code: string; received: string }) => [code, received]),
      [['audience', 'https://other.example']],
    )
    assert.match(failed[0].cure, /\S/)
    assert.ok(
      item.facts.some(({ name, value }: { name: string; value: string }) => name === 'subject' && value === 'ada'),
    )
    assert.match(item.xml, />ada</)
    const har = JSON.stringify({
      log: {
        entries: [
          {
            request: {
              method: 'POST',
              url: 'https://x.example/',
              postData: { text: `SAMLResponse=${encodeURIComponent(input)}` },
            },
          },
        ],
      },
    })
    assert.match((await api.post('explain', { input: har })).data.items[0].where, /^entry 1/)
    const xml = Buffer.from(input, 'base64').toString()
    const unjudged = (await api.post('explain', { input: xml })).data.items[0]
    assert.equal(unjudged.ok, true, 'without a connection nobody’s signature is known')
    assertProblem(await api.post('explain', { input, connectionId: other.connection.id }), 400, 'invalid-input')
    for (const table of ['signin_records', 'signin_messages', 'used_assertions'] as const)
      assert.deepEqual(await db.read.selectFrom(table).selectAll().execute(), [])
  })

  test(`without records:values an explanation names nobody (${kind})`, async (t) => {
    const { app, db, world, place } = await startApi(t, openFresh)
    const { secret } = await makeSecret(db, world, { environmentId: place.environment.id }, ['records:read'])
    const api = testApi(app, place.environment.id, secret)
    const input = signedAnswer(place, world, { person: 'lovelace' })
    const { body, data } = await api.post('explain', { input, connectionId: place.connection.id })
    assert.equal(data.redacted, true, body)
    assert.doesNotMatch(body, /lovelace/)
    const broken = Buffer.from('<a>lovelace').toString('base64')
    assert.doesNotMatch((await api.post('explain', { input: broken })).body, /lovelace/)
  })

  test(`what is no message, too large or asked too often is refused (${kind})`, async (t) => {
    const { api, world } = await startApi(t, openFresh)
    assertProblem(await api.post('explain', { input: '{"log":{"entries":[]}}' }), 400, 'message-missing')
    for (const body of [{}, { input: '' }, { input: 5 }])
      assertProblem(await api.post('explain', body), 400, 'invalid-input')
    assertProblem(await api.post('explain', { input: 'x'.repeat(LARGEST_INPUT + 1) }), 400, 'invalid-input')
    assertProblem(await api.post('explain', { input: 'x'.repeat(2 * LARGEST_INPUT) }), 413, 'body-too-large')
    const start = performance.now()
    for (const input of [`${'='.repeat(2_000_000)}x`, '<form '.repeat(300_000), '@'.repeat(2_000_000), '\0', '\ud800'])
      assert.equal((await api.post('explain', { input })).statusCode, 200)
    assert.ok(performance.now() - start < 20_000, 'no input takes long')
    let refused = await api.post('explain', { input: 'x' })
    for (let nth = 0; nth < 20 && refused.statusCode !== 429; nth++) refused = await api.post('explain', { input: 'x' })
    assertProblem(refused, 429, 'too-many-requests')
    assert.equal(refused.headers['retry-after'], '60')
    world.passTime(60_000)
    assert.equal((await api.post('explain', { input: 'x' })).statusCode, 200)
  })
})

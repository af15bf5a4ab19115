import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { testBrowser } from '#login/test-browser.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const HOUR = 60 * 60 * 1000

onEveryDatabase((kind, openFresh) => {
  test(`a link shows one record without the person, until it is over or revoked (${kind})`, async (t) => {
    const { api, neighbour, app, db, world, place } = await startApi(t, openFresh)
    await testBrowser(app, world).signIn(place, { person: 'lovelace' })
    const [{ reference }] = (await api.get('records')).data.items
    const made = await api.post(`records/${reference}/share`, { expiresInHours: 2 })
    assert.equal(made.statusCode, 201, made.body)
    const { token, url, id, expiresAt } = made.data
    assert.deepEqual(
      [url, Date.parse(expiresAt)],
      [`https://sso.example/admin/shared/${token}`, world.clock().getTime() + 2 * HOUR],
    )
    const nobody = testApi(app, place.environment.id, 'none')
    const look = () => nobody.get(`/api/v1/shared/${token}`, { authorization: '' })
    const { statusCode, data, body } = await look()
    assert.equal(statusCode, 200, body)
    assert.deepEqual([data.reference, data.redacted, data.user, data.address], [reference, true, null, null])
    assert.doesNotMatch(body, /lovelace|127\.0\.0\.1/)
    assert.doesNotMatch(
      JSON.stringify(await db.read.selectFrom('record_shares').selectAll().execute()),
      new RegExp(token),
    )
    assert.deepEqual(
      (await api.get(`records/${reference}/shares`)).data.items.map((one: { id: string }) => one.id),
      [id],
    )
    assertProblem(await neighbour.remove(`records/${reference}/shares/${id}`), 404, 'not-found')
    assertProblem(await neighbour.post(`records/${reference}/share`, {}), 404, 'not-found')
    assert.equal((await api.remove(`records/${reference}/shares/${id}`)).statusCode, 204)
    assertProblem(await look(), 404, 'not-found')
    assertProblem(await api.remove(`records/${reference}/shares/${id}`), 404, 'not-found')
    const second = (await api.post(`records/${reference}/share`, {})).data.token
    world.passTime(72 * HOUR)
    assertProblem(await nobody.get(`/api/v1/shared/${second}`), 404, 'not-found')
    for (const wrong of ['x', 'A'.repeat(43), '%00'])
      assertProblem(await nobody.get(`/api/v1/shared/${wrong}`), 404, 'not-found')
    for (const wrong of [{ expiresInHours: 0 }, { expiresInHours: 721 }, { hours: 1 }])
      assertProblem(await api.post(`records/${reference}/share`, wrong), 400, 'invalid-input')
    const { secret } = await makeSecret(db, world, { environmentId: place.environment.id }, ['records:read'])
    const reader = testApi(app, place.environment.id, secret)
    assertProblem(await reader.post(`records/${reference}/share`, {}), 403, 'scope-missing')
    const actions = (await api.get('audit')).data.items.map(({ action }: { action: string }) => action)
    assert.deepEqual(actions.slice(0, 3).sort(), ['record.share-revoked', 'record.shared', 'record.shared'])
  })
})

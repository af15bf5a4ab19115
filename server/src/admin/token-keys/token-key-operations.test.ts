import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { the } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const HOUR = 60 * 60 * 1000
const confirmed = { confirmed: true }

onEveryDatabase((kind, openFresh) => {
  test(`a next key is made, shown, activated and retired, each with its entry in the audit (${kind})`, async (t) => {
    const { api, tokenId, world } = await startApi(t, openFresh)
    assert.deepEqual((await api.get('token-keys')).data, { items: [] })
    const made = await api.post('token-keys')
    assert.deepEqual([made.statusCode, made.data.state], [201, 'next'], made.body)
    assert.ok(String(made.headers.location).endsWith(`/token-keys/${made.data.id}`))
    assert.deepEqual((await api.get(`token-keys/${made.data.id}`)).data, made.data)
    assert.equal(made.data.readyAt, '2026-03-01T13:00:00.000Z')
    const first = (await api.get('token-keys')).data.items.find(({ state }: { state: string }) => state === 'active')
    assert.equal(the(first).readyAt, null, 'something signs until the next key does')
    const next = `token-keys/${made.data.id}`
    const former = `token-keys/${first.id}`

    assertProblem(await api.post('token-keys'), 409, 'token-key-next-exists')
    assertProblem(await api.post(`${next}/activate`, {}), 409, 'token-key-unread')
    assertProblem(await api.post(`${former}/activate`, confirmed), 409, 'token-key-not-next')
    assertProblem(await api.post(`${former}/retire`, confirmed), 409, 'token-key-active')
    world.passTime(HOUR)
    assert.equal((await api.post(`${next}/activate`, {})).data.state, 'active')
    const refused = await api.post(`${former}/retire`, {})
    assertProblem(refused, 409, 'token-key-in-use')
    assert.match(refused.data.detail, /until 2026-03-03T13:00:00.000Z/)
    const retired = await api.post(`${former}/retire`, confirmed)
    assert.deepEqual([retired.statusCode, retired.data.state], [200, 'retired'])
    assertProblem(await api.post(`${former}/retire`, confirmed), 409, 'token-key-retired')

    const entries = async (id: string) => {
      const { items } = (await api.get(`audit?filter[subjectId]=${id}`)).data
      return Object.fromEntries(items.map((one: { action: string; changes: unknown }) => [one.action, one.changes]))
    }
    const state = (from: string | null, to: string) => ({ state: { from, to } })
    assert.deepEqual(await entries(made.data.id), {
      'token-key.made': state(null, 'next'),
      'token-key.activated': state('next', 'active'),
    })
    assert.deepEqual(await entries(first.id), {
      'token-key.replaced': state('active', 'previous'),
      'token-key.retired': state('previous', 'retired'),
    })
    const [entry] = (await api.get(`audit?filter[subjectId]=${first.id}`)).data.items
    assert.deepEqual(entry.actor, { by: 'api', tokenId })
  })

  test(`activating retires what nobody needs any more, with an entry in the audit (${kind})`, async (t) => {
    const { api, world } = await startApi(t, openFresh)
    const change = async () => api.post(`token-keys/${(await api.post('token-keys')).data.id}/activate`, confirmed)
    await change()
    const { items: all } = (await api.get('token-keys')).data
    const first = the(all.find((key: { state: string }) => key.state === 'previous'))
    world.passTime(48 * HOUR)
    await change()
    assert.equal((await api.get(`token-keys/${first.id}`)).data.state, 'retired')
    const { items } = (await api.get(`audit?filter[subjectId]=${first.id}`)).data
    assert.equal(items[0].action, 'token-key.retired')
  })

  test(`a request that says too little or too much is refused, and changes nothing (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    const { id } = (await api.post('token-keys')).data
    for (const step of ['activate', 'retire']) {
      assertProblem(await api.post(`token-keys/${id}/${step}`), 400, 'body-unreadable')
      for (const body of [{ confirmed: 'yes' }, { confirm: true }, [], 1])
        assertProblem(await api.post(`token-keys/${id}/${step}`, body), 400, 'invalid-input')
    }
    assertProblem(await api.get('token-keys/key_none'), 404, 'not-found')
    assertProblem(await api.post('token-keys/key_none/activate', confirmed), 404, 'not-found')
    assert.equal((await api.get(`token-keys/${id}`)).data.state, 'next')
  })

  test(`a neighbour’s keys are not there, and a token needs the scope (${kind})`, async (t) => {
    const { api, neighbour, app, db, world, place } = await startApi(t, openFresh)
    const { id } = (await api.post('token-keys')).data
    assert.deepEqual((await neighbour.get('token-keys')).data, { items: [] })
    assertProblem(await neighbour.get(`token-keys/${id}`), 404, 'not-found')
    for (const step of ['activate', 'retire'])
      assertProblem(await neighbour.post(`token-keys/${id}/${step}`, confirmed), 404, 'not-found')
    assert.equal((await api.get(`token-keys/${id}`)).data.state, 'next')
    const reach = { companyId: place.company.id, environmentId: place.environment.id }
    const reader = await makeSecret(db, world, reach, ['keys:read'])
    const reading = testApi(app, place.environment.id, reader.secret)
    assert.equal((await reading.get(`token-keys/${id}`)).statusCode, 200)
    for (const path of ['token-keys', `token-keys/${id}/activate`, `token-keys/${id}/retire`])
      assertProblem(await reading.post(path, confirmed), 403, 'scope-missing')
    const other = await makeSecret(db, world, reach, ['clients:write'])
    assertProblem(await testApi(app, place.environment.id, other.secret).get('token-keys'), 403, 'scope-missing')
  })
})

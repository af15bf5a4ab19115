import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem, made, makeSecret, startApi, type TestApi, testApi } from '#admin/test-api.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

type Listed = {
  id: string
  kind: string
  number: number
  done: string
  fields: string[]
  subjectId: string
  before: object
}

type Difference = { field: string; before: unknown; after: unknown }

const versions = async (api: TestApi, query = ''): Promise<Listed[]> => (await api.get(`versions${query}`)).data.items
const of = (all: readonly Listed[], kind: string, number: number): string => {
  const found = all.find((one) => one.kind === kind && one.number === number)
  assert.ok(found, `${kind} ${number}`)
  return found.id
}

onEveryDatabase((kind, openFresh) => {
  test(`each change of a connection is a version, can be looked at, and taken back (${kind})`, async (t) => {
    const { api, world, tokenId } = await startApi(t, openFresh)
    const id = await made(api.post('connections', { name: 'Partners', clockSkewSeconds: 10 }))
    const path = `connections/${id}`
    const pass = () => world.passTime(1000)
    pass()
    await api.patch(path, { clockSkewSeconds: 30, createUsers: { attributes: { email: 'mail' } } })
    pass()
    const before = (await api.get(path)).data
    await api.remove(path)
    pass()
    const all = await versions(api, `?kind=connection&subjectId=${id}`)
    assert.deepEqual(
      all.map(({ number, done }) => [number, done]),
      [
        [3, 'removed'],
        [2, 'changed'],
        [1, 'created'],
      ],
    )
    const [removed, changed, created] = all.map((one) => one.id)
    const whole = (await api.get(`versions/${changed}`)).data
    const differs = whole.difference.map(({ field, before, after }: Difference) => [field, before, after])
    assert.deepEqual(differs.toSorted(), [
      ['clockSkewSeconds', 10, 30],
      ['createUsers.attributes.email', null, 'mail'],
    ])
    assert.deepEqual([whole.actor, whole.subjectName], [{ by: 'api', tokenId }, 'Partners'])
    assert.deepEqual([whole.before.clockSkewSeconds, whole.after.clockSkewSeconds], [10, 30])

    // Removed, it comes back under its id and ticket.
    const back = await api.post(`versions/${removed}/revert`)
    assert.equal(back.statusCode, 200, back.body)
    assert.deepEqual([back.data.number, back.data.done], [4, 'created'])
    assert.deepEqual((await api.get(path)).data, before)
    const undone = await api.post(`versions/${changed}/revert`)
    assert.deepEqual(undone.data.fields.toSorted(), ['clockSkewSeconds', 'createUsers.attributes.email'])
    assert.equal((await api.get(path)).data.clockSkewSeconds, 10)
    await api.post(`versions/${changed}/revert?to=after`)
    assert.deepEqual((await api.get(path)).data, before)
    const same = await api.post(`versions/${changed}/revert?to=after`)
    assert.equal(same.data.number, 6, 'nothing was different, so there is no new version')

    assertProblem(await api.post(`versions/${created}/revert`), 409, 'version-empty')
    assertProblem(await api.post(`versions/${removed}/revert?to=after`), 409, 'version-empty')
    assertProblem(await api.post(`versions/${removed}/revert?to=then`), 400, 'invalid-input')
    const audit = (await api.get(`audit?filter[subjectId]=${id}`)).data.items
    assert.equal(audit.length, 6)
  })

  test(`a state that does not fit what there is now is not brought back (${kind})`, async (t) => {
    const { api, world } = await startApi(t, openFresh)
    const id = await made(api.post('connections', { name: 'Old name' }))
    world.passTime(1000)
    await api.patch(`connections/${id}`, { name: 'New name' })
    const [changed] = await versions(api)
    await made(api.post('connections', { name: 'Old name' }))
    assertProblem(await api.post(`versions/${changed?.id}/revert`), 409, 'connection-name-taken')
    assert.equal((await api.get(`connections/${id}`)).data.name, 'New name')
  })

  test(`clients, rules of access, session settings and targets have versions, too (${kind})`, async (t) => {
    const { api, app, db, world, place } = await startApi(t, openFresh)
    const { secret } = await makeSecret(db, world, { companyId: place.company.id })
    const company = testApi(app, place.environment.id, secret)
    const client = await made(api.post('clients', { name: 'Export', kind: 'machine' }))
    await api.patch(`clients/${client}`, { accessTokenSeconds: 300 })
    const { secret: text } = (await api.post(`clients/${client}/secrets`, {})).data
    const idle = (await api.get('session-settings')).data.idleMinutes
    await api.put('session-settings', { idleMinutes: 5 })
    const text1 = 'forbid (principal, action, resource) when { false };'
    const policy = await made(api.post('access/policies', { name: 'Never', text: text1 }))
    const addresses = { ranges: ['203.0.113.0/24'], mode: 'shadow' }
    const saved = await api.put('access/addresses', addresses)
    assert.equal(saved.statusCode, 200, saved.body)
    const environment = `/api/v1/environments/${place.environment.id}`
    await company.patch(environment, { targets: ['https://elsewhere.example'] })
    const all = await versions(company)
    assert.deepEqual(all.map(({ kind, number }) => `${kind} ${number}`).toSorted(), [
      'addresses 1',
      'client 1',
      'client 2',
      'policy 1',
      'session-settings 1',
      'targets 1',
    ])
    assert.ok(!JSON.stringify(await db.read.selectFrom('configuration_versions').selectAll().execute()).includes(text))

    await company.patch(environment, { name: 'Prod' })
    for (const [kind, number] of [
      ['client', 2],
      ['session-settings', 1],
      ['addresses', 1],
      ['targets', 1],
    ] as const) {
      const back = await company.post(`versions/${of(all, kind, number)}/revert`)
      assert.equal(back.statusCode, 200, back.body)
    }
    assert.equal((await api.get(`clients/${client}`)).data.accessTokenSeconds, 3600)
    assert.equal((await api.get('session-settings')).data.idleMinutes, idle)
    assert.deepEqual((await api.get('access/addresses')).data.ranges, [])
    assert.deepEqual((await company.get(environment)).data.targets, place.environment.targets)
    await api.remove(`access/policies/${policy}`)
    const removed = (await versions(api, `?kind=policy&subjectId=${policy}`)).find(({ done }) => done === 'removed')
    assert.equal((await api.post(`versions/${removed?.id}/revert`)).statusCode, 200)
    const [again] = (await api.get('access/policies')).data.items
    assert.deepEqual([again.name, again.text], ['Never', text1])
    await api.remove(`clients/${client}`)
    const gone = (await versions(api, `?kind=client`)).find(({ done }) => done === 'removed')
    assert.equal((await api.post(`versions/${gone?.id}/revert`)).statusCode, 200)
    assert.deepEqual((await api.get(`clients/${client}/secrets`)).data.items, [], 'its secrets do not come back')
  })

  test(`versions come page by page (${kind})`, async (t) => {
    const { api, world } = await startApi(t, openFresh)
    for (const idleMinutes of [5, 6, 7]) {
      world.passTime(1000)
      await api.put('session-settings', { idleMinutes })
    }
    const first = (await api.get('versions?limit=2')).data
    const second = (await api.get(`versions?limit=2&cursor=${first.next}`)).data
    assert.deepEqual(
      [...first.items, ...second.items].map(({ number }: Listed) => number),
      [3, 2, 1],
    )
    assert.equal(second.next, null)
    assertProblem(await api.get('versions?cursor=x'), 400, 'invalid-input')
    assertProblem(await api.get('versions?kind=user'), 400, 'invalid-input')
    assert.deepEqual(await versions(api, '?subjectId=%00'), [])
  })

  test(`a neighbour’s versions are not there, and each kind needs its own scope (${kind})`, async (t) => {
    const { api, neighbour, app, db, world, place } = await startApi(t, openFresh)
    const client = await made(api.post('clients', { name: 'Export', kind: 'machine' }))
    await api.patch(`clients/${client}`, { accessTokenSeconds: 300 })
    await made(api.post('connections', { name: 'Draft' }))
    const all = await versions(api)
    const changed = of(all, 'client', 2)
    assert.deepEqual(await versions(neighbour), [])
    assertProblem(await neighbour.get(`versions/${changed}`), 404, 'not-found')
    assertProblem(await neighbour.post(`versions/${changed}/revert`), 404, 'not-found')
    for (const id of ['ver_x', 'x', '%00']) assertProblem(await api.get(`versions/${id}`), 404, 'not-found')

    const reach = { companyId: place.company.id, environmentId: place.environment.id }
    const with_ = async (...scopes: Parameters<typeof makeSecret>[3] & object) =>
      testApi(app, place.environment.id, (await makeSecret(db, world, reach, scopes)).secret)
    const connectionsOnly = await with_('connections:read', 'connections:write')
    assert.deepEqual(
      (await versions(connectionsOnly)).map(({ kind }) => kind),
      ['connection'],
    )
    assertProblem(await connectionsOnly.get(`versions/${changed}`), 404, 'not-found')
    const reading = await with_('connections:read', 'connections:write', 'clients:read')
    assert.equal((await reading.get(`versions/${changed}`)).statusCode, 200)
    assertProblem(await reading.post(`versions/${changed}/revert`), 403, 'scope-missing')
    assertProblem(await (await with_('clients:read')).get('versions'), 403, 'scope-missing')
  })
})

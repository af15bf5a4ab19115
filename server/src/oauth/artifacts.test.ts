import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeNeighbours, now, testWorld, the } from '#login/test-place.ts'
import { adapterFor } from '#oauth/artifacts.ts'
import { clientSettings, deleteClient, insertClient } from '#oauth/clients.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

onEveryDatabase((kind, openFresh) => {
  test(`a client that is removed leaves nothing behind that was given out to it (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const { mine, other } = await makeNeighbours(db, world)
    const settings = clientSettings.parse({})
    const [here, there] = [mine.environment.id, other.environment.id]
    for (const [environmentId, id] of [
      [here, 'reports'] as const,
      [here, 'export'] as const,
      [there, 'reports'] as const,
    ])
      await insertClient(db.write, environmentId, { id, name: id, kind: 'machine', settings }, now)
    const models = ['Grant', 'AuthorizationCode', 'RefreshToken', 'AccessToken', 'ClientCredentials', 'DeviceCode']
    const give = async (environmentId: typeof here, clientId: string) => {
      for (const model of models)
        await adapterFor({ db, world }, environmentId, model).upsert(clientId, { clientId }, 60)
    }
    const kept = async (environmentId: typeof here, id: string) => {
      const found = models.map(async (model) => [model, await adapterFor({ db, world }, environmentId, model).find(id)])
      return (await Promise.all(found)).flatMap(([model, payload]) => (payload === undefined ? [] : [model]))
    }
    for (const id of ['reports', 'export']) await give(here, id)
    await give(there, 'reports')
    // What oidc-provider keeps for nobody in particular.
    await adapterFor({ db, world }, here, 'Session').upsert('browser', { uid: 'u' }, 60)
    assert.deepEqual(await kept(here, 'reports'), models)

    assert.equal(await deleteClient(db.write, here, 'reports'), true)
    assert.deepEqual(await kept(here, 'reports'), [])
    assert.deepEqual(await kept(here, 'export'), models)
    assert.deepEqual(await kept(there, 'reports'), models)
    the(await adapterFor({ db, world }, here, 'Session').find('browser'))

    await insertClient(db.write, here, { id: 'reports', name: 'Reports', kind: 'machine', settings }, now)
    assert.deepEqual(await kept(here, 'reports'), [], 'a later client with the id inherits nothing')
    assert.equal(await deleteClient(db.write, here, 'nobody'), false)
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { updateConnection } from '#connections/connections.ts'
import { testBrowser } from '#login/test-browser.ts'
import { now } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const HOUR = 60 * 60 * 1000

onEveryDatabase((kind, openFresh) => {
  test(`the overview counts the sign-ins of a day, and says how each connection is doing (${kind})`, async (t) => {
    const { api, neighbour, app, world, place, db } = await startApi(t, openFresh)
    const { connection, environment } = place
    const health = async () => (await api.get('overview')).data.connections[0].health
    assert.equal(await health(), 'unused')
    const signIn = (audience?: string) =>
      testBrowser(app, world).signIn(place, audience === undefined ? {} : { assertion: { audience } })
    await signIn('https://lost.example')
    world.passTime(24 * HOUR)
    await signIn()
    assert.equal(await health(), 'good')
    world.passTime(HOUR)
    await signIn('https://other.example')
    await signIn('https://other.example')
    await testBrowser(app, world).begin(place)
    const { data, statusCode, body } = await api.get('overview')
    assert.equal(statusCode, 200, body)
    assert.deepEqual([data.url, data.openSessions, data.users], ['https://sso.example/acme/production', 1, 1])
    assert.equal(data.hours.length, 24)
    assert.deepEqual(data.hours.slice(-2), [
      { from: new Date(now.getTime() + 24 * HOUR).toISOString(), signedIn: 1, refused: 0 },
      { from: new Date(now.getTime() + 25 * HOUR).toISOString(), signedIn: 0, refused: 2 },
    ])
    const [failure, ...more] = data.failures
    assert.deepEqual([failure.reason, failure.count, more.length], ['audience', 2, 0], 'what is older does not count')
    assert.equal((await api.get(`records/${failure.newest.reference}`)).data.reason, 'audience')
    const [shown] = data.connections
    assert.deepEqual([shown.health, shown.lastFailure.reason, shown.state], ['failing', 'audience', 'live'])
    assert.equal((await api.get(`records/${shown.lastSuccess.reference}`)).data.outcome, 'signed-in')
    await updateConnection(db.write, environment.id, { ...connection, state: 'draft' }, now)
    assert.equal(await health(), 'draft')
    const theirs = (await neighbour.get('overview')).data
    assert.deepEqual([theirs.failures, theirs.openSessions, theirs.connections[0].health], [[], 0, 'unused'])
  })

  test(`a test of a connection is no sign-in: the overview does not count it (${kind})`, async (t) => {
    const { api, app, db, world, place } = await startApi(t, openFresh)
    const begun = await api.post(`connections/${place.connection.id}/test`)
    assert.equal(begun.statusCode, 201, begun.body)
    assert.equal((await testBrowser(app, world).get(`${begun.data.url}`)).statusCode, 303)
    await testBrowser(app, world).get(`${begun.data.url}&done=https://elsewhere.example/`)
    const { hours, connections } = (await api.get('overview')).data
    assert.equal(hours.at(-1).signedIn, 0)
    assert.ok(connections)
    const reach = { environmentId: place.environment.id }
    const { secret } = await makeSecret(db, world, reach, ['users:read'])
    assertProblem(await testApi(app, place.environment.id, secret).get('overview'), 403, 'scope-missing')
  })
})

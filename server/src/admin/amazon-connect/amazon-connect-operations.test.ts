import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { listVersions } from '#configuration/configuration.ts'
import { relayStateOf } from '#connect/relay-state.ts'
import { findAmazonConnect, saveAmazonConnect } from '#connect/settings.ts'
import { deepLink, iamMetadata, instanceArn, leastTyped, testSettings } from '#connect/test-settings.ts'
import { now } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const path = 'amazon-connect'
const typed = {
  ...leastTyped,
  singleSignOn: { enabled: true, url: deepLink },
  federation: { product: 'okta', metadata: iamMetadata },
}

onEveryDatabase((kind, openFresh) => {
  test(`the instance is set, read, changed and removed, with what AWS must know (${kind})`, async (t) => {
    const { api, db, place } = await startApi(t, openFresh)
    const agentUrl = 'https://sso.example/acme/production'
    const own = { agentUrl, testUrl: `${agentUrl}/desktop-test`, approvedOrigin: 'https://sso.example' }
    const nothing = { settings: null, ...own, addresses: null, relayState: null, warnings: [] }
    assert.deepEqual((await api.get(path)).data, nothing)
    const set = await api.put(path, typed)
    const settings = testSettings(typed)
    const origin = 'https://acme.my.connect.aws'
    assert.deepEqual(
      [set.statusCode, set.data],
      [
        200,
        {
          settings,
          ...own,
          addresses: {
            ccpUrl: `${origin}/ccp-v2/`,
            loginUrl: `${origin}/login`,
            logoutUrl: `${origin}/logout`,
            origin,
          },
          relayState: relayStateOf(settings),
          warnings: [],
        },
      ],
    )
    const got = await api.get(path)
    assert.deepEqual([got.data, got.headers.etag], [set.data, set.headers.etag])
    assert.deepEqual(await findAmazonConnect(db.read, place.environment.id), settings)
    // What was read can be sent back as it is.
    const again = await api.put(path, got.data.settings, { 'if-match': String(got.headers.etag) })
    assert.deepEqual([again.statusCode, again.data], [200, got.data])
    assert.equal((await api.remove(path, { 'if-match': String(got.headers.etag) })).statusCode, 204)
    assert.equal((await api.remove(path)).statusCode, 204)
    assert.deepEqual((await api.get(path)).data, nothing)
    type Entry = { action: string; changes: Record<string, { from: unknown; to: unknown } | undefined> }
    const entries: Entry[] = (await api.get(`audit?filter[subjectId]=${place.environment.id}`)).data.items
    assert.deepEqual(entries.map(({ action }) => action).toSorted(), [
      'amazon-connect.changed',
      'amazon-connect.removed',
    ])
    const changes = entries.find(({ action }) => action === 'amazon-connect.changed')?.changes ?? {}
    assert.deepEqual(changes['singleSignOn.url'], { from: null, to: deepLink })
    assert.match(String(changes['federation.metadata']?.to), /^SHA-256 [0-9a-f]{64}$/)
  })

  test(`a change that names another state is refused, of nothing, too (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    const ofNothing = String((await api.get(path)).headers.etag)
    const [first, second] = await Promise.all([
      api.put(path, typed, { 'if-match': ofNothing }),
      api.put(path, { ...typed, requireSignIn: false }, { 'if-match': ofNothing }),
    ])
    assert.deepEqual([first.statusCode, second.statusCode].toSorted(), [200, 412])
    assertProblem(await api.put(path, typed, { 'if-match': ofNothing }), 412, 'changed-meanwhile')
    assertProblem(await api.remove(path, { 'if-match': ofNothing }), 412, 'changed-meanwhile')
  })

  test(`every mistake is told at once, by its field; nothing is saved (${kind})`, async (t) => {
    const { api, db, place } = await startApi(t, openFresh)
    const refused = await api.put(path, {
      instance: { url: 'https://acme.okta.com', id: instanceArn, region: 'us-east-1' },
      singleSignOn: { enabled: true },
      federation: { metadata: '<x/>' },
    })
    assertProblem(refused, 400, 'invalid-input')
    assert.deepEqual(
      refused.data.problems.map(({ path }: { path: string }) => path),
      ['instance.url', 'instance.region', 'singleSignOn.url', 'federation.metadata'],
    )
    for (const wrong of [
      undefined,
      [],
      {},
      'x',
      7,
      { instance: 'acme' },
      { instance: { url: '\0', id: '\0' } },
      { instance: { url: 'x'.repeat(5000), id: instanceArn } },
      { ...typed, federation: { metadata: 7 } },
      { ...typed, federation: { metadata: '\0' } },
      { ...typed, singleSignOn: { enabled: 'yes' } },
      { ...typed, stuckAfterSeconds: 1e300 },
      { ...typed, __proto__: null, toString: 1 },
    ])
      assert.equal((await api.put(path, wrong)).statusCode, 400, JSON.stringify(wrong))
    assert.equal(await findAmazonConnect(db.read, place.environment.id), undefined)
  })

  test(`what was taken in another way, or may go wrong, is told (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    const codes = async (instance: object) => {
      const { data } = await api.put(path, { instance: { ...leastTyped.instance, ...instance } })
      return data.warnings.map(({ code }: { code: string }) => code)
    }
    assert.deepEqual(await codes({ url: 'http://acme.awsapps.com/connect/ccp' }), [
      'instance-url-cut',
      'instance-url-https',
    ])
    assert.deepEqual(await codes({ url: 'localhost:4000' }), ['instance-on-this-machine'])
    // What was typed is over; what may go wrong is not.
    const { data } = await api.get(path)
    assert.deepEqual(
      data.warnings.map(({ code }: { code: string }) => code),
      ['instance-on-this-machine'],
    )
  })

  test(`a neighbour's instance is not seen and not touched (${kind})`, async (t) => {
    const { api, app, neighbour, other, db, place, world } = await startApi(t, openFresh)
    const theirs = testSettings({ agentName: 'email' })
    await saveAmazonConnect(db.write, other.environment.id, theirs, now)
    assert.equal((await api.get(path)).data.settings, null)
    await api.put(path, typed)
    await api.remove(path)
    assert.deepEqual((await neighbour.get(path)).data.settings, theirs)
    const { secret } = await makeSecret(db, world, { environmentId: other.environment.id })
    const across = testApi(app, place.environment.id, secret)
    assertProblem(await across.get(path), 404, 'not-found')
    assertProblem(await across.put(path, typed), 404, 'not-found')
    assertProblem(await across.remove(path), 404, 'not-found')
  })

  test(`who may read the settings may not change them (${kind})`, async (t) => {
    const { app, db, world, place } = await startApi(t, openFresh)
    const { secret } = await makeSecret(db, world, {}, ['amazon-connect:read'])
    const reader = testApi(app, place.environment.id, secret)
    assert.equal((await reader.get(path)).statusCode, 200)
    assertProblem(await reader.put(path, typed), 403, 'scope-missing')
    assertProblem(await reader.remove(path), 403, 'scope-missing')
    const stranger = testApi(app, place.environment.id, (await makeSecret(db, world, {}, ['access:read'])).secret)
    assertProblem(await stranger.get(path), 403, 'scope-missing')
  })

  test(`every change is a version that can be taken back, by whoever may change the settings (${kind})`, async (t) => {
    const { api, app, db, world, place } = await startApi(t, openFresh)
    await api.put(path, typed)
    world.passTime(1000)
    await api.put(path, { ...typed, requireSignIn: false })
    world.passTime(1000)
    await api.remove(path)
    const { items } = (await api.get('versions?kind=amazon-connect')).data
    const told = items.map(({ number, done, fields }: never) => [number, done, (fields as string[]).length > 1])
    assert.deepEqual(told, [
      [3, 'removed', true],
      [2, 'changed', false],
      [1, 'created', true],
    ])
    const [removed, changed, created] = items
    const back = await api.post(`versions/${removed.id}/revert`)
    assert.deepEqual([back.statusCode, back.data.done], [200, 'created'], back.body)
    assert.equal((await api.get(path)).data.settings.requireSignIn, false)
    assert.equal((await api.post(`versions/${changed.id}/revert`)).statusCode, 200)
    assert.deepEqual((await api.get(path)).data.settings, testSettings(typed))
    assertProblem(await api.post(`versions/${created.id}/revert`), 409, 'version-empty')
    const { secret } = await makeSecret(db, world, {}, ['connections:read', 'connections:write', 'amazon-connect:read'])
    const reader = testApi(app, place.environment.id, secret)
    assert.equal((await reader.get(`versions/${changed.id}`)).statusCode, 200)
    assertProblem(await reader.post(`versions/${changed.id}/revert`), 403, 'scope-missing')
  })

  test(`changes and what is taken back at the same time follow one another, and none is lost unseen (${kind})`, async (t) => {
    const { api, db, place } = await startApi(t, openFresh)
    await api.put(path, typed)
    await api.put(path, { ...typed, stuckAfterSeconds: 60 })
    const [changed] = (await api.get('versions?kind=amazon-connect')).data.items
    const seconds = [11, 12, 13, 14, 15, 16]
    const answers = await Promise.all(
      seconds.flatMap((stuckAfterSeconds) => [
        api.put(path, { ...typed, stuckAfterSeconds }),
        api.post(`versions/${changed.id}/revert`),
      ]),
    )
    for (const { statusCode, body } of answers) assert.ok([200, 409].includes(statusCode), body)
    const page = { kinds: ['amazon-connect'], limit: 100 } as const
    const versions = await listVersions(db.read, place.environment.id, page)
    const inOrder = versions.toSorted((one, other) => one.number - other.number)
    for (const [nth, { before }] of inOrder.entries())
      assert.deepEqual(before, inOrder[nth - 1]?.after, `before version ${nth + 1}`)
    assert.deepEqual(inOrder.at(-1)?.after, await findAmazonConnect(db.read, place.environment.id))
  })
})

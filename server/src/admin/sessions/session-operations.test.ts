import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { assertProblem, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { updateConnection } from '#connections/connections.ts'
import { connectionSettings } from '#connections/settings.ts'
import { now, type TestWorld } from '#login/test-place.ts'
import { endAllJob } from '#logout/end-all.ts'
import { insertPerson, insertSessionRows, sessionRow } from '#sessions/test-sessions.ts'
import type { Database } from '#storage/database.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const MINUTE = 60_000
const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:148.0) Gecko/20100101 Firefox/148.0'

/** Ada has sessions through a connection that tells its identity provider, Bo has one with a password. */
async function startWithSessions(t: TestContext, openFresh: OpenFresh) {
  const started = await startApi(t, openFresh)
  const { db, world, place, other } = started
  const { connection } = place
  const singleLogout = { enabled: true, url: 'https://idp.example/slo', method: 'back-channel' }
  const settings = connectionSettings.parse({ ...connection.settings, singleLogout })
  await updateConnection(db.write, place.environment.id, { ...connection, settings }, now)
  const ada = await insertPerson(db, world, place, { username: 'ada', firstName: 'Ada', lastName: 'Lindqvist' })
  const bo = await insertPerson(db, world, place, { username: 'bo' })
  const theirs = await insertPerson(db, world, other, { username: 'ada' })
  const named = { connection_id: connection.id, name_id: 'ada', name_id_format: 'urn:f', session_index: '_index' }
  const first = sessionRow(world, ada, {
    ...named,
    user_agent: firefox,
    address: '192.0.2.1',
    authn_context: 'urn:c',
    authorized_client_ids: '["desk"]',
    opened_at: now.getTime() - MINUTE,
  })
  const second = sessionRow(world, ada, { ...named, opened_at: now.getTime() - 2 * MINUTE })
  const over = sessionRow(world, ada, {
    ...named,
    opened_at: now.getTime() - 3 * MINUTE,
    ended_at: now.getTime(),
    ended_why: 'limit',
  })
  const bos = sessionRow(world, bo, { opened_at: now.getTime() - 4 * MINUTE })
  const neighbours = sessionRow(world, theirs)
  await insertSessionRows(db, [first, second, over, bos, neighbours])
  return { ...started, ada, bo, theirs, first, second, over, bos, neighbours }
}

const ids = ({ items }: { readonly items: readonly { readonly id: string }[] }) => items.map(({ id }) => id)
const openIn = async (db: Database): Promise<readonly string[]> =>
  (await db.read.selectFrom('sessions').select('id').where('ended_at', 'is', null).execute()).map(({ id }) => id)

async function finish(db: Database, world: TestWorld): Promise<void> {
  const job = endAllJob({ db, world })
  while ((await job.once(new AbortController().signal)) === 'more');
}

onEveryDatabase((kind, openFresh) => {
  test(`the list has what its filters say, and pages through it (${kind})`, async (t) => {
    const { api, place, ada, bo, first, second, over, bos, neighbours } = await startWithSessions(t, openFresh)
    const list = async (query: string) => ids((await api.get(`sessions?${query}`)).data)
    assert.deepEqual(await list(''), [first.id, second.id, bos.id])
    assert.deepEqual(await list('filter[state]=all'), [first.id, second.id, over.id, bos.id])
    assert.deepEqual(await list('filter[state]=ended'), [over.id])
    assert.deepEqual(await list('filter[state]=all&filter[why]=limit'), [over.id])
    assert.deepEqual(await list('filter[username]=bo'), [bos.id])
    assert.deepEqual(await list(`filter[userId]=${bo.id}`), [bos.id])
    assert.deepEqual(await list(`filter[connectionId]=${place.connection.id}`), [first.id, second.id])
    assert.deepEqual(await list(`filter[userId]=${neighbours.user_id}`), [])
    assert.deepEqual(ids((await api.get(`users/${ada.id}/sessions?filter[state]=all`)).data), [
      first.id,
      second.id,
      over.id,
    ])
    assertProblem(await api.get(`users/${neighbours.user_id}/sessions`), 404, 'not-found')

    const one = (await api.get('sessions?limit=2')).data
    const two = (await api.get(`sessions?limit=2&cursor=${one.next}`)).data
    assert.deepEqual([ids(one), ids(two), two.next], [[first.id, second.id], [bos.id], null])
    const foreign = [`${one.next}x`, 'nonsense', Buffer.from('["-openedAt","x","y"]').toString('base64url')]
    foreign.push(Buffer.from('["-openedAt",9007199254740991,"sess_a"]').toString('base64url'))
    for (const cursor of foreign) assertProblem(await api.get(`sessions?cursor=${cursor}`), 400, 'invalid-input')
    for (const query of ['filter[state]=alive', 'filter[why]=x', 'limit=0', 'filter[user]=ada']) {
      assertProblem(await api.get(`sessions?${query}`), 400, 'invalid-input')
    }
  })

  test(`a session says on what it is, when it ends and why, and keeps the names of the assertion (${kind})`, async (t) => {
    const { api, first, over, bos, neighbours } = await startWithSessions(t, openFresh)
    const answer = await api.get(`sessions/${first.id}`)
    const { data } = answer
    assert.deepEqual(
      [data.device, data.address, data.ends, data.ended],
      ['Firefox on Windows', '192.0.2.1', { at: '2026-03-01T16:00:00.000Z', by: 'idle' }, null],
    )
    assert.deepEqual(
      [data.user.displayName, data.connection.name, data.authnContext, data.authorizedClientIds],
      ['Ada Lindqvist', 'Directory', 'urn:c', ['desk']],
    )
    assert.deepEqual([data.nameIdFormat, data.sessionIndex], ['urn:f', '_index'])
    assert.ok(!answer.body.includes(first.token_hash))
    const { ends, ended } = (await api.get(`sessions/${over.id}`)).data
    assert.deepEqual([ends, ended.why, ended.at], [null, 'limit', now.toISOString()])
    assert.match(ended.sentence, /Session Limit/)
    assert.deepEqual((await api.get(`sessions/${bos.id}`)).data.connection, null)
    for (const id of [neighbours.id, 'sess_nobody', 'x', '%00']) {
      assertProblem(await api.get(`sessions/${id}`), 404, 'not-found')
    }
  })

  test(`ending one tells its identity provider, once; a neighbour’s goes on (${kind})`, async (t) => {
    const { api, db, tokenId, first, neighbours, bos, second } = await startWithSessions(t, openFresh)
    const answer = await api.post(`sessions/${first.id}/end`)
    assert.deepEqual([answer.statusCode, answer.data.ended.why], [200, 'ended-by-administrator'], answer.body)
    const again = await api.post(`sessions/${first.id}/end`)
    assert.deepEqual([again.statusCode, again.data], [200, answer.data])
    assertProblem(await api.post(`sessions/${neighbours.id}/end`), 404, 'not-found')
    assert.deepEqual((await openIn(db)).toSorted(), [bos.id, second.id, neighbours.id].toSorted())
    const told = (await api.get('logouts')).data.items
    assert.deepEqual(
      told.map(({ sessionId, state, why }: Record<string, unknown>) => [sessionId, state, why]),
      [[first.id, 'waiting', 'ended-by-administrator']],
    )
    const { items } = (await api.get(`audit?filter[subjectId]=${first.id}`)).data
    assert.deepEqual(
      items.map(({ action, actor, subject }: Record<string, unknown>) => [action, actor, subject]),
      [['session.ended', { by: 'api', tokenId }, { id: first.id, name: 'ada' }]],
    )
  })

  test(`what has lapsed is not ended a second time, and nobody is told (${kind})`, async (t) => {
    const { api, db, world, ada, place } = await startWithSessions(t, openFresh)
    const lapsed = sessionRow(world, ada, {
      connection_id: place.connection.id,
      name_id: 'ada',
      expires_at: now.getTime(),
    })
    await insertSessionRows(db, [lapsed])
    assert.equal((await api.post(`sessions/${lapsed.id}/end`)).data.ended.why, 'lifetime')
    assert.deepEqual((await api.get('logouts')).data.items, [])
    assert.deepEqual((await api.get(`audit?filter[subjectId]=${lapsed.id}`)).data.items, [])
  })

  test(`Logout All of a user ends all of theirs and says of how many somebody is told (${kind})`, async (t) => {
    const { api, db, world, place, ada, bo, theirs, bos, neighbours } = await startWithSessions(t, openFresh)
    const lapsed = sessionRow(world, ada, {
      connection_id: place.connection.id,
      name_id: 'ada',
      expires_at: now.getTime(),
    })
    await insertSessionRows(db, [lapsed])
    assert.deepEqual((await api.post(`users/${ada.id}/sessions/end`)).data, { ended: 2, told: 2 })
    assert.deepEqual((await api.post(`users/${ada.id}/sessions/end`)).data, { ended: 0, told: 0 })
    assertProblem(await api.post(`users/${theirs.id}/sessions/end`), 404, 'not-found')
    assert.deepEqual((await openIn(db)).toSorted(), [bos.id, neighbours.id, lapsed.id].toSorted())
    assert.deepEqual((await api.post(`users/${bo.id}/sessions/end`)).data, { ended: 1, told: 0 })
    const { items } = (await api.get(`audit?filter[subjectId]=${ada.id}`)).data
    assert.deepEqual(
      items.map(({ action, changes }: Record<string, unknown>) => [action, changes]),
      [['user.sessions-ended', { sessions: { from: '2', to: '0' } }]],
    )
  })

  test(`Logout All of the Environment answers at once, and tells how far it is (${kind})`, async (t) => {
    const { api, neighbour, db, world, neighbours } = await startWithSessions(t, openFresh)
    const key = { 'idempotency-key': 'one-and-the-same' }
    const begun = await api.post('sessions/end-all', undefined, key)
    const { id } = begun.data
    assert.deepEqual([begun.statusCode, begun.data.total, begun.data.ended], [202, 3, 0], begun.body)
    assert.equal((await api.post('sessions/end-all', undefined, key)).data.id, id, 'sent again, it is the same')
    assert.ok(String(begun.headers.location).endsWith(`/session-endings/${id}`))
    assert.deepEqual((await api.get(`session-endings/${id}`)).data, begun.data)
    await finish(db, world)
    const done = { ...begun.data, ended: 3, finishedAt: now.toISOString() }
    assert.deepEqual((await api.get(`session-endings/${id}`)).data, done)
    assert.deepEqual((await api.get('session-endings')).data, { items: [done], next: null })
    assert.deepEqual(await openIn(db), [neighbours.id])
    assertProblem(await neighbour.get(`session-endings/${id}`), 404, 'not-found')
    assert.deepEqual((await neighbour.get('session-endings')).data.items, [])
    const { items } = (await api.get(`audit?filter[subjectId]=${id}`)).data
    assert.deepEqual(items[0].changes, { sessions: { from: '3', to: '0' } })
    // In the same instant, so that the id decides, page by page.
    const more = [id, (await api.post('sessions/end-all')).data.id, (await api.post('sessions/end-all')).data.id]
    const one = (await api.get('session-endings?limit=2')).data
    const two = (await api.get(`session-endings?limit=2&cursor=${one.next}`)).data
    assert.deepEqual([...ids(one), ...ids(two)].toSorted(), more.toSorted())
  })

  test(`the settings are read and set, with what changed in the audit, here and not at the neighbour’s (${kind})`, async (t) => {
    const { api, neighbour, place } = await startApi(t, openFresh)
    const defaults = { idleMinutes: 240, lifetimeMinutes: 720, limit: { enabled: false, maximum: 3 } }
    assert.deepEqual((await api.get('session-settings')).data, defaults)
    const wanted = { idleMinutes: 0, lifetimeMinutes: 720, limit: { enabled: true, maximum: 2 } }
    assert.deepEqual((await api.put('session-settings', { idleMinutes: 0, limit: wanted.limit })).data, wanted)
    assert.deepEqual((await api.get('session-settings')).data, wanted)
    assert.deepEqual((await neighbour.get('session-settings')).data, defaults)
    await api.put('session-settings', wanted)
    const { items } = (await api.get(`audit?filter[subjectId]=${place.environment.id}`)).data
    assert.deepEqual(
      items.map(({ action, changes }: Record<string, unknown>) => [action, changes]),
      [
        [
          'session-settings.changed',
          {
            idleMinutes: { from: '240', to: '0' },
            'limit.enabled': { from: false, to: true },
            'limit.maximum': { from: '3', to: '2' },
          },
        ],
      ],
    )
    const wrong = [
      { idleMinutes: 1 },
      { lifetimeMinutes: 0 },
      { limit: { maximum: 0 } },
      { limits: {} },
      { idleMinutes: '5' },
    ]
    for (const body of wrong) assertProblem(await api.put('session-settings', body), 400, 'invalid-input')
  })

  test(`reading takes sessions:read, ending takes sessions:write (${kind})`, async (t) => {
    const { app, db, world, place, first, ada } = await startWithSessions(t, openFresh)
    const reach = { environmentId: place.environment.id }
    const reader = testApi(app, place.environment.id, (await makeSecret(db, world, reach, ['sessions:read'])).secret)
    const writer = testApi(app, place.environment.id, (await makeSecret(db, world, reach, ['sessions:write'])).secret)
    for (const path of ['sessions', `sessions/${first.id}`, 'session-settings', 'session-endings', 'logouts']) {
      assert.equal((await reader.get(path)).statusCode, 200, path)
      assertProblem(await writer.get(path), 403, 'scope-missing')
    }
    for (const path of [`sessions/${first.id}/end`, `users/${ada.id}/sessions/end`, 'sessions/end-all']) {
      assertProblem(await reader.post(path), 403, 'scope-missing')
    }
    assertProblem(await writer.put('session-settings', {}), 403, 'scope-missing')
    assert.equal((await writer.post(`sessions/${first.id}/end`)).statusCode, 200)
  })
})

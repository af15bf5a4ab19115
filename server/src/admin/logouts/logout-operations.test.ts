import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { assertProblem, startApi } from '#admin/test-api.ts'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { after } from '#login/test-place.ts'
import { insertAttempt, insertLogouts, logoutOf, newLogout } from '#logout/logouts.ts'
import { insertPerson } from '#sessions/test-sessions.ts'
import type { LogoutRow } from '#storage/logout-tables.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

async function startWithLogouts(t: TestContext, openFresh: OpenFresh) {
  const started = await startApi(t, openFresh)
  const { db, world, place, other } = started
  const ada = await insertPerson(db, world, place)
  const subject = { nameId: { value: 'ada' }, sessionIndexes: ['_index'] }
  const make = ({ environment, connection }: ConnectionInPlace, minutes: number, change: Partial<LogoutRow> = {}) => {
    const about = { connectionId: connection.id, userId: ada.id, binding: 'soap', why: 'limit', subject } as const
    return { ...newLogout(environment.id, about, { chance: world.chance, now: after(minutes * 60_000) }), ...change }
  }
  const waiting = make(place, -1)
  const done = make(place, -2, { state: 'done', finished_at: after(0).getTime(), next_attempt_at: null })
  const theirWish = make(place, -3, { direction: 'from-provider', user_id: null, state: 'done', binding: 'post' })
  const neighbours = make(other, 0)
  await insertLogouts(db.write, [waiting, done, theirWish, neighbours])
  return { ...started, ada, waiting, done, theirWish, neighbours }
}

onEveryDatabase((kind, openFresh) => {
  test(`the ledger has what its filters say, page by page, and nothing of a neighbour’s (${kind})`, async (t) => {
    const { api, place, other, ada, waiting, done, theirWish, neighbours } = await startWithLogouts(t, openFresh)
    const list = async (query: string): Promise<readonly string[]> => {
      const { data } = await api.get(`logouts?${query}`)
      return data.items.map(({ id }: { readonly id: string }) => id)
    }
    assert.deepEqual(await list(''), [waiting.id, done.id, theirWish.id])
    assert.deepEqual(await list('filter[state]=waiting'), [waiting.id])
    assert.deepEqual(await list('filter[direction]=from-provider'), [theirWish.id])
    assert.deepEqual(await list(`filter[userId]=${ada.id}`), [waiting.id, done.id])
    assert.deepEqual(await list(`filter[userId]=${ada.id}&filter[state]=done`), [done.id])
    assert.deepEqual(await list(`filter[connectionId]=${place.connection.id}&filter[state]=done`), [
      done.id,
      theirWish.id,
    ])
    assert.deepEqual(await list(`filter[connectionId]=${other.connection.id}`), [])
    const one = (await api.get('logouts?limit=2')).data
    assert.deepEqual(await list(`limit=2&cursor=${one.next}`), [theirWish.id])
    assertProblem(await api.get('logouts?cursor=x'), 400, 'invalid-input')
    assertProblem(await api.get('logouts?filter[state]=lost'), 400, 'invalid-input')
    assertProblem(await api.get(`logouts/${neighbours.id}`), 404, 'not-found')
  })

  test(`an entry has every attempt with a sentence and a cure, and not the name in the assertion (${kind})`, async (t) => {
    const { api, db, waiting } = await startWithLogouts(t, openFresh)
    const failed = { code: 'unreachable', sentence: 'It does not answer.', cure: 'Start it.', tookMs: 12 }
    await insertAttempt(db.write, logoutOf(waiting), { number: 1, at: after(0), outcome: 'failed', details: failed })
    const done = { sentence: 'The identity provider has ended its session.' }
    await insertAttempt(db.write, logoutOf(waiting), { number: 2, at: after(1), outcome: 'done', details: done })
    const { data } = await api.get(`logouts/${waiting.id}`)
    const nothing = { expected: null, received: null }
    assert.deepEqual(data.attemptsMade, [
      { number: 1, at: after(0).toISOString(), outcome: 'failed', ...failed, ...nothing },
      {
        number: 2,
        at: after(1).toISOString(),
        outcome: 'done',
        code: null,
        cure: null,
        tookMs: null,
        ...done,
        ...nothing,
      },
    ])
    assert.deepEqual([data.user.username, data.connection.name, data.why], ['ada', 'Directory', 'limit'])
    assert.equal('subject' in data, false)
  })

  test(`what was said of a user who is gone stays in the ledger (${kind})`, async (t) => {
    const { api, db, ada, waiting } = await startWithLogouts(t, openFresh)
    await db.write.deleteFrom('users').where('id', '=', ada.id).execute()
    assert.deepEqual((await api.get(`logouts/${waiting.id}`)).data.user, { id: ada.id, username: null })
  })
})

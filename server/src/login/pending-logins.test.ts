import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { findPendingLogin, insertPendingLogin, takePendingLogin } from '#login/pending-logins.ts'
import { after, makeNeighbours, makePlace, now, testWorld } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const loginOf = ({ connection }: ConnectionInPlace, request: string) =>
  ({
    requestId: request,
    connectionId: connection.id,
    relayStateHash: `relay state of ${request}`,
    browserHash: 'browser',
    done: 'page#here',
    recordId: 'rec_a',
    createdAt: now,
    expiresAt: after(600_000),
  }) as const

onEveryDatabase((kind, openFresh, makeFresh) => {
  test(`a pending login is found by its RelayState as it was stored, before and after it is taken (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, testWorld())
    const env = place.environment.id
    const login = loginOf(place, '_a')
    await insertPendingLogin(db.write, env, login)
    const { relayStateHash, ...stored } = login
    assert.deepEqual(await findPendingLogin(db.read, env, relayStateHash), { ...stored, takenAt: undefined })
    assert.equal(await findPendingLogin(db.read, env, 'another'), undefined)
    await takePendingLogin(db.write, env, '_a', after(1000))
    assert.deepEqual((await findPendingLogin(db.read, env, relayStateHash))?.takenAt, after(1000))
  })

  test(`a request is answered once, by however many at the same moment and in however many processes (Profiles 4.1.4.5) (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const second = await openAgain()
    const place = await makePlace(db, testWorld())
    for (const request of ['_a', '_b', '_c']) {
      await insertPendingLogin(db.write, place.environment.id, loginOf(place, request))
      const take = (nth: number) => takePendingLogin((nth % 2 ? db : second).write, place.environment.id, request, now)
      const taken = await Promise.all(Array.from({ length: 20 }, (_, nth) => take(nth)))
      assert.deepEqual(taken.filter(Boolean), [true])
    }
  })

  test(`what a transaction took is given back when it fails (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, testWorld())
    const env = place.environment.id
    await insertPendingLogin(db.write, env, loginOf(place, '_a'))
    const failing = db.transaction(async (tx) => {
      assert.ok(await takePendingLogin(tx, env, '_a', now))
      throw new Error('on purpose')
    })
    await assert.rejects(failing, /on purpose/)
    assert.ok(await takePendingLogin(db.write, env, '_a', now))
  })

  test(`an expired request is not taken, from the instant on at which it expires (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, testWorld())
    const env = place.environment.id
    await insertPendingLogin(db.write, env, loginOf(place, '_a'))
    assert.equal(await takePendingLogin(db.write, env, '_a', after(600_000)), false)
    assert.equal(await takePendingLogin(db.write, env, '_a', after(599_999)), true)
  })

  test(`a neighbour’s pending login is neither found nor taken (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other } = await makeNeighbours(db, testWorld())
    await insertPendingLogin(db.write, other.environment.id, loginOf(other, '_theirs'))
    assert.equal(await findPendingLogin(db.read, mine.environment.id, 'relay state of _theirs'), undefined)
    assert.equal(await takePendingLogin(db.write, mine.environment.id, '_theirs', now), false)
    assert.equal(await takePendingLogin(db.write, other.environment.id, '_theirs', now), true, 'it is untouched')
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { after, makeNeighbours, makePlace, makePlaces, now, testWorld, the } from '#login/test-place.ts'
import { insertVerifiedResponse, takeVerifiedResponse, type VerifiedResponse } from '#login/verified-responses.ts'
import type { Handle } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const full: VerifiedResponse = {
  recordId: 'rec_a',
  browserHash: 'browser',
  done: 'page#here',
  person: {
    nameId: { value: 'Zoë', format: 'urn:f', nameQualifier: 'q', spNameQualifier: 'sq' },
    attributes: [{ name: '__proto__', nameFormat: 'urn:n', values: ['', '"\n<&>', '日本'] }],
    sessionIndex: '_session',
    authnContextClass: 'urn:c',
    sessionNotOnOrAfter: '2026-03-01T13:00:00.000Z',
  },
}
const least: VerifiedResponse = {
  recordId: 'rec_b',
  browserHash: undefined,
  done: undefined,
  person: { attributes: [] },
}

const put = (db: Handle, { environment, connection }: ConnectionInPlace, codeHash: string, response = full) => {
  const times = { createdAt: now, expiresAt: after(60_000) }
  return insertVerifiedResponse(db, environment.id, { ...response, codeHash, connectionId: connection.id, ...times })
}
const take = (db: Handle, { environment, connection }: ConnectionInPlace, codeHash: string, at = now) =>
  takeVerifiedResponse(db, environment.id, { connectionId: connection.id, codeHash, now: at })

onEveryDatabase((kind, openFresh, makeFresh) => {
  test(`what the first half found comes back as it was, and once (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, testWorld())
    await put(db.write, place, 'full')
    await put(db.write, place, 'least', least)
    assert.deepEqual(await take(db.write, place, 'full'), full)
    assert.deepEqual(await take(db.write, place, 'least'), least)
    assert.equal(await take(db.write, place, 'full'), undefined)
    assert.equal(await take(db.write, place, 'unknown'), undefined)
  })

  test(`a code is taken once, by however many at the same moment and in however many processes (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const second = await openAgain()
    const place = await makePlace(db, testWorld())
    for (const code of ['a', 'b', 'c']) {
      await put(db.write, place, code)
      const takers = Array.from({ length: 20 }, (_, nth) => take((nth % 2 ? db : second).write, place, code))
      assert.equal((await Promise.all(takers)).filter((taken) => taken !== undefined).length, 1)
    }
  })

  test(`a code is worth nothing from the instant on at which it expires (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, testWorld())
    await put(db.write, place, 'a')
    assert.equal(await take(db.write, place, 'a', after(60_000)), undefined)
    assert.ok(await take(db.write, place, 'a', after(59_999)))
  })

  test(`a code of a neighbour, or of another connection, is not taken and stays (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const { mine, other } = await makeNeighbours(db, world)
    const connections = [{ name: 'One' }, { name: 'Two' }]
    const [one, two] = await makePlaces(db, world, { company: 'third', connections })
    for (const [owner, stranger] of [
      [other, mine],
      [the(one), the(two)],
      // Not even with the one's Environment and the other's connection.
      [other, { ...mine, connection: other.connection }],
      [other, { ...other, connection: mine.connection }],
    ] as const) {
      await put(db.write, owner, 'theirs')
      assert.equal(await take(db.write, stranger, 'theirs'), undefined)
      assert.ok(await take(db.write, owner, 'theirs'))
    }
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { after, makeNeighbours, makePlaces, testWorld, the } from '#login/test-place.ts'
import { useAssertion } from '#login/used-assertions.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const until = after(360_000)

onEveryDatabase((kind, openFresh, makeFresh) => {
  test(`an assertion is used once, by however many at the same moment and in however many processes (Profiles 4.1.4.5) (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const second = await openAgain()
    const [place] = await makePlaces(db, testWorld())
    const { connection, environment } = the(place)
    for (const id of ['_a', '_b', '_c']) {
      const assertion = { connectionId: connection.id, id, until }
      const use = (nth: number) => useAssertion((nth % 2 ? db : second).write, environment.id, assertion)
      const used = await Promise.all(Array.from({ length: 20 }, (_, nth) => use(nth)))
      assert.deepEqual(used.filter(Boolean), [true])
    }
  })

  test(`ids are compared exactly, and each identity provider has its own (Core 1.3.4) (${kind})`, async (t) => {
    const db = await openFresh(t)
    const connections = [{ name: 'One' }, { name: 'Two' }]
    const [one, two] = await makePlaces(db, testWorld(), { connections })
    const use = ({ connection, environment } = the(one), id = '_a') =>
      useAssertion(db.write, environment.id, { connectionId: connection.id, id, until })
    assert.deepEqual([await use(), await use(one, '_A'), await use(the(two)), await use()], [true, true, true, false])
  })

  test(`a neighbour that uses an id first takes nothing from others (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other } = await makeNeighbours(db, testWorld())
    for (const { connection, environment } of [other, mine]) {
      assert.ok(await useAssertion(db.write, environment.id, { connectionId: connection.id, id: '_a', until }))
    }
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { after, makeNeighbours, makePlaces, now, testWorld, the } from '#login/test-place.ts'
import { listSessions, type SessionQuery } from '#sessions/list.ts'
import { endOf } from '#sessions/sessions.ts'
import { saveSessionSettings } from '#sessions/settings.ts'
import { insertPerson, insertSessionRows, sessionRow } from '#sessions/test-sessions.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import type { SessionRow } from '#storage/tables.ts'

const MINUTE = 60_000
const at = (minutes: number): number => after(minutes * MINUTE).getTime()

/** Every page, one after the other. */
async function allPages(db: Database, environmentId: SessionRow['environment_id'], query: Omit<SessionQuery, 'after'>) {
  const ids: string[] = []
  let after: SessionQuery['after']
  while (true) {
    const page = await listSessions(db.read, environmentId, { ...query, after }, now)
    assert.ok(page.length <= query.limit)
    ids.push(...page.map(({ session }) => session.id))
    if (page.length < query.limit) return ids
    after = the(page.at(-1)).session
  }
}

onEveryDatabase((kind, openFresh) => {
  test(`a list says whose each session is, through what, and why it ended (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const { mine } = await makeNeighbours(db, world)
    const names = { firstName: 'Ada', lastName: 'Lindqvist' }
    const ada = await insertPerson(db, world, mine, { username: 'ada', ...names })
    const bo = await insertPerson(db, world, mine, { username: 'bo' })
    const connection_id = mine.connection.id
    await insertSessionRows(db, [
      sessionRow(world, ada, { connection_id, opened_at: at(-1), address: '192.0.2.1', user_agent: 'curl/8' }),
      sessionRow(world, bo, { opened_at: at(-2), ended_at: at(-1), ended_why: 'limit' }),
      sessionRow(world, bo, { opened_at: at(-800), expires_at: at(-80), last_seen_at: at(-90) }),
      sessionRow(world, bo, { opened_at: at(-801), expires_at: at(-81), expires_why: 'identity-provider' }),
      sessionRow(world, bo, { opened_at: at(-802), last_seen_at: at(-300) }),
    ])
    const found = await listSessions(db.read, mine.environment.id, { state: 'all', limit: 10 }, now)
    assert.deepEqual(
      found.map(({ username, displayName, connectionName, ended }) => [username, displayName, connectionName, ended]),
      [
        ['ada', 'Ada Lindqvist', 'Directory', undefined],
        ['bo', undefined, undefined, { why: 'limit', at: new Date(at(-1)) }],
        ['bo', undefined, undefined, { why: 'lifetime', at: new Date(at(-80)) }],
        ['bo', undefined, undefined, { why: 'identity-provider-time', at: new Date(at(-81)) }],
        ['bo', undefined, undefined, { why: 'idle', at: new Date(at(-60)) }],
      ],
    )
    assert.deepEqual([found[0]?.session.address, found[0]?.session.userAgent], ['192.0.2.1', 'curl/8'])
  })

  test(`a neighbour’s sessions are in no list, however they are asked for (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const { mine, other } = await makeNeighbours(db, world)
    const ada = await insertPerson(db, world, other, { username: 'ada' })
    const connection_id = other.connection.id
    const lapsed = { connection_id, expires_at: at(-1) }
    const ended = { connection_id, ended_at: at(-1), ended_why: 'limit' }
    await insertSessionRows(
      db,
      [{ connection_id }, lapsed, ended].map((change) => sessionRow(world, ada, change)),
    )
    const queries = [
      {},
      { userId: ada.id },
      { username: 'ada' },
      { connectionId: connection_id },
      { why: 'limit' as const },
    ]
    for (const query of queries) {
      const ask = { state: 'all', limit: 10, ...query } as const
      assert.deepEqual(await listSessions(db.read, mine.environment.id, ask, now), [])
      assert.equal((await listSessions(db.read, other.environment.id, ask, now)).length, 'why' in query ? 1 : 3)
    }
  })

  test(`paged through, every list has what a filter of all has, once, in order (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const [one, two] = await makePlaces(db, world, {
      connections: [{}, { name: 'Second', settings: { issuer: 'urn:two' } }],
    })
    const place = the(one)
    const people = await Promise.all(['ada', 'bo'].map((username) => insertPerson(db, world, place, { username })))
    const connections = [null, place.connection.id, the(two).connection.id]
    const limit = { enabled: false, maximum: 3 }
    const row = fc.record({
      user: fc.constantFrom(...people),
      connection_id: fc.constantFrom(...connections),
      // Many at the same instant, so that the id decides.
      opened_at: fc.integer({ min: -6, max: 0 }).map(at),
      last_seen_at: fc.integer({ min: -6, max: 0 }).map((minutes) => at(minutes * 5)),
      expires_at: fc.integer({ min: -3, max: 3 }).map((minutes) => at(minutes * 5)),
      expires_why: fc.constantFrom('lifetime' as const, 'identity-provider' as const),
      ended: fc.constantFrom(undefined, undefined, 'limit', 'idle', 'lifetime'),
    })
    const query = fc.record({
      state: fc.constantFrom('open' as const, 'ended' as const, 'all' as const),
      userId: fc.option(fc.constantFrom(...people.map(({ id }) => id)), { nil: undefined }),
      username: fc.option(fc.constantFrom('ada', 'bo', 'nobody'), { nil: undefined }),
      connectionId: fc.option(fc.constantFrom(place.connection.id), { nil: undefined }),
      why: fc.option(fc.constantFrom('limit' as const, 'idle' as const, 'identity-provider-time' as const), {
        nil: undefined,
      }),
      limit: fc.integer({ min: 1, max: 7 }),
    })
    const cases = fc.tuple(
      fc.array(row, { maxLength: 30 }),
      fc.array(query, { maxLength: 12 }),
      fc.constantFrom(0, 10, 20),
    )
    await fc.assert(
      fc.asyncProperty(cases, async ([made, queries, idleMinutes]) => {
        await db.write.deleteFrom('sessions').execute()
        await saveSessionSettings(db.write, place.environment.id, { idleMinutes, lifetimeMinutes: 60, limit }, now)
        const rows = made.map(({ user, ended, ...change }) =>
          sessionRow(world, user, { ...change, ...(ended && { ended_at: at(0), ended_why: ended }) }),
        )
        await insertSessionRows(db, rows)
        const newestFirst = rows.toSorted((a, b) => b.opened_at - a.opened_at || (a.id < b.id ? 1 : -1))
        for (const query of queries) {
          const wanted = newestFirst.filter((one) => isWanted(one, query, idleMinutes))
          assert.deepEqual(
            await allPages(db, place.environment.id, query),
            wanted.map(({ id }) => id),
          )
        }
      }),
      { numRuns: 25 },
    )

    function isWanted(row: SessionRow, query: SessionQuery, idleMinutes: number): boolean {
      const ended = endOf(row, idleMinutes, now)
      const username = people.find(({ id }) => id === row.user_id)?.username
      return (
        (query.state === 'all' || (query.state === 'open') === (ended === undefined)) &&
        [undefined, row.user_id].includes(query.userId as typeof row.user_id) &&
        [undefined, username].includes(query.username) &&
        [undefined, row.connection_id].includes(query.connectionId as typeof row.connection_id) &&
        [undefined, ended?.why].includes(query.why)
      )
    }
  })

  test(`while sessions open and end, no page repeats or leaves out one that stays (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const { mine } = await makeNeighbours(db, world)
    const ada = await insertPerson(db, world, mine)
    const rows = Array.from({ length: 30 }, (_, index) => sessionRow(world, ada, { opened_at: at(-index) }))
    await insertSessionRows(db, rows)
    const seen: string[] = []
    let last: SessionQuery['after']
    for (let page = 0; page < 6; page++) {
      const found = await listSessions(db.read, mine.environment.id, { state: 'open', after: last, limit: 5 }, now)
      seen.push(...found.map(({ session }) => session.id))
      last = found.at(-1)?.session
      await insertSessionRows(db, [sessionRow(world, ada, { opened_at: at(page + 1) })])
      // The very one that the page ended with, too.
      const ended = { ended_at: at(0), ended_why: 'logged-out' }
      await db.write
        .updateTable('sessions')
        .set(ended)
        .where('id', '=', the(last).id as SessionRow['id'])
        .execute()
    }
    assert.deepEqual(
      seen,
      rows.map(({ id }) => id),
    )
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job } from '#jobs/jobs.ts'
import { makeNeighbours, makePlace, now, type TestWorld, testWorld, the } from '#login/test-place.ts'
import { endAllHere, endAllJob } from '#logout/end-all.ts'
import { beginEnding, type Ending, findEnding, listEndings } from '#logout/endings.ts'
import { insertPerson, insertSessionRows, sessionRow } from '#sessions/test-sessions.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import type { SessionRow } from '#storage/tables.ts'

const going = new AbortController().signal
const actor = JSON.stringify({ by: 'rule' })
const backChannel = { singleLogout: { enabled: true, url: 'https://idp.example/slo', method: 'back-channel' } }
const named = { name_id: 'ada', session_index: '_session' }

const begin = (
  db: Database,
  world: TestWorld,
  environmentId: SessionRow['environment_id'],
  leased: { readonly leasedUntil?: number } = {},
): Promise<Ending> =>
  db.transaction((tx) =>
    beginEnding(tx, environmentId, { actor, ...leased }, { chance: world.chance, now: world.clock() }),
  )

/** Until nothing is left to do, or so many times. */
async function work(job: Job, times = Number.POSITIVE_INFINITY): Promise<void> {
  for (let count = 0; count < times; count++) if ((await job.once(going)) === 'idle') return
}

async function endsOf(db: Database, environmentId: SessionRow['environment_id']) {
  const all = db.read.selectFrom('sessions').where('environment_id', '=', environmentId)
  const rows = await all
    .select((e) => ['ended_why', e.fn.countAll().as('sessions')])
    .groupBy('ended_why')
    .execute()
  return Object.fromEntries(rows.map(({ ended_why, sessions }) => [ended_why ?? 'open', Number(sessions)]))
}

onEveryDatabase((kind, openFresh, makeFresh) => {
  test(`20,000 sessions end batch by batch, each once and told once, though the process is killed in the middle (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const world = testWorld()
    const place = await makePlace(db, world, { connections: [{ settings: backChannel }] })
    const env = place.environment.id
    const ada = await insertPerson(db, world, place)
    const connection_id = place.connection.id
    const rows = Array.from({ length: 20_000 }, (_, index) =>
      sessionRow(world, ada, { connection_id, ...named, opened_at: now.getTime() - (index % 7000) }),
    )
    await insertSessionRows(db, rows)
    const { id, total } = await begin(db, world, env)
    const progress = async () => the(await findEnding(db.read, env, id))
    assert.equal(total, 20_000)

    const killed = endAllJob({ db, world })
    await work(killed, 5)
    assert.deepEqual([(await progress()).ended, (await progress()).finishedAt], [2500, undefined])
    assert.equal((await endsOf(db, env))['ended-by-administrator'], 2500, 'the progress is what has happened')

    const second = endAllJob({ db: await openAgain(), world })
    assert.equal(await second.once(going), 'idle', 'the first one may be at it still')
    world.passTime(30_000)
    await work(second, 3)
    await work(killed, 2)
    assert.equal((await progress()).ended, 4000, 'whose lease has run out ends nothing more')
    await work(second)
    await work(killed)

    assert.deepEqual(await endsOf(db, env), { 'ended-by-administrator': 20_000 })
    const { ended, finishedAt } = await progress()
    assert.deepEqual([ended, finishedAt], [20_000, world.clock()])
    const told = await db.read.selectFrom('logouts').select(['session_id', 'state']).execute()
    assert.equal(new Set(told.map(({ session_id }) => session_id)).size, 20_000)
    assert.ok(told.length === 20_000 && told.every(({ state }) => state === 'waiting'))
  })

  test(`later sessions stay, those that lapsed keep why, and a neighbour’s are not ended (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const { mine, other } = await makeNeighbours(db, world)
    const ada = await insertPerson(db, world, mine)
    const theirs = await insertPerson(db, world, other)
    const lapsed = { expires_at: now.getTime() - 1 }
    const idle = { last_seen_at: now.getTime() - 300 * 60_000 }
    const rows = [{}, {}, lapsed, idle].map((change) => sessionRow(world, ada, change))
    await insertSessionRows(db, [...rows, sessionRow(world, theirs)])
    const { id, total } = await begin(db, world, mine.environment.id)
    await insertSessionRows(db, [sessionRow(world, ada, { opened_at: now.getTime() + 1 })])
    await work(endAllJob({ db, world }))
    assert.deepEqual(await endsOf(db, mine.environment.id), { 'ended-by-administrator': 2, open: 3 })
    assert.deepEqual(await endsOf(db, other.environment.id), { open: 1 })
    const { ended } = the(await findEnding(db.read, mine.environment.id, id))
    assert.deepEqual([total, ended], [2, 2])
    assert.equal(await findEnding(db.read, other.environment.id, id), undefined)
    assert.deepEqual(await listEndings(db.read, other.environment.id, { limit: 10 }), [])
  })

  test(`between two batches others write, and who is told to stop leaves the rest to the next at once (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const world = testWorld()
    const { mine } = await makeNeighbours(db, world)
    const ada = await insertPerson(db, world, mine)
    await insertSessionRows(
      db,
      Array.from({ length: 3000 }, () => sessionRow(world, ada)),
    )
    const { id } = await begin(db, world, mine.environment.id)
    const stopping = new AbortController()
    const job = endAllJob({ db, world })
    let batches = 0
    const loop = (async () => {
      while (!stopping.signal.aborted && (await job.once(stopping.signal)) === 'more') batches++
    })()
    await db.transaction((tx) => tx.updateTable('users').set({ first_name: 'Ada' }).where('id', '=', ada.id).execute())
    stopping.abort()
    await loop
    assert.ok(batches < 6, `${batches} batches`)

    await work(endAllJob({ db: await openAgain(), world }))
    assert.equal(the(await findEnding(db.read, mine.environment.id, id)).ended, 3000)
  })

  test(`a process that does nothing else ends them itself, and hears of each batch (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const { mine } = await makeNeighbours(db, world)
    const ada = await insertPerson(db, world, mine)
    await insertSessionRows(
      db,
      Array.from({ length: 1200 }, () => sessionRow(world, ada)),
    )
    const heard: number[] = []
    const service = endAllJob({ db, world })
    const ending = await endAllHere(
      { db, world },
      (leasedUntil) => begin(db, world, mine.environment.id, { leasedUntil }),
      ({ ended }) => void heard.push(ended),
    )
    assert.deepEqual([heard, ending.finishedAt], [[500, 1000, 1200], now])
    assert.equal(await service.once(going), 'idle')
    assert.deepEqual(
      (await listEndings(db.read, mine.environment.id, { limit: 10 })).map(({ id }) => id),
      [ending.id],
    )
  })
})

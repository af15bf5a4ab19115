import assert from 'node:assert/strict'
import { test } from 'node:test'
import { after, makeNeighbours, makePlace, now, testWorld, the } from '#login/test-place.ts'
import {
  addToRecord,
  type Ending,
  findRecord,
  findRecordById,
  finishRecord,
  listRecords,
  type NewRecord,
  startRecord,
} from '#signin-records/signin-records.ts'
import type { Handle } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const { chance } = testWorld()

const begun: NewRecord = {
  connectionId: undefined,
  requestId: '_request',
  details: {
    checks: [],
    client: { address: '2001:db8::1', userAgent: '<script>"🦉' },
    done: 'page#here',
    startedAt: 'here',
    requestBinding: 'post',
  },
}
const sound = { code: 'status', outcome: 'passed', about: 'response' } as const
const broken = { code: 'audience', outcome: 'failed', about: 'assertion', expected: 'us', received: 'them' } as const
const answer = {
  issuer: 'https://idp.example',
  inResponseTo: '_request',
  statusMessage: 'no',
  attributeNames: ['mail'],
}
const refused: Ending = { outcome: 'refused', reason: 'audience', subject: 'ada', checks: [broken], answer }

const begin = (db: Handle, env: `env_${string}`, at = now, record = begun) =>
  startRecord(db, env, record, { chance, now: at })

onEveryDatabase((kind, openFresh, makeFresh) => {
  test(`a record is found by its reference and id, as it was begun (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { connection, environment } = await makePlace(db, testWorld())
    const made = await begin(db.write, environment.id, now, { ...begun, connectionId: connection.id })
    const record = the(await findRecord(db.read, environment.id, made.reference))
    assert.deepEqual(record, {
      ...made,
      environmentId: environment.id,
      connectionId: connection.id,
      startedAt: now,
      finishedAt: undefined,
      outcome: 'started',
      reason: undefined,
      userId: undefined,
      subject: undefined,
      testId: undefined,
      details: begun.details,
    })
    assert.deepEqual(await findRecordById(db.read, environment.id, made.id), record)
    assert.equal(await findRecord(db.read, environment.id, made.reference.toLowerCase()), undefined)
  })

  test(`what is found on the way is added in its order, and the end closes the record (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { environment } = await makePlace(db, testWorld())
    const env = environment.id
    const { id } = await begin(db.write, env)
    await addToRecord(db.write, env, id, { checks: [sound], answer, subject: 'ada' })
    assert.ok(
      await finishRecord(db.write, env, id, { outcome: 'refused', reason: 'audience', checks: [broken] }, after(5)),
    )
    const record = the(await findRecordById(db.read, env, id))
    assert.deepEqual([record.outcome, record.reason, record.finishedAt], ['refused', 'audience', after(5)])
    assert.equal(record.subject, 'ada', 'what was known stays')
    assert.deepEqual(record.details, { ...begun.details, checks: [sound, broken], answer })
  })

  test(`a finished record does not change: neither its end nor by checks that come late (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { environment } = await makePlace(db, testWorld())
    const env = environment.id
    const { id } = await begin(db.write, env)
    assert.ok(await finishRecord(db.write, env, id, refused, after(5)))
    const before = await findRecordById(db.read, env, id)
    assert.equal(await finishRecord(db.write, env, id, { outcome: 'signed-in', checks: [sound] }, after(6)), false)
    await addToRecord(db.write, env, id, { checks: [sound], subject: 'eve' })
    assert.deepEqual(await findRecordById(db.read, env, id), before)
    assert.equal(await finishRecord(db.write, env, 'rec_unknown', refused, now), false)
    await addToRecord(db.write, env, 'rec_unknown', { checks: [] })
  })

  test(`of twenty that end a record at once, in two processes, one does (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const second = await openAgain()
    const { environment } = await makePlace(db, testWorld())
    const env = environment.id
    const { id } = await begin(db.write, env)
    const finish = (nth: number) =>
      finishRecord((nth % 2 ? db : second).write, env, id, { ...refused, reason: `${nth}` }, now)
    const ended = await Promise.all(Array.from({ length: 20 }, (_, nth) => finish(nth)))
    assert.deepEqual(ended.filter(Boolean), [true])
    const record = the(await findRecordById(db.read, env, id))
    assert.deepEqual([record.reason, record.details.checks], [`${ended.indexOf(true)}`, [broken]])
  })

  test(`records are listed with the newest first, so many, and before an instant (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { environment } = await makePlace(db, testWorld())
    const env = environment.id
    for (const at of [3, 1, 2, 2]) await begin(db.write, env, after(at))
    const times = async (options: Parameters<typeof listRecords>[2]) =>
      (await listRecords(db.read, env, options)).map(({ startedAt }) => startedAt.getTime() - now.getTime())
    assert.deepEqual(await times({ limit: 10 }), [3, 2, 2, 1])
    assert.deepEqual(await times({ limit: 2 }), [3, 2])
    assert.deepEqual(await times({ limit: 10, before: after(2) }), [1])
    assert.deepEqual(await listRecords(db.read, env, { limit: 10 }), await listRecords(db.read, env, { limit: 10 }))
  })

  test(`a neighbour’s record is not found, listed, added to or ended (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other } = await makeNeighbours(db, testWorld())
    const env = mine.environment.id
    const { id, reference } = await begin(db.write, other.environment.id)
    const before = await findRecordById(db.read, other.environment.id, id)
    assert.equal(await findRecord(db.read, env, reference), undefined)
    assert.equal(await findRecordById(db.read, env, id), undefined)
    assert.deepEqual(await listRecords(db.read, env, { limit: 10 }), [])
    await addToRecord(db.write, env, id, { checks: [sound] })
    assert.equal(await finishRecord(db.write, env, id, refused, now), false)
    assert.deepEqual(await findRecordById(db.read, other.environment.id, id), before)
  })

  test(`whatever came, PostgreSQL and SQLite keep it: NUL, half a surrogate pair, megabytes (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { environment } = await makePlace(db, testWorld())
    const { id } = await begin(db.write, environment.id)
    for (const received of ['\0', '\ud800', '\u2028"\\\'', '🦉'.repeat(500_000)]) {
      await addToRecord(db.write, environment.id, id, { checks: [{ ...broken, received }] })
    }
    const { checks } = the(await findRecordById(db.read, environment.id, id)).details
    assert.deepEqual(
      checks.map(({ received }) => received?.length),
      [1, 1, 4, 1_000_000],
    )
  })
})

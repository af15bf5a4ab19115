import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { after, contextOf, makeNeighbours, now, testWorld } from '#login/test-place.ts'
import { finishedSince, pageOfRecords } from '#signin-records/list.ts'
import { countByHour, countByReason, newestOf } from '#signin-records/measures.ts'
import { findKeptMessages, keepMessages, listClaims } from '#signin-records/messages.ts'
import { findRecordSettings, recordSettings, saveRecordSettings } from '#signin-records/settings.ts'
import { findShare, insertShare, listShares, revokeShare } from '#signin-records/shares.ts'
import { type Ending, finishRecord, startRecord } from '#signin-records/signin-records.ts'
import { sweepRecords } from '#signin-records/sweep.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const DAY = 24 * 60 * 60 * 1000
const refused: Ending = { outcome: 'refused', reason: 'audience', subject: 'Ada', checks: [] }

/** Everything that can be kept of one sign-in, in the Environment of somebody else. */
async function keepTheirs(t: TestContext, openFresh: OpenFresh) {
  const [db, world] = [await openFresh(t), testWorld()]
  const { mine, other } = await makeNeighbours(db, world)
  const [env, theirs] = [mine.environment.id, other.environment.id]
  const sealing = { secret: contextOf(db, world).secret, chance: world.chance, now }
  const details = { checks: [], client: { address: '::1' }, startedAt: 'here' } as const
  const connectionId = other.connection.id
  const record = await startRecord(db.write, theirs, { connectionId, details }, sealing)
  await keepMessages(
    db.write,
    theirs,
    record.id,
    [
      { kind: 'response', text: '<secret/>', verified: true },
      { kind: 'claims', text: '{"attributes":[]}', verified: true },
    ],
    sealing,
  )
  await finishRecord(db.write, theirs, record.id, refused, after(5))
  const wanted = { recordId: record.id, expiresAt: after(DAY), madeBy: '{}', hash: (token: string) => token }
  const { share, token } = await insertShare(db.write, theirs, wanted, sealing)
  return { db, env, theirs, record, share, token, connectionId, sealing }
}

onEveryDatabase((kind, openFresh) => {
  test(`what is kept of a neighbour’s sign-in is neither found nor counted, ended nor changed (${kind})`, async (t) => {
    const { db, env, theirs, record, share, token, connectionId, sealing } = await keepTheirs(t, openFresh)
    assert.equal((await findKeptMessages(db.read, theirs, record.id, sealing)).response?.text, '<secret/>')
    assert.deepEqual(await findKeptMessages(db.read, env, record.id, sealing), {})
    assert.equal((await listClaims(db.read, theirs, { connectionId, limit: 5 }, sealing)).length, 1)
    assert.deepEqual(await listClaims(db.read, env, { connectionId, limit: 5 }, sealing), [])
    assert.equal((await finishedSince(db.read, theirs, { since: now, limit: 5 })).length, 1)
    assert.deepEqual(await finishedSince(db.read, env, { since: now, limit: 5 }), [])
    const person = { subject: 'ADA', userIds: [] }
    assert.equal((await pageOfRecords(db.read, theirs, { person, limit: 5 })).length, 1)
    assert.deepEqual(await pageOfRecords(db.read, env, { person, limit: 5 }), [])
    assert.deepEqual(await countByReason(db.read, env, now), [])
    assert.equal(
      (await countByHour(db.read, env, now)).some((hour) => hour.refused > 0),
      false,
    )
    assert.equal(await newestOf(db.read, env, { connectionId, outcome: 'refused' }), undefined)
    assert.deepEqual(await listShares(db.read, env, record.id, now), [])
    assert.equal(await revokeShare(db.write, env, { recordId: record.id, id: share.id }, now), false)
    assert.equal((await findShare(db.read, token, now))?.environmentId, theirs)
    await saveRecordSettings(db.write, env, { messageDays: 0, recordDays: 1 }, now)
    assert.deepEqual(await findRecordSettings(db.read, theirs), recordSettings.parse({}))
    await sweepRecords(db.write, after(2 * DAY))
    assert.equal((await findKeptMessages(db.read, theirs, record.id, sealing)).response?.text, '<secret/>')
  })

  test(`a message opens with the secret and for the record that it was sealed for, or not at all (${kind})`, async (t) => {
    const { db, theirs, record, sealing, connectionId } = await keepTheirs(t, openFresh)
    const details = { checks: [], client: { address: '::1' }, startedAt: 'here' } as const
    const second = await startRecord(db.write, theirs, { connectionId, details }, sealing)
    const moved = { record_id: second.id }
    await db.write.updateTable('signin_messages').set(moved).where('kind', '=', 'response').execute()
    assert.deepEqual(await findKeptMessages(db.read, theirs, second.id, sealing), {})
    const { Secret } = await import('#config/secret.ts')
    const other = { ...sealing, secret: new Secret('another secret, which is long enough for this') }
    assert.deepEqual(await findKeptMessages(db.read, theirs, record.id, other), {})
    assert.equal((await findKeptMessages(db.read, theirs, record.id, sealing)).claims?.text, '{"attributes":[]}')
  })
})

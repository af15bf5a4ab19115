import assert from 'node:assert/strict'
import { test } from 'node:test'
import { updateConnection } from '#connections/connections.ts'
import { draftSettings } from '#connections/settings.ts'
import { signedAnswer, startApp } from '#login/test-browser.ts'
import { contextOf, makePlace, makePlaces, now, testWorld, the } from '#login/test-place.ts'
import { listRecords } from '#signin-records/signin-records.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

onEveryDatabase((kind, openFresh) => {
  test(`nobody signs in through a draft, whichever side begins (${kind})`, async (t) => {
    const [db, world] = [await openFresh(t), testWorld()]
    const place = await makePlace(db, world, { connections: [{ settings: { idpInitiated: true } }] })
    const { connection, environment } = place
    await updateConnection(db.write, environment.id, { ...connection, state: 'draft' }, now)
    const app = await startApp(t, contextOf(db, world))
    const begun = await app.inject(`/saml/ssoRequest?ticket=${connection.ticket}`)
    const answered = await app.inject({
      method: 'POST',
      url: `/saml/${connection.ticket}/acs`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ SAMLResponse: signedAnswer(place, world) }).toString(),
    })
    for (const { statusCode, body } of [begun, answered]) {
      assert.equal(statusCode, 403)
      assert.match(body, /This sign-in is not open yet/)
    }
    const records = await listRecords(db.read, environment.id, { limit: 9 })
    assert.deepEqual(
      records.map((record) => [record.outcome, record.reason]),
      [1, 2].map(() => ['refused', 'connection-live']),
    )
    const [check] = the(records[0]).details.checks
    assert.deepEqual(check, {
      code: 'connection-live',
      outcome: 'failed',
      about: 'message',
      expected: 'live',
      received: 'a draft',
    })
    assert.deepEqual(await db.read.selectFrom('pending_logins').selectAll().execute(), [])
    assert.deepEqual(await db.read.selectFrom('sessions').selectAll().execute(), [])
  })

  test(`a draft that knows nothing yet has metadata, and is not offered to people (${kind})`, async (t) => {
    const [db, world] = [await openFresh(t), testWorld()]
    const [live, draft] = await makePlaces(db, world, { connections: [{}, { name: 'Partners' }] })
    const { connection, environment } = the(draft)
    const wanted = { ...connection, state: 'draft', settings: draftSettings.parse({}) } as const
    await updateConnection(db.write, environment.id, wanted, now)
    const app = await startApp(t, contextOf(db, world))
    const metadata = await app.inject(`/saml/${connection.ticket}/metadata`)
    assert.equal(metadata.statusCode, 200)
    assert.match(metadata.body, new RegExp(`/saml/${connection.ticket}/acs`))
    const { body } = await app.inject('/acme/production')
    assert.match(body, new RegExp(the(live).connection.ticket))
    assert.doesNotMatch(body, new RegExp(`${connection.ticket}|Partners`))
  })
})

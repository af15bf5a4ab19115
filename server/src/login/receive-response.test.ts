import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpointsOf } from '#connections/endpoints.ts'
import { referenceOn, signedAnswer, startApp, testBrowser } from '#login/test-browser.ts'
import { contextOf, makeNeighbours, makePlace, makePlaces, publicUrl, testWorld, the } from '#login/test-place.ts'
import { findRecord, listRecords } from '#signin-records/signin-records.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

onEveryDatabase((kind, openFresh) => {
  test(`an answer that comes twice signs in once, and each attempt has its own record (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const app = await startApp(t, contextOf(db, world))
    const place = await makePlace(db, world)
    const { acs } = endpointsOf(publicUrl, place.connection.ticket)
    // As a double click sends them: before the first has gone on.
    const manners: Readonly<
      Record<string, { atOnce: number; later: readonly (string | undefined)[]; reason: string }>
    > = {
      'one after the other': { atOnce: 1, later: [undefined], reason: 'request-unused' },
      'ten at once': { atOnce: 10, later: [], reason: 'request-unused' },
      'the second broken': { atOnce: 1, later: ['AAAA'], reason: 'xml-well-formed' },
    }
    for (const [manner, { atOnce, later, reason }] of Object.entries(manners)) {
      await t.test(manner, async () => {
        const browser = testBrowser(app, world)
        const { requestId, relayState } = await browser.begin(place)
        const form = { SAMLResponse: signedAnswer(place, world, { inResponseTo: requestId }), RelayState: relayState }
        const responses = await Promise.all(Array.from({ length: atOnce }, () => browser.post(acs, form)))
        for (const second of later) {
          responses.push(await browser.post(acs, { ...form, SAMLResponse: second ?? form.SAMLResponse }))
        }
        const [taken, ...refused] = responses.sort((one, other) => one.statusCode - other.statusCode)
        assert.deepEqual([taken?.statusCode, ...new Set(refused.map(({ statusCode }) => statusCode))], [303, 400])
        assert.equal((await browser.get(the(taken).headers.location ?? '')).statusCode, 303)
        const records = await listRecords(db.read, place.environment.id, { limit: 100 })
        const signedIn = the(records.find((one) => one.outcome === 'signed-in' && one.startedAt >= world.clock()))
        assert.equal(
          signedIn.details.checks.some(({ outcome }) => outcome === 'failed'),
          false,
        )
        world.passTime(1)
        for (const page of refused) {
          const record = the(await findRecord(db.read, place.environment.id, referenceOn(page)))
          assert.deepEqual([record.outcome, record.reason], ['refused', reason])
        }
      })
    }
  })

  test(`after a bad answer the sound one for the same request is taken, and its record says so (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const app = await startApp(t, contextOf(db, world))
    const place = await makePlace(db, world)
    const browser = testBrowser(app, world)
    const { requestId, relayState: RelayState } = await browser.begin(place)
    const { acs } = endpointsOf(publicUrl, place.connection.ticket)
    const answer = (audience?: string) =>
      signedAnswer(place, world, { inResponseTo: requestId, ...(audience ? { assertion: { audience } } : {}) })
    const bad = await browser.post(acs, { SAMLResponse: answer('https://another.example'), RelayState })
    assert.equal(bad.statusCode, 403)
    const taken = await browser.post(acs, { SAMLResponse: answer(), RelayState })
    assert.equal((await browser.get(taken.headers.location ?? '')).statusCode, 303)
    const records = await listRecords(db.read, place.environment.id, { limit: 10 })
    assert.deepEqual(records.map(({ outcome, reason }) => reason ?? outcome).sort(), ['audience', 'signed-in'])
    const signedIn = the(records.find(({ outcome }) => outcome === 'signed-in'))
    const codes = signedIn.details.checks.map(({ code }) => code)
    for (const code of ['signature-key', 'audience', 'request-open', 'assertion-unused', 'browser', 'user-known']) {
      assert.ok(codes.includes(code), `${code} is not in the record of the sign-in`)
    }
  })

  test(`a form without an answer, or with two, has a record of its own sign-in (Bindings 3.5.4) (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const app = await startApp(t, contextOf(db, world))
    const place = await makePlace(db, world)
    const browser = testBrowser(app, world)
    for (const answer of ['', '&SAMLResponse=AAAA&SAMLResponse=AAAA']) {
      const { relayState } = await browser.begin(place, 'page#here')
      const { acs } = endpointsOf(publicUrl, place.connection.ticket)
      const response = await app.inject({
        method: 'POST',
        url: acs.replace(publicUrl, ''),
        payload: `RelayState=${relayState}${answer}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
      assert.equal(response.statusCode, 400)
      assert.match(response.body, /href="[^"]*ssoRequest\?ticket=[a-z]{14}&amp;done=page%23here">Sign in again</)
      const record = the(await findRecord(db.read, place.environment.id, referenceOn(response)))
      assert.deepEqual([record.reason, record.details.done], ['form', 'page#here'])
      const expected = { code: 'form', about: 'message', outcome: 'failed', expected: 'one SAMLResponse' }
      assert.deepEqual(record.details.checks, [{ ...expected, received: 'none, or several' }])
    }
  })

  test(`the answer for one connection is not taken by another, of this or a neighbour’s Environment (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const app = await startApp(t, contextOf(db, world))
    const { other } = await makeNeighbours(db, world)
    const connections = [{ name: 'One' }, { name: 'Two' }]
    const [one, two] = await makePlaces(db, world, { company: 'third', connections })
    const browser = testBrowser(app, world)
    for (const stranger of [the(two), other]) {
      const { requestId, relayState: RelayState } = await browser.begin(the(one))
      const SAMLResponse = signedAnswer(the(one), world, { inResponseTo: requestId })
      const misled = await browser.post(endpointsOf(publicUrl, stranger.connection.ticket).acs, {
        SAMLResponse,
        RelayState,
      })
      assert.ok([400, 403].includes(misled.statusCode), misled.body)
      const record = the(await findRecord(db.read, stranger.environment.id, referenceOn(misled)))
      const failed = record.details.checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code)
      for (const code of ['audience', 'confirmation-recipient', 'destination', 'request-open'])
        assert.ok(failed.includes(code))
      const { acs } = endpointsOf(publicUrl, the(one).connection.ticket)
      assert.equal((await browser.post(acs, { SAMLResponse, RelayState })).statusCode, 303, 'it can still be answered')
    }
  })
})

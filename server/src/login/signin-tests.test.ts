import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { updateConnection } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { findTest, hasPassedTest, insertTest, sweepTests, TEST_LIFETIME_MS } from '#login/signin-tests.ts'
import { referenceOn, signedAnswer, startApp, testBrowser } from '#login/test-browser.ts'
import { contextOf, makePlaces, now, publicUrl, testWorld, the } from '#login/test-place.ts'
import { findKeptMessages } from '#signin-records/messages.ts'
import { findRecord, listRecords } from '#signin-records/signin-records.ts'
import type { Database } from '#storage/database.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

async function begin(t: TestContext, openFresh: OpenFresh, change: { readonly state?: 'draft' } = {}) {
  const [db, world] = [await openFresh(t), testWorld()]
  const [place, second] = (await makePlaces(db, world, { connections: [{}, { name: 'Partners' }] })).map(the)
  const { connection, environment } = the(place)
  await updateConnection(db.write, environment.id, { ...connection, ...change }, now)
  const ctx = contextOf(db, world)
  const app = await startApp(t, ctx)
  const wanted = { connectionId: connection.id, settings: connection.settings, madeBy: '{}' }
  const made = await insertTest(db.write, environment.id, wanted, { chance: world.chance, now: world.clock() })
  const url = `${endpointsOf(publicUrl, connection.ticket).ssoRequest}&test=${made.token}`
  const found = async () => the(await findTest(db.read, environment.id, made.test.id, ctx))
  return { db, world, ctx, app, place: the(place), second: the(second), token: made.token, url, found }
}

/** The rows of every table that a sign-in writes to. */
async function lasting(db: Database) {
  const tables = ['users', 'user_fields', 'user_teams', 'sessions', 'used_assertions', 'access_decisions'] as const
  const rows = await Promise.all(tables.map((table) => db.read.selectFrom(table).selectAll().execute()))
  return rows.map((found, nth) => [tables[nth], found.length] as const).filter(([, count]) => count > 0)
}

async function answer(started: Awaited<ReturnType<typeof begin>>, assertion = {}) {
  const { app, world, place, url } = started
  const browser = testBrowser(app, world)
  const asked = await browser.get(url)
  assert.equal(asked.statusCode, 303, asked.body)
  const { decodeRedirect } = await import('@sallyport/saml')
  const { readAuthnRequest } = await import('@sallyport/saml/identity-provider')
  const { xml, relayState = '' } = decodeRedirect(new URL(asked.headers.location ?? '').search.slice(1))
  const SAMLResponse = signedAnswer(place, world, { inResponseTo: readAuthnRequest(xml).id, assertion })
  const { acs } = endpointsOf(publicUrl, place.connection.ticket)
  const taken = await browser.post(acs, { SAMLResponse, RelayState: relayState })
  const page = taken.statusCode === 303 ? await browser.get(taken.headers.location ?? '') : taken
  return { page, browser }
}

onEveryDatabase((kind, openFresh) => {
  test(`a test of a draft goes the whole way, says what would happen, and leaves nothing (${kind})`, async (t) => {
    const started = await begin(t, openFresh, { state: 'draft' })
    const { db, place, found, ctx } = started
    assert.equal((await found()).outcome, 'waiting')
    const { page, browser } = await answer(started)
    assert.equal(page.statusCode, 200, page.body)
    assert.match(page.body, /The test is done/)
    assert.deepEqual([...browser.cookies.keys()], ['__Host-sallyport_login'], 'no session')
    assert.deepEqual(await lasting(db), [['used_assertions', 1]])
    const { outcome, result, recordId } = await found()
    assert.equal(outcome, 'passed')
    assert.deepEqual([result.account?.does, result.account?.username], ['create', 'ada'])
    assert.ok(result.account?.changes.some(({ field, to }) => field === 'Primary Team' && to === 'Agents'))
    assert.deepEqual(result.person?.attributes, [{ name: 'email', values: ['ada@acme.example'] }])
    const [record] = await listRecords(db.read, place.environment.id, { limit: 2 })
    assert.deepEqual([record?.id, record?.outcome, record?.userId], [recordId, 'tested', undefined])
    const codes = the(record).details.checks.map(({ code }) => code)
    for (const code of ['audience', 'assertion-unused', 'browser', 'user-id', 'user-known'])
      assert.equal(codes.filter((one) => one === code).length, 1, code)
    const kept = await findKeptMessages(db.read, place.environment.id, the(record).id, ctx)
    assert.deepEqual(Object.keys(kept).sort(), ['claims', 'request', 'response'])
  })

  test(`a test that fails shows the person what people would see, and keeps the record (${kind})`, async (t) => {
    const started = await begin(t, openFresh)
    const { db, place, found } = started
    const { page } = await answer(started, { audience: 'https://other.example' })
    assert.equal(page.statusCode, 403)
    const record = the(await findRecord(db.read, place.environment.id, referenceOn(page)))
    const { outcome, recordId } = await found()
    assert.deepEqual(
      [outcome, recordId, record.reason, record.testId],
      ['failed', record.id, 'audience', (await found()).id],
    )
    const { connection, environment } = place
    const asked = { connectionId: connection.id, settings: connection.settings }
    assert.equal(await hasPassedTest(db.read, environment.id, asked), false)
  })

  test(`a test of somebody who has an account tells what would change, and changes nothing (${kind})`, async (t) => {
    const started = await begin(t, openFresh)
    const { app, db, world, place, found } = started
    await testBrowser(app, world).signIn(place)
    const before = await db.read.selectFrom('users').selectAll().execute()
    const email = [{ name: 'email', values: ['countess@acme.example'] }]
    assert.equal((await answer(started, { attributes: email })).page.statusCode, 200)
    assert.deepEqual(await db.read.selectFrom('users').selectAll().execute(), before)
    assert.deepEqual((await found()).result.account, {
      does: 'change',
      username: 'ada',
      changes: [{ field: 'Email', from: 'ada@acme.example', to: 'countess@acme.example' }],
    })
    const { connection, environment } = place
    const asked = { connectionId: connection.id, settings: connection.settings }
    assert.equal(await hasPassedTest(db.read, environment.id, asked), true)
    const other = { ...asked, settings: { ...asked.settings, issuer: 'https://new.example' } }
    assert.equal(await hasPassedTest(db.read, environment.id, other), false, 'of other settings it says nothing')
  })

  test(`a link to a test that is over signs nobody in (${kind})`, async (t) => {
    const started = await begin(t, openFresh)
    const { app, world, url, token, second, db, place } = started
    const refused = async (link: string) => {
      const page = await app.inject(link.replace(publicUrl, ''))
      assert.equal(page.statusCode, 400, page.body)
      const record = await findRecord(db.read, place.environment.id, referenceOn(page as never))
      assert.equal(record?.reason, 'test-open')
    }
    await refused(`${endpointsOf(publicUrl, second.connection.ticket).ssoRequest}&test=${token}`)
    await refused(url.replace(/test=.*/, 'test=unknown'))
    assert.equal((await answer(started)).page.statusCode, 200)
    await refused(url)
    const late = await begin(t, openFresh)
    late.world.passTime(TEST_LIFETIME_MS)
    assert.equal((await late.app.inject(late.url.replace(publicUrl, ''))).statusCode, 400)
    world.passTime(31 * 24 * 60 * 60 * 1000)
    await sweepTests(db.write, world.clock())
    assert.deepEqual(await db.read.selectFrom('signin_tests').selectAll().execute(), [])
  })
})

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ownPage, shown } from '#account/test-account.ts'
import { startApp, type TestBrowser, testBrowser } from '#login/test-browser.ts'
import { contextOf, makePlaces, now, type PlaceToMake, publicUrl, testWorld, the } from '#login/test-place.ts'
import type { EndedWhy } from '#sessions/ends.ts'
import { saveSessionSettings } from '#sessions/settings.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const url = '/acme/production/account/sessions'
const landing = `${publicUrl}/acme/production`
const HOUR_MS = 60 * 60 * 1000
const backChannel = { enabled: true, url: 'https://idp.example/slo', method: 'back-channel' }
const frontChannel = { ...backChannel, method: 'front-channel' }

async function setStage(t: TestContext, openFresh: OpenFresh, connections: PlaceToMake['connections'] = [{}]) {
  const db = await openFresh(t)
  const world = testWorld()
  const places = await makePlaces(db, world, { connections })
  const place = the(places[0])
  const app = await startApp(t, contextOf(db, world))
  const browserOf = async (person = 'ada', at = place): Promise<TestBrowser> => {
    const browser = testBrowser(app, world)
    await browser.signIn(at, { person })
    return browser
  }
  const rows = () => db.read.selectFrom('sessions').selectAll().orderBy('opened_at').orderBy('id').execute()
  const alive = async (browser: TestBrowser, company = 'acme') =>
    (await browser.get(`/${company}/production/session`)).statusCode === 200
  const told = async () => (await db.read.selectFrom('logouts').select('session_id').execute()).length
  return { db, world, app, places, place, browserOf, rows, alive, told }
}

/** The ids in the list, in its order. */
const listed = (body: string) => [...body.matchAll(/name="session" value="([^"]+)"/g)].map(([, id]) => id)

onEveryDatabase((kind, openFresh) => {
  test(`each open session is listed, the newest first, with what it is and when it ends (${kind})`, async (t) => {
    const { db, world, browserOf, rows, place } = await setStage(t, openFresh)
    await browserOf()
    world.passTime(HOUR_MS)
    const own = await browserOf()
    const [older, newer] = await rows()
    const agent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
    await db.write
      .updateTable('sessions')
      .set({ user_agent: agent, address: '192.0.2.7', expires_why: 'identity-provider' })
      .where('id', '=', the(older).id)
      .execute()
    world.passTime(30 * 60_000)
    const { statusCode, body, headers } = await own.get(url)
    assert.deepEqual([statusCode, headers['cache-control']], [200, 'no-store'])
    assert.deepEqual(listed(body), [newer?.id, older?.id])
    const text = shown(body)
    assert.match(text, /You are signed in 2 times\./)
    assert.match(
      text,
      /this browser Address 127\.0\.0\.1 Opened 30 minutes ago Last seen just now Ends in 4 hours if it is not used in 11 hours at the latest, set by your administrators/,
    )
    assert.match(
      text,
      /Firefox on Windows Address 192\.0\.2\.7 Opened 1 hour ago Last seen 1 hour ago Ends in 2 hours if it is not used in 10 hours at the latest, set by your company’s sign-in page/,
    )
    assert.match(body, /<time datetime="2026-03-01T12:00:00.000Z" title="2026-03-01 12:00 UTC">1 hour ago<\/time>/)
    assert.equal(text.split('this browser ').length, 2)
    assert.match((await own.get('/acme/production/account')).body, new RegExp(`href="${publicUrl}${url}">My sessions`))
    const settings = { idleMinutes: 0, lifetimeMinutes: 720, limit: { enabled: false, maximum: 3 } }
    await saveSessionSettings(db.write, place.environment.id, settings, now)
    assert.match(shown((await own.get(url)).body), /Ends in 11 hours set by your administrators/)
  })

  test(`one session is ended, and the others go on (${kind})`, async (t) => {
    const { browserOf, rows, alive, told } = await setStage(t, openFresh)
    const [other, own] = [await browserOf(), await browserOf()]
    const ids = (await rows()).map(({ id }) => id)
    const [ownId] = listed(/<li>(?:(?!<li>).)*this browser.*?<\/li>/s.exec((await own.get(url)).body)?.[0] ?? '')
    const session = the(ids.find((id) => id !== ownId))
    const ended = await own.submit(`${url}/end`, { session }, ownPage)
    assert.equal(ended.statusCode, 303)
    const page = await own.get(ended.headers.location ?? '')
    assert.match(
      page.body,
      /<p role="status" class="notice">1 session was ended\. Your company’s sign-in page is not told, and may still know you\.<\/p>/,
    )
    assert.match(shown(page.body), /You are signed in only in this browser\./)
    assert.deepEqual([await alive(other), await alive(own), await told()], [false, true, 0])
    const row = (await rows()).find(({ id }) => id === session)
    assert.equal(row?.ended_why, 'ended-by-person')
    const again = await own.submit(`${url}/end`, { session }, ownPage)
    assert.deepEqual([again.statusCode, /data-code="account-session"/.test(again.body)], [404, true])
    // The other browser is told why, once.
    const first = await other.get('/acme/production')
    assert.match(first.body, /class="notice">You ended this session from the list of your sessions\.</)
    assert.doesNotMatch((await other.get('/acme/production')).body, /class="notice"/)
  })

  test(`with the back channel the identity provider is told, and the page says so (${kind})`, async (t) => {
    const connections = [{ settings: { singleLogout: backChannel } }]
    const { browserOf, rows, told } = await setStage(t, openFresh, connections)
    const [, own] = [await browserOf(), await browserOf()]
    const [, ownId] = /<li>\s*<h2 id="([^"]+)">[^<]*<span/.exec((await own.get(url)).body) ?? []
    const session = the((await rows()).map(({ id }) => id).find((id) => id !== ownId))
    const { headers } = await own.submit(`${url}/end`, { session }, ownPage)
    assert.match(
      (await own.get(headers.location ?? '')).body,
      /1 session was ended\. Your company’s sign-in page is told/,
    )
    assert.equal(await told(), 1)
  })

  test(`this browser’s own session ends on the sign-in page, which says so (${kind})`, async (t) => {
    const { browserOf, alive } = await setStage(t, openFresh)
    const own = await browserOf()
    const [session = ''] = listed((await own.get(url)).body)
    const { statusCode, headers } = await own.submit(`${url}/end`, { session }, ownPage)
    assert.equal(statusCode, 303)
    assert.equal(String(headers.location).split('?')[0], landing)
    const page = await own.get(headers.location ?? '')
    assert.match(page.body, /class="notice">1 session was ended\. Your company’s sign-in page is not told/)
    assert.equal(await alive(own), false)
    assert.doesNotMatch((await own.get(headers.location ?? '')).body, /notice/, 'a reload shows the plain page')
  })

  test(`Log out all says with numbers what it will do, and does it for this person only (${kind})`, async (t) => {
    const connections = [
      { name: 'Back', settings: { singleLogout: backChannel } },
      { name: 'Front', settings: { singleLogout: frontChannel, issuer: 'https://other.example' } },
    ]
    const { browserOf, places, alive, told, db } = await setStage(t, openFresh, connections)
    const browsers = [await browserOf(), await browserOf(), await browserOf()]
    const grace = await browserOf('grace')
    const ada = await db.read.selectFrom('users').select('id').where('username', '=', 'ada').executeTakeFirst()
    const newest = db.read.selectFrom('sessions').select('id').where('user_id', '=', the(ada).id).limit(1)
    const front = the(places[1]).connection.id
    const { id } = the(await newest.executeTakeFirst())
    await db.write.updateTable('sessions').set({ connection_id: front }).where('id', '=', id).execute()
    const own = the(browsers[1])
    assert.match((await own.get(url)).body, /<form method="get" action="[^"]+\/account\/sessions\/end-all"/)
    const confirm = await own.get(`${url}/end-all`)
    assert.match(shown(confirm.body), /This ends all 3 of your sessions, the one of this browser among them\./)
    assert.match(shown(confirm.body), /Your company’s sign-in page is told of 2 of them\./)
    assert.match(confirm.body, />Log out 3 sessions<\/button>/)
    assert.deepEqual([await alive(own), await told()], [true, 0], 'looking ends nothing')
    const { headers } = await own.submit(`${url}/end-all`, {}, ownPage)
    const page = await own.get(headers.location ?? '')
    assert.match(
      page.body,
      /class="notice">3 sessions were ended\. Your company’s sign-in page is told of 2 of them\.</,
    )
    for (const browser of browsers) assert.equal(await alive(browser), false)
    assert.deepEqual([await alive(grace), await told()], [true, 2])
  })

  test(`somebody else’s session, a neighbour’s, and what is no id are refused as unknown (${kind})`, async (t) => {
    const { db, world, browserOf, rows, alive } = await setStage(t, openFresh)
    const own = await browserOf()
    const grace = await browserOf('grace')
    const [neighbour] = await makePlaces(db, world, { company: 'neighbour' })
    const other = await browserOf('ada', the(neighbour))
    const [mine] = listed((await own.get(url)).body)
    const foreign = (await rows()).map(({ id }) => id).filter((id) => id !== mine)
    assert.equal(foreign.length, 2)
    for (const session of [...foreign, 'sess_aaaaaaaaaaaaaaaaaaaa', '', '\0', "' or 1=1", 'sess_'.repeat(1000)]) {
      const refused = await own.submit(`${url}/end`, { session }, ownPage)
      assert.equal(refused.statusCode, 404, session.slice(0, 50))
      assert.match(
        refused.body,
        /role="alert".*\n?.*data-code="account-session">You have no such session, or no longer\./,
      )
    }
    assert.equal((await own.submit(`${url}/end`, {}, ownPage)).statusCode, 404)
    assert.deepEqual([await alive(own), await alive(grace), await alive(other, 'neighbour')], [true, true, true])
    assert.deepEqual(listed((await own.get(url)).body), [mine], 'none of them is listed, either')
  })

  test(`a form on another site ends nothing, and learns nothing (${kind})`, async (t) => {
    const { browserOf, alive } = await setStage(t, openFresh)
    const own = await browserOf()
    const [session = ''] = listed((await own.get(url)).body)
    for (const path of [`${url}/end`, `${url}/end-all`]) {
      for (const headers of [
        { 'sec-fetch-site': 'cross-site', origin: publicUrl },
        { 'sec-fetch-site': 'same-site', origin: publicUrl },
        { origin: 'https://evil.example' },
        { origin: 'null' },
      ]) {
        const refused = await own.submit(path, { session }, headers)
        assert.equal(refused.statusCode, 403)
        assert.match(refused.body, /data-code="account-session-foreign">Nothing was ended, because/)
        assert.doesNotMatch(refused.body, /ada|sess_/)
      }
      await own.post(path, { session }) // without cookies, as SameSite=Lax has it
    }
    assert.equal((await own.get(`${url}/end`)).statusCode, 404)
    assert.equal(await alive(own), true)
  })

  test(`without a session all of it leads to the sign-in; an unknown place is 404 (${kind})`, async (t) => {
    const { app, world } = await setStage(t, openFresh)
    const stranger = testBrowser(app, world)
    const to = `${landing}?done=${encodeURIComponent(publicUrl + url)}`
    for (const response of [
      await stranger.get(url),
      await stranger.get(`${url}/end-all`),
      await stranger.submit(`${url}/end`, { session: 'sess_aaaaaaaaaaaaaaaaaaaa' }, ownPage),
      await stranger.submit(`${url}/end-all`, {}, ownPage),
    ]) {
      assert.deepEqual([response.statusCode, response.headers.location], [303, to])
    }
    for (const place of ['/acme/test', '/nobody/production', '/%00/%00', '/ACME/production']) {
      assert.equal((await stranger.get(`${place}/account/sessions`)).statusCode, 404, place)
      assert.equal((await stranger.submit(`${place}/account/sessions/end-all`, {}, ownPage)).statusCode, 404, place)
    }
  })

  test(`of many sessions the newest hundred are shown, and it says how many more there are (${kind})`, async (t) => {
    const { db, browserOf, rows, alive } = await setStage(t, openFresh)
    const own = await browserOf()
    const row = the((await rows())[0])
    const copies = Array.from({ length: 103 }, (_, nth) => {
      const number = `${nth}`.padStart(3, '2').replaceAll(/[0189]/g, 'a')
      const id = `sess_${'b'.repeat(14)}${String.fromCharCode(97 + (nth % 26), 97 + Math.floor(nth / 26))}c${number}`
      return { ...row, id: id as typeof row.id, token_hash: `copy ${nth}`, opened_at: row.opened_at - nth - 1 }
    })
    await db.write.insertInto('sessions').values(copies).execute()
    // Over, so neither shown nor counted.
    const lapsed = { ...row, id: 'sess_lapsed' as const, token_hash: 'lapsed', expires_at: row.opened_at }
    await db.write.insertInto('sessions').values(lapsed).execute()
    const { body } = await own.get(url)
    assert.equal(listed(body).length, 100)
    assert.match(shown(body), /You are signed in 104 times\./)
    assert.match(shown(body), /These are the newest 100\. 4 more are open; “Log out all” ends them, too\./)
    const { headers } = await own.submit(`${url}/end-all`, {}, ownPage)
    assert.match((await own.get(headers.location ?? '')).body, /104 sessions were ended\./)
    assert.equal(await alive(own), false)
  })

  test(`what the sign-in page is told by an address alone, it does not repeat (${kind})`, async (t) => {
    const { browserOf, app, world } = await setStage(t, openFresh)
    const own = await browserOf()
    for (const query of ['?ended=5&of-provider=5&told=5', '?ended=x', '?ended=1&ended=2', '?ended=-1', '?ended=1e9']) {
      assert.doesNotMatch((await testBrowser(app, world).get(`/acme/production${query}`)).body, /notice|ended/, query)
      assert.equal((await own.get(url + query)).statusCode, 200)
    }
    assert.doesNotMatch((await own.get(`${url}?ended=1&of-provider=2&told=3`)).body, /notice/)
  })

  const silent: readonly EndedWhy[] = ['logged-out', 'replaced']
  const told: Readonly<Partial<Record<EndedWhy, RegExp>>> = {
    'ended-by-administrator': /You were signed out by an administrator\./,
    'identity-provider': /signed out by your company’s sign-in page/,
    limit: /only 2 sessions are allowed\./,
    idle: /nothing was done for some time/,
    lifetime: /a session lasts no longer/,
    'password-changed': /your password was changed/,
    deactivated: /your account was deactivated/,
  }
  test(`a browser whose session ended is told why on its next page, once (${kind})`, async (t) => {
    const { db, browserOf, place, world } = await setStage(t, openFresh)
    const limit = { enabled: true, maximum: 2 }
    await saveSessionSettings(db.write, place.environment.id, { idleMinutes: 240, lifetimeMinutes: 720, limit }, now)
    const end = async (why: EndedWhy) => {
      const browser = await browserOf()
      const ended = { ended_at: world.clock().getTime(), ended_why: why }
      await db.write.updateTable('sessions').set(ended).where('ended_at', 'is', null).execute()
      return browser
    }
    for (const [why, sentence] of Object.entries(told)) {
      const browser = await end(why as EndedWhy)
      const account = await browser.get('/acme/production/account')
      assert.equal(account.statusCode, 303, 'an account page leads there, and takes nothing away')
      const first = await browser.get(account.headers.location ?? '')
      assert.match(/class="notice">([^<]*)</.exec(first.body)?.[1] ?? '', sentence)
      assert.match(String(first.headers['set-cookie']), /^__Host-sallyport_session_\w+=; Max-Age=0; Path=\//)
      assert.doesNotMatch((await browser.get('/acme/production')).body, /class="notice"/, why)
    }
    for (const why of silent) {
      const { body, headers } = await (await end(why)).get('/acme/production')
      assert.doesNotMatch(body, /class="notice"/, why)
      assert.equal(headers['set-cookie'], undefined, 'by now the browser may hold another cookie')
    }
  })

  test(`a session that ended by itself is told of, too, though it was over before (${kind})`, async (t) => {
    const { browserOf, world } = await setStage(t, openFresh)
    const browser = await browserOf()
    world.passTime(3 * 24 * HOUR_MS)
    assert.match((await browser.get('/acme/production')).body, /class="notice">You were signed out because nothing was/)
  })

  test(`the page of the signed-in says what ends the session, and when (${kind})`, async (t) => {
    const { browserOf, world, db, place } = await setStage(t, openFresh)
    const own = await browserOf()
    world.passTime(HOUR_MS)
    const told = async () => shown((await own.get('/acme/production')).body)
    assert.match(await told(), /Signed in until 2026-03-02 00:00 UTC or until 2026-03-01 17:00 UTC, if you do nothing/)
    await db.write.updateTable('sessions').set({ expires_why: 'identity-provider' }).execute()
    assert.match(await told(), /Signed in until 2026-03-02 00:00 UTC set by your company’s sign-in page or until/)
    const settings = { idleMinutes: 0, lifetimeMinutes: 720, limit: { enabled: false, maximum: 3 } }
    await saveSessionSettings(db.write, place.environment.id, settings, now)
    assert.doesNotMatch(await told(), /if you do nothing/)
  })
})

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startApp, testBrowser } from '#login/test-browser.ts'
import { contextOf, makeNeighbours, publicUrl, testWorld } from '#login/test-place.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const logoutUrl = '/acme/production/logout'
const ownPage = { 'sec-fetch-site': 'same-origin', origin: publicUrl }

async function signedIn(t: TestContext, openFresh: OpenFresh) {
  const db = await openFresh(t)
  const world = testWorld()
  const app = await startApp(t, contextOf(db, world))
  const places = await makeNeighbours(db, world)
  const browser = testBrowser(app, world)
  await browser.signIn(places.mine)
  const isSignedIn = async (company = 'acme') => (await browser.get(`/${company}/production/session`)).json().valid
  assert.equal(await isSignedIn(), true)
  const endings = async () => {
    const rows = await db.read.selectFrom('sessions').select(['ended_at', 'ended_why']).execute()
    return rows.map(({ ended_at, ended_why }) => [ended_at, ended_why])
  }
  return { world, app, browser, isSignedIn, endings, ...places }
}

onEveryDatabase((kind, openFresh) => {
  test(`logging out ends the session, clears its cookie and says so (${kind})`, async (t) => {
    const { world, app, browser, isSignedIn, endings } = await signedIn(t, openFresh)
    const stolen = testBrowser(app, world)
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
    const response = await browser.submit(logoutUrl, {}, ownPage)
    assert.deepEqual([response.statusCode, response.headers.location], [303, `${publicUrl}/acme/production/logged-out`])
    assert.match(String(response.headers['set-cookie']), /^__Host-sallyport_session_\w+=; Max-Age=0; Path=\//)
    const last = await browser.get(response.headers.location ?? '')
    assert.match(
      last.body,
      /<p role="status">You are logged out of Acme\. Your company’s sign-in page may still know you/,
    )
    assert.match(last.body, new RegExp(`<a class="button" href="${publicUrl}/acme/production">Sign in again</a>`))
    assert.equal(await isSignedIn(), false)
    assert.deepEqual(await endings(), [[world.clock().getTime(), 'logged-out']])
    const replayed = await stolen.get('/acme/production/session', { cookie })
    assert.equal(replayed.statusCode, 401, 'the old cookie opens nothing')
  })

  const refusals: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'Sec-Fetch-Site: cross-site': { 'sec-fetch-site': 'cross-site', origin: publicUrl },
    'Sec-Fetch-Site of no known meaning': { 'sec-fetch-site': 'else' },
    'another Origin, from a browser without Sec-Fetch-Site': { origin: 'https://evil.example' },
    'the Origin of a sub-domain, a port, another scheme': { origin: 'https://x.sso.example' },
    'Origin: null, as of a sandboxed frame': { origin: 'null' },
  }
  test(`a form on another site logs nobody out (${kind})`, async (t) => {
    const { browser, isSignedIn, endings } = await signedIn(t, openFresh)
    for (const [what, headers] of Object.entries(refusals)) {
      const response = await browser.submit(logoutUrl, {}, headers)
      assert.equal(response.statusCode, 403, what)
      assert.equal(response.headers['set-cookie'], undefined)
      assert.equal(await isSignedIn(), true)
    }
    assert.match((await browser.get(logoutUrl)).body, /<h1>Log out of Acme\?/, 'a link only asks')
    await browser.post(logoutUrl) // without cookies, as SameSite=Lax has it
    assert.deepEqual(await endings(), [[null, null]])
  })

  test(`logging out of one Environment leaves another, and twice is as good as once (${kind})`, async (t) => {
    const { browser, isSignedIn, other } = await signedIn(t, openFresh)
    await browser.signIn(other)
    for (let time = 0; time < 2; time++) {
      assert.equal((await browser.submit(logoutUrl, {}, ownPage)).statusCode, 303)
      assert.deepEqual([await isSignedIn(), await isSignedIn('neighbour')], [false, true])
    }
  })

  test(`an unknown place is 404 (${kind})`, async (t) => {
    const { browser } = await signedIn(t, openFresh)
    for (const path of [
      '/acme/test/logout',
      '/nobody/production/logout',
      '/%00/production/logout',
      '/acme/%00/logout',
    ]) {
      assert.equal((await browser.submit(path, {}, ownPage)).statusCode, 404, path)
    }
  })
})

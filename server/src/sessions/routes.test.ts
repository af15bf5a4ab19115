import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startApp, testBrowser } from '#login/test-browser.ts'
import { after, contextOf, makeNeighbours, makePlace, now, publicUrl, testWorld } from '#login/test-place.ts'
import { SESSION_LIFETIME_MS } from '#sessions/sessions.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const url = '/acme/production/session'
const nobody = { valid: false, signInUrl: `${publicUrl}/acme/production` }

onEveryDatabase((kind, openFresh) => {
  test(`applications on the same site learn who is signed in, and until when, and no more (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const browser = testBrowser(await startApp(t, contextOf(db, world)), world)
    const place = await makePlace(db, world)
    const before = await browser.get(url)
    assert.deepEqual([before.statusCode, before.json()], [401, nobody])
    await browser.signIn(place)
    const response = await browser.get(url)
    assert.equal(response.statusCode, 200)
    const { user, session, ...rest } = response.json()
    assert.deepEqual(rest, { valid: true })
    const { id, ...known } = user
    assert.match(id, /^user_/)
    assert.deepEqual(known, { username: 'ada', userType: 'platform', email: 'ada@acme.example' })
    const expiresAt = after(SESSION_LIFETIME_MS).toISOString()
    assert.deepEqual(session, { id: session.id, openedAt: now.toISOString(), expiresAt })
    assert.match(session.id, /^sess_/)
    assert.match(String(response.headers['content-type']), /^application\/json/)
    assert.equal(response.headers['cache-control'], 'no-store')
    assert.equal(response.headers['access-control-allow-origin'], undefined, 'no page elsewhere reads it')
  })

  test(`an expired session, a neighbour’s, and a removed user’s are nobody’s (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const app = await startApp(t, contextOf(db, world))
    const { mine, other } = await makeNeighbours(db, world)
    const browser = testBrowser(app, world)
    const status = async (cookie?: string) =>
      (await browser.get(url, cookie === undefined ? {} : { cookie })).statusCode

    await browser.signIn(other)
    const [, token] = [...browser.cookies].find(([name]) => name.includes('session')) ?? []
    const mineCookie = `__Host-sallyport_session_${mine.environment.id.slice('env_'.length)}`
    assert.equal(await status(`${mineCookie}=${token}`), 401, 'the neighbour’s token under my cookie’s name')

    await browser.signIn(mine)
    assert.equal(await status(), 200)
    world.passTime(SESSION_LIFETIME_MS - 1)
    assert.equal(await status(), 200)
    world.passTime(1)
    assert.equal(await status(), 401)

    await browser.signIn(mine)
    assert.equal(await status(), 200)
    await db.write.deleteFrom('users').where('environment_id', '=', mine.environment.id).execute()
    assert.equal(await status(), 401)
  })

  test(`an unknown place is 404, not 401 (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const browser = testBrowser(await startApp(t, contextOf(db, world)), world)
    await makePlace(db, world)
    for (const path of [
      '/acme/test/session',
      '/nobody/production/session',
      '/ACME/production/session',
      '/%00/%00/session',
    ]) {
      assert.equal((await browser.get(path)).statusCode, 404, path)
    }
  })
})

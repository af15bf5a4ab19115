import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountUrl, world as accountWorld, ownPage, setStage } from '#account/test-account.ts'
import { startApp, testBrowser } from '#login/test-browser.ts'
import { after, contextOf, makeNeighbours, makePlace, now, publicUrl, testWorld } from '#login/test-place.ts'
import { KEPT_MS } from '#sessions/answer-cache.ts'
import { defaultSessionSettings } from '#sessions/settings.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { insertTeam } from '#users/directory.ts'
import { replaceTeams } from '#users/memberships.ts'

const url = '/acme/production/session'
const lifetime = defaultSessionSettings.lifetimeMinutes * 60_000
const idle = defaultSessionSettings.idleMinutes * 60_000
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
    const { id, accessProfile, primaryTeam, ...known } = user
    assert.match(id, /^user_/)
    assert.match(accessProfile.id, /^prof_/)
    assert.match(primaryTeam.id, /^team_/)
    assert.deepEqual([accessProfile.name, primaryTeam.name], ['Regular User', 'Agents'])
    const belongings = { teams: [primaryTeam], applications: [] }
    assert.deepEqual(known, { username: 'ada', userType: 'platform', email: 'ada@acme.example', ...belongings })
    const expiresAt = after(lifetime).toISOString()
    assert.deepEqual(session, { id: session.id, openedAt: now.toISOString(), expiresAt, expiresSetBy: 'environment' })
    assert.match(session.id, /^sess_/)
    assert.match(String(response.headers['content-type']), /^application\/json/)
    assert.equal(response.headers['cache-control'], 'no-store')
    assert.equal(response.headers['access-control-allow-origin'], undefined, 'no page elsewhere reads it')
  })

  test(`who only looks uses nothing: the idle time goes on (${kind})`, async (t) => {
    const world = testWorld()
    const db = await openFresh(t)
    const browser = testBrowser(await startApp(t, contextOf(db, world)), world)
    await browser.signIn(await makePlace(db, world))
    const status = async (query: string) => (await browser.get(url + query)).statusCode
    world.passTime(idle / 2)
    assert.deepEqual([await status('?look=1'), await status('')], [200, 200])
    for (let looks = 0; looks < 3; looks++) {
      world.passTime(idle / 3 - 1)
      assert.equal(await status('?look=1'), 200)
    }
    world.passTime(3)
    assert.equal(await status('?look=1'), 401)
  })

  test(`they learn what the person belongs to and has chosen, by id and name (${kind})`, async (t) => {
    const { browser, directory, place, db, ada } = await setStage(t, await openFresh(t))
    const { desk, billing } = directory
    const named = ({ id, name }: { id: string; name: string }) => ({ id, name })
    const read = async () => (await browser.get(url)).json().user
    const before = await read()
    assert.equal('defaultApplication' in before, false)
    assert.deepEqual(before.applications, [
      { ...named(billing), roles: [named(billing.clerk)] },
      { ...named(desk), roles: [named(desk.agent), named(desk.lead)] },
    ])
    const further = await insertTeam(db.write, place.environment.id, 'A-Team', { chance: testWorld().chance, now })
    const source = { by: 'rule' } as const
    const teams = [
      { teamId: before.primaryTeam.id, primary: true, source },
      { teamId: further.id, primary: false, source },
    ]
    await replaceTeams(db.write, ada, teams, now)
    const form = { application: desk.id, [`role.${billing.id}`]: '', [`role.${desk.id}`]: desk.lead.id }
    await browser.submit(accountUrl, form, ownPage)
    accountWorld.passTime(KEPT_MS)
    const after = await read()
    assert.deepEqual(after.defaultApplication, named(desk))
    assert.deepEqual(
      after.applications.map(({ activeRole }: { activeRole?: unknown }) => activeRole),
      [undefined, named(desk.lead)],
    )
    assert.deepEqual([after.primaryTeam, after.teams], [before.primaryTeam, [before.primaryTeam, named(further)]])
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
    world.passTime(idle - 1)
    assert.equal(await status(), 200, 'and so somebody was seen again')
    world.passTime(idle)
    assert.equal(await status(), 401)

    await browser.signIn(mine)
    assert.equal(await status(), 200)
    await db.write.deleteFrom('users').where('environment_id', '=', mine.environment.id).execute()
    world.passTime(KEPT_MS)
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

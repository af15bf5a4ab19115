import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { grant, makeDirectory, makePerson, ownPage, setStage } from '#account/test-account.ts'
import { type Headers, startApp, testBrowser } from '#login/test-browser.ts'
import { contextOf, makeNeighbours, makePlace, now, publicUrl, testWorld } from '#login/test-place.ts'
import { KEPT_MS } from '#sessions/answer-cache.ts'
import { endSessions } from '#sessions/ends.ts'
import { identityHeaders } from '#sessions/forward-auth.ts'
import type { Session } from '#sessions/sessions.ts'
import { countQueries } from '#sessions/test-sessions.ts'
import { type MakeFresh, onEveryDatabase } from '#storage/on-every-database.ts'
import type { Account } from '#users/accounts.ts'
import { insertTeam } from '#users/directory.ts'
import { replaceTeams, setActiveRole } from '#users/memberships.ts'

const url = '/acme/production/forward-auth'
const landing = `${publicUrl}/acme/production`
const html = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' }

async function signedIn(t: TestContext, makeFresh: MakeFresh) {
  const { db, openAgain } = await makeFresh(t)
  const queries = countQueries(db)
  const world = testWorld()
  const place = await makePlace(db, world)
  const browser = testBrowser(await startApp(t, contextOf(db, world)), world)
  await browser.signIn(place)
  const status = async () => (await browser.get(url)).statusCode
  return { db, openAgain, queries, world, place, browser, status, environmentId: place.environment.id }
}

onEveryDatabase((kind, openFresh, makeFresh) => {
  test(`the proxy learns in headers who is signed in (${kind})`, async (t) => {
    const { db, browser, ada, place, directory } = await setStage(t, await openFresh(t), {
      firstName: 'Ada',
      lastName: 'Lindqvist',
      email: 'ada@acme.example',
    })
    const { billing } = directory
    const made = { chance: { bytes: (size: number) => new Uint8Array(size).fill(7) }, now }
    const further = await insertTeam(db.write, place.environment.id, 'Nachtwache Süd', made)
    const teams = [{ teamId: further.id, primary: true, source: { by: 'rule' } as const }]
    await replaceTeams(db.write, ada, teams, now)
    await setActiveRole(db.write, ada, { applicationId: billing.id, roleId: billing.clerk.id })
    const response = await browser.get(url)
    assert.deepEqual([response.statusCode, response.body], [200, ''])
    const said = Object.entries(response.headers).filter(([name]) => /^(remote|x-sallyport)-/.test(name))
    const sessions = await db.read.selectFrom('sessions').select('id').execute()
    assert.deepEqual(Object.fromEntries(said), {
      'remote-user': 'ada',
      'remote-name': 'Ada Lindqvist',
      'remote-email': 'ada@acme.example',
      'remote-groups': Buffer.from('Nachtwache Süd').toString('latin1'),
      'x-sallyport-user-id': ada.id,
      'x-sallyport-session-id': sessions[0]?.id,
      'x-sallyport-user-type': 'platform',
      'x-sallyport-roles': 'Billing:Clerk',
    })
    assert.equal(response.headers['cache-control'], 'no-store')
  })

  test(`without a session it is 401, nothing else, and where to sign in (${kind})`, async (t) => {
    const { browser, world, place } = await signedIn(t, makeFresh)
    await browser.submit('/acme/production/logout', {}, ownPage)
    const cases: readonly (readonly [Headers, string])[] = [
      [{}, landing],
      [{ 'x-original-url': 'https://apps.example/networking/a?b=c&d' }, 'https://apps.example/networking/a?b=c&d'],
      [{ 'x-original-url': `${publicUrl}/wiki/#e` }, `${publicUrl}/wiki/#e`],
      [
        { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'apps.example', 'x-forwarded-uri': '/x?y' },
        'https://apps.example/x?y',
      ],
      [{ 'x-forwarded-proto': 'https', 'x-forwarded-uri': '/x' }, landing],
      [{ 'x-original-url': 'https://evil.example/' }, landing],
      [{ 'x-original-url': '/networking/a' }, landing],
      [{ 'x-original-url': 'https://apps.example, https://apps.example' }, landing],
      [
        { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'apps.example', 'x-forwarded-uri': '.evil.example/' },
        landing,
      ],
      [
        { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'apps.example', 'x-forwarded-uri': '@evil.example/' },
        landing,
      ],
      [{ 'x-forwarded-proto': 'javascript', 'x-forwarded-host': 'x', 'x-forwarded-uri': '/' }, landing],
      [{ 'x-original-url': `https://apps.example/${'a'.repeat(3000)}` }, landing],
    ]
    for (const [headers, back] of cases) {
      const expected = back === landing ? landing : `${landing}?done=${encodeURIComponent(back)}`
      const refused = await browser.get(url, headers)
      assert.deepEqual([refused.statusCode, refused.body], [401, ''])
      assert.equal(refused.headers['x-sallyport-sign-in'], expected)
      assert.equal(refused.headers['cache-control'], 'no-store')
      assert.equal(refused.headers['remote-user'], undefined)
      const shown = await browser.get(`${url}?redirect=1`, { ...html, ...headers })
      if (back === landing) assert.equal(shown.statusCode, 401, 'nobody is led to where they may not be')
      else assert.deepEqual([shown.statusCode, shown.headers.location], [303, expected])
    }
    const asked = { 'x-original-url': 'https://apps.example/x' }
    for (const headers of [
      asked,
      { ...asked, accept: '*/*' },
      { ...asked, accept: 'application/json' },
      { ...asked, ...html, 'x-forwarded-method': 'POST' },
    ]) {
      assert.equal((await browser.get(`${url}?redirect=1`, headers)).statusCode, 401, JSON.stringify(headers))
    }
    for (const query of ['', '?redirect', '?redirect=0', '?redirect=1&redirect=1', '?done=1']) {
      assert.equal((await browser.get(url + query, { ...html, ...asked })).statusCode, 401, query)
    }
    assert.ok(world && place)
  })

  test(`it costs one query, and none for three seconds after that (${kind})`, async (t) => {
    const { queries, world, status, browser } = await signedIn(t, makeFresh)
    const cost = async (ask: () => Promise<unknown>): Promise<number> => {
      const before = queries()
      await ask()
      return queries() - before
    }
    assert.equal(await cost(status), 1)
    assert.equal(await cost(status), 0)
    assert.equal(await cost(() => browser.get('/acme/production/session')), 0, 'the two share what they know')
    world.passTime(KEPT_MS - 1)
    assert.equal(await cost(status), 0)
    world.passTime(1)
    assert.equal(await cost(status), 1)
    assert.equal(await status(), 200)
  })

  test(`whoever is not signed in costs no more, and cookies without number cost two queries (${kind})`, async (t) => {
    const { queries, world, browser } = await signedIn(t, makeFresh)
    const name = (nth: number) => `__Host-sallyport_session_${'a'.repeat(19)}${nth}`
    const stranger = (nth: number) => `${name(nth)}=${Buffer.alloc(32, nth).toString('base64url')}`
    const strangers = (count: number) => Array.from({ length: count }, (_, nth) => stranger(nth))
    const mine = [...browser.cookies].filter(([name]) => name.includes('session')).map((pair) => pair.join('='))
    const malformed = ['__Host-sallyport_session_', '__Host-sallyport_session_A%00', '__Host-sallyport_session_\u0001']
    const odd = malformed.map((name) => `${name}=${Buffer.alloc(32).toString('base64url')}`)
    const cases: readonly (readonly [string, readonly string[], number, number])[] = [
      [url, [], 401, 1],
      [url, strangers(1), 401, 1],
      [url, odd, 401, 1],
      [url, [...strangers(9), ...odd, ...mine], 200, 1],
      [url, [...strangers(10), ...mine], 200, 2],
      [url, strangers(100), 401, 1],
      ['/acme/test/forward-auth', [...strangers(9), ...mine], 404, 1],
      ['/acme/test/forward-auth', [...strangers(100), ...mine], 404, 1],
      ['/acme/test/forward-auth', [], 404, 1],
    ]
    for (const [path, cookies, status, cost] of cases) {
      world.passTime(KEPT_MS)
      const before = queries()
      const answer = await browser.get(path, { cookie: cookies.join('; ') })
      assert.deepEqual([answer.statusCode, queries() - before], [status, cost], `${path} ${cookies.length}`)
    }
  })

  test(`a session that this process ends is over with the next question (${kind})`, async (t) => {
    const { db, status, environmentId, world, queries } = await signedIn(t, makeFresh)
    assert.deepEqual([await status(), await status()], [200, 200])
    const rows = await db.read.selectFrom('sessions').select('id').execute()
    const ids = rows.map(({ id }) => id)
    const undone = db.transaction(async (tx) => {
      await endSessions(tx, environmentId, { ids }, { why: 'logged-out', now: world.clock() })
      throw new Error('undone')
    })
    await assert.rejects(undone, /undone/)
    const before = queries()
    assert.equal(await status(), 200)
    assert.equal(queries(), before, 'an end that was undone drops nothing')
    await db.transaction((tx) => endSessions(tx, environmentId, { ids }, { why: 'logged-out', now: world.clock() }))
    assert.equal(await status(), 401)
  })

  test(`a session that another process ends is over after three seconds at the latest (${kind})`, async (t) => {
    const { openAgain, status, environmentId, world, db } = await signedIn(t, makeFresh)
    const other = await openAgain()
    assert.equal(await status(), 200)
    const rows = await db.read.selectFrom('sessions').select('id').execute()
    const ids = rows.map(({ id }) => id)
    await other.transaction((tx) => endSessions(tx, environmentId, { ids }, { why: 'logged-out', now: world.clock() }))
    world.passTime(KEPT_MS)
    assert.equal(await status(), 401)
  })

  test(`a neighbour’s session opens nothing; an unknown place is 404 (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const { mine, other } = await makeNeighbours(db, world)
    const browser = testBrowser(await startApp(t, contextOf(db, world)), world)
    await browser.signIn(other)
    assert.equal((await browser.get('/neighbour/production/forward-auth')).statusCode, 200)
    assert.equal((await browser.get(url)).statusCode, 401)
    const [, token] = [...browser.cookies].find(([name]) => name.includes('session')) ?? []
    const cookie = `__Host-sallyport_session_${mine.environment.id.slice('env_'.length)}=${token}`
    assert.equal((await browser.get(url, { cookie })).statusCode, 401, 'nor under my cookie’s name')
    for (const path of ['/acme/test', '/nobody/production', '/ACME/production', '/%00/%00']) {
      assert.equal((await browser.get(`${path}/forward-auth`)).statusCode, 404, path)
    }
  })

  test(`a person whose names are an attack is let in, and no header is theirs to write (${kind})`, async (t) => {
    const evil = 'a\r\nRemote-User: root\r\n\r\n\u0000\u0085\u009f<x>'
    const db = await openFresh(t)
    const world = testWorld()
    const place = await makePlace(db, world)
    const person = await makePerson(db, place, { firstName: evil.replaceAll('\0', '') })
    const directory = await makeDirectory(db, place)
    await grant(db, person, { application: directory.desk, roles: [directory.desk.agent] })
    const browser = testBrowser(await startApp(t, contextOf(db, world)), world)
    await browser.signIn(place)
    await db.write.updateTable('users').set({ email: 'a\tb@acme.example' }).execute()
    const response = await browser.get(url)
    assert.equal(response.statusCode, 200)
    assert.equal(response.headers['remote-user'], 'ada')
    assert.equal(response.headers['remote-name'], 'a Remote-User: root <x>')
    assert.equal(response.headers['remote-email'], '')
  })
})

const session = { id: 'sess_a' } as unknown as Session
const account = (change: { username?: string; email?: string; teams?: string[]; roles?: [string, string][] }) =>
  ({
    user: { id: 'user_a', userType: 'site', username: change.username ?? 'ada', email: change.email },
    teams: (change.teams ?? []).map((name) => ({ name })),
    applications: (change.roles ?? []).map(([name, role]) => ({
      name,
      activeRoleId: 'role_a',
      roles: [{ roleId: 'role_a', name: role }],
    })),
  }) as unknown as Account

test('a user name that no header holds exactly is left out rather than made somebody else’s', () => {
  for (const username of ['ada\n', ' ada', 'ada\u3000', 'a\0da', 'ada\u007f', 'ad\u0085a', '\ud800']) {
    const headers = identityHeaders(session, account({ username, email: username }))
    assert.deepEqual([headers['Remote-User'], headers['Remote-Email']], ['', ''], JSON.stringify(username))
    assert.equal(headers['X-Sallyport-User-Id'], 'user_a')
  }
  const { 'Remote-User': name = '' } = identityHeaders(session, account({ username: 'Zoë, 李 %41:;=' }))
  assert.equal(Buffer.from(name, 'latin1').toString('utf8'), 'Zoë, 李 %41:;=')
})

test('a name in a list is one name, whatever is in it', () => {
  const teams = ['a,admins', '100%', ' x\r\n', 'Süd', 'c:d']
  const roles: [string, string][] = [['Desk:Lead, Billing', 'Clerk']]
  const headers = identityHeaders(session, account({ teams, roles }))
  const utf8 = (text = '') => Buffer.from(text, 'latin1').toString('utf8')
  assert.equal(utf8(headers['Remote-Groups']), 'a%2Cadmins,100%25,%20x%0D%0A,Süd,c:d')
  assert.equal(utf8(headers['X-Sallyport-Roles']), 'Desk%3ALead%2C Billing:Clerk')
  const none = identityHeaders(session, account({}))
  assert.deepEqual([none['Remote-Groups'], none['X-Sallyport-Roles'], none['Remote-Email']], ['', '', ''])
})

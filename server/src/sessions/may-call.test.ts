import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listDecisions } from '#access/recorded.ts'
import { forbid, restrict } from '#access/test-access.ts'
import { startApp, testBrowser } from '#login/test-browser.ts'
import { contextOf, makeNeighbours, publicUrl, testWorld } from '#login/test-place.ts'
import { KEPT_MS } from '#sessions/answer-cache.ts'
import { countQueries } from '#sessions/test-sessions.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const at = '/acme/production'
const from = (address: string) => ({ 'x-forwarded-for': address })
const inside = from('203.0.113.7')
const outside = from('198.51.100.7')

onEveryDatabase((kind, openFresh) => {
  const stage = async (t: Parameters<typeof openFresh>[0], trustedProxies: readonly string[] = ['127.0.0.1']) => {
    const db = await openFresh(t)
    const queries = countQueries(db)
    const world = testWorld()
    const { mine, other } = await makeNeighbours(db, world)
    const app = await startApp(t, { ...contextOf(db, world), config: { publicUrl, trustedProxies } })
    const browser = testBrowser(app, world)
    await browser.signIn(mine)
    const ask = (path: string, headers = {}) => browser.get(`${at}/${path}`, headers)
    const status = async (path: string, headers = {}) => (await ask(path, headers)).statusCode
    return { db, queries, world, mine, other, browser, ask, status, id: mine.environment.id }
  }

  test(`whoever is signed in is refused from elsewhere, with a code and a sentence (${kind})`, async (t) => {
    const { db, world, id, ask, status } = await stage(t)
    await restrict(db, world, id, { addresses: { ranges: ['203.0.113.0/24'] } })
    for (const path of ['session', 'forward-auth']) assert.equal(await status(path, inside), 200, path)
    const session = await ask('session', outside)
    assert.deepEqual(
      [session.statusCode, session.json()],
      [
        403,
        {
          valid: false,
          code: 'access-denied',
          sentence: 'Your company does not allow this from where you are, or at this time.',
          cure: 'Try again from your company’s network, or ask your administrator.',
        },
      ],
    )
    const proxied = await ask('forward-auth?redirect=1', { ...outside, accept: 'text/html' })
    assert.deepEqual([proxied.statusCode, proxied.headers['x-sallyport-refused']], [403, 'access-denied'])
    assert.equal(proxied.headers['cache-control'], 'no-store')
    assert.equal(proxied.headers['remote-user'], undefined)
    assert.match(proxied.body, /^Your company does not allow this/)
    const noted = await listDecisions(db.read, id, { limit: 10 })
    const said = noted.map(({ action, effect, username }) => `${action} ${effect} ${username}`)
    assert.deepEqual(said.toSorted(), ['call allow ada', 'call deny ada', 'sign-in allow ada'])
  })

  test(`an answer that is kept for one address serves no other (${kind})`, async (t) => {
    const { db, world, id, status, queries } = await stage(t)
    await restrict(db, world, id, { addresses: { ranges: ['203.0.113.0/24'] } })
    for (const headers of [inside, outside, inside, outside]) {
      assert.equal(await status('session', headers), headers === inside ? 200 : 403)
    }
    const before = queries()
    assert.deepEqual([await status('forward-auth', outside), await status('forward-auth', inside)], [403, 200])
    assert.equal(queries(), before, 'each is known for a moment')
    for (let nth = 0; nth < 250; nth++) assert.equal(await status('session', from(`198.51.100.${nth}`)), 403)
    assert.equal(await status('session', inside), 200)
  })

  test(`X-Forwarded-For that no trusted proxy wrote changes nothing (${kind})`, async (t) => {
    const { db, world, id, status } = await stage(t, [])
    await restrict(db, world, id, { addresses: { ranges: ['203.0.113.0/24'] } })
    for (const path of ['session', 'forward-auth']) {
      assert.equal(await status(path, inside), 403)
      assert.equal(await status(path, { 'x-real-ip': '203.0.113.7', forwarded: 'for=203.0.113.7' }), 403)
    }
    const behind = await stage(t)
    await restrict(behind.db, behind.world, behind.id, { addresses: { ranges: ['203.0.113.0/24'] } })
    assert.equal(await behind.status('session', from('203.0.113.7, 198.51.100.7')), 403, 'the proxy’s word is the last')
  })

  test(`rules that change are seen after three seconds at the latest, and those of a neighbour never (${kind})`, async (t) => {
    const { db, world, id, other, status } = await stage(t)
    const addresses = { ranges: ['203.0.113.0/24'] }
    await restrict(db, world, other.environment.id, { addresses })
    assert.equal(await status('session', outside), 200)
    await restrict(db, world, id, { addresses })
    world.passTime(KEPT_MS)
    assert.equal(await status('session', outside), 403)
    await restrict(db, world, id, { addresses: { ranges: [] } })
    world.passTime(KEPT_MS)
    assert.equal(await status('session', outside), 200)
  })

  test(`a policy may want a fresh sign-in: whoever is signed in is shown the way in (${kind})`, async (t) => {
    const { db, world, id, ask, browser, mine } = await stage(t)
    const text = forbid('context has sessionAgeSeconds && context.sessionAgeSeconds >= 3600', 'reauthenticate')
    await restrict(db, world, id, { policies: { Hourly: text } })
    assert.equal((await ask('session')).statusCode, 200)
    world.passTime(3_600_000)
    const answer = await ask('session')
    assert.deepEqual(
      [answer.statusCode, answer.json()],
      [401, { valid: false, signInUrl: `${publicUrl}${at}?again=1` }],
    )
    const proxied = await ask('forward-auth', { 'x-original-url': 'https://apps.example/x' })
    const done = encodeURIComponent('https://apps.example/x')
    assert.deepEqual(
      [proxied.statusCode, proxied.headers['x-sallyport-sign-in']],
      [401, `${publicUrl}${at}?done=${done}&again=1`],
    )
    assert.match((await browser.get(at)).body, /Signed in|signed in/)
    assert.match((await browser.get(`${at}?again=1&done=${done}`)).body, /ssoRequest\?ticket=/)
    await browser.signIn(mine)
    assert.equal((await ask('session')).statusCode, 200)
  })
})

import assert from 'node:assert/strict'
import { before, type TestContext, test } from 'node:test'
import { forbid, restrict } from '#access/test-access.ts'
import type { DesktopSettings } from '#connect/desktop.ts'
import { saveAmazonConnect } from '#connect/settings.ts'
import { deepLink, testSettings } from '#connect/test-settings.ts'
import { startApp, testBrowser } from '#login/test-browser.ts'
import { contextOf, makeNeighbours, now, publicUrl, testWorld } from '#login/test-place.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'
import type { DesktopSettings as ReadByDesktop } from '../../../desktop/src/settings.ts'
import { buildPages } from '../../../scripts/build-pages.ts'

before(() => buildPages())

const singleSignOn = { enabled: true, url: deepLink }
const settingsOn = (body: string): DesktopSettings =>
  JSON.parse(/<script type="application\/json" id="settings"[^>]*>(.*?)<\/script>/s.exec(body)?.[1] ?? 'null')
/** Both sides of the page describe the same; this compiles only while they do. */
const asDesktopReads = (settings: DesktopSettings): ReadByDesktop => settings
const asServerWrites = (settings: ReadByDesktop): DesktopSettings => settings

const isDesktop = (body: string): boolean => body.includes('<div id="desktop">')

onEveryDatabase((kind, openFresh) => {
  const stage = async (t: TestContext, open: OpenFresh, change: Readonly<Record<string, unknown>> = {}) => {
    const db = await open(t)
    const world = testWorld()
    const { mine, other } = await makeNeighbours(db, world)
    const app = await startApp(t, { ...contextOf(db, world), config: { publicUrl, trustedProxies: ['127.0.0.1'] } })
    const browser = testBrowser(app, world)
    await saveAmazonConnect(db.write, mine.environment.id, testSettings({ singleSignOn, ...change }), now)
    const land = (query = '', headers = {}) => browser.get(`/${mine.company.slug}/production${query}`, headers)
    return { db, world, mine, other, browser, land }
  }

  test(`nobody signs in here first: the desktop, for everybody, with what its page needs (${kind})`, async (t) => {
    const { land } = await stage(t, openFresh, { requireSignIn: false })
    const { statusCode, body, headers } = await land()
    assert.equal(statusCode, 200)
    assert.deepEqual(asServerWrites(asDesktopReads(settingsOn(body))), {
      mode: 'desktop',
      company: 'Acme',
      environment: 'Production',
      agentUrl: `${publicUrl}/acme/production`,
      person: null,
      needsSession: false,
      instanceUrl: 'https://acme.my.connect.aws',
      region: 'eu-west-2',
      ccpUrl: 'https://acme.my.connect.aws/ccp-v2/',
      logoutUrl: 'https://acme.my.connect.aws/logout',
      singleSignOn: true,
      signInUrl: deepLink,
      autoCloseWindow: true,
      stuckAfterSeconds: 30,
    })
    assert.equal(headers['cache-control'], 'no-store')
    // Or the sign-in window could not be closed.
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin-allow-popups')
    const policy = String(headers['content-security-policy'])
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self' https://acme.my.connect.aws",
      "frame-src 'self' data: https://acme.my.connect.aws",
      'object-src https://acme.my.connect.aws',
      "frame-ancestors 'none'",
    ])
      assert.ok(policy.split('; ').includes(part), `${part} in ${policy}`)
    assert.doesNotMatch(policy, /unsafe|\*/)
    const nonces = [...body.matchAll(/nonce="([^"]*)"/g)].map(([, nonce]) => nonce)
    assert.deepEqual(new Set(nonces).size, 1)
    assert.ok(policy.includes(`'nonce-${nonces[0]}'`))
  })

  test(`single sign-on switched off: the window opens the instance’s own login page (${kind})`, async (t) => {
    const { land } = await stage(t, openFresh, {
      requireSignIn: false,
      singleSignOn: { enabled: false, url: deepLink },
    })
    const { singleSignOn, signInUrl } = settingsOn((await land()).body)
    assert.deepEqual([singleSignOn, signInUrl], [false, 'https://acme.my.connect.aws/login'])
  })

  test(`agents sign in here first: the way in, and after it the desktop with who they are (${kind})`, async (t) => {
    const { land, browser, mine } = await stage(t, openFresh)
    const before = await land()
    assert.match(before.body, /<title>Sign in to Production – Acme<\/title>/)
    await browser.signIn(mine)
    const { body } = await land()
    assert.ok(isDesktop(body))
    const { person, needsSession } = settingsOn(body)
    assert.equal(needsSession, true)
    assert.ok(person?.agentName)
    // For another page they are sent through the way in, which says that they are in.
    assert.ok(!isDesktop((await land('?done=a')).body))
    assert.match((await land('?again=1')).body, /<title>Sign in to Production/)
  })

  test(`what must equal the agent’s name in Amazon Connect (${kind})`, async (t) => {
    const names = { username: 'username', email: 'email', any: null } as const
    for (const [agentName, which] of Object.entries(names)) {
      const { land, browser, mine, db } = await stage(t, openFresh, { agentName })
      await browser.signIn(mine)
      const user = await db.read.selectFrom('users').selectAll().executeTakeFirstOrThrow()
      assert.equal(settingsOn((await land()).body).person?.agentName, which === null ? null : user[which], agentName)
    }
  })

  test(`the rules of access hold for the desktop, too (${kind})`, async (t) => {
    const { db, world, land, browser, mine } = await stage(t, openFresh)
    await browser.signIn(mine)
    await restrict(db, world, mine.environment.id, { addresses: { ranges: ['203.0.113.0/24'] } })
    assert.ok(isDesktop((await land('', { 'x-forwarded-for': '203.0.113.7' })).body))
    const refused = await land('', { 'x-forwarded-for': '198.51.100.7' })
    assert.deepEqual([refused.statusCode, isDesktop(refused.body)], [403, false])
    assert.match(refused.body, /<code>access-denied<\/code>/)
  })

  test(`a rule that wants a fresh sign-in leads to the way in, not round in circles (${kind})`, async (t) => {
    const { db, world, land, browser, mine } = await stage(t, openFresh)
    await browser.signIn(mine)
    const text = forbid('context.sessionAgeSeconds > 3600', 'reauthenticate')
    await restrict(db, world, mine.environment.id, { policies: { Hourly: text } })
    assert.ok(isDesktop((await land()).body))
    world.passTime(3_700_000)
    const asked = await land()
    assert.deepEqual([asked.statusCode, asked.headers.location], [303, `${publicUrl}/acme/production?again=1`])
    assert.match((await browser.get(String(asked.headers.location))).body, /<title>Sign in to Production/)
  })

  test(`a neighbour without an instance has no desktop (${kind})`, async (t) => {
    const { browser, other } = await stage(t, openFresh, { requireSignIn: false })
    const { body } = await browser.get(`/${other.company.slug}/${other.environment.slug}`)
    assert.ok(!isDesktop(body))
    assert.doesNotMatch(body, /my\.connect\.aws/)
  })
})

// Logging out and the applications: they ask for it, come back afterwards, and are told whoever ended the session. Clients
// and their tokens by libraries that others wrote (openid-client, jose).

import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createFormBrowser, type FormBrowser, type Page } from '@sallyport/sandbox/peers/form-browser.ts'
import { followLogout } from '@sallyport/sandbox/peers/log-out-by-form.ts'
import * as client from 'openid-client'
import { listAttempts, logoutOf } from '#logout/logouts.ts'
import { addSecret } from '#oauth/clients.ts'
import { raise } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { closeBrowser, visitor } from './browser.ts'
import { authorize, type Stage, setStage, tokensOf } from './oauth-stage.ts'
import { startToldApplication, type ToldApplication } from './told-application.ts'

after(closeBrowser)

const wallboard = 'wallboard'
const front = 'singleLogout: { enabled: true, method: front-channel }'

type Theatre = {
  readonly stage: Stage
  readonly app: ToldApplication
  readonly config: client.Configuration
  readonly signedOut: string
}

/** A web application with somebody signed in, once `signIn` is called. */
async function open(t: TestContext, db: Parameters<typeof setStage>[1], ...more: readonly string[]): Promise<Theatre> {
  const stage = await setStage(t, db, ...more)
  const app = await startToldApplication(t, { issuer: stage.issuer, clientId: wallboard })
  const signedOut = `${app.url}/signed-out`
  const settings = { postLogoutRedirectUris: [signedOut], backChannelLogoutUri: `${app.url}/told` }
  await stage.add({ id: wallboard, name: 'Wallboard', kind: 'web', settings })
  const { db: database, world } = stage.sallyport
  const environmentId = await stage.sallyport.environmentId()
  const made = { chance: world.chance, now: world.clock() }
  const { text } = await addSecret(database.write, { environmentId, id: wallboard }, made)
  return { stage, app, signedOut, config: await stage.asClient(wallboard, text) }
}

async function signIn({ stage, config }: Theatre, browser: FormBrowser, person = 'katherine') {
  const tokens = await tokensOf(config, await authorize(stage, config, browser, person))
  return { tokens, claims: tokens.claims() }
}

async function pressLogOut({ stage }: Theatre, browser: FormBrowser): Promise<Page> {
  const landing = await browser.open(stage.issuer)
  const form = landing.forms.find(({ action }) => action.endsWith('/logout'))
  assert.ok(form, landing.body)
  return followLogout(await browser.submit(landing, form), browser)
}

async function until(fact: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await fact())) {
    assert.ok(Date.now() < end, 'it did not come true within 20 seconds')
    await delay(20)
  }
}

async function ledger({ stage: { sallyport } }: Theatre) {
  const rows = await sallyport.db.read.selectFrom('logouts').selectAll().orderBy('created_at').orderBy('id').execute()
  return rows.map(logoutOf)
}

async function isSignedIn({ stage }: Theatre, browser: FormBrowser): Promise<boolean> {
  return (await browser.open(`${stage.issuer}/session`)).status === 200
}

onEveryDatabase((database, openFresh) => {
  test(`Back-Channel Logout 1.0: whoever logs out, the application hears of that very session (${database})`, async (t) => {
    const theatre = await open(t, await openFresh(t))
    const { app } = theatre
    const browser = createFormBrowser()
    const { claims } = await signIn(theatre, browser)
    const other = await signIn(theatre, createFormBrowser())
    assert.notEqual(claims?.sid, other.claims?.sid)
    await pressLogOut(theatre, browser)
    await until(() => app.told.length > 0)
    assert.deepEqual(app.doubts, [])
    assert.deepEqual([app.told[0]?.sub, app.told[0]?.sid], [claims?.sub, claims?.sid])
    await until(async () => (await ledger(theatre)).every(({ finishedAt }) => finishedAt !== undefined))
    const [entry, ...rest] = await ledger(theatre)
    assert.deepEqual(
      [entry?.direction, entry?.state, entry?.binding, entry?.why, entry?.partner.clientId, rest.length],
      ['to-client', 'done', 'logout-token', 'logged-out', wallboard, 0],
    )
  })

  test(`RP-Initiated Logout 1.0: with the ID token at once, over the identity provider, and back with state (${database})`, async (t) => {
    const theatre = await open(t, await openFresh(t), front)
    const { app, config, signedOut } = theatre
    const browser = createFormBrowser()
    const { tokens } = await signIn(theatre, browser)
    const url = client.buildEndSessionUrl(config, {
      post_logout_redirect_uri: signedOut,
      id_token_hint: tokens.id_token ?? '',
      state: 'a b&c',
    })
    const page = await followLogout(await browser.open(url.href), browser)
    assert.equal(page.body, 'back in the application')
    const back = new URL(page.url)
    assert.deepEqual([back.origin + back.pathname, back.searchParams.get('state')], [signedOut, 'a b&c'])
    assert.equal(await isSignedIn(theatre, browser), false)
    await until(() => app.told.length > 0)
    const entries = await ledger(theatre)
    assert.deepEqual(entries.map(({ direction }) => direction).toSorted(), ['to-client', 'to-provider'])
    assert.equal(entries.find(({ direction }) => direction === 'to-provider')?.state, 'done')
  })

  test(`the question page in a browser: the application, over the identity provider, back at the application (${database})`, async (t) => {
    const theatre = await open(t, await openFresh(t), front)
    const { config, signedOut, stage, app } = theatre
    const { page, read, signInAs, complaints } = await visitor(t)
    const { url, finish } = await authorizationUrl(theatre)
    await page.goto(url)
    await signInAs('Katherine')
    await page.waitForURL((at) => at.href.startsWith(stage.redirectUri))
    const tokens = await finish(page.url())

    const asked = { post_logout_redirect_uri: signedOut, client_id: wallboard, state: 'one' }
    await page.goto(`${stage.issuer}/oauth/logout?${new URLSearchParams(asked)}`)
    assert.match(await read(), /Wallboard asks to log you out\. You are signed in as Katherine Silva/)
    await page.getByRole('link', { name: 'Stay signed in' }).click()
    assert.match(await read(), /Hello, Katherine/)
    await page.goto(`${stage.issuer}/oauth/logout?${new URLSearchParams(asked)}`)
    await page.getByRole('main').getByRole('button', { name: 'Log out' }).click()
    await page.waitForURL(`${signedOut}?state=one`)
    await until(() => app.told.length === 1)

    // By the ID token, now of another session: no question, though the browser starts at the application's own site.
    await page.goto((await authorizationUrl(theatre)).url)
    await signInAs('Katherine')
    await page.waitForURL((at) => at.href.startsWith(stage.redirectUri))
    const old = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: signedOut }
    await page.goto(client.buildEndSessionUrl(config, old).href)
    assert.match(await read(), /asks to log you out/, 'an ID token of the session before only asks')
    const again = await authorizationUrl(theatre)
    await page.goto(again.url)
    await page.waitForURL((at) => at.href.startsWith(stage.redirectUri))
    const fresh = (await again.finish(page.url())).id_token ?? ''
    await page.setContent(`<form method="post" action="${stage.issuer}/oauth/logout"><button>Leave</button>
      <input name="id_token_hint" value="${fresh}"><input name="post_logout_redirect_uri" value="${signedOut}"></form>`)
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.waitForURL(signedOut)
    await until(() => app.told.length === 2)
    assert.deepEqual([app.doubts, complaints], [[], []])
    const entries = (await ledger(theatre)).filter(({ direction }) => direction === 'to-provider')
    assert.deepEqual(
      entries.map(({ state }) => state),
      ['done', 'done'],
    )
  })

  test(`an application that is away hears of it when it is back, and one that says no is in the ledger (${database})`, async (t) => {
    const theatre = await open(t, await openFresh(t))
    const { app, stage } = theatre
    app.answer(503)
    const browser = createFormBrowser()
    await signIn(theatre, browser)
    await pressLogOut(theatre, browser)
    const tries = async () => {
      const [entry] = await ledger(theatre)
      return entry === undefined ? [] : listAttempts(stage.sallyport.db.read, entry.environmentId, entry.id)
    }
    await until(async () => (await tries()).length === 1)
    app.answer(400, '{"error":"invalid_request"}')
    stage.sallyport.passTime(6000)
    raise(stage.sallyport.db.write, 'work-waiting')
    await until(async () => (await ledger(theatre))[0]?.finishedAt !== undefined)
    const [entry] = await ledger(theatre)
    const made = await tries()
    assert.deepEqual(
      [entry?.state, ...made.map(({ details }) => details.code), made.at(-1)?.details.received],
      ['refused', 'status', 'client-refused', '{"error":"invalid_request"}'],
    )
  })
})

/** An authorization request, and what becomes of the address that it comes back to. */
async function authorizationUrl({ stage, config }: Theatre) {
  const [pkceCodeVerifier, expectedState] = [client.randomPKCECodeVerifier(), client.randomState()]
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: stage.redirectUri,
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
  })
  const finish = (back: string) =>
    client.authorizationCodeGrant(config, new URL(back), { pkceCodeVerifier, expectedState })
  return { url: url.href, finish }
}

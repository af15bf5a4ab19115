import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { makePlaces, newUser, the } from '#login/test-place.ts'
import { openSession } from '#sessions/sessions.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'
import { insertUser } from '#users/users.ts'
import { closeBrowser, visitor } from '../../flows/browser.ts'
import { type Sallyport, startSallyport } from '../../flows/sallyport.ts'

after(closeBrowser)

// As long as names get, without a place to break, and in either direction.
const long = 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(2)

type World = {
  readonly idp: string
  readonly sallyport: Sallyport
  readonly one: ConnectionInPlace
  readonly urls: Readonly<
    Record<'sign-in' | 'choice' | 'empty' | 'refused' | 'signed in' | 'logged out' | 'missing' | 'post', string>
  >
}

/** Only its address matters. */
async function identityProvider(t: TestContext): Promise<string> {
  const server = createServer((_request, response) => response.end('the identity provider')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  t.after(() => server.closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/sso`
}

async function world(t: TestContext, openFresh: OpenFresh): Promise<World> {
  const idp = await identityProvider(t)
  const sallyport = await startSallyport(t, await openFresh(t))
  const make = (company: string, names = ['Directory'], requestBinding = 'redirect') => {
    const settings = { thirdPartyAuthenticationUrl: idp, requestBinding }
    const connections = names.map((name) => ({ name, settings }))
    return makePlaces(sallyport.db, sallyport.world, { company, companyName: long, environmentName: long, connections })
  }
  const one = the((await make('one'))[0])
  await make(
    'many',
    Array.from({ length: 9 }, (_, nth) => `${nth + 1} ${long}`),
  )
  const none = the((await make('none'))[0])
  await sallyport.db.write.deleteFrom('connections').where('environment_id', '=', none.environment.id).execute()
  const posting = the((await make('posting', ['Directory'], 'post'))[0])
  const start = `${sallyport.url}/saml/ssoRequest?ticket=`
  return {
    idp,
    sallyport,
    one,
    urls: {
      'sign-in': `${sallyport.url}/one/production`,
      choice: `${sallyport.url}/many/production`,
      empty: `${sallyport.url}/none/production`,
      refused: `${start}${one.connection.ticket}&done=https://evil.example`,
      'logged out': `${sallyport.url}/one/production/logged-out`,
      missing: `${sallyport.url}/nowhere`,
      post: start + posting.connection.ticket,
      'signed in': `${sallyport.url}/one/production`,
    },
  }
}

/** Gives the browser the session of a person with a long name. */
async function signIn(page: Page, { sallyport, one }: World): Promise<void> {
  const { db, world } = sallyport
  const env = one.environment.id
  const made = { chance: world.chance, now: world.clock() }
  const connectionId = one.connection.id
  const user = newUser({ connectionId, username: long, firstName: long, email: `${long}@acme.example` })
  const { id } = the(await insertUser(db.write, env, user, made))
  const nothing = { nameId: undefined, sessionIndex: undefined, authnContext: undefined, notOnOrAfter: undefined }
  const { token } = await openSession(db.write, env, { userId: id, connectionId, ...nothing }, made)
  await page.context().addCookies([{ name: `sallyport_session_${env.slice(4)}`, value: token, url: sallyport.url }])
}

async function open(t: TestContext, it: World, name: keyof World['urls']) {
  // Without scripts the page that posts stays, as it does for people without them.
  const person = await visitor(t, { javaScriptEnabled: name !== 'post' })
  if (name === 'signed in') await signIn(person.page, it)
  await person.page.goto(it.urls[name])
  return person
}

/** Presses Tab until this has the focus, and sees that the focus shows. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 20; presses++) {
    await page.keyboard.press('Tab')
    const focused = page.locator(':focus')
    if ((await focused.count()) === 0) continue
    assert.match(
      await page.evaluate('getComputedStyle(document.activeElement).outline'),
      /solid 3px/,
      'the focus shows',
    )
    if ((await focused.textContent())?.trim() === name) return
  }
  assert.fail(`no way to “${name}” by keyboard`)
}

async function assertWellMade(page: Page, url: string): Promise<void> {
  await page.goto(url)
  assert.equal(await page.locator('h1').count(), 1)
  assert.equal(await page.locator('main').count(), 1)
  assert.equal(await page.locator('html').getAttribute('lang'), 'en')
  assert.match(await page.title(), /^\S.* – \S/)
  for (const text of await page.locator('a, button, summary').allTextContents()) assert.match(text, /\w/)
  await page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 640 })
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width, `${url} at ${width}`)
  }
}

// How pages look does not depend on the database.
onEveryDatabase((kind, openFresh) => {
  if (kind !== 'sqlite') return

  test('every page: one heading, a language, a title, names on all that can be pressed, and no overflow at 320 pixels (WCAG 2.2 1.4.10, 2.4.2, 3.1.1, 4.1.2)', async (t) => {
    const it = await world(t, openFresh)
    const { page, complaints } = await visitor(t)
    const { page: without } = await visitor(t, { javaScriptEnabled: false })
    for (const name of Object.keys(it.urls) as (keyof World['urls'])[]) {
      await t.test(name, async () => {
        if (name === 'signed in') await signIn(page, it)
        await assertWellMade(name === 'post' ? without : page, it.urls[name])
        assert.deepEqual(complaints, [], 'the browser has nothing to say, above all of the content security policy')
      })
    }
  })

  test('everything can be done by keyboard, and the focus shows (WCAG 2.2 2.1.1, 2.4.7)', async (t) => {
    const it = await world(t, openFresh)
    await t.test('sign in', async (t) => {
      const { page } = await open(t, it, 'sign-in')
      await tabTo(page, 'Sign in')
      await page.keyboard.press('Enter')
      await page.waitForURL(`${it.idp}?SAMLRequest=*`)
    })
    await t.test('choose, also from what is folded away', async (t) => {
      const { page } = await open(t, it, 'choice')
      await tabTo(page, '3 more')
      await page.keyboard.press('Enter')
      await tabTo(page, `9 ${long}`)
      await page.keyboard.press('Enter')
      await page.waitForURL(`${it.idp}?SAMLRequest=*`)
    })
    await t.test('post the request without scripts (Bindings 3.5.4)', async (t) => {
      const { page } = await open(t, it, 'post')
      const posted = page.waitForRequest(it.idp)
      await tabTo(page, 'Continue')
      await page.keyboard.press('Enter')
      const request = await posted
      assert.equal(request.method(), 'POST')
      assert.match(request.postData() ?? '', /^SAMLRequest=[^&]+&RelayState=[^&]+$/)
    })
    await t.test('log out', async (t) => {
      const { page, read } = await open(t, it, 'signed in')
      assert.match(await read(), /You are signed in/)
      await tabTo(page, 'Log out')
      await page.keyboard.press('Enter')
      await page.getByRole('status').waitFor()
    })
  })

  test('with scripts the page that posts goes on by itself', async (t) => {
    const it = await world(t, openFresh)
    const { page, complaints } = await visitor(t)
    const posted = page.waitForRequest((request) => request.url() === it.idp && request.method() === 'POST')
    await page.goto(it.urls.post)
    await posted
    assert.deepEqual(complaints, [])
  })
})

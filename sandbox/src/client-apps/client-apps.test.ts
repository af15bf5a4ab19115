import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { createFormBrowser, type FormBrowser, type Page } from '../../peers/form-browser.ts'
import { freePort } from '../../peers/peer-process.ts'
import { demo } from '../demo.ts'
import { createSandbox, createSandboxKey } from '../sandbox.ts'
import { openLoopback } from './loopback.ts'
import { type Fault, startAuthorizationServer, type TestAuthorizationServer } from './test-authorization-server.ts'

let server: TestAuthorizationServer
let sandbox: FastifyInstance
let publicUrl: string
const now = () => new Date()

before(async () => {
  server = await startAuthorizationServer(now)
  const port = await freePort()
  publicUrl = `http://localhost:${port}`
  const world = { clock: now, chance: { bytes: (size: number) => new Uint8Array(randomBytes(size)) } }
  sandbox = createSandbox({ ...world, publicUrl, sallyportUrl: server.url, ...(await createSandboxKey(world)) })
  await sandbox.listen({ port, host: '127.0.0.1' })
})
beforeEach(() => {
  server.fault = {}
  server.told.length = 0
})
after(async () => {
  await sandbox.close()
  server.close()
})

async function press(browser: FormBrowser, page: Page, what: string, fields: Readonly<Record<string, string>> = {}) {
  const form = page.forms.find(({ action }) => action.endsWith(`/${what}`))
  assert.ok(form, `no form for ${what} on: ${page.body}`)
  return browser.submit(page, form, fields)
}

async function signIn(path: string, fields?: Readonly<Record<string, string>>) {
  const browser = createFormBrowser()
  return { browser, page: await press(browser, await browser.open(publicUrl + path), 'sign-in', fields) }
}

/** Where a sign-in goes, without going there. */
async function begin(path: string): Promise<{ readonly request: URL; readonly cookie: string }> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await fetch(`${publicUrl}${path}/sign-in`, { method: 'POST', redirect: 'manual', headers, body: '' })
  const [cookie = ''] = answer.headers.getSetCookie()
  return { request: new URL(answer.headers.get('location') ?? ''), cookie: cookie.split(';')[0] ?? '' }
}

for (const path of ['/media-helper', '/tempo']) {
  describe(path, () => {
    test('signs in, and says who it is, what was given and for how long', async () => {
      const { page } = await signIn(path)
      assert.equal(page.url, publicUrl + path)
      assert.match(page.body, /Signed in as <strong>Ada &lt;Lindqvist&gt;<\/strong>/)
      assert.match(page.body, /ada@acme\.example[\s\S]*openid profile email[\s\S]*UTC<\/time>/)
    })

    test('asks with PKCE S256, state and nonce, and sends the verifier with the code (RFC 7636, RFC 9700 2.1.1)', async () => {
      const { request } = await begin(path)
      const asked = Object.fromEntries(request.searchParams)
      assert.deepEqual([asked.response_type, asked.code_challenge_method], ['code', 'S256'])
      for (const name of ['state', 'nonce', 'code_challenge']) assert.match(asked[name] ?? '', /^[\w-]{43}$/)
      await signIn(path)
      const [told] = server.told
      assert.match(told?.get('code_verifier') ?? '', /^[\w-]{43}$/)
      assert.equal(told?.has('client_secret'), false)
    })

    test('gets new tokens, revokes them with the refresh token, and forgets them', async () => {
      const { browser, page } = await signIn(path)
      const refreshed = await press(browser, page, 'refresh')
      assert.match(refreshed.body, /There are new tokens/)
      assert.equal(server.told.at(-1)?.get('refresh_token'), 'refresh-1')
      const revoked = await press(browser, refreshed, 'revoke')
      assert.equal(server.told.at(-1)?.get('token'), 'refresh-2')
      const forgotten = await press(browser, revoked, 'forget')
      assert.match(forgotten.body, /Nobody, in this browser/)
      assert.doesNotMatch(forgotten.body, /Ada/)
    })

    test('says so when its token is good no more', async () => {
      const { browser, page } = await signIn(path)
      server.fault = { deadTokens: true }
      const asked = await press(browser, page, 'userinfo')
      assert.match(asked.body, /Asking who is signed in did not work\. The access token is good no more/)
      assert.match(asked.body, /<code>invalid_token<\/code>[\s\S]*it is over/)
    })

    test('says what an error means, with the words that came', async () => {
      server.fault = { answer: { code: '', error: 'access_denied', error_description: 'not <you>' } }
      const { page } = await signIn(path)
      assert.match(page.body, /This person may not use this application/)
      assert.match(page.body, /<code>access_denied<\/code>[\s\S]*not &lt;you&gt;/)
      server.fault = { tokenError: 'something_new' }
      assert.match((await signIn(path)).page.body, /Sallyport says no[\s\S]*something_new[\s\S]*for a &lt;reason&gt;/)
    })

    const elsewhere = 'https://elsewhere.example'
    const faults: readonly (readonly [string, Fault])[] = [
      ['names another issuer (RFC 9207 2.4)', { answer: { iss: elsewhere } }],
      ['names no issuer, though the server says that it does (RFC 9207 2.4)', { answer: { iss: '' } }],
      ['has an ID token of another issuer', { idToken: { iss: elsewhere } }],
      ['has an ID token for another client', { idToken: { aud: 'somebody-else' } }],
      ['has an ID token for another sign-in', { idToken: { nonce: 'another' } }],
      ['has an ID token that has expired', { idToken: { exp: 1 } }],
      ['has an ID token that somebody else signed', { forgedSignature: true }],
    ]
    for (const [what, fault] of faults) {
      test(`does not believe an answer that ${what}`, async () => {
        server.fault = fault
        const { page } = await signIn(path)
        assert.match(page.body, /The application does not believe the answer/)
        assert.match(page.body, /Nobody, in this browser/)
      })
    }
  })
}

test('Tempo has two editions, and an answer goes to the browser that asked only', async () => {
  const { page } = await signIn('/tempo', { client: demo.clients.tempoIos })
  assert.match(page.body, /Tempo for iOS <code>9fa531f6-/)
  const { request } = await begin('/tempo')
  assert.equal(request.searchParams.get('redirect_uri'), `${publicUrl}/tempo/callback`)
  const stranger = await createFormBrowser().open(request.href)
  assert.deepEqual([stranger.status, /No sign-in has begun in this browser/.test(stranger.body)], [400, true])
})

test('Tempo does not believe an answer with another state', async () => {
  const { cookie } = await begin('/tempo')
  const query = new URLSearchParams({ code: 'code-0', state: 'another', iss: `${server.url}/acme/production` })
  const headers = { cookie }
  const answer = await fetch(`${publicUrl}/tempo/callback?${query}`, { headers, redirect: 'manual' })
  assert.equal(answer.status, 303)
  const page = await (await fetch(`${publicUrl}/tempo`, { headers })).text()
  assert.match(page, /The application does not believe the answer/)
})

test('Media Helper listens on 127.0.0.1, leaves strangers’ answers alone, takes its own and closes (RFC 8252 7.3)', async () => {
  const { request, cookie } = await begin('/media-helper')
  const redirectUri = request.searchParams.get('redirect_uri') ?? ''
  assert.match(redirectUri, /^http:\/\/127\.0\.0\.1:\d+\/callback$/)
  const other = await fetch(`${redirectUri}?code=x&state=another`)
  assert.deepEqual([other.status, await other.text()], [400, 'Nobody here has asked for this answer.'])
  assert.equal((await fetch(new URL('/', redirectUri))).status, 404)
  const answered = await fetch(request, { redirect: 'manual' })
  const own = answered.headers.get('location') ?? ''
  const taken = await fetch(own, { redirect: 'manual' })
  assert.deepEqual([taken.status, taken.headers.get('location')], [303, `${publicUrl}/media-helper`])
  await taken.body?.cancel()
  await assert.rejects(fetch(own))
  const page = await (await fetch(`${publicUrl}/media-helper`, { headers: { cookie } })).text()
  assert.match(page, /Signed in as/)
})

test('a listener closes when nobody answers', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { redirectUri } = await openLoopback({
    isOurs: () => true,
    answered: async () => '/',
    closed: resolve,
    milliseconds: 1,
  })
  // The listener's own timer does not keep the process.
  const awake = setInterval(() => {}, 1000)
  await promise
  clearInterval(awake)
  await assert.rejects(fetch(redirectUri))
})

test('what nobody is signed in for, and a client that is not the application’s, is refused with a page', async () => {
  const post = (path: string, body = '') =>
    fetch(publicUrl + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    })
  for (const action of ['refresh', 'userinfo', 'revoke', 'forget']) {
    assert.equal((await post(`/tempo/${action}`)).status, 400, action)
  }
  assert.equal((await post('/tempo/sign-in', `client=${demo.clients.mediaHelper}`)).status, 400)
  assert.equal((await fetch(`${publicUrl}/tempo/callback?code=x&state=y`)).status, 400)
})

test('where Sallyport does not answer, the application says that', async () => {
  const world = { clock: now, chance: { bytes: (size: number) => new Uint8Array(randomBytes(size)) } }
  const port = await freePort()
  const nowhere = createSandbox({
    ...world,
    publicUrl,
    sallyportUrl: `http://127.0.0.1:${port}`,
    ...(await createSandboxKey(world)),
  })
  const answer = await nowhere.inject({ method: 'POST', url: '/media-helper/sign-in' })
  assert.deepEqual([answer.statusCode, answer.headers.location], [303, '/media-helper'])
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? ''
  const page = await nowhere.inject({ url: '/media-helper', headers: { cookie } })
  assert.match(page.body, /Sallyport does not answer/)
  await nowhere.close()
})

test('the demo’s clients come back where the applications wait for them', () => {
  const yaml = readFileSync(new URL('../../demo/sallyport.yaml', import.meta.url), 'utf8')
  for (const id of Object.values(demo.clients)) assert.ok(yaml.includes(`id: ${id}`), id)
  assert.ok(yaml.includes('http://127.0.0.1/callback') && yaml.includes('/tempo/callback'))
})

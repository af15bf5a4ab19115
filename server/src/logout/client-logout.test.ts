import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Answered, TestBrowser } from '#login/test-browser.ts'
import { testBrowser } from '#login/test-browser.ts'
import { makePlace, publicUrl, the } from '#login/test-place.ts'
import { type ClientLogoutFault, clientLogoutWords } from '#logout/client-logout.ts'
import { give, insertToldClient } from '#logout/test-clients.ts'
import { idToken, type ToSign } from '#logout/test-id-tokens.ts'
import {
  landOn,
  ledger,
  logoutAnswer,
  openSessions,
  type Site,
  sentAway,
  signIn,
  startSite,
  textOn,
  withLogout,
} from '#logout/test-logout.ts'
import { clientSettings, insertClient } from '#oauth/clients.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const endpoint = '/acme/production/oauth/logout'
const signedOut = 'https://app.example/signed-out?tenant=1'

type Parameters = Readonly<Record<string, string>>
type Stage = Site & {
  readonly browser: TestBrowser
  readonly ask: (parameters: Parameters, path?: string, by?: TestBrowser) => Promise<Answered>
  /** An ID token of the one session, unless changed. */
  readonly hint: (change?: ToSign) => Promise<string>
}

/** Ada is signed in, and the client `app` was given something. */
async function setStage(
  t: TestContext,
  db: Database,
  ...connections: readonly ReturnType<typeof withLogout>[]
): Promise<Stage> {
  const site = await startSite(t, db, ...(connections.length === 0 ? [{}] : connections))
  const { environment } = site.place
  await insertToldClient(db, environment.id, 'app', { postLogoutRedirectUris: [signedOut] })
  const browser = await signIn(site)
  const [session] = await db.read.selectFrom('sessions').select(['user_id', 'chain_id']).execute()
  const { user_id: sub, chain_id: sid } = the(session)
  await give(db, environment.id, { chainId: sid, clientId: 'app' })
  return {
    ...site,
    browser,
    ask: (parameters, path = endpoint, by = browser) => by.get(`${path}?${new URLSearchParams(parameters)}`),
    hint: ({ claims, ...change } = {}) =>
      idToken(db, site.world, site.place, { claims: { sub, sid, ...claims }, ...change }),
  }
}

const back = { post_logout_redirect_uri: signedOut, state: 'a b&c' }
const backAddress = 'https://app.example/signed-out?tenant=1&state=a+b%26c'
const isOpen = async (site: Stage): Promise<boolean> => (await openSessions(site)).length > 0

onEveryDatabase((kind, openFresh) => {
  test(`with the ID token of the session it ends at once, and the browser goes back with state (RP-Initiated Logout 1.0 section 3) (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    // Section 2: also one that has expired.
    stage.world.passTime(2 * 3_600_000)
    const claims = { exp: Math.floor(stage.world.clock().getTime() / 1000) - 3600 }
    const answered = await stage.ask({ ...back, id_token_hint: await stage.hint({ claims }), logout_hint: 'ada' })
    assert.deepEqual([answered.statusCode, answered.headers.location], [303, backAddress])
    assert.match(String(answered.headers['set-cookie']), /Max-Age=0/)
    assert.equal(await isOpen(stage), false)
    const [told] = await ledger(stage, 'to-client')
    assert.deepEqual([told?.why, told?.partner.clientId], ['logged-out', 'app'])
  })

  test(`an ID token without sid means the person; without an address the page says how it went (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const answered = await stage.ask({ id_token_hint: await stage.hint({ claims: { sid: undefined } }) })
    assert.equal(answered.headers.location, `${publicUrl}/acme/production/logged-out`)
    assert.equal(await isOpen(stage), false)
  })

  test(`through the front channel the browser finds its way back after the identity provider’s answer (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t), withLogout())
    const { app, browser } = stage
    const answered = await stage.ask({ ...back, id_token_hint: await stage.hint() })
    assert.equal(await isOpen(stage), false)
    const sent = await sentAway(stage, answered)
    const taken = await app.inject(logoutAnswer(stage, sent))
    const landed = await browser.get(taken.headers.location ?? '')
    assert.deepEqual([landed.statusCode, landed.headers.location], [303, backAddress])
  })

  test(`what the identity provider did not do the person reads, and goes back by a button (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t), withLogout())
    const sent = await sentAway(stage, await stage.ask({ ...back, id_token_hint: await stage.hint() }))
    const refusal = { status: { code: 'urn:oasis:names:tc:SAML:2.0:status:Requester' } }
    const forged = await stage.app.inject(logoutAnswer(stage, sent, { by: 'other-idp' }))
    const unconfirmed = await stage.browser.get(forged.headers.location ?? '')
    assert.match(textOn(unconfirmed), /has not confirmed .* Back to the application/)
    const page = await landOn(stage, stage.browser, logoutAnswer(stage, sent, { response: refusal }))
    assert.match(page, /did not log you out.* Back to the application/)
    assert.ok(unconfirmed.body.includes(`<a class="button" href="${backAddress.replaceAll('&', '&amp;')}">`))
  })

  test(`through the back channel the browser goes back at once, and the identity provider is told (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t), withLogout({ method: 'back-channel' }))
    const answered = await stage.ask({ ...back, id_token_hint: await stage.hint() })
    assert.equal(answered.headers.location, backAddress)
    assert.deepEqual((await ledger(stage)).map(({ direction }) => direction).toSorted(), ['to-client', 'to-provider'])
  })

  test(`without an ID token of the session the person is asked, and a link logs nobody out (section 6) (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const asks: Readonly<Record<string, Parameters>> = {
      'nothing at all': {},
      'an address of a client': { ...back, client_id: 'app' },
      'the ID token of somebody else': {
        ...back,
        id_token_hint: await stage.hint({ claims: { sub: 'user_other', sid: undefined } }),
      },
      'the ID token of another session': {
        ...back,
        id_token_hint: await stage.hint({ claims: { sid: 'sess_other' } }),
      },
    }
    for (const [what, parameters] of Object.entries(asks)) {
      const page = await stage.ask(parameters)
      assert.deepEqual([page.statusCode, page.headers['set-cookie']], [200, undefined], what)
      assert.match(page.body, /<h1>Log out of Acme\?<\/h1>/, what)
      assert.equal(await isOpen(stage), true, what)
    }
    const page = await stage.ask({ ...back, client_id: 'app' })
    assert.match(textOn(page), /The app asks to log you out\. You are signed in as ada/)
    const [, action = ''] = /<form method="post" action="([^"]*)" class="actions">/.exec(page.body) ?? []
    const inputs = page.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)
    const fields = Object.fromEntries([...inputs].map(([, name, value]) => [name, value?.replaceAll('&amp;', '&')]))
    assert.deepEqual(fields, { client_id: 'app', ...back })
    const foreign = await stage.browser.submit(action, fields, { 'sec-fetch-site': 'cross-site' })
    assert.deepEqual([foreign.statusCode, await isOpen(stage)], [403, true])
    const pressed = await stage.browser.submit(action, fields, { 'sec-fetch-site': 'same-origin' })
    assert.deepEqual([pressed.headers.location, await isOpen(stage)], [backAddress, false])
  })

  test(`the button goes back only to where the client is registered for (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const fields = { client_id: 'app', post_logout_redirect_uri: 'https://evil.example/' }
    const pressed = await stage.browser.submit('/acme/production/logout', fields, { 'sec-fetch-site': 'same-origin' })
    assert.deepEqual(
      [pressed.headers.location, await isOpen(stage)],
      [`${publicUrl}/acme/production/logged-out`, false],
    )
  })

  test(`a request that cannot be believed changes nothing and leads nowhere: a page with the sentence and the cure (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const neighbour = await makePlace(stage.db, stage.world, { company: 'neighbour' })
    await insertToldClient(stage.db, neighbour.environment.id, 'theirs', { postLogoutRedirectUris: [signedOut] })
    const hint = await stage.hint()
    const [head = '', body = '', signature = ''] = hint.split('.')
    const theirIss = { iss: `${publicUrl}/neighbour/production` }
    const badHints: Readonly<Record<string, string>> = {
      'no token': 'x',
      'no JSON in it': 'YQ.YQ.YQ',
      'a NUL': 'a.b.\0',
      'alg none': await stage.hint({ header: { alg: 'none' } }),
      'a public key as a secret': await stage.hint({ header: { alg: 'HS256' } }),
      'the neighbour’s key': await stage.hint({ by: neighbour }),
      'the neighbour’s key under our kid': `${head}.${body}.${(await stage.hint({ by: neighbour })).split('.')[2]}`,
      'the neighbour’s own': await stage.hint({ by: neighbour, claims: theirIss }),
      'another issuer': await stage.hint({ claims: theirIss }),
      'changed claims': `${head}.${Buffer.from('{"sub":"x"}').toString('base64url')}.${signature}`,
      'a logout token': await stage.hint({ header: { typ: 'logout+jwt' }, claims: { events: {} } }),
      'a logout token without its type': await stage.hint({ claims: { events: {} } }),
      'an access token': await stage.hint({ header: { typ: 'at+jwt' } }),
      'a key nobody has': await stage.hint({ header: { kid: 'key_x' } }),
    }
    const faults: readonly (readonly [ClientLogoutFault, Parameters, string?])[] = [
      ...Object.entries(badHints).map(
        ([what, one]) => ['hint-invalid', { ...back, id_token_hint: one }, what] as const,
      ),
      ['client-differs', { ...back, id_token_hint: hint, client_id: 'theirs' }],
      ['client-unknown', { ...back, client_id: 'theirs' }],
      ['client-unknown', { ...back, client_id: 'a\0' }],
      ['client-unknown', { id_token_hint: await stage.hint({ claims: { aud: 'gone' } }) }],
      ['address-unregistered', { client_id: 'app', post_logout_redirect_uri: 'https://evil.example/' }],
      ['address-unregistered', { client_id: 'app', post_logout_redirect_uri: `${signedOut}&x=1` }],
      ['address-unregistered', { id_token_hint: hint, post_logout_redirect_uri: 'javascript:alert(1)' }],
      ['address-unregistered', { id_token_hint: hint, post_logout_redirect_uri: '' }],
      ['address-of-nobody', back],
    ]
    for (const [code, parameters, what = JSON.stringify(parameters)] of faults) {
      for (const path of [endpoint, '/acme/production/logout']) {
        const page = await stage.ask(parameters, path)
        assert.deepEqual([page.statusCode, page.headers.location], [400, undefined], what)
        assert.ok(page.body.includes(`<code>${code}</code>`), `${what}: ${code}`)
        const text = textOn(page).replaceAll('&#39;', '’')
        assert.ok(text.includes(clientLogoutWords[code].sentence) && text.includes(clientLogoutWords[code].cure), text)
        assert.match(text, /You are still signed in/)
        assert.equal(await isOpen(stage), true, what)
      }
    }
    assert.deepEqual([...new Set(faults.map(([code]) => code))].toSorted(), Object.keys(clientLogoutWords).toSorted())
  })

  test(`a session that is over still leads back, and to nowhere that is not registered (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const hint = await stage.hint()
    const nobody = testBrowser(stage.app, stage.world)
    for (const parameters of [{ client_id: 'app' }, { id_token_hint: hint }] as readonly Parameters[]) {
      const answered = await stage.ask({ ...back, ...parameters }, endpoint, nobody)
      assert.deepEqual([answered.statusCode, answered.headers.location], [303, backAddress])
    }
    const without = await stage.ask({ id_token_hint: hint }, endpoint, nobody)
    assert.equal(without.headers.location, `${publicUrl}/acme/production/logged-out`)
    const evil = { client_id: 'app', post_logout_redirect_uri: 'https://evil.example/' }
    const page = await stage.ask(evil, endpoint, nobody)
    assert.equal(page.statusCode, 400)
    assert.doesNotMatch(textOn(page), /still signed in/)
    assert.equal(await isOpen(stage), true, 'the session of another browser stays')
  })

  test(`a form on the application’s page comes without the cookie, which comes along with a GET (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const fields = { ...back, id_token_hint: await stage.hint() }
    const posted = await stage.browser.post(endpoint, fields)
    assert.equal(posted.statusCode, 303)
    const { location = '' } = posted.headers
    assert.ok(location.startsWith(`${publicUrl}${endpoint}?`), location)
    assert.equal((await stage.browser.get(location)).headers.location, backAddress)
    assert.equal(await isOpen(stage), false)
  })

  test(`a form on the same site ends it at once (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const fields = { ...back, id_token_hint: await stage.hint() }
    assert.equal((await stage.browser.submit(endpoint, fields)).headers.location, backAddress)
    assert.equal(await isOpen(stage), false)
  })

  test(`Genesys Cloud’s address: logout?client_id=…&redirect_uri=… (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const parameters = { client_id: 'app', redirect_uri: signedOut }
    assert.match((await stage.ask(parameters, '/acme/production/logout')).body, /<h1>Log out of Acme\?/)
    assert.equal(await isOpen(stage), true)
    const nobody = testBrowser(stage.app, stage.world)
    const answered = await stage.ask(parameters, '/acme/production/logout', nobody)
    assert.deepEqual([answered.statusCode, answered.headers.location], [303, signedOut])
  })

  test(`parameters that stand twice count as absent; unknown places, and pages of the library, are 404 (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const hint = await stage.hint()
    const twice = await stage.browser.get(`${endpoint}?id_token_hint=${hint}&id_token_hint=${hint}`)
    assert.match(twice.body, /<h1>Log out of Acme\?/)
    assert.equal(await isOpen(stage), true)
    for (const path of ['/acme/test/oauth/logout', '/nobody/production/oauth/logout', '/acme/%00/oauth/logout']) {
      assert.equal((await stage.browser.get(path)).statusCode, 404, path)
      assert.equal((await stage.browser.submit(path)).statusCode, 404, path)
    }
    for (const page of ['confirm', 'success']) {
      assert.equal((await stage.browser.get(`${endpoint}/${page}`)).statusCode, 404)
      assert.equal((await stage.browser.submit(`${endpoint}/${page}`)).statusCode, 404)
    }
  })

  test(`native clients: any port on the person’s own machine, and schemes of their own (RFC 8252 section 7) (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const postLogoutRedirectUris = ['http://127.0.0.1/out', 'com.example.app:/out']
    const settings = clientSettings.parse({ redirectUris: postLogoutRedirectUris, postLogoutRedirectUris })
    const native = { id: 'native', name: 'Native', kind: 'native', settings } as const
    await insertClient(stage.db.write, stage.place.environment.id, native, stage.world.clock())
    const nobody = testBrowser(stage.app, stage.world)
    const leadsTo = async (post_logout_redirect_uri: string) =>
      (await stage.ask({ client_id: 'native', post_logout_redirect_uri, state: 's' }, endpoint, nobody)).headers
        .location
    assert.equal(await leadsTo('http://127.0.0.1:51004/out'), 'http://127.0.0.1:51004/out?state=s')
    assert.equal(await leadsTo('com.example.app:/out'), 'com.example.app:/out?state=s')
    for (const uri of ['http://127.0.0.1:51004/other', 'http://localhost:51004/out', 'https://127.0.0.1/out'])
      assert.equal(await leadsTo(uri), undefined, uri)
  })

  test(`discovery names the address, and says that clients are told (${kind})`, async (t) => {
    const { app } = await setStage(t, await openFresh(t))
    const found = (await app.inject('/acme/production/.well-known/openid-configuration')).json()
    assert.equal(found.end_session_endpoint, `${publicUrl}${endpoint}`)
    assert.deepEqual([found.backchannel_logout_supported, found.backchannel_logout_session_supported], [true, true])
  })
})

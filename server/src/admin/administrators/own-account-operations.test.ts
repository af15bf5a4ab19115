import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { makeAdministrator, type Portal, password, portalBrowser, signedInPortal } from '#admin/test-administrators.ts'
import { assertProblem, startApi } from '#admin/test-api.ts'
import { openAdminSession } from '#administrators/admin-sessions.ts'
import { limits } from '#administrators/attempts.ts'
import { testAuthenticator } from '#administrators/test-authenticator.ts'
import { codeAt, stepAt } from '#administrators/totp.ts'
import { publicUrl, type TestWorld } from '#login/test-place.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const STEP = 30_000
const MINUTE = 60_000

async function start(t: TestContext, openFresh: OpenFresh) {
  const started = await startApi(t, openFresh)
  const { db, world, app, place } = started
  const grace = await makeAdministrator(db, world, { companyId: place.company.id })
  return { ...started, grace, portal: await signedInPortal(app) }
}

const codeNow = (secret: string, world: TestWorld, away = 0) => codeAt(secret, stepAt(world.clock()) + away)

async function setUpTotp(portal: Portal, world: TestWorld) {
  const { secret } = (await portal.send('POST', 'me/totp')).data
  const answer = await portal.send('PUT', 'me/totp', { code: codeNow(secret, world) })
  assert.equal(answer.statusCode, 200, answer.body)
  world.passTime(STEP)
  return { secret: secret as string, recoveryCodes: answer.data.recoveryCodes as string[] }
}

onEveryDatabase((kind, openFresh) => {
  test(`a name and a password are changed; other sessions end, this one goes on (${kind})`, async (t) => {
    const { app, db, portal } = await start(t, openFresh)
    const other = await signedInPortal(app)
    assert.equal((await portal.send('PUT', 'me', { name: 'Grace O.' })).statusCode, 204)
    const wrong = await portal.send('PUT', 'me/password', { current: 'x', next: 'another few words' })
    assertProblem(wrong, 400, 'password-wrong')
    assert.equal(wrong.data.problems[0].path, 'current')
    const short = await portal.send('PUT', 'me/password', { current: password, next: 'short' })
    assertProblem(short, 400, 'password-short')
    assert.equal(short.data.problems[0].path, 'next')
    const change = { current: password, next: 'another few words' }
    assert.equal((await portal.send('PUT', 'me/password', change)).statusCode, 204)
    assert.equal((await portal.send('GET', 'me')).data.administrator.name, 'Grace O.')
    assertProblem(await other.send('GET', 'me'), 401, 'not-signed-in')
    assertProblem(await portalBrowser(app).signIn(), 401, 'sign-in-refused')
    const entries = await db.read.selectFrom('company_audit_entries').selectAll().execute()
    assert.deepEqual(entries.map(({ action }) => action).sort(), [
      'administrator.changed',
      'administrator.password-changed',
    ])
    assert.ok(!JSON.stringify(entries).includes('few words'))
  })

  test(`once codes are set up, a password alone does not sign in, and each code is good once (${kind})`, async (t) => {
    const { app, db, world, portal } = await start(t, openFresh)
    assertProblem(await portal.send('PUT', 'me/totp', { code: '123456' }), 409, 'totp-not-begun')
    const begun = (await portal.send('POST', 'me/totp')).data
    assert.match(begun.otpauthUrl, /^otpauth:\/\/totp\/sso\.example:grace%40acme\.example\?secret=/)
    assert.equal((await portalBrowser(app).signIn()).data.next, 'done', 'nothing is asked for before the first code')
    assertProblem(await portal.send('PUT', 'me/totp', { code: '12345x' }), 401, 'code-wrong')
    const { secret } = await setUpTotp(portal, world)
    assertProblem(await portal.send('POST', 'me/totp'), 409, 'totp-there-already')
    const rows = JSON.stringify(await db.read.selectFrom('administrators').selectAll().execute())
    assert.ok(!rows.includes(secret))
    const next = portalBrowser(app)
    const { next: step, challenge, csrfToken } = (await next.signIn()).data
    assert.deepEqual([step, csrfToken, next.cookie()], ['totp', undefined, ''])
    assertProblem(await next.send('GET', 'me'), 401, 'not-signed-in')
    const wrong = await next.send('POST', 'me/sign-in/totp', { challenge, code: '000' })
    assertProblem(wrong, 401, 'code-wrong')
    assert.equal(wrong.data.problems[0].path, 'code')
    const code = codeNow(secret, world)
    assert.equal((await next.send('POST', 'me/sign-in/totp', { challenge, code })).statusCode, 200)
    assert.equal((await next.send('GET', 'me')).data.session.through, 'code')
    assertProblem(await next.send('POST', 'me/sign-in/totp', { challenge, code }), 410, 'challenge-over')
    const again = portalBrowser(app)
    const second = (await again.signIn()).data.challenge
    for (const former of [code, codeNow(secret, world, -1)])
      assertProblem(await again.send('POST', 'me/sign-in/totp', { challenge: second, code: former }), 401, 'code-wrong')
    world.passTime(STEP)
    const fresh = { challenge: second, code: codeNow(secret, world) }
    assert.equal((await again.send('POST', 'me/sign-in/totp', fresh)).statusCode, 200)
  })

  test(`a code cannot be guessed: few tries at one challenge, few in ten minutes, five minutes long (${kind})`, async (t) => {
    const { app, world, portal } = await start(t, openFresh)
    const { secret } = await setUpTotp(portal, world)
    const browser = portalBrowser(app)
    const attempt = async (challenge: string, code: string) =>
      browser.send('POST', 'me/sign-in/totp', { challenge, code })
    const first = (await browser.signIn()).data.challenge
    for (let nth = 0; nth < 5; nth++) assertProblem(await attempt(first, 'x'), 401, 'code-wrong')
    assertProblem(await attempt(first, codeNow(secret, world)), 410, 'challenge-over')
    // One more was used up in setting codes up.
    const tried = limits['code as'] - 5 - 1
    const second = (await browser.signIn()).data.challenge
    for (let nth = 0; nth < 5; nth++) assertProblem(await attempt(second, 'x'), 401, 'code-wrong')
    const third = (await browser.signIn()).data.challenge
    for (let nth = 5; nth < tried; nth++) assertProblem(await attempt(third, 'x'), 401, 'code-wrong')
    assertProblem(await attempt(third, codeNow(secret, world)), 429, 'too-many-attempts')
    const late = (await browser.signIn()).data.challenge
    world.passTime(5 * MINUTE)
    assertProblem(await attempt(late, codeNow(secret, world)), 410, 'challenge-over')
    assertProblem(await attempt('x', '1'), 410, 'challenge-over')
  })

  test(`a recovery code stands in for a code, once, however it is typed (${kind})`, async (t) => {
    const { app, db, world, portal } = await start(t, openFresh)
    const { recoveryCodes } = await setUpTotp(portal, world)
    const [code = ''] = recoveryCodes
    assert.equal(new Set(recoveryCodes).size, 10)
    const rows = JSON.stringify(await db.read.selectFrom('administrator_recovery_codes').selectAll().execute())
    assert.ok(!rows.includes(code))
    const browser = portalBrowser(app)
    const typed = ` ${code.toUpperCase().replaceAll('-', ' ')}`
    const signIn = async () => {
      const { challenge } = (await browser.signIn()).data
      return browser.send('POST', 'me/sign-in/totp', { challenge, code: typed })
    }
    assert.equal((await signIn()).statusCode, 200)
    assertProblem(await signIn(), 401, 'code-wrong')
  })

  test(`removing codes takes the password (${kind})`, async (t) => {
    const { app, world, portal } = await start(t, openFresh)
    await setUpTotp(portal, world)
    assertProblem(await portal.send('DELETE', 'me/totp', { password: 'x' }), 400, 'password-wrong')
    assert.equal((await portal.send('GET', 'me')).data.administrator.hasTotp, true)
    assert.equal((await portal.send('DELETE', 'me/totp', { password })).statusCode, 204)
    assert.equal((await portalBrowser(app).signIn()).data.next, 'done')
  })

  test(`a passkey signs in alone, and each answer is good once (${kind})`, async (t) => {
    const { app, world, portal, grace } = await start(t, openFresh)
    await setUpTotp(portal, world)
    const device = testAuthenticator(publicUrl)
    const { options } = (await portal.send('POST', 'me/passkeys/options')).data
    assert.equal(options.rp.id, 'sso.example')
    const created = { name: 'Laptop', response: device.create(options) }
    const added = await portal.send('POST', 'me/passkeys', created)
    assert.equal(added.statusCode, 201, added.body)
    assertProblem(await portal.send('POST', 'me/passkeys', created), 401, 'passkey-refused')
    const begin = async () => (await portalBrowser(app).send('POST', 'me/sign-in/passkey/options')).data
    const begun = await begin()
    const used = { challenge: begun.challenge, response: device.use(begun.options) }
    const browser = portalBrowser(app)
    const answer = await browser.send('POST', 'me/sign-in/passkey', used)
    assert.equal(answer.statusCode, 200, answer.body)
    const { data } = await browser.send('GET', 'me')
    assert.deepEqual([data.administrator.id, data.session.through], [grace.id, 'passkey'])
    assert.deepEqual(
      data.administrator.passkeys.map(({ name, lastUsedAt }: Record<string, string>) => [name, lastUsedAt]),
      [['Laptop', world.clock().toISOString()]],
    )
    assertProblem(await browser.send('POST', 'me/sign-in/passkey', used), 410, 'challenge-over')
    assert.equal((await browser.send('DELETE', `me/passkeys/${added.data.id}`)).statusCode, 204)
    const after = await begin()
    const gone = { challenge: after.challenge, response: device.use(after.options) }
    assertProblem(await browser.send('POST', 'me/sign-in/passkey', gone), 401, 'passkey-refused')
  })

  test(`a passkey's answer for another site, of another moment, or without its owner is refused (${kind})`, async (t) => {
    const { app, portal } = await start(t, openFresh)
    const device = testAuthenticator(publicUrl)
    const options = async () => (await portal.send('POST', 'me/passkeys/options')).data.options
    for (const change of [{ origin: 'https://evil.example' }, { rpId: 'evil.example' }, { userVerified: false }]) {
      const response = device.create(await options(), change)
      assertProblem(await portal.send('POST', 'me/passkeys', { name: 'x', response }), 401, 'passkey-refused')
    }
    const response = device.create(await options())
    assert.equal((await portal.send('POST', 'me/passkeys', { name: 'x', response })).statusCode, 201)
    const browser = portalBrowser(app)
    const begin = async () => (await browser.send('POST', 'me/sign-in/passkey/options')).data
    for (const change of [{ origin: 'https://evil.example' }, { rpId: 'evil.example' }, { userVerified: false }]) {
      const { challenge, options } = await begin()
      const wrong = { challenge, response: device.use(options, change) }
      assertProblem(await browser.send('POST', 'me/sign-in/passkey', wrong), 401, 'passkey-refused')
    }
    const [one, two] = [await begin(), await begin()]
    const mixed = { challenge: one.challenge, response: device.use(two.options) }
    assertProblem(await browser.send('POST', 'me/sign-in/passkey', mixed), 401, 'passkey-refused')
    const unknown = { challenge: two.challenge, response: testAuthenticator(publicUrl).use(two.options) }
    assertProblem(await browser.send('POST', 'me/sign-in/passkey', unknown), 401, 'passkey-refused')
    const junk = { id: 'x', rawId: 'x', type: 'public-key', response: { clientDataJSON: 'x', attestationObject: 'x' } }
    assertProblem(await portal.send('POST', 'me/passkeys', { name: 'x', response: junk }), 401, 'passkey-refused')
    assertProblem(await portal.send('POST', 'me/passkeys', { name: 'x', response: {} }), 400, 'invalid-input')
  })

  test(`sessions are listed and ended by their owner alone (${kind})`, async (t) => {
    const { app, db, world, portal, other } = await start(t, openFresh)
    const second = await signedInPortal(app)
    await makeAdministrator(db, world, { email: 'eve@neighbour.example', companyId: other.company.id })
    const eve = await signedInPortal(app, 'eve@neighbour.example')
    const { items } = (await portal.send('GET', 'me/sessions')).data
    assert.deepEqual(items.map(({ current }: { current: boolean }) => current).sort(), [false, true])
    const [mine, others] = [true, false].map((own) => items.find((one: { current: boolean }) => one.current === own).id)
    assertProblem(await eve.send('DELETE', `me/sessions/${mine}`), 404, 'not-found')
    assert.equal((await portal.send('DELETE', `me/sessions/${others}`)).statusCode, 204)
    assertProblem(await second.send('GET', 'me'), 401, 'not-signed-in')
    assert.equal((await portal.send('DELETE', `me/sessions/${mine}`)).statusCode, 204)
    assert.equal(portal.cookie(), '')
  })

  test(`a session of a Company's single sign-on changes nothing of the account (${kind})`, async (t) => {
    const { app, db, world, grace, place, other } = await start(t, openFresh)
    const opening = { administratorId: grace.id, through: 'single-sign-on', companyId: other.company.id } as const
    const browser = { client: { address: '192.0.2.1' }, formerToken: undefined }
    const times = { chance: world.chance, now: world.clock() }
    const { token } = await openAdminSession(db.write, { ...opening, ...browser }, times)
    const portal = portalBrowser(app)
    const cookie = `__Host-sallyport_admin=${token}`
    const { data } = await portal.send('GET', 'me', undefined, { cookie })
    assert.deepEqual([data.memberships, data.session.companyId], [[], other.company.id])
    assertProblem(
      await portal.send('GET', `environments/${place.environment.id}/teams`, undefined, { cookie }),
      404,
      'not-found',
    )
    for (const [method, path, body] of [
      ['PUT', 'me', { name: 'x' }],
      ['PUT', 'me/password', { current: password, next: 'another few words' }],
      ['POST', 'me/totp', undefined],
      ['PUT', 'me/totp', { code: '1' }],
      ['DELETE', 'me/totp', { password }],
      ['POST', 'me/passkeys/options', undefined],
      ['GET', 'me/sessions', undefined],
      ['DELETE', 'me/sessions/x', undefined],
      ['DELETE', 'me/passkeys/x', undefined],
    ] as const)
      assertProblem(await portal.send(method, path, body, { cookie }), 403, 'session-of-company')
  })
})

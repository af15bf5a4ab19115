import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { makeAdministrator, password, portalBrowser, signedInPortal } from '#admin/test-administrators.ts'
import { assertProblem, startApi } from '#admin/test-api.ts'
import { limits } from '#administrators/attempts.ts'
import { firstRunUrl } from '#administrators/first-run.ts'
import { insertLink } from '#administrators/links.ts'
import { publicUrl } from '#login/test-place.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'
import { tokenHash } from '#storage/token-hash.ts'

const MINUTE = 60_000

/** Two neighbours, and Grace, an owner of the first. */
async function start(t: TestContext, openFresh: OpenFresh) {
  const started = await startApi(t, openFresh)
  const { db, world, place } = started
  const grace = await makeAdministrator(db, world, { companyId: place.company.id })
  return { ...started, grace }
}

const tokenOf = (url: string | undefined): string => url?.split('/').at(-1) ?? ''

onEveryDatabase((kind, openFresh) => {
  test(`a password opens a session, and me tells who is there and what they may see (${kind})`, async (t) => {
    const { app, grace, place, world } = await start(t, openFresh)
    const portal = portalBrowser(app)
    assertProblem(await portal.send('GET', 'me'), 401, 'not-signed-in')
    const answer = await portal.signIn('GRACE@acme.example ')
    assert.equal(answer.data.next, 'done', answer.body)
    const set = String(answer.headers['set-cookie'])
    assert.match(set, /^__Host-sallyport_admin=[\w-]{43}; Path=\/; Expires=.*; HttpOnly; Secure; SameSite=Lax$/)
    const { data, body } = await portal.send('GET', 'me')
    assert.equal(data.csrfToken, answer.data.csrfToken)
    assert.deepEqual(data.administrator, {
      ...{ id: grace.id, email: 'grace@acme.example', name: 'Grace Okafor', operator: false },
      ...{ hasPassword: true, hasTotp: false, passkeys: [] },
    })
    const { id, slug, name } = place.environment
    const [membership, ...more] = data.memberships
    assert.deepEqual(more, [])
    assert.deepEqual([membership.company, membership.role], [{ ...place.company }, 'owner'])
    assert.deepEqual(membership.environments, [{ id, slug, name }])
    assert.equal(data.expiresAt, new Date(world.clock().getTime() + 12 * 60 * MINUTE).toISOString())
    assert.ok(!body.includes(portal.cookie().split('=')[1] ?? ''), 'the token of the cookie is shown to no script')
  })

  test(`the API takes the cookie, and the audit names the administrator (${kind})`, async (t) => {
    const { app, grace, place, other } = await start(t, openFresh)
    const portal = await signedInPortal(app)
    const base = `environments/${place.environment.id}`
    assert.equal((await portal.send('POST', `${base}/teams`, { name: 'Night shift' })).statusCode, 201)
    const { data } = await portal.send('GET', `${base}/audit`)
    assert.deepEqual(data.items[0].actor, { by: 'administrator', administratorId: grace.id, name: grace.email })
    const list = await portal.send('GET', 'environments')
    assert.deepEqual(
      list.data.items.map((one: { id: string }) => one.id),
      [place.environment.id],
    )
    assertProblem(await portal.send('GET', `environments/${other.environment.id}/teams`), 404, 'not-found')
  })

  test(`an administrator may send a request again with an Idempotency-Key (${kind})`, async (t) => {
    const { app, place } = await start(t, openFresh)
    const portal = await signedInPortal(app)
    const once = () =>
      portal.send(
        'POST',
        `environments/${place.environment.id}/users`,
        { username: 'bo', team: 'Agents' },
        { 'idempotency-key': 'k' },
      )
    const first = await once()
    assert.equal(first.statusCode, 201, first.body)
    assert.equal((await once()).data.id, first.data.id)
  })

  test(`what changes something needs the token of the session, and a page of ours (${kind})`, async (t) => {
    const { app, place } = await start(t, openFresh)
    const portal = await signedInPortal(app)
    const make = (headers: Readonly<Record<string, string>>) =>
      portal.send('POST', `environments/${place.environment.id}/teams`, { name: 'x' }, headers)
    assertProblem(await make({ 'x-csrf-token': '' }), 403, 'csrf-token-wrong')
    assertProblem(await make({ 'x-csrf-token': 'x'.repeat(43) }), 403, 'csrf-token-wrong')
    assertProblem(await make({ 'sec-fetch-site': 'cross-site' }), 403, 'foreign-page')
    assertProblem(await make({ 'sec-fetch-site': 'same-site' }), 403, 'foreign-page')
    const another = await signedInPortal(app)
    assertProblem(await make({ 'x-csrf-token': another.csrfToken() }), 403, 'csrf-token-wrong')
    assertProblem(await portal.send('POST', 'me/sign-out', undefined, { 'x-csrf-token': 'x' }), 403, 'csrf-token-wrong')
    assert.equal((await make({})).statusCode, 201)
    const foreign = { 'sec-fetch-site': 'cross-site' }
    const signIn = { email: 'grace@acme.example', password }
    assertProblem(await portalBrowser(app).send('POST', 'me/sign-in', signIn, foreign), 403, 'foreign-page')
  })

  test(`a wrong password and an unknown address are answered alike (${kind})`, async (t) => {
    const { app } = await start(t, openFresh)
    const answers = await Promise.all(
      [
        ['grace@acme.example', 'not the password'],
        ['nobody@acme.example', password],
        ['', ''],
        ['a\u0000b', password],
        ['x'.repeat(900), password],
      ].map(([email, wrong]) => portalBrowser(app).signIn(email, wrong)),
    )
    for (const answer of answers) assertProblem(answer, 401, 'sign-in-refused')
    assert.equal(new Set(answers.map(({ body }) => body)).size, 1)
    assert.ok(answers.every(({ headers }) => headers['set-cookie'] === undefined))
    const unsound = await portalBrowser(app).signIn('x\ud800', password)
    assertProblem(unsound, 401, 'sign-in-refused')
  })

  test(`too many attempts as one person have to wait, whether there is such a person or not (${kind})`, async (t) => {
    const { app, world } = await start(t, openFresh)
    const portal = portalBrowser(app)
    for (const email of ['grace@acme.example', 'nobody@acme.example']) {
      for (let nth = 0; nth < limits['sign-in as']; nth++)
        assertProblem(await portal.signIn(email, 'wrong'), 401, 'sign-in-refused')
      const refused = await portal.signIn(email, password)
      assertProblem(refused, 429, 'too-many-attempts')
      assert.match(String(refused.headers['retry-after']), /^\d{1,3}$/)
    }
    world.passTime(10 * MINUTE)
    assert.equal((await portal.signIn()).statusCode, 200)
  })

  test(`a session ends after half an hour without a request, after twelve hours, and when its owner says (${kind})`, async (t) => {
    const { app, world, db } = await start(t, openFresh)
    const portal = await signedInPortal(app)
    for (let minutes = 0; minutes < 11 * 60; minutes += 29) {
      world.passTime(29 * MINUTE)
      assert.equal((await portal.send('GET', 'me')).statusCode, 200)
    }
    world.passTime(30 * MINUTE)
    assertProblem(await portal.send('GET', 'me'), 401, 'not-signed-in')
    const second = await signedInPortal(app)
    for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
      assert.equal((await second.send('GET', 'me')).statusCode, 200)
      world.passTime(20 * MINUTE)
    }
    assertProblem(await second.send('GET', 'me'), 401, 'not-signed-in')
    const third = await signedInPortal(app)
    const cookie = third.cookie()
    assert.equal((await third.send('POST', 'me/sign-out')).statusCode, 204)
    assert.equal(third.cookie(), '')
    assertProblem(await third.send('GET', 'me', undefined, { cookie }), 401, 'not-signed-in')
    const token = cookie.split('=')[1] ?? ''
    const rows = JSON.stringify(await db.read.selectFrom('administrator_sessions').selectAll().execute())
    assert.ok(!rows.includes(token))
  })

  test(`who signs in anew in the same browser has one session, not two (${kind})`, async (t) => {
    const { app, db } = await start(t, openFresh)
    const portal = await signedInPortal(app)
    await portal.signIn()
    assert.equal((await db.read.selectFrom('administrator_sessions').selectAll().execute()).length, 1)
  })

  test(`the first run makes an operator, once (${kind})`, async (t) => {
    const { app, db, world, place, other } = await startApi(t, openFresh)
    const [one, two] = [await firstRunUrl(db, world, publicUrl), await firstRunUrl(db, world, publicUrl)]
    assert.match(one ?? '', /^https:\/\/sso\.example\/admin\/first-run\/[\w-]{43}$/)
    const portal = portalBrowser(app)
    const path = `links/${tokenOf(one)}`
    assert.deepEqual((await portal.send('GET', path)).data, { purpose: 'first-run', hasAccount: false })
    const body = { email: 'ada@acme.example', name: 'Ada Lindqvist', password }
    const missing = await portal.send('POST', path, { name: 'Ada' })
    assertProblem(missing, 400, 'invalid-input')
    assert.deepEqual(
      missing.data.problems.map((problem: { path: string }) => problem.path),
      ['password', 'email'],
    )
    const short = await portal.send('POST', path, { ...body, password: 'short' })
    assertProblem(short, 400, 'password-short')
    assert.equal(short.data.problems[0].path, 'password')
    assertProblem(await portal.send('POST', path, { ...body, password: 'ADA@acme.example' }), 400, 'password-obvious')
    assertProblem(await portal.send('POST', path, { ...body, email: 'ada' }), 400, 'invalid-input')
    assert.equal((await portal.send('POST', path, body)).statusCode, 200)
    const { data } = await portal.send('GET', 'me')
    assert.deepEqual([data.administrator.operator, data.administrator.email], [true, 'ada@acme.example'])
    assert.deepEqual(
      data.memberships.map(({ company }: { company: { slug: string } }) => company.slug),
      [place.company.slug, other.company.slug],
    )
    for (const used of [one, two])
      assertProblem(await portalBrowser(app).send('POST', `links/${tokenOf(used)}`, body), 410, 'link-over')
    assert.equal(await firstRunUrl(db, world, publicUrl), undefined)
  })

  test(`of two who open links of the first run at the same moment, one becomes the operator (${kind})`, async (t) => {
    const { app, db, world } = await startApi(t, openFresh)
    const urls = [await firstRunUrl(db, world, publicUrl), await firstRunUrl(db, world, publicUrl)]
    const answers = await Promise.all(
      urls.map((url, nth) =>
        portalBrowser(app).send('POST', `links/${tokenOf(url)}`, {
          email: `a${nth}@acme.example`,
          name: 'A',
          password,
        }),
      ),
    )
    assert.deepEqual(answers.map(({ statusCode }) => statusCode).sort(), [200, 410])
    assert.equal((await db.read.selectFrom('administrators').select('id').execute()).length, 1)
  })

  test(`links are kept as hashes, end by themselves, and what is no link finds nothing (${kind})`, async (t) => {
    const { app, db, world } = await startApi(t, openFresh)
    const token = tokenOf(await firstRunUrl(db, world, publicUrl))
    const [row] = await db.read.selectFrom('administrator_links').selectAll().execute()
    assert.equal(row?.token_hash, tokenHash(token))
    const portal = portalBrowser(app)
    for (const wrong of ['x', `${token.slice(1)}x`, '%00', 'x'.repeat(190)])
      assertProblem(await portal.send('GET', `links/${wrong}`), 410, 'link-over')
    world.passTime(24 * 60 * MINUTE)
    assertProblem(await portal.send('GET', `links/${token}`), 410, 'link-over')
  })

  test(`recovering sets a password and ends everything that was open (${kind})`, async (t) => {
    const { app, db, world, grace } = await start(t, openFresh)
    const former = await signedInPortal(app)
    const times = { chance: world.chance, now: world.clock() }
    const { token } = await insertLink(db.write, { purpose: 'recover', administratorId: grace.id }, times)
    const portal = portalBrowser(app)
    const shown = { purpose: 'recover', email: grace.email, hasAccount: false }
    assert.deepEqual((await portal.send('GET', `links/${token}`)).data, shown)
    const chosen = 'another few words'
    assert.equal((await portal.send('POST', `links/${token}`, { password: chosen })).statusCode, 200)
    assert.equal((await portal.send('GET', 'me')).data.administrator.name, 'Grace Okafor')
    assertProblem(await former.send('GET', 'me'), 401, 'not-signed-in')
    assertProblem(await portalBrowser(app).signIn(), 401, 'sign-in-refused')
    assert.equal((await portalBrowser(app).signIn(grace.email, chosen)).statusCode, 200)
  })
})

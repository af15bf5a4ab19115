import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { decodeRedirect } from '@sallyport/saml'
import { readAuthnRequest } from '@sallyport/saml/identity-provider'
import { makeAdministrator, portalBrowser, signedInPortal } from '#admin/test-administrators.ts'
import { assertProblem, startApi } from '#admin/test-api.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { type AnswerToSign, signedAnswer, type TestBrowser, testBrowser } from '#login/test-browser.ts'
import { publicUrl } from '#login/test-place.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const returnPath = `${publicUrl}/admin/sso/acme/return`
const signInPath = (companyId: string) => `companies/${companyId}/administrator-sign-in`

/** Grace owns the Company, whose administrators may come in through its connection; Ada works there. */
async function start(t: TestContext, openFresh: OpenFresh) {
  const started = await startApi(t, openFresh)
  const { db, world, app, place } = started
  const { company, environment, connection } = place
  await makeAdministrator(db, world, { companyId: company.id })
  const portal = await signedInPortal(app)
  const wanted = { environmentId: environment.id, connectionId: connection.id }
  const saved = await portal.send('PUT', signInPath(company.id), wanted)
  assert.equal(saved.statusCode, 200, saved.body)
  assert.deepEqual(saved.data, { ...wanted, url: `${publicUrl}/admin/sso/acme` })
  const browser = testBrowser(app, world)
  const me = async () => {
    const token = browser.cookies.get('__Host-sallyport_admin')
    return portalBrowser(app).send('GET', 'me', undefined, { cookie: `__Host-sallyport_admin=${token}` })
  }
  /** From the link of the portal to where the browser ends up. */
  const enter = async (answer: AnswerToSign = {}) => {
    const begun = await browser.get('/admin/sso/acme')
    assert.equal(begun.statusCode, 303, begun.body)
    return follow(browser, begun.headers.location ?? '', answer)
  }
  const follow = async (from: TestBrowser, url: string, answer: AnswerToSign) => {
    const asked = await from.get(url)
    const { xml, relayState = '' } = decodeRedirect(new URL(asked.headers.location ?? '').search.slice(1))
    const SAMLResponse = signedAnswer(place, world, { inResponseTo: readAuthnRequest(xml).id, ...answer })
    const taken = await from.post(endpointsOf(publicUrl, connection.ticket).acs, {
      SAMLResponse,
      RelayState: relayState,
    })
    const done = await from.get(taken.headers.location ?? '')
    assert.equal(done.headers.location, returnPath, done.body)
    return from.get(returnPath)
  }
  return { ...started, portal, browser, me, enter }
}

onEveryDatabase((kind, openFresh) => {
  test(`an administrator comes in through the Company's identity provider, and sees that Company alone (${kind})`, async (t) => {
    const { db, world, place, other, enter, me } = await start(t, openFresh)
    const ada = {
      email: 'ada@acme.example',
      companyId: place.company.id,
      role: 'administrator',
      operator: true,
    } as const
    await makeAdministrator(db, world, ada)
    const entered = await enter()
    assert.deepEqual([entered.statusCode, entered.headers.location], [303, `${publicUrl}/admin`])
    const { data } = await me()
    assert.deepEqual([data.administrator.email, data.administrator.operator], ['ada@acme.example', false])
    assert.deepEqual(data.session, { through: 'single-sign-on', companyId: place.company.id })
    assert.deepEqual(
      data.memberships.map((one: { company: { slug: string } }) => one.company.slug),
      ['acme'],
    )
    assert.notEqual(other.company.slug, 'acme')
  })

  test(`whoever was invited by the Company is an administrator with that (${kind})`, async (t) => {
    const { place, portal, enter, me } = await start(t, openFresh)
    const path = `companies/${place.company.id}/administrators`
    await portal.send('POST', path, { email: 'ADA@acme.example', role: 'auditor' })
    assert.equal((await enter()).statusCode, 303)
    const { data } = await me()
    assert.deepEqual([data.memberships[0].role, data.administrator.hasPassword], ['auditor', false])
    const states = (await portal.send('GET', path)).data.items.map(({ state }: { state: string }) => state)
    assert.deepEqual(states, ['active', 'active'])
  })

  test(`who administers nothing there is told so, with the address and a cure (${kind})`, async (t) => {
    const { db, world, other, enter, browser } = await start(t, openFresh)
    await makeAdministrator(db, world, { email: 'ada@acme.example', companyId: other.company.id, operator: true })
    const refused = await enter()
    assert.equal(refused.statusCode, 403)
    assert.match(refused.body, /this address administers nothing here\. Ask an owner of your Company to invite it\./)
    assert.match(refused.body, /ada@acme\.example/)
    assert.match(refused.body, /<code>not-administrator<\/code>/)
    assert.equal(browser.cookies.get('__Host-sallyport_admin'), undefined)
  })

  test(`an address that the person or a program wrote lets nobody in, nor does none (${kind})`, async (t) => {
    const { db, enter } = await start(t, openFresh)
    const none = await enter({ assertion: { attributes: [] } })
    assert.equal(none.statusCode, 403)
    const source = JSON.stringify({ by: 'person' })
    assert.match(none.body, /did not tell your e-mail address\. Let it send/)
    await db.write.updateTable('users').set({ email: 'grace@acme.example', email_key: 'grace@acme.example' }).execute()
    const [user] = await db.read.selectFrom('users').select(['id', 'environment_id']).execute()
    assert.ok(user)
    const field = { environment_id: user.environment_id, user_id: user.id, field: 'email', source, since: 1 }
    await db.write.deleteFrom('user_fields').where('field', '=', 'email').execute()
    await db.write.insertInto('user_fields').values(field).execute()
    const forged = await enter({ assertion: { attributes: [] } })
    assert.match(forged.body, /<code>no-email<\/code>/)
  })

  test(`without a fresh sign-in through that connection the way back leads nowhere (${kind})`, async (t) => {
    const { db, world, place, browser, enter } = await start(t, openFresh)
    await makeAdministrator(db, world, { email: 'ada@acme.example', companyId: place.company.id })
    const cold = await browser.get(returnPath)
    assert.equal(cold.statusCode, 403)
    assert.match(cold.body, /<code>not-signed-in<\/code>/)
    assert.equal((await enter()).statusCode, 303)
    world.passTime(10 * 60_000)
    assert.match((await browser.get(returnPath)).body, /<code>not-signed-in<\/code>/)
  })

  test(`a Company without it looks as none, and the connection must be its own (${kind})`, async (t) => {
    const { place, other, portal, browser } = await start(t, openFresh)
    const missing = await Promise.all(['neighbour', 'nobody', 'x%00'].map((slug) => browser.get(`/admin/sso/${slug}`)))
    for (const { statusCode, body } of missing) {
      assert.equal(statusCode, 404)
      assert.match(body, /<code>no-single-sign-on<\/code>/)
    }
    assert.equal(new Set(missing.map(({ body }) => body)).size, 1)
    for (const [environmentId, connectionId, path] of [
      [other.environment.id, other.connection.id, 'environmentId'],
      [place.environment.id, other.connection.id, 'connectionId'],
    ]) {
      const refused = await portal.send('PUT', signInPath(place.company.id), { environmentId, connectionId })
      assertProblem(refused, 400, 'invalid-input')
      assert.equal(refused.data.problems[0].path, path)
    }
    assert.equal((await portal.send('PUT', signInPath(place.company.id), null)).body, 'null')
    assert.equal((await browser.get('/admin/sso/acme')).statusCode, 404)
  })

  test(`through what owners come in, only owners change: neither other roles nor a set-up link (${kind})`, async (t) => {
    const { db, world, app, place, portal } = await start(t, openFresh)
    const { company, environment, connection } = place
    const path = `environments/${environment.id}/connections/${connection.id}`
    const link = await portal.send('POST', `${path}/setup-links`, { expiresInHours: 1 })
    const token = new URL(link.data.url).pathname.split('/').at(-1)
    const other = { email: 'ada@acme.example', companyId: company.id, role: 'administrator' } as const
    await makeAdministrator(db, world, other)
    const ada = await signedInPortal(app, other.email)
    const { data } = await ada.send('GET', path)
    const forged = { issuer: 'https://ada.example' }
    const anyVersion = { 'if-match': '*' }
    assertProblem(await ada.send('PATCH', path, forged, anyVersion), 403, 'connection-of-administrators')
    assertProblem(await ada.send('DELETE', path), 403, 'connection-of-administrators')
    assertProblem(await ada.send('PATCH', `setup/${token}`, forged), 403, 'connection-of-administrators')
    assert.equal((await ada.send('GET', path)).data.issuer, data.issuer)
    assert.equal((await portal.send('PATCH', path, { name: 'Directory of Acme' }, anyVersion)).statusCode, 200)
    const versions = await portal.send('GET', `environments/${environment.id}/versions`)
    const revert = `environments/${environment.id}/versions/${versions.data.items[0].id}/revert`
    assertProblem(await ada.send('POST', revert), 403, 'connection-of-administrators')
    // Where administrators come in another way, it is a connection like others.
    assert.equal((await portal.send('PUT', signInPath(company.id), null)).statusCode, 200)
    assert.equal((await ada.send('PATCH', path, forged, anyVersion)).statusCode, 200)
  })
})

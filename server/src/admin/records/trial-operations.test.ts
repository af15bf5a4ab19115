import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeRedirect } from '@sallyport/saml'
import { readAuthnRequest } from '@sallyport/saml/identity-provider'
import { assertProblem, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { updateConnection } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { draftSettings } from '#connections/settings.ts'
import { signedAnswer, testBrowser } from '#login/test-browser.ts'
import { now, publicUrl } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

type Started = Awaited<ReturnType<typeof startApi>>

/** Goes the whole way that the link of a test leads. */
async function go({ app, world, place }: Started, url: string) {
  const browser = testBrowser(app, world)
  const asked = await browser.get(url)
  const { xml, relayState = '' } = decodeRedirect(new URL(asked.headers.location ?? '').search.slice(1))
  const SAMLResponse = signedAnswer(place, world, { inResponseTo: readAuthnRequest(xml).id, person: 'lovelace' })
  const { acs } = endpointsOf(publicUrl, place.connection.ticket)
  const taken = await browser.post(acs, { SAMLResponse, RelayState: relayState })
  return browser.get(taken.headers.location ?? '')
}

onEveryDatabase((kind, openFresh) => {
  test(`people lose their passwords only where somebody has come the other way (${kind})`, async (t) => {
    const started = await startApi(t, openFresh)
    const { api, place } = started
    const path = `connections/${place.connection.id}`
    const wanted = { singleSignOnOnly: true }
    assertProblem(await api.patch(path, wanted), 409, 'test-needed')
    const { id: _, ...copy } = { id: '', name: 'Second', ...wanted }
    assertProblem(await api.post('connections', copy), 409, 'test-needed')
    const begun = await api.post(`${path}/test`)
    assert.equal(begun.statusCode, 201, begun.body)
    assert.equal((await api.get(`tests/${begun.data.id}`)).data.outcome, 'waiting')
    assertProblem(await api.patch(path, wanted), 409, 'test-needed')
    assert.equal((await go(started, begun.data.url)).statusCode, 200)
    const { data } = await api.get(`tests/${begun.data.id}`)
    assert.deepEqual([data.outcome, data.account.does, data.nameId], ['passed', 'create', 'lovelace'])
    assert.deepEqual(data.attributes, [{ name: 'email', values: ['lovelace@acme.example'] }])
    assert.deepEqual([data.record.outcome, data.record.test], ['tested', true])
    assertProblem(await api.patch(path, { ...wanted, issuer: 'https://new.example' }), 409, 'test-needed')
    assert.equal((await api.patch(path, wanted)).data.singleSignOnOnly, true)
    assert.equal(
      (await api.patch(path, { name: 'Renamed', issuer: 'https://new.example' })).statusCode,
      200,
      'it is on',
    )
  })

  test(`a draft that lacks something cannot be tested, and a neighbour’s connection and test are none (${kind})`, async (t) => {
    const started = await startApi(t, openFresh)
    const { api, neighbour, db, place } = started
    const path = `connections/${place.connection.id}/test`
    const begun = await api.post(path)
    assertProblem(await neighbour.post(path), 404, 'not-found')
    assertProblem(await neighbour.get(`tests/${begun.data.id}`), 404, 'not-found')
    assertProblem(await api.get('tests/test_unknown'), 404, 'not-found')
    const draft = { ...place.connection, state: 'draft', settings: draftSettings.parse({}) } as const
    await updateConnection(db.write, place.environment.id, draft, now)
    assertProblem(await api.post(path), 409, 'connection-incomplete')
  })

  test(`whoever may not see values sees of a test what came, and not what it said (${kind})`, async (t) => {
    const started = await startApi(t, openFresh)
    const { api, app, db, world, place } = started
    const { secret } = await makeSecret(db, world, { environmentId: place.environment.id }, ['connections:read'])
    const reader = testApi(app, place.environment.id, secret)
    const begun = await api.post(`connections/${place.connection.id}/test`)
    assert.equal((await go(started, begun.data.url)).statusCode, 200)
    const { data, body } = await reader.get(`tests/${begun.data.id}`)
    assert.equal(data.outcome, 'passed', body)
    assert.doesNotMatch(body, /lovelace/)
    assert.deepEqual(data.attributes, [{ name: 'email', values: null }])
    assertProblem(await reader.post(`connections/${place.connection.id}/test`), 403, 'scope-missing')
  })

  test(`a test meets the policies as a sign-in does, and leaves no decision behind (${kind})`, async (t) => {
    const started = await startApi(t, openFresh)
    const { api, db, place } = started
    const body = { ranges: ['203.0.113.0/24'], mode: 'enforced', confirmed: true }
    assert.equal((await api.put('access/addresses', body, { 'if-match': '*' })).statusCode, 200)
    const begun = await api.post(`connections/${place.connection.id}/test`)
    assert.equal((await go(started, begun.data.url)).statusCode, 403)
    const { data } = await api.get(`tests/${begun.data.id}`)
    assert.deepEqual([data.outcome, data.record.reason, data.account], ['failed', 'access-allowed', null])
    assert.deepEqual(await db.read.selectFrom('access_decisions').selectAll().execute(), [])
    assert.deepEqual(await db.read.selectFrom('users').selectAll().execute(), [])
  })
})

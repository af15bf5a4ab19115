import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem, made, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { publicUrl } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { readKey } from '../../../../saml/cases/case.ts'

const HOUR = 60 * 60 * 1000
const fromProvider = {
  issuer: 'https://partner.example/metadata',
  thirdPartyAuthenticationUrl: 'https://partner.example/sso',
  issuerCertificates: [readKey('idp.crt')],
  userIdLocation: 'attribute',
  userIdAttribute: 'uid',
  createUsers: { attributes: { email: 'mail' } },
  identityProviderMetadataUrl: 'https://partner.example/metadata',
}

onEveryDatabase((kind, openFresh) => {
  test(`a set-up link lets its holder set up this connection, and nothing else (${kind})`, async (t) => {
    const { api, app, db, place, tokenId } = await startApi(t, openFresh)
    const id = await made(api.post('connections', { name: 'Partners' }))
    const link = await api.post(`connections/${id}/setup-links`, { expiresInHours: 24 })
    assert.equal(link.statusCode, 201, link.body)
    const [, token = ''] = /\/admin\/setup\/([\w-]{43})$/.exec(link.data.url) ?? []
    assert.ok(link.data.url.startsWith(publicUrl) && token !== '', link.data.url)
    // No token of the API, no cookie: the link is all there is.
    const holder = testApi(app, place.environment.id, 'none')
    const path = `/api/v1/setup/${token}`
    const seen = (await holder.get(path)).data
    assert.deepEqual([seen.company, seen.environment, seen.connection.name], ['Acme', 'Production', 'Partners'])
    assert.deepEqual(seen.connection.missing, ['issuer', 'thirdPartyAuthenticationUrl', 'issuerCertificates'])
    assert.ok(!('defaults' in seen.connection.createUsers) && !('singleSignOnOnly' in seen.connection))
    assert.ok(seen.products.length >= 14)

    const changed = await holder.patch(path, fromProvider)
    assert.equal(changed.statusCode, 200, changed.body)
    assert.deepEqual(changed.data.connection.missing, [])
    const now = (await api.get(`connections/${id}`)).data
    assert.deepEqual(
      [now.issuer, now.userIdAttribute, now.createUsers.attributes.email, now.state, now.createUsers.enabled],
      [fromProvider.issuer, 'uid', 'mail', 'draft', false],
    )
    for (const body of [
      { state: 'live' },
      { name: 'x' },
      { position: 0 },
      { singleSignOnOnly: true },
      { idpInitiated: true },
      { dangerouslyAllowSha1: true },
      { usernameDomains: ['acme.example'] },
      { createUsers: { enabled: true } },
      { createUsers: { defaults: { team: 'Agents' } } },
      { singleLogout: { enabled: true } },
    ])
      assertProblem(await holder.patch(path, body), 400, 'invalid-input')
    assertProblem(await holder.patch(path, { issuer: 'x' }, { 'if-match': '"old"' }), 412, 'changed-meanwhile')

    const guide = (await holder.get(`${path}/guide/okta`)).data
    const values = guide.steps.flatMap((step: { fields: { value: string }[] }) => step.fields.map(({ value }) => value))
    assert.ok(values.includes(now.assertionConsumerServiceEndPoint) && values.includes(now.entityId))
    assertProblem(await holder.get(`${path}/guide/netscape`), 404, 'not-found')
    const certificate = await holder.post(`${path}/read-certificate`, { certificate: readKey('idp.crt') })
    assert.equal(certificate.data.items[0].subject, 'CN=idp')
    assertProblem(await holder.post(`${path}/read-metadata`, { xml: '<x/>' }), 400, 'invalid-input')
    for (const other of ['connections', `connections/${id}`, 'users', 'versions'])
      assertProblem(await holder.get(other), 401, 'token-unknown')

    const [last] = (await api.get(`audit?filter[subjectId]=${id}`)).data.items.filter(
      ({ action }: { action: string }) => action === 'connection.changed',
    )
    assert.deepEqual(last.actor, { by: 'setup-link', linkId: link.data.id })
    const [version] = (await api.get(`versions?subjectId=${id}`)).data.items.filter(
      ({ done }: { done: string }) => done === 'changed',
    )
    assert.deepEqual(version.actor, last.actor)
    const listed = (await api.get(`connections/${id}/setup-links`)).data.items
    assert.deepEqual(
      listed.map(({ id, state, madeBy }: Record<string, unknown>) => [id, state, madeBy]),
      [[link.data.id, 'open', { by: 'api', tokenId }]],
    )
    assert.ok(listed[0].lastUsedAt)
    const kept = [await db.read.selectFrom('setup_links').selectAll().execute(), (await api.get('audit')).data, listed]
    assert.ok(!JSON.stringify(kept).includes(token), 'the token is kept nowhere')
  })

  test(`a link that expired, was revoked, is unknown, or whose connection is gone opens nothing (${kind})`, async (t) => {
    const { api, app, world, place } = await startApi(t, openFresh)
    const holder = testApi(app, place.environment.id, 'none')
    const id = await made(api.post('connections', { name: 'Partners' }))
    const makeLink = async (expiresInHours: number) => {
      const { data } = await api.post(`connections/${id}/setup-links`, { expiresInHours })
      return { id: data.id, path: `/api/v1/setup/${data.url.split('/').at(-1)}` }
    }
    const [short, revoked, long] = [await makeLink(1), await makeLink(48), await makeLink(48)]
    assert.equal((await api.remove(`connections/${id}/setup-links/${revoked.id}`)).statusCode, 204)
    assertProblem(await api.remove(`connections/${id}/setup-links/${revoked.id}`), 404, 'not-found')
    world.passTime(HOUR)
    for (const { path } of [short, revoked]) {
      assertProblem(await holder.get(path), 410, 'setup-link-over')
      assertProblem(await holder.patch(path, { issuer: 'x' }, { 'if-match': '*' }), 410, 'setup-link-over')
      assertProblem(await holder.post(`${path}/checks`), 410, 'setup-link-over')
      assertProblem(await holder.post(`${path}/read-metadata`, { xml: '<x/>' }), 410, 'setup-link-over')
      assertProblem(await holder.get(`${path}/guide/okta`), 410, 'setup-link-over')
    }
    for (const token of ['x', '%00', 'a'.repeat(43), 'a'.repeat(150)])
      assertProblem(await holder.get(`/api/v1/setup/${token}`), 404, 'not-found')
    const states = (await api.get(`connections/${id}/setup-links`)).data.items
    assert.deepEqual(states.map(({ state }: { state: string }) => state).toSorted(), ['expired', 'open', 'revoked'])
    assert.equal((await holder.get(long.path)).statusCode, 200)
    await api.remove(`connections/${id}`)
    assertProblem(await holder.get(long.path), 404, 'not-found')
  })

  test(`a neighbour makes, sees and revokes no link of ours, and a token needs the scope (${kind})`, async (t) => {
    const { api, neighbour, app, db, world, place } = await startApi(t, openFresh)
    const path = `connections/${place.connection.id}/setup-links`
    const link = await api.post(path, {})
    assertProblem(await neighbour.get(path), 404, 'not-found')
    assertProblem(await neighbour.post(path, {}), 404, 'not-found')
    assertProblem(await neighbour.remove(`${path}/${link.data.id}`), 404, 'not-found')
    for (const body of [{ expiresInHours: 0 }, { expiresInHours: 721 }, { expiresInHours: '5' }, { hours: 5 }])
      assertProblem(await api.post(path, body), 400, 'invalid-input')
    for (let i = 1; i < 20; i++) assert.equal((await api.post(path, {})).statusCode, 201)
    assertProblem(await api.post(path, {}), 409, 'setup-links-full')
    const reach = { companyId: place.company.id, environmentId: place.environment.id }
    const reading = testApi(
      app,
      place.environment.id,
      (await makeSecret(db, world, reach, ['connections:read'])).secret,
    )
    assert.equal((await reading.get(path)).statusCode, 200)
    assertProblem(await reading.post(path, {}), 403, 'scope-missing')
    assertProblem(await reading.remove(`${path}/${link.data.id}`), 403, 'scope-missing')
  })
})

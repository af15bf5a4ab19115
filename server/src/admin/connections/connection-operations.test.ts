import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MOST_CONNECTIONS } from '#admin/connections/connection-changes.ts'
import { assertProblem, made, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { insertConnection, newTicket } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { draftSettings } from '#connections/settings.ts'
import { now, publicUrl } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { readKey } from '../../../../saml/cases/case.ts'

const certificate = readKey('idp.crt')
const bare = certificate.replaceAll(/-----.*-----|\s/g, '')
const whole = {
  name: 'Partners',
  state: 'live',
  issuer: 'https://partner.example/metadata',
  thirdPartyAuthenticationUrl: 'partner.example:9090/sso',
  issuerCertificates: [bare],
}
const named = ({ name, position }: { name: string; position: number }) => [name, position]

onEveryDatabase((kind, openFresh) => {
  test(`a draft is made with a name alone, filled in and made live, each in the audit (${kind})`, async (t) => {
    const { api, tokenId } = await startApi(t, openFresh)
    const created = await api.post('connections', { name: 'Partners' })
    assert.equal(created.statusCode, 201, created.body)
    const { id, ticket, ...shown } = created.data
    const path = `connections/${id}`
    assert.ok(String(created.headers.location).endsWith(`/${path}`))
    const { ssoRequest, acs, metadata, slo, sloSoap } = endpointsOf(publicUrl, ticket)
    assert.deepEqual(
      [shown.state, shown.position, shown.issuer, shown.thirdPartyAuthenticationUrl, shown.issuerCertificates],
      ['draft', 1, null, null, []],
    )
    assert.deepEqual(
      [shown.platformAuthenticationServiceUrl, shown.assertionConsumerServiceEndPoint, shown.entityId],
      [ssoRequest, acs, metadata],
    )
    assert.deepEqual([shown.metadataUrl, shown.singleLogoutUrl, shown.singleLogoutSoapUrl], [metadata, slo, sloSoap])
    assert.deepEqual(shown.missing, ['issuer', 'thirdPartyAuthenticationUrl', 'issuerCertificates'])
    assert.deepEqual(
      shown.warnings.map(({ code }: { code: string }) => code),
      ['incomplete'],
    )
    const read = await api.get(path)
    assert.deepEqual([read.data, read.headers.etag], [created.data, created.headers.etag])

    const early = await api.patch(path, { state: 'live', signRequests: true })
    assertProblem(early, 400, 'invalid-input')
    assert.deepEqual(
      early.data.problems.map(({ path, message }: { path: string; message: string }) => [path, message]),
      ['issuer', 'thirdPartyAuthenticationUrl', 'issuerCertificates'].map((field) => [field, 'is missing']),
    )
    const { name: _, ...rest } = whole
    const change = { ...rest, createUsers: { attributes: { email: 'mail', team: 'team' } } }
    const live = await api.patch(path, change)
    assert.equal(live.statusCode, 200, live.body)
    assert.equal(live.data.thirdPartyAuthenticationUrl, 'https://partner.example:9090/sso')
    assert.deepEqual(live.data.issuerCertificates, [certificate])
    assert.deepEqual([live.data.missing, live.data.warnings], [[], []])
    const [shownCertificate] = live.data.certificates
    assert.deepEqual(
      [shownCertificate.subject, shownCertificate.keyType, shownCertificate.notAfter],
      ['CN=idp', 'RSA 2048', '2099-12-31T23:59:59.000Z'],
    )
    const within = await api.patch(path, { createUsers: { attributes: { team: null, role: 'role' } } })
    const { attributes } = within.data.createUsers
    assert.deepEqual([attributes.email, attributes.team, attributes.role], ['mail', null, 'role'])
    const same = await api.patch(path, { name: 'Partners' })
    assert.deepEqual([same.data, same.headers.etag], [within.data, within.headers.etag])

    assert.equal((await api.remove(path)).statusCode, 204)
    assertProblem(await api.get(path), 404, 'not-found')
    const audit = (await api.get(`audit?filter[subjectId]=${id}`)).data.items
    assert.deepEqual(
      audit.map(({ action, actor }: { action: string; actor: unknown }) => [action, actor]).toSorted(),
      ['changed', 'changed', 'created', 'removed'].map((done) => [`connection.${done}`, { by: 'api', tokenId }]),
    )
    const entry = audit.find(
      ({ changes }: { changes: Record<string, { to: string[] | null }> }) => changes.issuerCertificates?.to?.length,
    )
    assert.match(entry.changes.issuerCertificates.to[0], /^CN=idp, SHA-256 [0-9A-F:]{95}$/)
  })

  test(`connections have places in the list, which others make room for (${kind})`, async (t) => {
    const { api, place } = await startApi(t, openFresh)
    const list = async () => (await api.get('connections')).data.items.map(named)
    const first = await made(api.post('connections', { ...whole, position: 0 }))
    await made(api.post('connections', { name: 'Third' }))
    const names = ['Partners', place.connection.name, 'Third']
    assert.deepEqual(
      await list(),
      names.map((name, i) => [name, i]),
    )
    const moved = await api.patch(`connections/${first}`, { position: 2 })
    assert.deepEqual([moved.statusCode, moved.data.position], [200, 2], moved.body)
    assert.deepEqual(await list(), [
      [place.connection.name, 0],
      ['Third', 1],
      ['Partners', 2],
    ])
    assert.equal((await api.patch(`connections/${first}`, { position: 900 })).data.position, 2)
    await api.remove(`connections/${place.connection.id}`)
    assert.deepEqual((await list()).map(([name]: string[]) => name).join(), 'Third,Partners')
  })

  test(`what hangs on a connection is counted, and its users stay when it goes (${kind})`, async (t) => {
    const { api, place, db } = await startApi(t, openFresh)
    const path = `connections/${place.connection.id}`
    assert.deepEqual((await api.get(`${path}/use`)).data, { users: 0, openSessions: 0 })
    const { id: connectionId } = place.connection
    const user = await api.post('users', { username: 'ada', team: 'Agents', connectionId })
    assert.equal(user.statusCode, 201, user.body)
    assert.deepEqual((await api.get(`${path}/use`)).data, { users: 1, openSessions: 0 })
    assert.equal((await api.remove(path)).statusCode, 204)
    const [left] = await db.read.selectFrom('users').selectAll().execute()
    assert.deepEqual([left?.username, left?.connection_id], ['ada', null])
    assertProblem(await api.get(`${path}/use`), 404, 'not-found')
  })

  test(`what is wrong is told field by field, and nothing is kept (${kind})`, async (t) => {
    const { api, db, place } = await startApi(t, openFresh)
    const cases: readonly (readonly [object, readonly string[]])[] = [
      [{}, ['name']],
      [{ ...whole, issuerr: 'x' }, ['']],
      [{ ...whole, issuer: null, issuerCertificates: null }, ['issuer', 'issuerCertificates']],
      [{ ...whole, issuerCertificates: [certificate, 'x'] }, ['issuerCertificates.1']],
      [{ ...whole, userIdLocation: 'attribute' }, ['userIdAttribute']],
      [{ ...whole, singleLogout: { enabled: true } }, ['singleLogout.url']],
      [{ ...whole, thirdPartyAuthenticationUrl: 'idp' }, ['thirdPartyAuthenticationUrl']],
      [{ ...whole, clockSkewSeconds: 121 }, ['clockSkewSeconds']],
      [{ ...whole, createUsers: { enabled: true } }, ['createUsers.defaults.team']],
      [{ ...whole, createUsers: { defaults: { team: 'Agent' } } }, ['createUsers.defaults.team']],
      [{ ...whole, createUsers: { defaults: { roles: ['Agent'] } } }, ['createUsers.defaults.roles']],
      [{ ...whole, state: 'open' }, ['state']],
      [{ ...whole, position: -1 }, ['position']],
      [{ ...whole, identityProviderMetadataUrl: 'x y' }, ['identityProviderMetadataUrl']],
    ]
    for (const [body, paths] of cases) {
      const refused = await api.post('connections', body)
      assertProblem(refused, 400, 'invalid-input')
      const problems = refused.data.problems.map(({ path }: { path: string }) => path)
      assert.deepEqual(problems, paths, refused.body)
    }
    const close = await api.post('connections', { ...whole, createUsers: { defaults: { team: 'Agent' } } })
    assert.match(close.data.detail, /did you mean “Agents”/)
    assertProblem(await api.post('connections', { name: place.connection.name }), 409, 'connection-name-taken')
    for (const body of [[], 'null', 'x', 5]) assert.equal((await api.post('connections', body)).statusCode, 400)
    assert.equal((await api.get('connections')).data.items.length, 1)
    assert.deepEqual(await db.read.selectFrom('audit_entries').selectAll().execute(), [])
    assert.deepEqual(await db.read.selectFrom('configuration_versions').selectAll().execute(), [])
  })

  test(`nobody's change is lost, and the Environment has room for so many (${kind})`, async (t) => {
    const { api, neighbour, db, place, world } = await startApi(t, openFresh)
    const path = `connections/${place.connection.id}`
    const { etag } = (await api.get(path)).headers
    await api.patch(path, { signRequests: true })
    const late = await api.patch(path, { signRequests: false }, { 'if-match': String(etag) })
    assertProblem(late, 412, 'changed-meanwhile')
    assertProblem(await api.remove(path, { 'if-match': String(etag) }), 412, 'changed-meanwhile')
    const latest = { 'if-match': String((await api.get(path)).headers.etag) }
    const both = await Promise.all([10, 20].map((clockSkewSeconds) => api.patch(path, { clockSkewSeconds }, latest)))
    assert.deepEqual(both.map(({ statusCode }) => statusCode).toSorted(), [200, 412])
    await db.transaction(async (tx) => {
      const settings = draftSettings.parse({})
      for (let position = 1; position < MOST_CONNECTIONS; position++) {
        const id = `conn_${position}` as const
        const ticket = newTicket(world.chance)
        const connection = { id, ticket, name: id, position, state: 'draft', settings } as const
        await insertConnection(tx, place.environment.id, connection, now)
      }
    })
    assertProblem(await api.post('connections', whole), 409, 'connections-full')
    assert.equal((await neighbour.post('connections', whole)).statusCode, 201)
  })

  test(`a neighbour’s connections are not there, and a token needs the scope (${kind})`, async (t) => {
    const { api, neighbour, app, db, world, place, other } = await startApi(t, openFresh)
    const path = `connections/${place.connection.id}`
    const theirs = (await neighbour.get('connections')).data.items
    assert.deepEqual(
      theirs.map(({ id }: { id: string }) => id),
      [other.connection.id],
    )
    const any = { 'if-match': '*' }
    assertProblem(await neighbour.get(path), 404, 'not-found')
    assertProblem(await neighbour.get(`${path}/use`), 404, 'not-found')
    assertProblem(await neighbour.patch(path, { name: 'x' }, any), 404, 'not-found')
    assertProblem(await neighbour.remove(path), 404, 'not-found')
    assert.equal((await api.get(path)).data.name, place.connection.name)

    const reach = { companyId: place.company.id, environmentId: place.environment.id }
    const { secret } = await makeSecret(db, world, reach, ['connections:read'])
    const reading = testApi(app, place.environment.id, secret)
    assert.equal((await reading.get(path)).statusCode, 200)
    assertProblem(await reading.post('connections', whole), 403, 'scope-missing')
    assertProblem(await reading.patch(path, { name: 'x' }), 403, 'scope-missing')
    assertProblem(await reading.remove(path), 403, 'scope-missing')
    const none = await makeSecret(db, world, reach, ['clients:read'])
    assertProblem(await testApi(app, place.environment.id, none.secret).get('connections'), 403, 'scope-missing')
  })
})

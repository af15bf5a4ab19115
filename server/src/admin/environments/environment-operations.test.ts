import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem, made, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { listEnvironments } from '#companies/environments.ts'
import { publicUrl } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { PORTAL_TEAM } from '#users/directory.ts'

const globex = { slug: 'globex', name: 'Globex', environment: { slug: 'production', name: 'Production' } }

onEveryDatabase((kind, openFresh) => {
  test(`an operator makes a Company with its first Environment, ready for users (${kind})`, async (t) => {
    const { app, db, world, place } = await startApi(t, openFresh)
    const { secret } = await makeSecret(db, world)
    const all = testApi(app, place.environment.id, secret)
    const created = await all.post('/api/v1/companies', globex)
    assert.equal(created.statusCode, 201, created.body)
    assert.deepEqual([created.data.slug, created.data.name], ['globex', 'Globex'])
    assert.equal(created.headers.location, `/api/v1/companies/${created.data.id}`)
    const { items } = (await all.get(`/api/v1/companies/${created.data.id}/environments`)).data
    assert.deepEqual(
      items.map(({ slug, url, targets, company }: Record<string, unknown>) => [slug, url, targets, company]),
      [['production', `${publicUrl}/globex/production`, [], created.data]],
    )
    const teams = (await all.get(`/api/v1/environments/${items[0].id}/teams`)).data.items
    assert.ok(teams.some(({ name }: { name: string }) => name === PORTAL_TEAM))
    assertProblem(await all.post('/api/v1/companies', globex), 409, 'value-taken')
    const listed = (await all.get('/api/v1/companies')).data.items.map(({ slug }: { slug: string }) => slug)
    assert.deepEqual(listed, ['acme', 'globex', 'neighbour'])

    const path = `/api/v1/companies/${created.data.id}`
    const renamed = await all.patch(path, { name: 'Globex Group' })
    assert.deepEqual(renamed.data, { ...created.data, name: 'Globex Group' })
    const late = await all.patch(path, { name: 'x' }, { 'if-match': String(created.headers.etag) })
    assertProblem(late, 412, 'changed-meanwhile')
    const audit = await db.read.selectFrom('company_audit_entries').select(['action', 'company_id']).execute()
    assert.deepEqual(
      audit.map(({ action, company_id }) => [action, company_id]).toSorted(),
      ['company.created', 'company.renamed', 'environment.created'].map((action) => [action, created.data.id]),
    )
  })

  test(`an Environment changes its name and targets, and goes only when its slug confirms it (${kind})`, async (t) => {
    const { app, api, db, world, place } = await startApi(t, openFresh)
    const { secret } = await makeSecret(db, world, { companyId: place.company.id })
    const company = testApi(app, place.environment.id, secret)
    const below = `/api/v1/companies/${place.company.id}/environments`
    const staging = await company.post(below, { slug: 'staging', name: 'Staging', targets: ['https://t.example'] })
    assert.equal(staging.statusCode, 201, staging.body)
    const path = `/api/v1/environments/${staging.data.id}`
    assert.equal(staging.headers.location, path)
    const read = await company.get(path)
    assert.deepEqual(read.data, {
      ...staging.data,
      contents: { users: 0, openSessions: 0, connections: 0, clients: 0 },
    })
    const changed = await company.patch(path, { targets: ['https://apps.example/a/', 'https://other.example'] })
    assert.deepEqual(changed.data.targets, ['https://apps.example/a/', 'https://other.example'])
    assertProblem(await company.patch(path, { targets: ['ftp://x'] }), 400, 'invalid-input')
    assertProblem(await company.patch(path, { slug: 'other' }), 400, 'invalid-input')
    await made(company.post(`${path}/connections`, { name: 'Draft' }))

    const asked = await company.remove(path)
    assertProblem(asked, 409, 'confirm-needed')
    assert.match(asked.data.detail, /0 users, 0 open sessions, 1 connections and 0 clients.*\?confirm=staging/)
    assertProblem(await company.remove(`${path}?confirm=production`), 409, 'confirm-needed')
    assert.equal((await company.remove(`${path}?confirm=staging`)).statusCode, 204)
    assertProblem(await company.get(path), 404, 'not-found')
    assert.deepEqual(
      (await listEnvironments(db.read, place.company.id)).map(({ slug }) => slug),
      ['production'],
    )
    const audit = (await api.get('audit')).data.items
    assert.deepEqual(audit, [], 'the neighbouring Environment knows nothing of it')
  })

  test(`what cannot be a Company or an Environment is refused (${kind})`, async (t) => {
    const { app, db, world, place } = await startApi(t, openFresh)
    const all = testApi(app, place.environment.id, (await makeSecret(db, world)).secret)
    for (const body of [
      {},
      { slug: 'admin', name: 'x', environment: globex.environment },
      { slug: 'A b', name: 'x', environment: globex.environment },
      { ...globex, environment: undefined },
      { ...globex, environment: { slug: 'saml', name: 'x' } },
      { ...globex, name: '' },
      { ...globex, more: 1 },
    ])
      assertProblem(await all.post('/api/v1/companies', body), 400, 'invalid-input')
    const below = `/api/v1/companies/${place.company.id}/environments`
    assertProblem(await all.post(below, { slug: 'production', name: 'x' }), 409, 'value-taken')
    assert.equal((await db.read.selectFrom('companies').selectAll().execute()).length, 2)
  })

  test(`a token sees its own Company and Environments alone, and makes none without the scope (${kind})`, async (t) => {
    const { app, api, db, world, place, other } = await startApi(t, openFresh)
    const { secret } = await makeSecret(db, world, { companyId: place.company.id })
    const mine = testApi(app, place.environment.id, secret)
    const theirs = `/api/v1/companies/${other.company.id}`
    assert.deepEqual((await mine.get('/api/v1/companies')).data.items, [place.company])
    assertProblem(await mine.post('/api/v1/companies', globex), 404, 'not-found')
    for (const path of [theirs, `${theirs}/environments`, `/api/v1/environments/${other.environment.id}`])
      assertProblem(await mine.get(path), 404, 'not-found')
    assertProblem(await mine.patch(theirs, { name: 'x' }, { 'if-match': '*' }), 404, 'not-found')
    assertProblem(await mine.post(`${theirs}/environments`, { slug: 'x', name: 'x' }), 404, 'not-found')
    const environment = `/api/v1/environments/${other.environment.id}`
    assertProblem(await mine.patch(environment, { name: 'x' }, { 'if-match': '*' }), 404, 'not-found')
    assertProblem(await mine.remove(`${environment}?confirm=production`), 404, 'not-found')
    // A token for one Environment is not for its Company.
    assertProblem(await api.get(`/api/v1/companies/${place.company.id}`), 404, 'not-found')

    const reach = { companyId: place.company.id }
    const reading = testApi(app, place.environment.id, (await makeSecret(db, world, reach, ['company:read'])).secret)
    const own = `/api/v1/companies/${place.company.id}`
    assert.equal((await reading.get(own)).statusCode, 200)
    assertProblem(await reading.patch(own, { name: 'x' }), 403, 'scope-missing')
    assertProblem(await reading.post(`${own}/environments`, { slug: 'x', name: 'x' }), 403, 'scope-missing')
    const env = `/api/v1/environments/${place.environment.id}`
    assert.equal((await reading.get(env)).statusCode, 200)
    assertProblem(await reading.patch(env, { name: 'x' }), 403, 'scope-missing')
    assertProblem(await reading.remove(`${env}?confirm=production`), 403, 'scope-missing')
    const none = testApi(app, place.environment.id, (await makeSecret(db, world, reach, ['users:read'])).secret)
    for (const path of [own, env]) assertProblem(await none.get(path), 403, 'scope-missing')
  })
})

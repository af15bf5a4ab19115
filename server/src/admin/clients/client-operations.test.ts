import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem, made, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { after, now, the } from '#login/test-place.ts'
import { MOST_CLIENTS, MOST_SECRETS } from '#oauth/client-refusal.ts'
import { addSecret, clientSettings, findClient, insertClient, noteSecretUse, verifySecret } from '#oauth/clients.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const DAY = 24 * 60 * 60 * 1000
const callback = 'https://wallboard.acme.example/callback'
const wallboard = { name: 'Wallboard', kind: 'web', redirectUris: [callback] }
const mediaHelper = {
  id: '64cd7f8c-207b-4caf-b888-56b8e17384a6',
  name: 'Media Helper',
  kind: 'native',
  redirectUris: ['http://127.0.0.1/callback'],
  purpose: 'media-helper',
}

onEveryDatabase((kind, openFresh) => {
  test(`a client is made, read, changed and removed, each with its entry in the audit (${kind})`, async (t) => {
    const { api, tokenId } = await startApi(t, openFresh)
    const created = await api.post('clients', mediaHelper)
    assert.equal(created.statusCode, 201, created.body)
    assert.deepEqual(created.data, {
      ...mediaHelper,
      active: true,
      postLogoutRedirectUris: [],
      backChannelLogoutUri: null,
      grants: [],
      accessTokenSeconds: 3600,
      accessTokenFormat: 'opaque',
      dangerouslyAllowImplicit: false,
      createdAt: now.toISOString(),
      updatedAt: now.toISOString(),
    })
    const path = `clients/${mediaHelper.id}`
    assert.ok(String(created.headers.location).endsWith(`/${path}`))
    const read = await api.get(path)
    assert.deepEqual([read.data, read.headers.etag], [created.data, created.headers.etag])

    const change = { accessTokenSeconds: 300, purpose: null, redirectUris: ['com.acme.helper:/callback'] }
    const changed = await api.patch(path, change)
    assert.equal(changed.statusCode, 200, changed.body)
    assert.deepEqual(changed.data, { ...created.data, ...change })
    assert.notEqual(changed.headers.etag, read.headers.etag)
    const same = await api.patch(path, { name: 'Media Helper' })
    assert.deepEqual([same.data, same.headers.etag], [changed.data, changed.headers.etag])
    assertProblem(
      await api.patch(path, { active: false }, { 'if-match': String(read.headers.etag) }),
      412,
      'changed-meanwhile',
    )

    assert.equal((await api.remove(path)).statusCode, 204)
    assertProblem(await api.get(path), 404, 'not-found')
    assertProblem(await api.remove(path), 404, 'not-found')
    const audit = (await api.get(`audit?filter[subjectId]=${mediaHelper.id}`)).data.items
    const entries = Object.fromEntries(
      audit.map((one: { action: string; changes: unknown }) => [one.action, one.changes]),
    )
    assert.deepEqual(Object.keys(entries).toSorted(), ['client.changed', 'client.created', 'client.removed'])
    assert.deepEqual(entries['client.changed'], {
      purpose: { from: 'media-helper', to: null },
      redirectUris: { from: mediaHelper.redirectUris, to: change.redirectUris },
      accessTokenSeconds: { from: '3600', to: '300' },
    })
    assert.deepEqual(audit[0].actor, { by: 'api', tokenId })
    assert.deepEqual(audit[0].subject, { id: mediaHelper.id, name: 'Media Helper' })
  })

  test(`an id that is not given is made, a client made again is another state, and sending again is safe (${kind})`, async (t) => {
    const { api, world } = await startApi(t, openFresh)
    const headers = { 'idempotency-key': 'one' }
    const id = await made(api.post('clients', wallboard, headers))
    assert.match(id, /^[0-9a-f-]{36}$/)
    assert.equal(await made(api.post('clients', wallboard, headers)), id)
    assert.equal((await api.get('clients')).data.items.length, 1)
    const first = await made(api.post('clients', mediaHelper))
    const { etag } = (await api.get(`clients/${first}`)).headers
    await api.remove(`clients/${first}`)
    world.passTime(1)
    await api.post('clients', mediaHelper)
    assertProblem(await api.remove(`clients/${first}`, { 'if-match': String(etag) }), 412, 'changed-meanwhile')
  })

  test(`clients are listed by name, page by page, and found by name and kind (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    for (const name of ['C', 'A', 'B']) await made(api.post('clients', { ...wallboard, name }))
    await made(api.post('clients', { name: 'Nightly export', kind: 'machine' }))
    const names = ({ items }: { items: { name: string }[] }) => items.map(({ name }) => name)
    const first = (await api.get('clients?limit=2')).data
    assert.deepEqual(names(first), ['A', 'B'])
    const second = (await api.get(`clients?limit=2&cursor=${first.next}`)).data
    assert.deepEqual([names(second), second.next], [['C', 'Nightly export'], null])
    assert.deepEqual(names((await api.get('clients?filter[kind]=machine')).data), ['Nightly export'])
    assert.deepEqual(names((await api.get('clients?filter[name]=B')).data), ['B'])
    for (const query of ['cursor=x', 'filter[kind]=desktop', 'filter[nam]=x', 'limit=0'])
      assertProblem(await api.get(`clients?${query}`), 400, 'invalid-input')
  })

  test(`secrets are shown once, several are good at a time, and each is revoked by itself (${kind})`, async (t) => {
    const { api, db, place, tokenId } = await startApi(t, openFresh)
    const environmentId = place.environment.id
    const id = await made(api.post('clients', wallboard))
    const path = `clients/${id}/secrets`
    assert.deepEqual((await api.get(path)).data, { items: [] })
    const expiresAt = after(DAY).toISOString()
    const first = await api.post(path, { expiresAt })
    assert.equal(first.statusCode, 201, first.body)
    const second = (await api.post(path, {}, { 'idempotency-key': 'one' })).data
    assert.notEqual(first.data.secret, second.secret)
    const { secret: text, ...shown } = first.data
    assert.deepEqual(shown, {
      id: shown.id,
      hint: text.slice(-4),
      createdAt: now.toISOString(),
      expiresAt,
      lastUsedAt: null,
    })
    const client = the(await findClient(db.read, environmentId, id))
    for (const one of [text, second.secret]) assert.ok(await verifySecret(db.read, client, one, now))
    assert.equal(await verifySecret(db.read, client, text, after(DAY)), undefined)
    for (const wrong of ['', `${text}x`, text.slice(1)])
      assert.equal(await verifySecret(db.read, client, wrong, now), undefined)

    await noteSecretUse(
      db.write,
      environmentId,
      the(await verifySecret(db.read, client, second.secret, now)),
      after(1000),
    )
    await noteSecretUse(
      db.write,
      environmentId,
      the(await verifySecret(db.read, client, second.secret, now)),
      after(2000),
    )
    const listed = (await api.get(path)).data.items
    assert.deepEqual(listed.map(({ lastUsedAt }: { lastUsedAt: string }) => lastUsedAt).toSorted(), [
      after(1000).toISOString(),
      null,
    ])
    const everywhere = JSON.stringify([
      listed,
      (await api.get(`clients/${id}`)).data,
      (await api.get('audit')).data,
      await db.read.selectFrom('oauth_client_secrets').selectAll().execute(),
      await db.read.selectFrom('idempotent_answers').selectAll().execute(),
    ])
    for (const one of [text, second.secret])
      assert.ok(!everywhere.includes(one), 'the text of a secret is kept nowhere')
    assert.ok(!JSON.stringify(listed).includes('hash'))

    assert.equal((await api.remove(`${path}/${shown.id}`)).statusCode, 204)
    assertProblem(await api.remove(`${path}/${shown.id}`), 404, 'not-found')
    assert.equal(await verifySecret(db.read, client, text, now), undefined)
    assert.ok(await verifySecret(db.read, client, second.secret, now))
    const audit = (await api.get(`audit?filter[subjectId]=${id}`)).data.items
    const entry = audit.find(({ action }: { action: string }) => action === 'client.secret-revoked')
    assert.deepEqual([entry.changes, entry.actor], [{ secret: { from: shown.id, to: null } }, { by: 'api', tokenId }])
    await api.remove(`clients/${id}`)
    assert.deepEqual(await db.read.selectFrom('oauth_client_secrets').selectAll().execute(), [])
  })

  test(`secrets that cannot be are refused (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    const path = `clients/${await made(api.post('clients', wallboard))}/secrets`
    for (const expiresAt of ['tomorrow', now.toISOString(), after(-1).toISOString(), 5])
      assertProblem(await api.post(path, { expiresAt }), 400, 'invalid-input')
    assertProblem(await api.post(path, { expires: after(1).toISOString() }), 400, 'invalid-input')
    for (let i = 0; i < MOST_SECRETS; i++) assert.equal((await api.post(path, {})).statusCode, 201)
    assertProblem(await api.post(path, {}), 409, 'secrets-full')
    for (const kind of ['native', 'single-page']) {
      const redirectUris = ['https://app.acme.example/']
      const id = await made(api.post('clients', { name: kind, kind, redirectUris }))
      assertProblem(await api.post(`clients/${id}/secrets`, {}), 409, 'client-public')
    }
    assertProblem(await api.post('clients/nobody/secrets', {}), 404, 'not-found')
  })

  test(`what is wrong with a client is told field by field, and nothing is kept (${kind})`, async (t) => {
    const { api, db } = await startApi(t, openFresh)
    const refused = await api.post('clients', {
      ...wallboard,
      redirectUris: ['http://app.example/', `${callback}#x`],
      grants: ['device-code'],
      purpose: 'mobile',
    })
    assertProblem(refused, 400, 'invalid-input')
    assert.deepEqual(refused.data.problems, [
      {
        path: 'redirectUris.0',
        code: 'uri-http',
        message: 'must begin with https://; over http others can read along',
      },
      {
        path: 'redirectUris.1',
        code: 'uri-fragment',
        message: 'must not have a fragment; leave out the # and what follows it',
      },
      {
        path: 'grants.0',
        code: 'grant-kind',
        message: '“device-code” is for native clients, and this is a web one; leave it out',
      },
      { path: 'purpose', code: 'purpose-kind', message: 'is for native clients only; leave it out' },
    ])
    for (const body of [
      {},
      [],
      'null',
      { ...wallboard, id: '“64cd”' },
      { ...wallboard, id: '..' },
      { ...wallboard, name: 'a\0b' },
      { ...wallboard, kind: 'public' },
      { ...wallboard, accessTokenSeconds: 299 },
      { ...wallboard, accessTokenSeconds: '900' },
      { ...wallboard, redirectUris: callback },
      { ...wallboard, redirectUris: Array.from({ length: 51 }, (_, i) => `${callback}/${i}`) },
      { ...wallboard, secret: 'x' },
      { name: 'Export', kind: 'machine', redirectUris: [callback] },
    ]) {
      assertProblem(await api.post('clients', body), 400, 'invalid-input')
    }
    assert.match(
      (await api.post('clients', { ...wallboard, redirectUri: [] })).data.detail,
      /did you mean “redirectUris”/,
    )
    assert.deepEqual(await db.read.selectFrom('oauth_clients').selectAll().execute(), [])
    assert.deepEqual(await db.read.selectFrom('audit_entries').selectAll().execute(), [])
  })

  test(`a change is judged whole, keeps id and kind, and names the state that it changes (${kind})`, async (t) => {
    const { api, db } = await startApi(t, openFresh)
    const path = `clients/${await made(api.post('clients', mediaHelper))}`
    const before = (await api.get(path)).data
    const cases: readonly (readonly [object, string])[] = [
      [{ kind: 'web' }, 'kind'],
      [{ id: 'other' }, 'id'],
      [{ redirectUris: [] }, 'redirectUris'],
      [{ redirectUris: ['http://app.example/'] }, 'redirectUris.0'],
      [{ redirectUris: null }, 'redirectUris'],
      [{ name: null }, 'name'],
      [{ dangerouslyAllowImplicit: true }, 'dangerouslyAllowImplicit'],
      [{ accessTokenSeconds: 172_801 }, 'accessTokenSeconds'],
      [{ nmae: 'x' }, ''],
    ]
    for (const [body, field] of cases) {
      const refused = await api.patch(path, body)
      assertProblem(refused, 400, 'invalid-input')
      assert.equal(refused.data.problems[0].path, field, refused.body)
    }
    const [one] = (await api.patch(path, { redirectUris: ['myapp:/x'] })).data.problems
    assert.deepEqual([one.path, one.code], ['redirectUris.0', 'uri-scheme'])
    const bare = await api.patch(path, { active: false }, { 'if-match': '"0"' })
    assertProblem(bare, 412, 'changed-meanwhile')
    assert.deepEqual((await api.get(path)).data, before)
    const full = { ...before, active: false, name: 'Helper' }
    for (const field of ['id', 'kind', 'createdAt', 'updatedAt']) delete full[field]
    assert.deepEqual((await api.patch(path, full)).data, { ...before, active: false, name: 'Helper' })
    const row = await db.read.selectFrom('oauth_clients').select('version').executeTakeFirst()
    assert.equal(row?.version, 2)
  })

  test(`no two clients of an Environment have one id or one name, and there is a limit (${kind})`, async (t) => {
    const { api, neighbour, db, place } = await startApi(t, openFresh)
    await made(api.post('clients', mediaHelper))
    const id = await made(api.post('clients', wallboard))
    const sameId = await api.post('clients', { ...mediaHelper, name: 'Other' })
    assertProblem(sameId, 409, 'client-id-taken')
    assert.deepEqual(sameId.data.problems, [{ path: 'id', message: 'is taken' }])
    assertProblem(await api.post('clients', wallboard), 409, 'client-name-taken')
    assertProblem(await api.patch(`clients/${id}`, { name: 'Media Helper' }), 409, 'client-name-taken')
    assert.equal((await neighbour.post('clients', mediaHelper)).statusCode, 201)

    const settings = clientSettings.parse({})
    await db.transaction(async (tx) => {
      for (let i = 2; i < MOST_CLIENTS; i++) {
        await insertClient(tx, place.environment.id, { id: `c${i}`, name: `C ${i}`, kind: 'machine', settings }, now)
      }
    })
    assertProblem(await api.post('clients', { name: 'One more', kind: 'machine' }), 409, 'clients-full')
    assert.equal((await neighbour.post('clients', wallboard)).statusCode, 201)
  })

  test(`a neighbour’s clients and secrets are not there, and a token needs the scope (${kind})`, async (t) => {
    const { api, neighbour, app, db, world, place } = await startApi(t, openFresh)
    const id = await made(api.post('clients', wallboard))
    const { secret: text, id: secretId } = (await api.post(`clients/${id}/secrets`, {})).data
    assert.deepEqual((await neighbour.get('clients')).data.items, [])
    for (const path of [`clients/${id}`, `clients/${id}/secrets`])
      assertProblem(await neighbour.get(path), 404, 'not-found')
    assertProblem(await neighbour.patch(`clients/${id}`, { name: 'x' }, { 'if-match': '*' }), 404, 'not-found')
    assertProblem(await neighbour.post(`clients/${id}/secrets`, {}), 404, 'not-found')
    for (const path of [`clients/${id}`, `clients/${id}/secrets/${secretId}`])
      assertProblem(await neighbour.remove(path), 404, 'not-found')
    // A client of the same id is another one, with secrets of its own.
    await made(neighbour.post('clients', { ...wallboard, id }))
    assertProblem(await neighbour.remove(`clients/${id}/secrets/${secretId}`), 404, 'not-found')
    const mine = the(await findClient(db.read, place.environment.id, id))
    assert.ok(await verifySecret(db.read, mine, text, now))
    const other = the(
      (await db.read.selectFrom('oauth_clients').selectAll().execute()).find(
        (row) => row.environment_id !== place.environment.id,
      ),
    )
    assert.equal(await verifySecret(db.read, { environmentId: other.environment_id, id }, text, now), undefined)
    const foreign = await addSecret(
      db.write,
      { environmentId: other.environment_id, id },
      { chance: world.chance, now },
    )
    await noteSecretUse(db.write, place.environment.id, foreign.secret, now)
    assert.equal((await neighbour.get(`clients/${id}/secrets`)).data.items[0].lastUsedAt, null)

    const reach = { companyId: place.company.id, environmentId: place.environment.id }
    const reading = testApi(app, place.environment.id, (await makeSecret(db, world, reach, ['clients:read'])).secret)
    assert.equal((await reading.get(`clients/${id}/secrets`)).statusCode, 200)
    assertProblem(await reading.post('clients', mediaHelper), 403, 'scope-missing')
    assertProblem(await reading.patch(`clients/${id}`, { name: 'x' }), 403, 'scope-missing')
    assertProblem(await reading.post(`clients/${id}/secrets`, {}), 403, 'scope-missing')
    for (const path of [`clients/${id}`, `clients/${id}/secrets/${secretId}`])
      assertProblem(await reading.remove(path), 403, 'scope-missing')
    const none = await makeSecret(db, world, reach, ['users:write', 'keys:read'])
    assertProblem(await testApi(app, place.environment.id, none.secret).get('clients'), 403, 'scope-missing')
  })
})

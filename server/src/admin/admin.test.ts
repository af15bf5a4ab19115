import assert from 'node:assert/strict'
import { test } from 'node:test'
import { administrationRoutes, operations } from '#admin/admin.ts'
import { FAILURES_ALLOWED } from '#admin/failures.ts'
import { assertProblem, made, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { revokeToken, scopes } from '#admin/tokens/tokens.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { tokenHash } from '#storage/token-hash.ts'

const DAY = 24 * 60 * 60 * 1000

onEveryDatabase((kind, openFresh) => {
  test(`without a good token nothing is told: 401 with the challenge of RFC 6750 section 3 (${kind})`, async (t) => {
    const { db, world, app, place, tokenId, secret } = await startApi(t, openFresh)
    const env = place.environment.id
    const ask = (authorization: string) => testApi(app, env, 'x').get('teams', { authorization })
    const bare = await app.inject(`/api/v1/environments/${env}/teams`)
    assertProblem(Object.assign(bare, { data: bare.json() }) as never, 401, 'token-missing')
    assert.equal(bare.headers['www-authenticate'], 'Bearer realm="Sallyport"')
    for (const wrong of [
      'Bearer x',
      'Bearer',
      `Basic ${secret}`,
      `Bearer ${secret} x`,
      `Bearer ${secret.slice(1)}`,
      'é',
    ]) {
      const refused = await ask(wrong)
      assertProblem(refused, 401, 'token-unknown')
      assert.equal(refused.headers['www-authenticate'], 'Bearer realm="Sallyport", error="invalid_token"')
    }
    assert.equal((await ask(`bearer ${secret}`)).statusCode, 200)
    const short = await makeSecret(db, world, {}, scopes)
    world.passTime(90 * DAY)
    assertProblem(await ask(`Bearer ${short.secret}`), 401, 'token-expired')
    await revokeToken(db.write, tokenId, world.clock())
    assertProblem(await ask(`Bearer ${secret}`), 401, 'token-revoked')
  })

  test(`the table has the hash of a token alone, and when it was used (${kind})`, async (t) => {
    const { db, world, api, secret } = await startApi(t, openFresh)
    assert.match(secret, /^sallyport_[A-Za-z0-9_-]{43}$/)
    const row = () =>
      db.read.selectFrom('api_tokens').selectAll().where('token_hash', '=', tokenHash(secret)).executeTakeFirstOrThrow()
    assert.equal((await row()).last_used_at, null)
    await api.get('teams')
    assert.equal((await row()).last_used_at, world.clock().getTime())
    assert.ok(!JSON.stringify(await db.read.selectFrom('api_tokens').selectAll().execute()).includes(secret))
  })

  test(`every operation needs its scope, and says which (${kind})`, async (t) => {
    const { db, world, app, place } = await startApi(t, openFresh)
    for (const operation of operations) {
      const others = scopes.filter((scope) => scope !== operation.scope)
      const { secret } = await makeSecret(db, world, {}, others)
      const path = operation.path.replaceAll(/:\w+/g, 'x')
      const url = `/api/v1/environments/${place.environment.id}/${path}`.replace(/\/$/, '')
      const authorization = `Bearer ${secret}`
      const response = await app.inject({ method: operation.method, url, headers: { authorization, 'if-match': '*' } })
      assertProblem(Object.assign(response, { data: response.json() }) as never, 403, 'scope-missing')
      assert.match(String(response.headers['www-authenticate']), new RegExp(`scope="${operation.scope}"`))
    }
  })

  test(`a token sees its own Environments; another one looks like none (${kind})`, async (t) => {
    const { db, world, app, place, other } = await startApi(t, openFresh)
    const [mine, theirs] = [place.environment.id, other.environment.id]
    for (const [reach, seen] of [
      [{ companyId: place.company.id, environmentId: mine }, [mine]],
      [{ companyId: place.company.id }, [mine]],
      [{}, [mine, theirs]],
    ] as const) {
      const { secret } = await makeSecret(db, world, reach)
      const api = testApi(app, mine, secret)
      const { data } = await api.get('/api/v1/environments')
      assert.deepEqual(
        data.items.map(({ id }: { id: string }) => id),
        seen,
      )
      assert.equal((await api.get('teams')).statusCode, 200)
      const outside = await testApi(app, theirs, secret).get('teams')
      assert.equal(outside.statusCode, seen.includes(theirs as never) ? 200 : 404)
    }
    const { secret } = await makeSecret(db, world, { companyId: place.company.id })
    const bodies = new Set<string>()
    for (const id of [theirs, 'env_nobody', 'x', '%00', '..']) {
      const answer = await testApi(app, id as never, secret).get('teams')
      assertProblem(answer, 404, 'not-found')
      bodies.add(answer.body)
    }
    assert.equal(bodies.size, 1)
  })

  test(`an address that sends many wrong tokens has to wait, and nobody else (${kind})`, async (t) => {
    const { world, app, place, secret } = await startApi(t, openFresh)
    const url = `/api/v1/environments/${place.environment.id}/teams`
    const ask = async (token: string, remoteAddress: string) => {
      const response = await app.inject({ url, remoteAddress, headers: { authorization: `Bearer ${token}` } })
      return Object.assign(response, { data: response.json() }) as never
    }
    for (let count = 0; count < FAILURES_ALLOWED; count++)
      assertProblem(await ask('x', '192.0.2.1'), 401, 'token-unknown')
    const refused = await ask(secret, '192.0.2.1')
    assertProblem(refused, 429, 'too-many-failures')
    assert.equal((refused as { headers: Record<string, string> }).headers['retry-after'], '300')
    assert.equal(((await ask(secret, '192.0.2.2')) as { statusCode: number }).statusCode, 200)
    world.passTime(300_000)
    assert.equal(((await ask(secret, '192.0.2.1')) as { statusCode: number }).statusCode, 200)
  })

  test(`bad input is told field by field, and never a fault (${kind})`, async (t) => {
    const { app, api, place, secret } = await startApi(t, openFresh)
    for (const [body, path] of [
      [{}, 'name'],
      [{ name: '' }, 'name'],
      [{ name: 'x'.repeat(201) }, 'name'],
      [{ name: 'a\u0000b' }, 'name'],
      [{ name: '\ud800' }, 'name'],
      [{ name: 1 }, 'name'],
      [{ name: 'x', nam: 'y' }, ''],
      ['[]', ''],
      ['null', ''],
      ['{"__proto__":{"name":"x"}}', 'name'],
    ] as const) {
      const refused = await api.post('teams', body)
      assertProblem(refused, 400, 'invalid-input')
      assert.equal(refused.data.problems[0].path, path, refused.body)
    }
    for (const query of [
      'limit=0',
      'limit=201',
      'limit=x',
      'cursor=x',
      'sort=id',
      'filter[nam]=x',
      'limit=1&limit=2',
      'filter[name]=%00',
    ]) {
      assertProblem(await api.get(`teams?${query}`), 400, 'invalid-input')
      assertProblem(await api.get(`users?${query}`), 400, 'invalid-input')
    }
    const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    for (const value of [
      ['createdAt', 'x', 'y'],
      ['createdAt', 1],
      ['createdAt', 1.5, 'x'],
      ['createdAt', 1e300, 'x'],
      ['username', 1, 'x'],
      'x',
      ['createdAt', 1, '\u0000'],
    ]) {
      const sort = Array.isArray(value) ? value[0] : 'username'
      assertProblem(await api.get(`users?sort=${sort}&cursor=${cursor(value)}`), 400, 'invalid-input')
    }
    const headers = { authorization: `Bearer ${secret}` }
    const teams = `/api/v1/environments/${place.environment.id}/teams`
    for (const id of ['%00', "x'--", 'x'.repeat(150), '%F0%9F', 'team_%ff']) {
      const { statusCode } = await app.inject({ url: `${teams}/${id}`, headers })
      assert.ok(statusCode === 404 || statusCode === 400, `${id} ${statusCode}`)
    }
    assertProblem(await api.post('teams', '{'), 400, 'body-unreadable')
    assertProblem(await api.post('teams'), 400, 'body-unreadable')
    assertProblem(await api.post('teams', 'x', { 'content-type': 'text/plain' }), 415, 'body-type')
    assertProblem(await api.post('teams', { name: 'x'.repeat(2 ** 20) }), 413, 'body-too-large')
    assertProblem(await api.get('nothing'), 404, 'not-found')
    assertProblem(await api.get('/api/v1/nothing'), 404, 'not-found')
  })

  test(`a fault of ours is a problem with a reference, and nothing of the fault (${kind})`, async (t) => {
    const { db, api } = await startApi(t, openFresh)
    await api.get('teams')
    await db.close()
    const answer = await api.get('teams')
    assertProblem(answer, 500, 'fault')
    assert.doesNotMatch(answer.body, /sql|driver|destroyed|closed|\.ts/i)
  })

  test(`what was changed is in the audit: who, what, from and to; reading is not (${kind})`, async (t) => {
    const { api, neighbour, tokenId, world } = await startApi(t, openFresh)
    const team = await made(api.post('teams', { name: 'Networking' }))
    world.passTime(1000)
    await api.patch(`teams/${team}`, { name: 'Networks' })
    await api.patch(`teams/${team}`, { name: 'Networks' })
    await api.get(`teams/${team}`)
    world.passTime(1000)
    const user = await made(api.post('users', { username: 'ada', email: 'ada@acme.example', team }))
    world.passTime(1000)
    await api.patch(`users/${user}`, { email: 'a@acme.example', teams: ['Agents'] })
    world.passTime(1000)
    await api.post(`users/${user}/deactivate`)
    const { items } = (await api.get('audit')).data
    assert.deepEqual(
      items.map(({ action, subject }: { action: string; subject: { name: string } }) => [action, subject.name]),
      [
        ['user.deactivated', 'ada'],
        ['user.changed', 'ada'],
        ['user.created', 'ada'],
        ['team.renamed', 'Networks'],
        ['team.created', 'Networking'],
      ],
    )
    assert.deepEqual(items[3].changes, { name: { from: 'Networking', to: 'Networks' } })
    assert.deepEqual(items[1].changes, {
      email: { from: 'ada@acme.example', to: 'a@acme.example' },
      teams: { from: [], to: ['Agents'] },
    })
    assert.deepEqual(items[0].actor, { by: 'api', tokenId })
    const ofUser = (await api.get(`audit?filter[subjectId]=${user}&limit=2`)).data
    assert.equal(ofUser.items.length, 2)
    const rest = (await api.get(`audit?filter[subjectId]=${user}&limit=2&cursor=${ofUser.next}`)).data
    assert.deepEqual([rest.items.length, rest.items[0].action, rest.next], [1, 'user.created', null])
    assert.deepEqual((await neighbour.get('audit')).data.items, [])
  })
})

test('every route of the API is below /api/v1', () => {
  for (const { path } of administrationRoutes({} as never)) assert.ok(path.startsWith('/api/v1/'), path)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem, made, startApi } from '#admin/test-api.ts'
import { newUser, now, the } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { grantApplication, replaceRoles, replaceTeams } from '#users/memberships.ts'
import { insertUser } from '#users/users.ts'

const kinds = ['teams', 'access-profiles', 'applications', 'roles'] as const
type Api = Awaited<ReturnType<typeof startApi>>['api']

/** What a new entry of the kind is made with; a Role needs an Application. */
async function wantedOf(api: Api, path: (typeof kinds)[number], name: string) {
  if (path !== 'roles') return { name }
  const [known] = (await api.get('applications?filter[name]=Service%20Desk')).data.items
  return { name, applicationId: known?.id ?? (await made(api.post('applications', { name: 'Service Desk' }))) }
}

onEveryDatabase((kind, openFresh) => {
  test(`an entry of each kind is made, shown, renamed and removed (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    for (const path of kinds) {
      const wanted = await wantedOf(api, path, ' First ')
      const created = await api.post(path, wanted)
      assert.equal(created.statusCode, 201, created.body)
      const { id } = created.data
      assert.ok(String(created.headers.location).endsWith(`/${path}/${id}`))
      const shown = await api.get(`${path}/${id}`)
      assert.deepEqual([shown.statusCode, shown.data], [200, created.data])
      assert.deepEqual([shown.data.name, shown.data.standard], ['First', false])
      assert.equal(shown.headers.etag, created.headers.etag)
      const renamed = await api.patch(`${path}/${id}`, { name: 'Second' })
      assert.deepEqual([renamed.statusCode, renamed.data.name], [200, 'Second'], renamed.body)
      assert.notEqual(renamed.headers.etag, shown.headers.etag)
      assert.equal((await api.patch(`${path}/${id}`, { name: 'Second' })).headers.etag, renamed.headers.etag)
      assert.equal((await api.remove(`${path}/${id}`)).statusCode, 204)
      assertProblem(await api.get(`${path}/${id}`), 404, 'not-found')
      assertProblem(await api.remove(`${path}/${id}`), 404, 'not-found')
    }
  })

  test(`lists come page by page, upwards and downwards, and miss and repeat nothing (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    const names = Array.from({ length: 23 }, (_, nth) => `team${String(nth).padStart(2, '0')}`)
    for (const name of names) await made(api.post('teams', { name }))
    for (const sort of ['name', '-name']) {
      const found: string[] = []
      let cursor = ''
      for (let page = 0; page < 10; page++) {
        const { data } = await api.get(`teams?limit=7&sort=${sort}&filter[name][contains]=TEAM${cursor}`)
        assert.ok(data.items.length <= 7)
        found.push(...data.items.map(({ name }: { name: string }) => name))
        if (data.next === null) break
        cursor = `&cursor=${data.next}`
      }
      assert.deepEqual(found, sort === 'name' ? names : names.toReversed())
    }
  })

  test(`lists are filtered by name and by part of it, where % and _ are letters (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    for (const name of ['50% off', '50 or off', 'a_b', 'aXb', 'Équipe', "O'Neill"])
      await made(api.post('teams', { name }))
    const found = async (filter: string, value: string) => {
      const { data } = await api.get(`teams?${filter}=${encodeURIComponent(value)}`)
      return data.items.map(({ name }: { name: string }) => name).sort()
    }
    assert.deepEqual(await found('filter[name]', 'a_b'), ['a_b'])
    assert.deepEqual(await found('filter[name]', 'A_b'), [])
    assert.deepEqual(await found('filter[name][contains]', '50%'), ['50% off'])
    assert.deepEqual(await found('filter[name][contains]', 'A_B'), ['a_b'])
    assert.deepEqual(await found('filter[name][contains]', 'Équ'), ['Équipe'])
    assert.deepEqual(await found('filter[name][contains]', "o'n"), ["O'Neill"])
    assert.deepEqual(await found('filter[name][contains]', 'OFF'), ['50 or off', '50% off'])
  })

  test(`a name that is taken is refused, for roles only in the same application (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    for (const path of kinds) {
      await made(api.post(path, await wantedOf(api, path, 'Same')))
      const other = await made(api.post(path, await wantedOf(api, path, 'Other')))
      assertProblem(await api.post(path, await wantedOf(api, path, 'Same')), 409, 'value-taken')
      const renamed = await api.patch(`${path}/${other}`, { name: 'Same' })
      assertProblem(renamed, 409, 'value-taken')
      assert.equal(renamed.data.problems[0].path, 'name')
    }
    const applicationId = await made(api.post('applications', { name: 'Billing' }))
    const role = await made(api.post('roles', { name: 'Same', applicationId }))
    const { items } = (await api.get(`roles?filter[applicationId]=${applicationId}`)).data
    assert.deepEqual(
      items.map(({ id }: { id: string }) => id),
      [role],
    )
  })

  test(`without If-Match nothing is changed, and a stale one changes nothing (${kind})`, async (t) => {
    const { app, api, secret, place } = await startApi(t, openFresh)
    const id = await made(api.post('teams', { name: 'Networking' }))
    const url = `/api/v1/environments/${place.environment.id}/teams/${id}`
    const headers = { authorization: `Bearer ${secret}` }
    const bare = await app.inject({ method: 'PATCH', url, headers, payload: { name: 'x' } })
    assertProblem(Object.assign(bare, { data: bare.json() }) as never, 428, 'if-match-needed')
    const { etag } = (await api.get(`teams/${id}`)).headers
    assert.equal((await api.patch(`teams/${id}`, { name: 'One' }, { 'if-match': String(etag) })).statusCode, 200)
    assertProblem(
      await api.patch(`teams/${id}`, { name: 'Two' }, { 'if-match': String(etag) }),
      412,
      'changed-meanwhile',
    )
    assertProblem(await api.remove(`teams/${id}`, { 'if-match': String(etag) }), 412, 'changed-meanwhile')
    assert.equal((await api.get(`teams/${id}`)).data.name, 'One')
    assert.equal((await api.patch(`teams/${id}`, { name: 'Two' }, { 'if-match': '*' })).statusCode, 200)
  })

  test(`standard entries are neither renamed nor removed (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    for (const path of ['teams', 'access-profiles']) {
      const { items } = (await api.get(path)).data
      const standard = items.filter(({ standard }: { standard: boolean }) => standard)
      assert.equal(standard.length, path === 'teams' ? 1 : 3)
      for (const { id } of standard) {
        assertProblem(await api.patch(`${path}/${id}`, { name: 'x' }), 409, 'standard-entry')
        assertProblem(await api.remove(`${path}/${id}`), 409, 'standard-entry')
      }
    }
  })

  test(`an access profile has User Management or not, and the audit says since when (${kind})`, async (t) => {
    const { api, world } = await startApi(t, openFresh)
    const plain = await api.post('access-profiles', { name: 'Plain' })
    assert.equal(plain.data.userManagement, false)
    const { data, headers } = await api.post('access-profiles', { name: 'Warden', userManagement: true })
    assert.equal(data.userManagement, true)
    const path = `access-profiles/${data.id}`
    assert.equal((await api.get(path)).data.userManagement, true)

    world.passTime(1000)
    const taken = await api.patch(path, { userManagement: false })
    assert.deepEqual([taken.statusCode, taken.data.name, taken.data.userManagement], [200, 'Warden', false], taken.body)
    assert.notEqual(taken.headers.etag, headers.etag)
    const stale = { 'if-match': String(headers.etag) }
    assertProblem(await api.patch(path, { userManagement: true }, stale), 412, 'changed-meanwhile')
    assert.equal((await api.patch(path, {})).headers.etag, taken.headers.etag)
    world.passTime(1000)
    assert.equal((await api.patch(path, { name: 'Guard' })).data.userManagement, false)
    world.passTime(1000)
    const both = await api.patch(path, { name: 'Warden', userManagement: true })
    assert.deepEqual([both.data.name, both.data.userManagement], ['Warden', true])
    assertProblem(await api.patch(path, { userManagement: 'yes' }), 400, 'invalid-input')

    const { items } = (await api.get(`audit?filter[subjectId]=${data.id}`)).data
    assert.deepEqual(
      items.map(({ action, changes }: { action: string; changes: unknown }) => [action, changes]),
      [
        [
          'access-profile.changed',
          { name: { from: 'Guard', to: 'Warden' }, userManagement: { from: false, to: true } },
        ],
        ['access-profile.renamed', { name: { from: 'Warden', to: 'Guard' } }],
        ['access-profile.changed', { userManagement: { from: true, to: false } }],
        ['access-profile.created', { name: { from: null, to: 'Warden' }, userManagement: { from: null, to: true } }],
      ],
    )
  })

  test(`of the standard access profiles Administrator alone has User Management, for good (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    const { items } = (await api.get('access-profiles')).data
    for (const { id, name, standard, userManagement } of items) {
      if (!standard) continue
      assert.equal(userManagement, name === 'Administrator', name)
      const path = `access-profiles/${id}`
      assertProblem(await api.patch(path, { userManagement: !userManagement }), 409, 'standard-entry')
      assert.equal((await api.patch(path, { userManagement })).statusCode, 200)
      assert.equal((await api.get(path)).data.userManagement, userManagement)
    }
  })

  test(`only access profiles have User Management (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    for (const path of kinds.filter((one) => one !== 'access-profiles')) {
      const wanted = await wantedOf(api, path, 'One')
      assertProblem(await api.post(path, { ...wanted, userManagement: true }), 400, 'invalid-input')
      const created = await api.post(path, wanted)
      assert.ok(!('userManagement' in created.data))
      assertProblem(await api.patch(`${path}/${created.data.id}`, { userManagement: true }), 400, 'invalid-input')
    }
  })

  test(`what users have is not removed, and the sentence says how many have it (${kind})`, async (t) => {
    const { db, world, api, place } = await startApi(t, openFresh)
    const env = place.environment.id
    const teamId = (await made(api.post('teams', { name: 'T' }))) as `team_${string}`
    const accessProfileId = (await made(api.post('access-profiles', { name: 'P' }))) as `prof_${string}`
    const applicationId = (await made(api.post('applications', { name: 'A' }))) as `app_${string}`
    const roleId = (await made(api.post('roles', { name: 'R', applicationId }))) as `role_${string}`
    const source = { by: 'rule' } as const
    const { chance } = world
    const user = the(
      await insertUser(db.write, env, newUser({ connectionId: undefined, accessProfileId }), { chance, now }),
    )
    await replaceTeams(db.write, user, [{ teamId, primary: true, source }], now)
    await grantApplication(db.write, user, { applicationId, source }, now)
    await replaceRoles(db.write, user, { applicationId, roles: [{ roleId, source }] }, now)
    for (const path of [
      `teams/${teamId}`,
      `access-profiles/${accessProfileId}`,
      `applications/${applicationId}`,
      `roles/${roleId}`,
    ]) {
      const refused = await api.remove(path)
      assertProblem(refused, 409, 'in-use')
      assert.match(refused.data.detail, /^One user has the /)
      assert.equal((await api.get(path)).statusCode, 200)
    }
  })

  test(`what a connection gives new users is neither renamed nor removed (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    const [team] = (await api.get('teams?filter[name]=Agents')).data.items
    for (const refused of [await api.remove(`teams/${team.id}`), await api.patch(`teams/${team.id}`, { name: 'x' })]) {
      assertProblem(refused, 409, 'in-use')
      assert.match(refused.data.detail, /default of the connection “Directory”/)
    }
  })

  test(`a neighbour’s entry is not found, not changed, not removed, and takes no name (${kind})`, async (t) => {
    const { api, neighbour } = await startApi(t, openFresh)
    for (const path of kinds) {
      const theirs = await made(neighbour.post(path, await wantedOf(neighbour, path, 'Ours')))
      const { etag } = (await neighbour.get(`${path}/${theirs}`)).headers
      const match = { 'if-match': String(etag) }
      assertProblem(await api.get(`${path}/${theirs}`), 404, 'not-found')
      assertProblem(await api.patch(`${path}/${theirs}`, { name: 'Mine' }, match), 404, 'not-found')
      if (path === 'access-profiles')
        assertProblem(await api.patch(`${path}/${theirs}`, { userManagement: true }, match), 404, 'not-found')
      assertProblem(await api.remove(`${path}/${theirs}`, match), 404, 'not-found')
      assert.deepEqual((await api.get(`${path}?filter[name]=Ours`)).data.items, [])
      assert.equal((await neighbour.get(`${path}/${theirs}`)).headers.etag, etag)
      await made(api.post(path, await wantedOf(api, path, 'Ours')))
    }
    const [application] = (await neighbour.get('applications')).data.items
    const refused = await api.post('roles', { name: 'R', applicationId: application.id })
    assertProblem(refused, 400, 'invalid-input')
    assert.equal(refused.data.problems[0].path, 'applicationId')
  })

  test(`the same request with the same key makes one entry, another one is refused (${kind})`, async (t) => {
    const { api, world } = await startApi(t, openFresh)
    const key = { 'idempotency-key': 'a-key' }
    const both = await Promise.all([api.post('teams', { name: 'Once' }, key), api.post('teams', { name: 'Once' }, key)])
    const third = await api.post('teams', { name: 'Once' }, key)
    for (const answer of [...both, third]) {
      assert.deepEqual([answer.statusCode, answer.data], [201, both[0].data], answer.body)
      assert.deepEqual([answer.headers.etag, answer.headers.location], [both[0].headers.etag, both[0].headers.location])
    }
    assertProblem(await api.post('teams', { name: 'Twice' }, key), 409, 'key-reused')
    assertProblem(await api.post('applications', { name: 'Once' }, key), 409, 'key-reused')
    world.passTime(24 * 60 * 60 * 1000)
    assertProblem(await api.post('teams', { name: 'Once' }, key), 409, 'value-taken')
    await made(api.post('teams', { name: 'Twice' }, key))
    for (const bad of ['', 'two words', 'k'.repeat(256)]) {
      assertProblem(await api.post('teams', { name: 'x' }, { 'idempotency-key': bad }), 400, 'invalid-input')
    }
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem, made, startApi } from '#admin/test-api.ts'
import { namesOf, startWithDirectory, usernames } from '#admin/test-users.ts'
import { findSession, openSession } from '#sessions/sessions.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { listTeamsOf } from '#users/memberships.ts'

const ada = { username: 'ada', email: 'ada@acme.example', team: 'Networking' }

onEveryDatabase((kind, openFresh) => {
  test(`a Platform User is made with all that they belong to, by id or by name (${kind})`, async (t) => {
    const { api, id, place } = await startWithDirectory(t, openFresh)
    const created = await api.post('users', {
      ...ada,
      federatedId: 'f-1',
      firstName: 'Ada',
      lastName: 'Lindqvist',
      teams: [id('Billing'), 'Networking', 'Billing'],
      accessProfile: 'Administrator',
      applications: [
        { application: 'Service Desk', roles: ['Manager', id('Agent')], activeRole: 'Agent' },
        { application: id('Orders') },
      ],
      defaultApplication: 'Orders',
      connectionId: place.connection.id,
    })
    assert.equal(created.statusCode, 201, created.body)
    const { data } = created
    assert.deepEqual(
      [data.username, data.federatedId, data.userType, data.firstName, data.lastName, data.email],
      ['ada', 'f-1', 'platform', 'Ada', 'Lindqvist', 'ada@acme.example'],
    )
    assert.deepEqual([data.active, data.createdThrough, data.connectionId], [true, 'api', place.connection.id])
    assert.deepEqual(
      [data.team.name, namesOf(data.teams), data.accessProfile.name],
      ['Networking', ['Billing'], 'Administrator'],
    )
    assert.deepEqual(namesOf(data.applications), ['Orders', 'Service Desk'])
    assert.deepEqual(namesOf(data.applications[1].roles), ['Agent', 'Manager'])
    assert.deepEqual([data.applications[1].activeRole.name, data.defaultApplication.name], ['Agent', 'Orders'])
    const shown = await api.get(`users/${data.id}`)
    assert.deepEqual([shown.data, shown.headers.etag], [data, created.headers.etag])
  })

  test(`a Platform User needs a team, and without a profile is a Regular User (${kind})`, async (t) => {
    const { api } = await startWithDirectory(t, openFresh)
    const refused = await api.post('users', { username: 'ada' })
    assertProblem(refused, 400, 'invalid-input')
    assert.equal(refused.data.problems[0].path, 'team')
    assert.equal((await api.post('users', ada)).data.accessProfile.name, 'Regular User')
  })

  test(`a Site User has the portal's team and profile, further teams beside it, and no application (${kind})`, async (t) => {
    const { api } = await startWithDirectory(t, openFresh)
    const site = { username: 'guest', userType: 'site' }
    const { data } = await api.post('users', { ...site, teams: ['Billing', 'Portal Users and Customers'] })
    assert.deepEqual(
      [data.team.name, namesOf(data.teams), data.accessProfile.name, data.applications],
      ['Portal Users and Customers', ['Billing'], 'Portal User Profile', []],
    )
    for (const [path, more] of [
      ['team', { team: 'Billing' }],
      ['accessProfile', { accessProfile: 'Administrator' }],
      ['applications', { applications: [{ application: 'Orders' }] }],
      ['defaultApplication', { defaultApplication: 'Orders' }],
    ] as const) {
      const refused = await api.post('users', { ...site, username: 'other', ...more })
      assertProblem(refused, 400, 'invalid-input')
      assert.equal(refused.data.problems[0].path, path)
      const patched = await api.patch(`users/${data.id}`, more)
      assert.equal(patched.data.problems[0].path, path)
    }
    const moved = await api.patch(`users/${data.id}`, { teams: ['Networking'] })
    assert.deepEqual([moved.data.team.name, namesOf(moved.data.teams)], ['Portal Users and Customers', ['Networking']])
  })

  test(`who becomes a Site User loses what is for Platform Users, and back again needs a team (${kind})`, async (t) => {
    const { api } = await startWithDirectory(t, openFresh)
    const access = { applications: [{ application: 'Orders', roles: ['Clerk'] }], defaultApplication: 'Orders' }
    const id = await made(api.post('users', { ...ada, teams: ['Billing'], accessProfile: 'Administrator', ...access }))
    const site = (await api.patch(`users/${id}`, { userType: 'site' })).data
    assert.deepEqual(
      [site.team.name, namesOf(site.teams), site.accessProfile.name, site.applications, site.defaultApplication],
      ['Portal Users and Customers', ['Billing'], 'Portal User Profile', [], null],
    )
    assertProblem(await api.patch(`users/${id}`, { userType: 'platform' }), 400, 'invalid-input')
    const platform = (await api.patch(`users/${id}`, { userType: 'platform', team: 'Networking' })).data
    assert.deepEqual([platform.team.name, platform.accessProfile.name], ['Networking', 'Regular User'])
  })

  test(`what does not exist is named, with what was probably meant, and nothing is made (${kind})`, async (t) => {
    const { api } = await startWithDirectory(t, openFresh)
    const refused = await api.post('users', {
      username: 'ada',
      team: 'Netwrking',
      teams: ['Billing', 'Nowhere at all'],
      accessProfile: 'x',
      applications: [
        { application: 'Service Desk', roles: ['Clerk'], activeRole: 'Manager' },
        { application: 'Service Desk' },
      ],
      defaultApplication: 'Orders',
      connectionId: 'conn_x',
    })
    assertProblem(refused, 400, 'invalid-input')
    const { problems } = refused.data
    assert.deepEqual(problems.map(({ path }: { path: string }) => path).sort(), [
      'accessProfile',
      'applications.0.activeRole',
      'applications.0.roles.0',
      'applications.1',
      'connectionId',
      'defaultApplication',
      'team',
      'teams.1',
    ])
    assert.match(JSON.stringify(problems), /did you mean “Networking”/)
    assert.deepEqual((await api.get('users')).data.items, [])
  })

  test(`names belong to one user: the refusal says which one is taken (${kind})`, async (t) => {
    const { api } = await startWithDirectory(t, openFresh)
    await made(api.post('users', { ...ada, federatedId: 'f-1' }))
    const other = await made(api.post('users', { username: 'bob', team: 'Billing' }))
    for (const [path, fields] of [
      ['username', { username: 'ada' }],
      ['federatedId', { federatedId: 'f-1' }],
      ['email', { email: 'ADA@acme.example' }],
    ] as const) {
      const both = [
        await api.post('users', { username: 'new', team: 'Billing', ...fields }),
        await api.patch(`users/${other}`, fields),
      ]
      for (const refused of both) {
        assertProblem(refused, 409, 'value-taken')
        assert.deepEqual(
          refused.data.problems.map(({ path }: { path: string }) => path),
          [path],
        )
      }
    }
    assert.equal((await api.patch(`users/${other}`, { username: 'bob' })).statusCode, 200)
  })

  test(`a change changes what it names; null empties, and a list replaces the list (${kind})`, async (t) => {
    const { api, id } = await startWithDirectory(t, openFresh)
    const access = [
      { application: 'Service Desk', roles: ['Manager'] },
      { application: 'Orders', roles: ['Clerk'] },
    ]
    const user = await made(
      api.post('users', {
        ...ada,
        firstName: 'Ada',
        teams: ['Agents'],
        applications: access,
        defaultApplication: 'Orders',
      }),
    )
    const changed = await api.patch(`users/${user}`, { email: null, lastName: 'L', teams: ['Billing'], team: 'Agents' })
    assert.equal(changed.statusCode, 200, changed.body)
    const { data } = changed
    assert.deepEqual([data.email, data.firstName, data.lastName], [null, 'Ada', 'L'])
    assert.deepEqual([data.team.name, namesOf(data.teams)], ['Agents', ['Billing']])
    assert.deepEqual(namesOf(data.applications), ['Orders', 'Service Desk'])
    const fewer = (
      await api.patch(`users/${user}`, { applications: [{ application: 'Service Desk', roles: ['Agent'] }] })
    ).data
    assert.deepEqual([namesOf(fewer.applications), namesOf(fewer.applications[0].roles)], [['Service Desk'], ['Agent']])
    assert.equal(fewer.defaultApplication, null, 'what is lost is no default any more')
    const before = (await api.get(`users/${user}`)).headers.etag
    assert.equal((await api.patch(`users/${user}`, {})).headers.etag, before, 'nothing was changed')
    assert.equal((await api.patch(`users/${user}`, { teams: [id('Billing')] })).headers.etag, before)
  })

  test(`of two changes of the same state one is carried out (${kind})`, async (t) => {
    const { api } = await startWithDirectory(t, openFresh)
    const user = await made(api.post('users', ada))
    const match = { 'if-match': String((await api.get(`users/${user}`)).headers.etag) }
    const both = await Promise.all(['One', 'Two'].map((lastName) => api.patch(`users/${user}`, { lastName }, match)))
    assert.deepEqual(both.map(({ statusCode }) => statusCode).sort(), [200, 412])
    assertProblem(await api.patch(`users/${user}`, { teams: ['Billing'] }, match), 412, 'changed-meanwhile')
    for (const path of ['deactivate', 'activate']) {
      assertProblem(await api.post(`users/${user}/${path}`, undefined, match), 412, 'changed-meanwhile')
    }
    assertProblem(await api.remove(`users/${user}`, match), 412, 'changed-meanwhile')
  })

  test(`who comes from the identity provider keeps the names that it gave; the rest may be changed (${kind})`, async (t) => {
    const { api, cameBySignIn } = await startWithDirectory(t, openFresh)
    const user = await cameBySignIn()
    for (const fields of [{ firstName: 'X' }, { lastName: null }, { email: 'x@acme.example' }, { username: 'x' }]) {
      const refused = await api.patch(`users/${user.id}`, { ...fields, teams: ['Billing'] })
      assertProblem(refused, 409, 'from-identity-provider')
      assert.match(refused.data.detail, /^This user comes from the identity provider/)
      assert.deepEqual(refused.data.problems[0].path, Object.keys(fields)[0])
    }
    const changed = await api.patch(`users/${user.id}`, {
      firstName: 'Ada',
      teams: ['Billing'],
      accessProfile: 'Administrator',
    })
    assert.deepEqual(
      [changed.statusCode, namesOf(changed.data.teams), changed.data.accessProfile.name],
      [200, ['Billing'], 'Administrator'],
    )
  })

  test(`an application is granted with its roles, granted otherwise, and withdrawn (${kind})`, async (t) => {
    const { api, id } = await startWithDirectory(t, openFresh)
    const user = await made(api.post('users', ada))
    const path = `users/${user}/applications/${id('Service Desk')}`
    const first = await api.put(path, { roles: ['Manager', 'Agent'], activeRole: 'Manager' })
    assert.equal(first.statusCode, 200, first.body)
    assert.deepEqual(namesOf(first.data.applications[0].roles), ['Agent', 'Manager'])
    assert.equal(first.data.applications[0].activeRole.name, 'Manager')
    const second = await api.put(path, { roles: [id('Agent')] })
    assert.deepEqual(
      [namesOf(second.data.applications[0].roles), second.data.applications[0].activeRole],
      [['Agent'], null],
    )
    assert.equal((await api.put(path, { roles: ['Agent'] })).headers.etag, second.headers.etag, 'nothing was changed')
    assertProblem(await api.put(path, { roles: ['Clerk'] }), 400, 'invalid-input')
    assertProblem(await api.put(`users/${user}/applications/app_x`, { roles: [] }), 404, 'not-found')
    await api.patch(`users/${user}`, { defaultApplication: 'Service Desk' })
    const gone = await api.remove(path)
    assert.deepEqual([gone.statusCode, gone.data.applications, gone.data.defaultApplication], [200, [], null])
    assertProblem(await api.remove(path), 404, 'not-found')
    const guest = await made(api.post('users', { username: 'guest', userType: 'site' }))
    assertProblem(await api.put(`users/${guest}/applications/${id('Orders')}`, { roles: [] }), 400, 'invalid-input')
  })

  test(`deactivating a user ends their sessions at once, and nobody else's (${kind})`, async (t) => {
    const { db, api, place, world, cameBySignIn } = await startWithDirectory(t, openFresh)
    const env = place.environment.id
    const user = await cameBySignIn()
    const bob = await cameBySignIn({ username: 'bob', email: undefined })
    const open = async (userId: typeof user.id) => {
      const rest = { nameId: undefined, sessionIndex: undefined, authnContext: undefined, notOnOrAfter: undefined }
      const session = { userId, connectionId: place.connection.id, ...rest }
      return (await openSession(db.write, env, session, { chance: world.chance, now: world.clock() })).token
    }
    const [one, two, bobs] = [await open(user.id), await open(user.id), await open(bob.id)]
    const { data } = await api.post(`users/${user.id}/deactivate`)
    assert.deepEqual([data.active, data.deactivatedAt], [false, world.clock().toISOString()])
    const endOf = async (token: string) => (await findSession(db.read, env, token, world.clock()))?.ended?.why
    assert.deepEqual([await endOf(one), await endOf(two), await endOf(bobs)], ['deactivated', 'deactivated', undefined])
    assert.deepEqual(usernames((await api.get('users?filter[active]=false')).data), ['ada'])
    assert.deepEqual(usernames((await api.get('users?filter[active]=true')).data), ['bob'])
    const again = (await api.post(`users/${user.id}/activate`)).data
    assert.deepEqual([again.active, again.deactivatedAt], [true, null])
    assert.equal(await endOf(one), 'deactivated', 'an ended session stays so')
  })

  test(`users are found by how their names begin, page by page, and a neighbour’s never (${kind})`, async (t) => {
    const { api, neighbour } = await startApi(t, openFresh)
    const people = [
      { username: 'ada', firstName: 'Ada', lastName: 'Lindqvist', email: 'Countess@acme.example' },
      { username: 'zoe', firstName: 'Zoë', lastName: 'Ångström' },
      { username: 'lin%da', firstName: 'Linda', lastName: 'O’Neil_' },
    ]
    const team = 'Searched'
    for (const one of [api, neighbour]) await made(one.post('teams', { name: team }))
    for (const person of people) await made(api.post('users', { ...person, team }))
    await made(neighbour.post('users', { username: 'linus', lastName: 'Lindqvist', team }))
    const found = async (search: string) =>
      usernames((await api.get(`users?search=${encodeURIComponent(search)}`)).data)
    assert.deepEqual(await found('lind'), ['ada', 'lin%da'])
    assert.deepEqual(await found('LINDQ'), ['ada'])
    assert.deepEqual(await found('countess@'), ['ada'])
    assert.deepEqual(await found('ada  lind'), ['ada'])
    assert.deepEqual(await found('zo'), ['zoe'])
    assert.deepEqual(await found('zoë ång'), ['zoe'])
    assert.deepEqual(await found('lin%'), ['lin%da'])
    assert.deepEqual(await found('_'), [])
    assert.deepEqual(await found('indqvist'), [], 'a part is no beginning')
    assert.deepEqual(await found(' '), ['ada', 'lin%da', 'zoe'])
    const first = (await api.get('users?search=lin&limit=1')).data
    assert.deepEqual(usernames(first), ['ada'])
    const second = (await api.get(`users?search=lin&limit=1&cursor=${first.next}`)).data
    assert.deepEqual([usernames(second), second.next], [['lin%da'], null])
    const { id } = first.items[0]
    await api.patch(`users/${id}`, { lastName: 'Hopper', email: null })
    assert.deepEqual([await found('lindq'), await found('hop'), await found('countess')], [[], ['ada'], []])
  })

  test(`users are found by each filter, page by page in each order (${kind})`, async (t) => {
    const { api, id, world, place } = await startWithDirectory(t, openFresh)
    const names = ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay', 'gus']
    for (const [nth, username] of names.entries()) {
      // Two at a time share their time.
      if (nth % 2 === 0) world.passTime(1000)
      const even = nth % 2 === 0
      const rest = even
        ? { userType: 'site', teams: ['Billing'] }
        : { team: 'Networking', connectionId: place.connection.id }
      await made(
        api.post('users', { username, email: `${username}@acme.example`, federatedId: `f-${username}`, ...rest }),
      )
    }
    for (const [filter, wanted] of [
      ['filter[username]=bob', ['bob']],
      ['filter[username]=BOB', []],
      ['filter[email]=EVE@acme.example', ['eve']],
      ['filter[federatedId]=f-cyd', ['cyd']],
      ['filter[userType]=platform', ['bob', 'dan', 'fay']],
      [`filter[teamId]=${id('Billing')}`, ['ada', 'cyd', 'eve', 'gus']],
      [`filter[teamId]=${id('Billing')}&filter[userType]=platform`, []],
      ['filter[teamId]=team_nobody', []],
      [`filter[connectionId]=${place.connection.id}&sort=-username`, ['fay', 'dan', 'bob']],
    ] as const) {
      assert.deepEqual(usernames((await api.get(`users?${filter}`)).data), wanted, filter)
    }
    for (const sort of ['username', '-username', 'createdAt', '-createdAt']) {
      const whole = usernames((await api.get(`users?sort=${sort}`)).data)
      const paged: string[] = []
      for (let next: string | null = ''; next !== null; ) {
        const { data } = await api.get(`users?limit=2&sort=${sort}${next === '' ? '' : `&cursor=${next}`}`)
        paged.push(...usernames(data))
        next = data.next
      }
      assert.deepEqual([paged, paged.toSorted()], [whole, names], sort)
      if (sort.endsWith('username')) assert.deepEqual(paged, sort === 'username' ? names : names.toReversed())
    }
  })

  test(`a user is removed with everything that hangs on them (${kind})`, async (t) => {
    const { db, api, place } = await startWithDirectory(t, openFresh)
    const id = (await made(
      api.post('users', { ...ada, applications: [{ application: 'Orders', roles: ['Clerk'] }] }),
    )) as `user_${string}`
    assert.equal((await api.remove(`users/${id}`)).statusCode, 204)
    assertProblem(await api.get(`users/${id}`), 404, 'not-found')
    assert.deepEqual(await listTeamsOf(db.read, { environmentId: place.environment.id, id }), [])
    await made(api.post('users', ada))
  })

  test(`a neighbour's user is not found by anything, and takes no name (${kind})`, async (t) => {
    const { api, neighbour, id } = await startWithDirectory(t, openFresh)
    const theirs = await made(neighbour.post('users', { ...ada, team: 'Agents' }))
    const match = { 'if-match': '*' }
    const answers = [
      await api.get(`users/${theirs}`),
      await api.get(`users/${theirs}/provenance`),
      await api.patch(`users/${theirs}`, { lastName: 'x' }, match),
      await api.remove(`users/${theirs}`),
      await api.put(`users/${theirs}/applications/${id('Orders')}`, { roles: [] }),
      await api.remove(`users/${theirs}/applications/${id('Orders')}`),
      await api.post(`users/${theirs}/deactivate`),
      await api.post(`users/${theirs}/activate`),
    ]
    for (const answer of answers) assertProblem(answer, 404, 'not-found')
    assert.deepEqual((await api.get('users')).data.items, [])
    assert.deepEqual((await api.get('users?filter[username]=ada')).data.items, [])
    assertProblem(await neighbour.post('users', { username: 'x', team: id('Billing') }), 400, 'invalid-input')
    assertProblem(await neighbour.put(`users/${theirs}/applications/${id('Orders')}`, { roles: [] }), 404, 'not-found')
    await made(api.post('users', ada))
    assert.equal((await neighbour.get(`users/${theirs}`)).headers.etag, '"1"')
  })
})

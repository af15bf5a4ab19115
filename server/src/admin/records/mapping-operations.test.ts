import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { assertProblem, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { testBrowser } from '#login/test-browser.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

/** Ada, Bo and Cy have signed in with groups that nothing is made of yet. */
async function start(t: TestContext, openFresh: OpenFresh) {
  const started = await startApi(t, openFresh)
  const { api, app, world, place } = started
  for (const name of ['Sales', 'Support']) assert.equal((await api.post('teams', { name })).statusCode, 201)
  const signIn = (person: string, groups: readonly string[], mail = `${person}@acme.example`) => {
    world.passTime(1000)
    const attributes = [
      { name: 'email', values: [mail] },
      { name: 'groups', values: groups },
      { name: 'uid', values: [`${person}-id`] },
      { name: 'work', values: ['shared@acme.example'] },
    ]
    return testBrowser(app, world).signIn(place, { person, assertion: { attributes } })
  }
  await signIn('ada', ['Nowhere'])
  await signIn('ada', ['Sales'])
  await signIn('bo', ['Sales', 'Support'])
  await signIn('cy', ['Agents'])
  const path = `connections/${place.connection.id}/mapping-preview`
  const preview = async (body: unknown) => {
    const answer = await api.post(path, body)
    assert.equal(answer.statusCode, 200, answer.body)
    return answer.data
  }
  return { ...started, preview, path, signIn }
}

onEveryDatabase((kind, openFresh) => {
  test(`another mapping is tried on the newest sign-in of each person, and changes nothing (${kind})`, async (t) => {
    const { preview, db } = await start(t, openFresh)
    const tables = ['users', 'user_teams', 'user_fields', 'sessions', 'signin_records'] as const
    const all = () => Promise.all(tables.map((table) => db.read.selectFrom(table).selectAll().execute()))
    const before = await all()
    const found = await preview({ createUsers: { attributes: { team: 'groups' } } })
    assert.deepEqual(await all(), before)
    assert.deepEqual([found.signIns, found.people, found.redacted], [4, 3, false])
    assert.deepEqual(
      found.changed.map(({ username, changes }: { username: string; changes: unknown }) => [username, changes]),
      [
        [
          'bo',
          [
            { field: 'Primary Team', from: 'Agents', to: 'Sales' },
            { field: 'Team', from: 'Agents', to: null },
            { field: 'Team', from: null, to: 'Sales' },
            { field: 'Team', from: null, to: 'Support' },
          ],
        ],
        [
          'ada',
          [
            { field: 'Primary Team', from: 'Agents', to: 'Sales' },
            { field: 'Team', from: 'Agents', to: null },
            { field: 'Team', from: null, to: 'Sales' },
          ],
        ],
      ],
    )
    assert.ok(found.summary.includes('2 people lose the Team Agents.'), found.summary.join(' '))
    assert.ok(found.summary.includes('1 person gains the Team Support.'))
    const same = await preview({})
    assert.deepEqual([same.changed, same.summary], [[], []])
    assert.equal((await preview({ last: 1 })).signIns, 1)
  })

  test(`conflicts, lost access and other accounts are told (${kind})`, async (t) => {
    const { preview } = await start(t, openFresh)
    const shared = await preview({ createUsers: { attributes: { email: 'work' } } })
    assert.deepEqual(
      shared.summary,
      ['3 people would have another Email.', '2 e-mail conflicts.'],
      'each alone could have it',
    )
    const one = await preview({
      userIdLocation: 'attribute',
      userIdAttribute: 'work',
      createUsers: { attributes: { email: null } },
    })
    const ids = one.changed.flatMap(({ problems }: { problems: { code: string }[] }) =>
      problems.map(({ code }) => code),
    )
    assert.deepEqual(ids, ['user-id', 'user-id'], 'three people would be one')
    const attribute = { userIdLocation: 'attribute', userIdAttribute: 'uid' }
    const others = await preview({ ...attribute, createUsers: { attributes: { email: null } } })
    assert.ok(others.summary.includes('3 people would get a new account.'), others.summary.join(' '))
    const taken = await preview(attribute)
    assert.ok(taken.summary.includes('3 e-mail conflicts.'), taken.summary.join(' '))
    assert.ok(taken.summary.includes('3 people would not come in any more.'))
    assert.deepEqual(
      taken.changed[0].problems.map(({ code }: { code: string }) => code),
      ['user-email'],
    )
    const nowhere = await preview({
      userIdLocation: 'attribute',
      userIdAttribute: 'nothing',
      createUsers: { enabled: false },
    })
    assert.deepEqual(
      nowhere.changed.map(({ access }: { access: string }) => access),
      ['lost', 'lost', 'lost'],
    )
  })

  test(`who may not see values sees no address; bad mappings and neighbours are refused (${kind})`, async (t) => {
    const { app, api, neighbour, db, world, place, path } = await start(t, openFresh)
    const { secret } = await makeSecret(db, world, { environmentId: place.environment.id }, ['records:read'])
    const reader = testApi(app, place.environment.id, secret)
    const { body, data } = await reader.post(path, { createUsers: { attributes: { email: 'work' } } })
    assert.equal(data.redacted, true)
    assert.doesNotMatch(body, /acme\.example/)
    for (const wrong of [{ last: 0 }, { last: 201 }, { userIdLocation: 'attribute' }, { issuer: 'x' }])
      assertProblem(await api.post(path, wrong), 400, 'invalid-input')
    assertProblem(await neighbour.post(path, {}), 404, 'not-found')
    for (let nth = 0; nth < 9; nth++) await api.post(path, { last: 1 })
    assertProblem(await api.post(path, { last: 1 }), 429, 'too-many-requests')
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listConnections } from '#connections/connections.ts'
import { ada, insert, made, userNamed, withUsers } from '#declaration/test-users.ts'
import { workshop } from '#declaration/test-workshop.ts'
import { findSession, openSession } from '#sessions/sessions.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { listAccessProfiles, listApplications } from '#users/directory.ts'
import { listApplicationsOf, listTeamsOf } from '#users/memberships.ts'
import { listFieldSources, type User, updateUser } from '#users/users.ts'

async function belongings(db: Database, user: User) {
  const teams = (await listTeamsOf(db.read, user)).map(({ name }) => name)
  const applications = await listApplicationsOf(db.read, user)
  const profile = (await listAccessProfiles(db.read, user.environmentId)).find(({ id }) => id === user.accessProfileId)
  const byDefault = (await listApplications(db.read, user.environmentId)).find(
    (a) => a.id === user.defaultApplicationId,
  )
  return {
    teams,
    profile: profile?.name,
    byDefault: byDefault?.name,
    applications: applications.map(({ name, roles }) => [name, ...roles.map((role) => role.name)]),
  }
}

onEveryDatabase((kind, openFresh) => {
  test(`a declared user is made with everything that belongs to them, and where it came from (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const whole = `${ada}, federatedId: f-1, firstName: Ada, lastName: Lindqvist, email: Ada@acme.example, teams: [Supervisors], accessProfile: Auditor, connection: Directory, defaultApplication: Wiki, applications: [{ name: Wiki }, { name: Service Desk, roles: [Manager, Agent] }]`
    const { code, lines, problems } = await apply(withUsers(whole))
    assert.equal(code, 0, problems.join('\n'))
    const from = lines.indexOf('+ user acme/production/ada') + 1
    assert.deepEqual(lines.slice(from, from + 11), [
      '    federatedId: f-1',
      '    userType: platform',
      '    firstName: Ada',
      '    lastName: Lindqvist',
      '    email: Ada@acme.example',
      '    team: Agents',
      '    teams: ["Supervisors"]',
      '    accessProfile: Auditor',
      '    applications: ["Service Desk (Agent, Manager)","Wiki"]',
      '    defaultApplication: Wiki',
      '    connection: Directory',
    ])
    const user = await userNamed(db, 'ada')
    const [connection] = await listConnections(db.read, user.environmentId)
    assert.equal(user.createdThrough, 'declaration')
    assert.equal(user.connectionId, connection?.id)
    assert.deepEqual(
      [user.federatedId, user.firstName, user.lastName, user.email],
      ['f-1', 'Ada', 'Lindqvist', 'Ada@acme.example'],
    )
    assert.deepEqual(await belongings(db, user), {
      teams: ['Agents', 'Supervisors'],
      profile: 'Auditor',
      byDefault: 'Wiki',
      applications: [['Service Desk', 'Agent', 'Manager'], ['Wiki']],
    })
    const sources = await listFieldSources(db.read, user)
    const fields = ['accessProfileId', 'connectionId', 'defaultApplicationId', 'email', 'federatedId', 'firstName']
    assert.deepEqual([...sources.keys()], [...fields, 'lastName', 'userType', 'username'])
    const memberships = [...(await listTeamsOf(db.read, user)), ...(await listApplicationsOf(db.read, user))]
    for (const { source } of [...sources.values(), ...memberships]) assert.deepEqual(source, { by: 'declaration' })
    assert.equal((await apply(withUsers(whole))).lines[0], 'Nothing to change: 12 as declared.')
  })

  test(`a Platform User is a regular one, and a Site User belongs to the portal, unless more is said (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    await apply(withUsers(ada, 'username: kiosk, userType: site', 'username: shop, userType: site, teams: [Agents]'))
    const nothing = { byDefault: undefined, applications: [] }
    const [regular, portal] = ['Regular User', 'Portal User Profile']
    assert.deepEqual(await belongings(db, await userNamed(db, 'ada')), {
      teams: ['Agents'],
      profile: regular,
      ...nothing,
    })
    const team = 'Portal Users and Customers'
    assert.deepEqual(await belongings(db, await userNamed(db, 'kiosk')), { teams: [team], profile: portal, ...nothing })
    const shop = await belongings(db, await userNamed(db, 'shop'))
    assert.deepEqual(shop, { teams: [team, 'Agents'], profile: portal, ...nothing })
  })

  test(`what is declared is written again, and what is not stays as it is (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const desk = 'applications: [{ name: Service Desk, roles: [Agent] }], defaultApplication: Service Desk'
    await apply(withUsers(`${ada}, firstName: Ada, lastName: L, teams: [Supervisors], ${desk}`))
    const before = await userNamed(db, 'ada')
    const administrator = { by: 'administrator', administratorId: 'adm_a' } as const
    const deactivated = { deactivatedAt: made.now, firstName: 'Adelheid', lastName: 'Lindqvist' }
    await updateUser(db.write, before, deactivated, { source: () => administrator, now: made.now })
    const second = `${ada}, firstName: Ada, teams: [], applications: [{ name: Wiki, roles: [Author] }]`
    const { lines } = await apply(withUsers(second))
    assert.deepEqual(lines.slice(0, 5), [
      '~ user acme/production/ada',
      '    firstName: Adelheid → Ada',
      '    applications: ["Service Desk (Agent)"] → ["Wiki (Author)"]',
      '    teams: ["Supervisors"] → (none)',
      '    defaultApplication: Service Desk → (none)',
    ])
    const after = await userNamed(db, 'ada')
    assert.equal(after.id, before.id)
    assert.ok(after.version > before.version + 1)
    assert.deepEqual([after.firstName, after.lastName, after.deactivatedAt], ['Ada', 'Lindqvist', made.now])
    const expected = {
      teams: ['Agents'],
      profile: 'Regular User',
      byDefault: undefined,
      applications: [['Wiki', 'Author']],
    }
    assert.deepEqual(await belongings(db, after), expected)
    const sources = await listFieldSources(db.read, after)
    assert.deepEqual(sources.get('firstName')?.source, { by: 'declaration' })
    assert.deepEqual(sources.get('lastName')?.source, administrator)
    await apply(withUsers(`${ada}, deactivated: false`))
    assert.equal((await userNamed(db, 'ada')).deactivatedAt, undefined)
    await apply(withUsers(`${ada}, deactivated: true`))
    assert.deepEqual((await userNamed(db, 'ada')).deactivatedAt, made.now)
  })

  test(`another team alone is a change of the user, and a Platform User may become a Site User (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    await apply(withUsers(`${ada}, applications: [{ name: Wiki }], deactivated: true`))
    const before = await userNamed(db, 'ada')
    assert.deepEqual(before.deactivatedAt, made.now)
    await apply(withUsers('username: ada, userType: platform, team: Supervisors'))
    const after = await userNamed(db, 'ada')
    assert.equal(after.version, before.version + 1)
    assert.deepEqual(
      (await listTeamsOf(db.read, after)).map(({ name }) => name),
      ['Supervisors'],
    )
    await apply(withUsers('username: ada, userType: site, teams: [Supervisors]'))
    assert.deepEqual(await belongings(db, await userNamed(db, 'ada')), {
      teams: ['Portal Users and Customers', 'Supervisors'],
      profile: 'Portal User Profile',
      ...{ byDefault: undefined, applications: [] },
    })
  })

  test(`deactivating ends the sessions of this user, and of nobody else (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const other = 'username: grace, userType: platform, team: Agents'
    await apply(withUsers(ada, other))
    const [user, grace] = [await userNamed(db, 'ada'), await userNamed(db, 'grace')]
    const open = async (of: User): Promise<string> => {
      const [connection] = await listConnections(db.read, of.environmentId)
      assert.ok(connection)
      const nothing = { nameId: undefined, sessionIndex: undefined, authnContext: undefined, notOnOrAfter: undefined }
      const session = { userId: of.id, connectionId: connection.id, ...nothing }
      return (await openSession(db.write, of.environmentId, session, made)).token
    }
    const [token, hers] = [await open(user), await open(grace)]
    await apply(withUsers(`${ada}, deactivated: true`, other))
    const ended = async (of: string) => (await findSession(db.read, user.environmentId, of, made.now))?.ended?.why
    assert.deepEqual([await ended(token), await ended(hers)], ['deactivated', undefined])
  })

  test(`users who are not named are left alone, also with --prune, and none is exported (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, exported } = workshop(t, db)
    await apply(withUsers(ada))
    await insert(db, {})
    const { lines } = await apply(withUsers(), { prune: true })
    assert.deepEqual(lines, ['Nothing to change: 11 as declared.'])
    assert.ok((await userNamed(db, 'ada')) && (await userNamed(db, 'grace')))
    assert.doesNotMatch(await exported(), /\b(ada|grace|users)\b/)
  })
})

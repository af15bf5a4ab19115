// Creation and sync of accounts through the real Assertion Consumer Service.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type { Id } from '#config/world.ts'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { type AccountRow, creation, type Sent, sync } from '#login/account-rows.ts'
import { allExplanations } from '#login/login-checks.ts'
import { type Answered, startApp, testBrowser } from '#login/test-browser.ts'
import { contextOf, makePlaces, newUser, now, type TestWorld, testWorld, the } from '#login/test-place.ts'
import { listRecords } from '#signin-records/signin-records.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import {
  findAccessProfile,
  findApplication,
  findPortalTeam,
  findRoles,
  findTeams,
  insertApplication,
  insertRole,
  insertTeam,
  listAccessProfiles,
} from '#users/directory.ts'
import { grantApplication, listApplicationsOf, listTeamsOf, replaceRoles, replaceTeams } from '#users/memberships.ts'
import { findUser, insertUser, listFieldSources, type User, updateUser } from '#users/users.ts'

const names = {
  firstName: 'first',
  lastName: 'last',
  email: 'mail',
  userType: 'type',
  team: 'team',
  accessProfile: 'profile',
  application: 'app',
  role: 'role',
}

type Stage = {
  readonly db: Database
  readonly app: FastifyInstance
  readonly world: TestWorld
  readonly place: ConnectionInPlace
  readonly places: readonly ConnectionInPlace[]
  readonly env: Id<'env'>
}

type StageToMake = Pick<AccountRow, 'attributes' | 'defaults'> & {
  readonly settings?: Readonly<Record<string, unknown>>
  readonly connections?: readonly string[]
}

async function makeStage(t: TestContext, db: Database, make: StageToMake = {}): Promise<Stage> {
  const world = testWorld()
  const attributes = Object.fromEntries(
    Object.entries({ ...names, ...make.attributes }).filter(([, name]) => name !== null),
  )
  const defaults = { team: 'Agents', application: 'Service Desk', roles: ['Agent'], ...make.defaults }
  const { createUsers, ...settings } = (make.settings ?? {}) as { createUsers?: object }
  const all = { createUsers: { enabled: true, attributes, defaults, ...createUsers }, ...settings }
  const connections = (make.connections ?? ['Directory']).map((name) => ({ name, settings: all }))
  const places = await makePlaces(db, world, { connections })
  const place = the(places[0])
  const env = place.environment.id
  const made = { chance: world.chance, now }
  for (const name of ['Sales', 'Support']) await insertTeam(db.write, env, name, made)
  for (const [id, name] of [
    ['prof_supervisors', 'Supervisors'],
    ['prof_called_so', 'Called so'],
    ['prof_other', 'prof_called_so'],
  ] as const) {
    const times = { created_at: 0, updated_at: 0 }
    const profile = { ...times, standard: null, user_management: 0 } as const
    await db.write
      .insertInto('access_profiles')
      .values({ id, environment_id: env, name, ...profile })
      .execute()
  }
  for (const [application, ...roles] of [
    ['Service Desk', 'Agent', 'Manager'],
    ['Field Work', 'Driver'],
  ] as const) {
    const { id } = await insertApplication(db.write, env, application, made)
    for (const name of roles) await insertRole(db.write, env, { applicationId: id, name }, made)
  }
  return { db, app: await startApp(t, contextOf(db, world)), world, place, places, env }
}

async function signIn(stage: Stage, sent: Sent, person = 'ada', place = stage.place): Promise<Answered> {
  // So that records have an order.
  stage.world.passTime(1000)
  const attributes = Object.entries(sent).map(([name, values]) => ({ name, values }))
  return testBrowser(stage.app, stage.world).signIn(place, { person, assertion: { attributes } })
}

async function userNamed(stage: Stage, username = 'ada'): Promise<User> {
  return the(await findUser(stage.db.read, stage.env, { kind: 'username', value: username }))
}

/** In the form of the rows. */
async function accountOf(stage: Stage, username = 'ada'): Promise<string> {
  const user = await userNamed(stage, username)
  const teams = await listTeamsOf(stage.db.read, user)
  const profiles = await listAccessProfiles(stage.db.read, stage.env)
  const applications = await listApplicationsOf(stage.db.read, user)
  const shown = applications.map(
    ({ applicationId, name, roles }) =>
      `${applicationId === user.defaultApplicationId ? '*' : ''}${name}: ${roles.map((role) => role.name).join(', ')}`,
  )
  return [
    user.userType,
    `${user.firstName ?? '-'} ${user.lastName ?? '-'} <${user.email ?? '-'}>`,
    teams.map(({ name, primary }) => `${primary ? '*' : ''}${name}`).join(', '),
    profiles.find(({ id }) => id === user.accessProfileId)?.name,
    shown.join('; ') || 'none',
  ].join(' | ')
}

/** The header as text: what is percent-encoded there is not of interest here. */
function faultOf({ headers }: Answered): string {
  return String(headers.ssoerrormessage ?? '')
}

async function lastRecord({ db, env }: Stage) {
  return the((await listRecords(db.read, env, { limit: 1 }))[0])
}

onEveryDatabase((kind, openFresh) => {
  for (const { rule, signIns, account, fault, ...make } of [...creation, ...sync]) {
    test(`${signIns.length === 1 ? 'Create Users' : 'Sync'}: ${rule} (${kind})`, async (t) => {
      const stage = await makeStage(t, await openFresh(t), make)
      let last: Answered | undefined
      for (const sent of signIns) {
        last = await signIn(stage, sent)
        assert.equal(last.statusCode, 303, last.body)
        stage.world.passTime(1000)
      }
      assert.equal(await accountOf(stage), account)
      assert.match(faultOf(the(last)), fault ?? /^$/)
    })
  }

  test(`the record of a failed sync names the value; with onSyncFailure refuse nobody comes in (${kind})`, async (t) => {
    const stage = await makeStage(t, await openFresh(t), { settings: { createUsers: { onSyncFailure: 'refuse' } } })
    await signIn(stage, {})
    const before = await accountOf(stage)
    stage.world.passTime(1000)
    const refused = await signIn(stage, { first: ['Ada'], team: ['Salees'] })
    assert.equal(refused.statusCode, 403)
    assert.match(faultOf(refused), /the team "Salees" \(is "Sales" meant\?\)/)
    assert.match(refused.body, /could not be brought up to date/)
    assert.equal(await accountOf(stage), before)
    const { outcome, reason, details } = await lastRecord(stage)
    assert.deepEqual([outcome, reason], ['refused', 'user-sync'])
    const check = the(details.checks.find(({ code }) => code === 'user-sync'))
    assert.match(check.received ?? '', /“Salees” \(is “Sales” meant\?\)/)
  })

  test(`without a team nobody is made (${kind})`, async (t) => {
    const stage = await makeStage(t, await openFresh(t), { defaults: { team: undefined } })
    const refused = await signIn(stage, { team: ['Nobody'] })
    assert.equal(refused.statusCode, 403)
    assert.match(refused.body, /Your account could not be made/)
    const { reason, details } = await lastRecord(stage)
    assert.equal(reason, 'user-team')
    assert.match(details.checks.at(-1)?.received ?? '', /the assertion names Nobody; there is no Default Team/)
    assert.equal(await findUser(stage.db.read, stage.env, { kind: 'username', value: 'ada' }), undefined)
  })

  test(`an address of somebody else is refused, not stolen (${kind})`, async (t) => {
    const stage = await makeStage(t, await openFresh(t))
    await signIn(stage, { mail: ['ada@acme.example'] })
    const refused = await signIn(stage, { mail: ['ADA@acme.example'] }, 'eve')
    assert.equal(refused.statusCode, 403)
    assert.equal((await lastRecord(stage)).reason, 'user-email')
    assert.equal((await signIn(stage, { mail: ['eve@acme.example'] }, 'eve')).statusCode, 303)
    stage.world.passTime(1000)
    const kept = await signIn(stage, { first: ['Eve'], mail: ['ada@acme.example'] }, 'eve')
    assert.equal(kept.statusCode, 303)
    assert.match(faultOf(kept), /the assertion names the address ada@acme\.example, which belongs to somebody else\.$/)
    const told = the((await lastRecord(stage)).details.checks.find(({ code }) => code === 'user-sync'))
    assert.match(told.expected ?? '', /that of the user ada$/)
    assert.match(await accountOf(stage, 'eve'), /- - <eve@acme.example>/)
    assert.match(await accountOf(stage), /<ada@acme.example>/)
  })

  test(`users who were made otherwise are never changed by an assertion (${kind})`, async (t) => {
    const stage = await makeStage(t, await openFresh(t))
    const { db, env, place } = stage
    const made = { chance: stage.world.chance, now }
    for (const createdThrough of ['api', 'portal', 'declaration', 'import'] as const) {
      const user = newUser({ connectionId: place.connection.id, username: createdThrough, createdThrough })
      const { id } = the(await insertUser(db.write, env, user, made))
      const { id: teamId } = await findPortalTeam(db.read, env)
      const of = { environmentId: env, id }
      await replaceTeams(db.write, of, [{ teamId, primary: true, source: { by: 'rule' } }], now)
      const before = await accountOf(stage, createdThrough)
      const answer = await signIn(stage, { first: ['Eve'], team: ['Nobody'], mail: ['x@y.example'] }, createdThrough)
      assert.deepEqual([answer.statusCode, faultOf(answer)], [303, ''])
      assert.equal(await accountOf(stage, createdThrough), before)
    }
  })

  test(`sync needs Create Users, and creation only makes whom nobody knows (${kind})`, async (t) => {
    const db = await openFresh(t)
    const stage = await makeStage(t, db)
    await signIn(stage, { first: ['Ada'] })
    const settings = { ...stage.place.connection.settings }
    const off = { ...settings, createUsers: { ...settings.createUsers, enabled: false } }
    await db.write
      .updateTable('connections')
      .set({ settings: JSON.stringify(off) })
      .execute()
    assert.equal((await signIn(stage, { first: ['Eve'], team: ['Nobody'] })).statusCode, 303)
    assert.match(await accountOf(stage), /Ada -/)
    assert.equal((await signIn(stage, {}, 'unknown')).statusCode, 403)
    assert.equal((await lastRecord(stage)).reason, 'user-known')
  })

  test(`without a user id the person is known by the NameID, and is nobody who was made in another way (${kind})`, async (t) => {
    const settings = { userIdLocation: 'attribute', userIdAttribute: 'uid' }
    const stage = await makeStage(t, await openFresh(t), { settings, connections: ['Directory', 'Partners'] })
    assert.equal((await signIn(stage, {})).statusCode, 303)
    const ada = await userNamed(stage)
    stage.world.passTime(1000)
    assert.equal((await signIn(stage, { uid: [''], first: ['Ada'] })).statusCode, 303)
    assert.match(await accountOf(stage), /Ada -/)
    assert.equal((await lastRecord(stage)).userId, ada.id)
    // The same NameID from another provider is somebody else, whose username is taken.
    assert.equal((await signIn(stage, {}, 'ada', the(stage.places[1]))).statusCode, 403)
    assert.equal((await lastRecord(stage)).reason, 'user-name')
    // Who has a user id is not found by a NameID that happens to be the same text.
    assert.equal((await signIn(stage, { uid: ['eve'] }, 'x')).statusCode, 303)
    assert.equal((await signIn(stage, {}, 'eve')).statusCode, 403)
    assert.equal((await lastRecord(stage)).reason, 'user-name')
  })

  test(`one provider does not speak for another’s people; whom nobody speaks for is bound by domain (${kind})`, async (t) => {
    const settings = { usernameDomains: ['acme.example'] }
    const stage = await makeStage(t, await openFresh(t), { settings, connections: ['Directory', 'Partners'] })
    const [directory, partners] = [the(stage.places[0]), the(stage.places[1])]
    const made = { chance: stage.world.chance, now }
    for (const username of ['bob@acme.example', 'bob@elsewhere.example']) {
      const user = newUser({ connectionId: undefined, username, createdThrough: 'api' })
      await insertUser(stage.db.write, stage.env, user, made)
    }
    assert.equal((await signIn(stage, {}, 'bob@elsewhere.example', directory)).statusCode, 403)
    assert.equal((await lastRecord(stage)).reason, 'user-connection')
    assert.equal((await signIn(stage, {}, 'bob@acme.example', directory)).statusCode, 303)
    assert.equal((await userNamed(stage, 'bob@acme.example')).connectionId, directory.connection.id)
    assert.equal((await signIn(stage, {}, 'bob@acme.example', partners)).statusCode, 403)
    assert.equal((await lastRecord(stage)).reason, 'user-connection')
  })

  test(`a deactivated user does not come in, and comes in again once active (${kind})`, async (t) => {
    const stage = await makeStage(t, await openFresh(t))
    await signIn(stage, {})
    const how = { source: () => ({ by: 'rule' }) as const, now }
    const gone = await updateUser(stage.db.write, await userNamed(stage), { deactivatedAt: now }, how)
    const refused = await signIn(stage, {})
    assert.equal(refused.statusCode, 403)
    assert.match(refused.body, /Your account is not active/)
    assert.equal((await lastRecord(stage)).reason, 'user-active')
    await updateUser(stage.db.write, gone, { deactivatedAt: undefined }, how)
    assert.equal((await signIn(stage, {})).statusCode, 303)
  })

  test(`everything of an account says where it came from, and keeps it while it stays (${kind})`, async (t) => {
    const stage = await makeStage(t, await openFresh(t))
    await signIn(stage, { first: ['Ada'], team: ['Sales'] })
    stage.world.passTime(1000)
    await signIn(stage, { first: ['Ada'], team: ['Sales_::_Support'], role: ['Manager'] })
    const user = await userNamed(stage)
    const { id: connectionId } = stage.place.connection
    const from = (attribute: string) => ({ by: 'connection', connectionId, attribute })
    const byDefault = { by: 'default', connectionId }
    const fields = [...(await listFieldSources(stage.db.read, user))].map(([field, { source }]) => [field, source])
    assert.deepEqual(Object.fromEntries(fields), {
      username: from('NameID'),
      firstName: from('first'),
      userType: byDefault,
      accessProfileId: { by: 'rule' },
      defaultApplicationId: byDefault,
    })
    const [first, later] = [new Date(now.getTime() + 1000), new Date(now.getTime() + 3000)]
    const teams = (await listTeamsOf(stage.db.read, user)).map(({ name, source, since }) => [name, source, since])
    assert.deepEqual(teams, [
      ['Sales', from('team'), first],
      ['Support', from('team'), later],
    ])
    const [desk] = await listApplicationsOf(stage.db.read, user)
    assert.deepEqual([the(desk).source, the(desk).since], [byDefault, first])
    assert.deepEqual(
      the(desk).roles.map(({ name, source, since }) => [name, source, since]),
      [['Manager', from('role'), later]],
    )
  })

  test(`who chooses another default Application gains and loses no role there (${kind})`, async (t) => {
    const stage = await makeStage(t, await openFresh(t))
    const { db, env } = stage
    await signIn(stage, { role: ['Agent'] })
    const ada = await userNamed(stage)
    const made = { chance: stage.world.chance, now }
    const field = the(await findApplication(db.read, env, 'Field Work'))
    const manager = await insertRole(db.write, env, { applicationId: field.id, name: 'Manager' }, made)
    const [driver] = await findRoles(db.read, env, { applicationId: field.id, names: ['Driver'] })
    const source = { by: 'api', tokenId: 'tok_x' } as const
    await grantApplication(db.write, ada, { applicationId: field.id, source }, now)
    const granted = { applicationId: field.id, roles: [{ roleId: the(driver).id, source }] }
    await replaceRoles(db.write, ada, granted, now)
    const choice = { source: () => ({ by: 'person' }) as const, now }
    await updateUser(db.write, ada, { defaultApplicationId: field.id }, choice)
    assert.equal(faultOf(await signIn(stage, { role: ['Manager'] })), '')
    const roles = (await listApplicationsOf(db.read, ada)).map(({ name, roles }) => [
      name,
      roles.map((one) => one.name),
    ])
    assert.deepEqual(roles, [
      ['Field Work', ['Driver']],
      ['Service Desk', ['Manager']],
    ])
    assert.notEqual(manager.id, the(driver).id)
  })

  test(`a message full of names, long ones and many, is answered like others (${kind})`, async (t) => {
    const stage = await makeStage(t, await openFresh(t))
    const long = 'é'.repeat(20_000)
    const many = Array.from({ length: 20_000 }, (_, nth) => `t${nth}`).join('_::_')
    assert.equal((await signIn(stage, { first: [long], mail: [long], team: [long], type: [long] })).statusCode, 303)
    assert.equal(await accountOf(stage), 'platform | - - <-> | *Agents | Regular User | *Service Desk: Agent')
    const answer = await signIn(stage, { team: [many] })
    assert.match(faultOf(answer), /the team "t0", "t1", "t2" and 19997 more, which does not exist\.$/)
    assert.match(
      faultOf(await signIn(stage, { role: [long] })),
      /the role "(%C3%A9)+%E2%80%A6", which does not exist\.$/,
    )
    const uid = { userIdLocation: 'attribute', userIdAttribute: 'uid' }
    const byUid = { ...stage.place.connection.settings, ...uid }
    await stage.db.write
      .updateTable('connections')
      .set({ settings: JSON.stringify(byUid) })
      .execute()
    assert.equal((await signIn(stage, {}, '名'.repeat(512))).statusCode, 303)
    assert.equal((await signIn(stage, {}, '名'.repeat(513))).statusCode, 403)
  })

  test(`a neighbour’s teams, profiles and roles do not exist (${kind})`, async (t) => {
    const db = await openFresh(t)
    const stage = await makeStage(t, db)
    const [other] = await makePlaces(db, testWorld(), { company: 'neighbour' })
    const env = the(other).environment.id
    const made = { chance: stage.world.chance, now }
    await insertTeam(db.write, env, 'Theirs', made)
    await signIn(stage, { team: ['Theirs'], profile: [the((await listAccessProfiles(db.read, env))[0]).id] })
    assert.match(await accountOf(stage), /\*Agents \| Regular User/)
    assert.deepEqual(await findTeams(db.read, stage.env, ['Theirs']), [])
    assert.equal(await findAccessProfile(db.read, env, 'Supervisors'), undefined)
  })
})

test('the failures of an account are explained', () => {
  for (const code of ['user-name', 'user-email', 'user-team', 'user-sync', 'user-active'] as const) {
    assert.ok(allExplanations[code].cure.length > 40, code)
  }
})

// Whatever identity provider and administrator do, one after the other, an account stays one that can be.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Admitted, admit } from '#login/admit.ts'
import { identityOf } from '#login/decide.ts'
import { makePlace, newUser, now, testWorld, the } from '#login/test-place.ts'
import type { Person } from '#login/verified-responses.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { findPortalTeam, insertApplication, insertRole, insertTeam, listTeams, type Role } from '#users/directory.ts'
import {
  grantApplication,
  listApplicationsOf,
  listTeamsOf,
  replaceRoles,
  replaceTeams,
  withdrawApplication,
} from '#users/memberships.ts'
import { findUser, findUserById, insertUser, updateUser } from '#users/users.ts'

const people = ['ada', 'eve', 'made'] as const
const value = (...values: readonly string[]) => fc.constantFrom('', ...values)

/** One step: an assertion of somebody, or an edit by an administrator. */
const assertion = fc.record({
  kind: fc.constant('assertion'),
  who: fc.constantFrom(...people),
  type: value('SITE', 'PLATFORM', 'X'),
  first: value('Ada', 'Augusta'),
  mail: value('a@x.example', 'b@x.example', 'A@x.example'),
  teams: fc.array(fc.constantFrom('Agents', 'Sales', 'Portal Users and Customers', 'Nobody'), { maxLength: 3 }),
  roles: fc.array(fc.constantFrom('Agent', 'Manager', 'Nobody'), { maxLength: 3 }),
  joined: fc.boolean(),
})
const edit = fc.record({
  kind: fc.constant('edit'),
  who: fc.constantFrom(...people),
  what: fc.constantFrom('teams', 'roles', 'withdraw', 'deactivate', 'activate'),
  pick: fc.nat(3),
})
const steps = fc.array(fc.oneof(assertion, edit), { minLength: 1, maxLength: 12 })

onEveryDatabase((kind, openFresh) => {
  test(`any sequence of assertions and edits leaves accounts that can be (${kind})`, async (t) => {
    const db = await openFresh(t)
    let nth = 0
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const world = testWorld()
        const attributes = { firstName: 'first', email: 'mail', userType: 'type', team: 'team', role: 'role' }
        const defaults = { team: 'Agents', application: 'Desk', roles: ['Agent'] }
        const settings = { createUsers: { enabled: true, attributes, defaults } }
        const place = await makePlace(db, world, { company: `c${nth++}`, connections: [{ settings }] })
        const { connection, environment } = place
        const made = { chance: world.chance, now }
        await insertTeam(db.write, environment.id, 'Sales', made)
        const desk = await insertApplication(db.write, environment.id, 'Desk', made)
        const roles: Role[] = []
        for (const name of ['Agent', 'Manager']) {
          roles.push(await insertRole(db.write, environment.id, { applicationId: desk.id, name }, made))
        }
        const teams = await listTeams(db.read, environment.id)
        const portal = await findPortalTeam(db.read, environment.id)
        const other = newUser({ connectionId: connection.id, username: 'made', createdThrough: 'api', firstName: 'M' })
        const { id } = the(await insertUser(db.write, environment.id, other, made))
        const of = { environmentId: environment.id, id }
        await replaceTeams(db.write, of, [{ teamId: portal.id, primary: true, source: { by: 'rule' } }], now)

        /** What the identity provider said last of each, where it was taken. */
        const said = new Map<string, { first?: string; mail?: string }>()
        const userOf = (username: string) => findUser(db.read, environment.id, { kind: 'username', value: username })
        for (const step of sequence) {
          world.passTime(1000)
          const user = await userOf(step.who)
          const time = world.clock()
          if (step.kind === 'edit') {
            if (user === undefined) continue
            const how = { source: () => ({ by: 'api', tokenId: 'tok_x' }) as const, now: time }
            const source = { by: 'api', tokenId: 'tok_x' } as const
            const access = { applicationId: desk.id, source }
            await db.transaction(async (tx) => {
              if (step.what === 'teams') {
                const primary = user.userType === 'site' ? portal : the(teams[step.pick % teams.length])
                const wanted = teams.slice(0, step.pick).filter(({ id }) => id !== primary.id)
                const further = wanted.map(({ id }) => ({ teamId: id, primary: false, source }))
                await replaceTeams(tx, user, [{ teamId: primary.id, primary: true, source }, ...further], time)
              } else if (step.what === 'roles' && user.userType === 'platform') {
                await grantApplication(tx, user, access, time)
                const chosen = roles.slice(0, step.pick % 3).map((role) => ({ roleId: role.id, source }))
                await replaceRoles(tx, user, { applicationId: desk.id, roles: chosen }, time)
              } else if (step.what === 'withdraw') await withdrawApplication(tx, user, desk.id)
              else if (step.what === 'deactivate') await updateUser(tx, user, { deactivatedAt: time }, how)
              else if (step.what === 'activate') await updateUser(tx, user, { deactivatedAt: undefined }, how)
            })
          } else {
            const list = (values: readonly string[]) => (step.joined ? [values.join('_::_')] : values)
            const sent = { type: [step.type], first: [step.first], mail: [step.mail] }
            const all = Object.entries({ ...sent, team: list(step.teams), role: list(step.roles) })
            const person: Person = {
              nameId: { value: step.who },
              attributes: all.map(([name, values]) => ({ name, values: [...values] })),
            }
            const { key, identity } = identityOf(person, connection)
            const before = await userOf('made')
            const admitted: Admitted = await db.transaction((tx) =>
              admit(tx, world, connection, { person, key: the(key), identity: the(identity) }),
            )
            assert.deepEqual(await userOf('made'), before, 'who was not made by single sign-on is not touched')
            if (admitted.user !== undefined && admitted.syncFault === undefined && step.who !== 'made') {
              const last = said.get(step.who) ?? {}
              said.set(step.who, {
                ...last,
                ...(step.first === '' ? {} : { first: step.first }),
                ...(step.mail === '' ? {} : { mail: step.mail }),
              })
            }
          }
          for (const who of people) {
            const one = await userOf(who)
            if (one === undefined) continue
            const memberships = await listTeamsOf(db.read, one)
            assert.equal(memberships.filter(({ primary }) => primary).length, 1, 'one primary team')
            if (one.userType === 'site') {
              assert.equal(memberships[0]?.teamId, portal.id)
              assert.deepEqual(await listApplicationsOf(db.read, one), [])
            }
            for (const { roles: held, activeRoleId } of await listApplicationsOf(db.read, one)) {
              assert.ok(activeRoleId === undefined || held.some(({ roleId }) => roleId === activeRoleId))
            }
            const last = said.get(who)
            if (last !== undefined) assert.deepEqual([one.firstName, one.email], [last.first, last.mail])
            assert.deepEqual(await findUserById(db.read, environment.id, one.id), one)
          }
        }
      }),
      { numRuns: 40, seed: 20260301 },
    )
    const orphans = await db.read
      .selectFrom('user_roles')
      .leftJoin('user_applications', (join) =>
        join
          .onRef('user_applications.user_id', '=', 'user_roles.user_id')
          .onRef('user_applications.application_id', '=', 'user_roles.application_id'),
      )
      .where('user_applications.user_id', 'is', null)
      .select('role_id')
      .execute()
    assert.deepEqual(orphans, [])
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '#declaration/account.ts'
import { carryOutUser, UserTakenError } from '#declaration/carry-out-user.ts'
import { ada, environmentOf, insert, made, place, userNamed, withUsers } from '#declaration/test-users.ts'
import { workshop } from '#declaration/test-workshop.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

onEveryDatabase((kind, openFresh) => {
  test(`somebody who takes the username in the meantime is not overwritten (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    await apply(withUsers())
    const before = await insert(db, { username: 'ada' })
    const wanted: Account = {
      ...{ username: 'ada', federatedId: undefined, userType: 'platform', team: 'Agents', teams: [] },
      ...{ firstName: undefined, lastName: undefined, email: undefined, accessProfile: 'Regular User' },
      ...{ defaultApplication: undefined, applications: [], connection: undefined, deactivated: false },
    }
    const place = { companySlug: 'acme', environmentSlug: 'production' }
    const change = { action: 'add', subject: 'user', place, wanted } as const
    await assert.rejects(
      db.transaction((tx) => carryOutUser(tx, before.environmentId, change, made)),
      UserTakenError,
    )
    assert.deepEqual(await userNamed(db, 'ada'), before)
  })

  test(`somebody who came by single sign-on is never changed (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, folder } = workshop(t, db)
    await apply(withUsers())
    const before = await insert(db, { username: 'ada', createdThrough: 'sso' })
    const { code, problems } = await apply(withUsers(`${ada}, firstName: Mallory`))
    assert.equal(code, 2)
    const why = '“ada” came by single sign-on, and only the identity provider changes them'
    assert.equal(problems[0], `${folder}/sallyport.yaml:18: ${place}[0].username: ${why}`)
    assert.deepEqual(await userNamed(db, 'ada'), before)
  })

  test(`names and addresses of somebody else are not taken (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    await apply(withUsers())
    await insert(db, { federatedId: 'f-1', email: 'grace@acme.example' })
    const { problems } = await apply(withUsers(`${ada}, federatedId: f-1, email: GRACE@acme.example`))
    assert.match(problems[0] ?? '', /:18: .*\.federatedId: “f-1” belongs to the user “grace”$/)
    assert.match(problems[1] ?? '', /:18: .*\.email: “GRACE@acme.example” belongs to the user “grace”$/)
  })

  test(`a user of the same name in another Environment is somebody else (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const both = (name: string): string =>
      `${withUsers(`${ada}, federatedId: f-1, email: ada@acme.example, firstName: ${name}`)}      - slug: test
        name: Test
        teams: [Agents]
        users: [{ ${ada}, federatedId: f-1, email: ada@acme.example, firstName: Ada }]
`
    assert.equal((await apply(both('Ada'))).code, 0)
    assert.equal((await apply(both('Adelheid'))).code, 0)
    assert.equal((await userNamed(db, 'ada')).firstName, 'Adelheid')
    assert.equal((await userNamed(db, 'ada', await environmentOf(db, 'test'))).firstName, 'Ada')
    const { problems } = await apply(
      both('Ada').replace(`[{ ${ada},`, '[{ username: ada, userType: platform, team: Supervisors,'),
    )
    assert.match(problems[0] ?? '', /there is no team “Supervisors” in this Environment/)
  })

  test(`what a user is to have must be there, or what was probably meant is told (${kind})`, async (t) => {
    const { apply, folder } = workshop(t, await openFresh(t))
    const { code, problems } = await apply(
      withUsers(
        'username: a, userType: platform, team: Agent, teams: [Agents, Supervisor], accessProfile: auditor',
        `${ada}, applications: [{ name: Service Desk, roles: [Agnt] }, { name: Wikis }], connection: directory`,
        'username: c, userType: platform, team: Agents, applications: [{ name: Wiki }], defaultApplication: Service Desk',
      ),
    )
    assert.equal(code, 2)
    assert.deepEqual(
      problems.map((line) => line.replace(`${folder}/sallyport.yaml:`, '').replace(place, '')),
      [
        '18: [0].team: there is no team “Agent” in this Environment; did you mean “Agents”?',
        '18: [0].teams[1]: there is no team “Supervisor” in this Environment; did you mean “Supervisors”?',
        '18: [0].accessProfile: there is no access profile “auditor” in this Environment; did you mean “Auditor”?',
        '19: [1].connection: there is no connection “directory” in this Environment; did you mean “Directory”?',
        '19: [1].applications[0].roles[0]: the application “Service Desk” has no role “Agnt”; did you mean “Agent”?',
        '19: [1].applications[1].name: there is no application “Wikis” in this Environment; did you mean “Wiki”?',
        '20: [2].defaultApplication: “Service Desk” is not among the applications of this user',
        '7 problems; nothing was applied.',
      ],
    )
  })

  test(`a user whose fields do not fit together is told so, field by field (${kind})`, async (t) => {
    const { apply, folder } = workshop(t, await openFresh(t))
    const { code, problems } = await apply(
      withUsers(
        'username: a, userType: platform',
        'username: b, userType: site, team: Agents, accessProfile: Auditor, applications: [], defaultApplication: Wiki',
        'username: " a ", userType: admin, email: nobody',
        'username: "d\\u0000", userType: site, email: D@acme.example, federatedId: f, deactivated: maybe',
        'username: e, userType: site, email: d@acme.example, federatedId: f',
        'username: f, userType: platform, team: Agents, applications: [{ name: Wiki }, { name: Wiki }]',
      ),
    )
    assert.equal(code, 2)
    const [portal, no] = [
      'is for Platform Users: all Site Users have the',
      'is for Platform Users: Site Users have no application',
    ]
    assert.deepEqual(
      problems.map((line) => line.replace(`${folder}/sallyport.yaml:`, '').replace(place, '')),
      [
        '18: [0].team: is needed, because every Platform User has a team',
        `19: [1].team: ${portal} team Portal Users and Customers, and others under teams`,
        `19: [1].accessProfile: ${portal} profile Portal User Profile`,
        `19: [1].applications: ${no}`,
        `19: [1].defaultApplication: ${no}`,
        '20: [2].userType: expected one of "platform"|"site"',
        '20: [2].email: must be an e-mail address, like ada@acme.example',
        '20: [2].username: “a” is used twice',
        '21: [3].username: must not contain control characters',
        '21: [3].deactivated: expected boolean, received string',
        '22: [4].federatedId: “f” is used twice',
        '22: [4].email: “d@acme.example” is used twice',
        '23: [5].applications[1].name: “Wiki” is used twice',
        '13 problems; nothing was applied.',
      ],
    )
  })
})

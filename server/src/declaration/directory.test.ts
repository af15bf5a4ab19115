import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Id } from '#config/world.ts'
import { environmentNamed, withLines, workshop, world } from '#declaration/test-workshop.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import {
  findApplication,
  findTeams,
  insertAccessProfile,
  insertApplication,
  insertTeam,
  listAccessProfiles,
  listApplications,
  listRoles,
  listTeams,
} from '#users/directory.ts'
import { deleteAccessProfile, deleteApplication, deleteRole, deleteTeam } from '#users/directory-use.ts'
import { grantApplication, replaceRoles, replaceTeams } from '#users/memberships.ts'
import { insertUser, type User } from '#users/users.ts'

const full = `teams: [Agents, Supervisors]
accessProfiles: [Auditor]
applications:
  - { name: Service Desk, roles: [Agent, Manager] }
  - name: Wiki
`

const connection = (defaults: string, enabled = true): string => `connections:
  - name: Directory
    issuer: https://idp.example/metadata
    thirdPartyAuthenticationUrl: https://idp.example/sso
    certificateFile: idp.pem
    createUsers:
      enabled: ${enabled}
      defaults: ${defaults}
`

const names = (list: readonly { readonly name: string }[]): readonly string[] => list.map(({ name }) => name).sort()

const made = { chance: world.chance, now: world.clock() }

async function somebody(db: Database, env: Id<'env'>): Promise<User> {
  const nobody = { connectionId: undefined, federatedId: undefined, firstName: undefined, lastName: undefined }
  const nothing = { email: undefined, accessProfileId: undefined, defaultApplicationId: undefined }
  const user = { ...nobody, ...nothing, username: 'ada', userType: 'platform', createdThrough: 'api' } as const
  const inserted = await insertUser(db.write, env, user, made)
  assert.ok(inserted)
  return inserted
}

onEveryDatabase((kind, openFresh) => {
  test(`a new Environment has what every one has, and what is declared beside it (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const { code, lines } = await apply(withLines(full))
    assert.equal(code, 0, lines.join('\n'))
    assert.deepEqual(lines.slice(4, 12), [
      '    targets: []',
      '+ team acme/production/Agents',
      '+ team acme/production/Supervisors',
      '+ access profile acme/production/Auditor',
      '+ application acme/production/Service Desk',
      '+ application acme/production/Wiki',
      '+ role acme/production/Service Desk/Agent',
      '+ role acme/production/Service Desk/Manager',
    ])
    const env = await environmentNamed(db)
    assert.deepEqual(names(await listTeams(db.read, env)), ['Agents', 'Portal Users and Customers', 'Supervisors'])
    const profiles = ['Administrator', 'Auditor', 'Portal User Profile', 'Regular User']
    assert.deepEqual(names(await listAccessProfiles(db.read, env)), profiles)
    assert.deepEqual(names(await listApplications(db.read, env)), ['Service Desk', 'Wiki'])
    assert.deepEqual(names(await listRoles(db.read, env)), ['Agent', 'Manager'])
    assert.deepEqual((await apply(withLines(full))).lines, ['Nothing to change: 9 as declared.'])
  })

  test(`what every Environment has may be listed, in a new and an old one (${kind})`, async (t) => {
    const { apply, exported } = workshop(t, await openFresh(t))
    const text = withLines('teams: [Portal Users and Customers]', 'accessProfiles: [Administrator, Regular User]')
    assert.equal((await apply(text)).lines.at(-2), '2 to add, 0 to change, 0 to remove, 3 as declared.')
    assert.deepEqual((await apply(text)).lines, ['Nothing to change: 5 as declared.'])
    assert.doesNotMatch(await exported(), /Portal|Regular/)
    assert.deepEqual((await apply(withLines(''), { prune: true })).lines, ['Nothing to change: 2 as declared.'])
  })

  test(`what is exported applies to an empty database and leads to the same state (${kind})`, async (t) => {
    const [from, to] = [await openFresh(t), await openFresh(t)]
    const first = workshop(t, from)
    await first.apply(withLines(full, connection('{ team: Agents, application: Service Desk, roles: [Agent] }')))
    const text = await first.exported()
    assert.match(text, /roles:\n +- Agent\n +- Manager/)
    assert.deepEqual((await first.apply(text, { prune: true })).lines, ['Nothing to change: 10 as declared.'])
    const second = workshop(t, to)
    assert.equal((await second.apply(text)).code, 0)
    assert.equal(await second.exported(), text)
  })

  test(`what is not listed stays and is named, and goes with --prune (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    await apply(withLines(full))
    const env = await environmentNamed(db)
    const user = await somebody(db, env)
    const application = await findApplication(db.read, env, 'Service Desk')
    assert.ok(application)
    await grantApplication(db.write, user, { applicationId: application.id, source: { by: 'rule' } }, made.now)
    const less = withLines('teams: [Agents]', 'applications: [{ name: Wiki, roles: [Author] }]')
    assert.deepEqual((await apply(less)).lines.slice(-5, -1), [
      'Left alone, because the file does not name them (--prune removes them):',
      '  team acme/production/Supervisors',
      '  access profile acme/production/Auditor',
      '  application acme/production/Service Desk',
    ])
    const { lines } = await apply(less, { prune: true })
    assert.deepEqual(lines.slice(0, 3), [
      '- team acme/production/Supervisors',
      '- access profile acme/production/Auditor',
      '- application acme/production/Service Desk, with 2 roles and 1 user',
    ])
    assert.deepEqual(names(await listRoles(db.read, env)), ['Author'])
    const fewer = withLines('teams: [Agents]', 'applications: [{ name: Wiki }]')
    assert.equal((await apply(fewer, { prune: true })).lines[0], '- role acme/production/Wiki/Author')
    assert.deepEqual(await listRoles(db.read, env), [])
  })

  test(`what people or connections need is not removed, and the reason is told (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, folder } = workshop(t, db)
    const directory = connection('{ team: Agents, accessProfile: Auditor, application: Service Desk, roles: [Agent] }')
    await apply(withLines(full, directory))
    const env = await environmentNamed(db)
    const teams = await findTeams(db.read, env, ['Supervisors'])
    const wanted = teams.map(({ id }) => ({ teamId: id, primary: true, source: { by: 'rule' } }) as const)
    await replaceTeams(db.write, await somebody(db, env), wanted, made.now)
    const { code, problems } = await apply(withLines('applications: [{ name: Wiki }]', directory), { prune: true })
    assert.equal(code, 2)
    const named = 'cannot be removed: the connection “Directory” names it as a default; list it, or change that first'
    const place = 'companies[0].environments[0]'
    assert.deepEqual(
      problems.map((line) => line.replace(`${folder}/`, '')),
      [
        `sallyport.yaml:5: ${place}.teams: the team “Agents” ${named}`,
        `sallyport.yaml:5: ${place}.teams: the team “Supervisors” cannot be removed: it has 1 member; list it, or change that first`,
        `sallyport.yaml:5: ${place}.accessProfiles: the access profile “Auditor” ${named}`,
        `sallyport.yaml:7: ${place}.applications: the application “Service Desk” ${named}`,
        '4 problems; nothing was applied.',
      ],
    )
    const noRole = withLines(full.replace('[Agent, Manager]', '[Manager]'), directory)
    assert.match((await apply(noRole, { prune: true })).problems[0] ?? '', /:10: .*\.roles: the role “Agent” cannot/)
    assert.equal((await apply(noRole)).code, 0)
  })

  test(`an Environment goes with its directory and everybody in it (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    await apply(withLines(full))
    const env = await environmentNamed(db)
    const user = await somebody(db, env)
    const [team] = await findTeams(db.read, env, ['Agents'])
    const [role] = await listRoles(db.read, env)
    assert.ok(team && role)
    const source = { by: 'rule' } as const
    await replaceTeams(db.write, user, [{ teamId: team.id, primary: true, source }], made.now)
    const { applicationId } = role
    await grantApplication(db.write, user, { applicationId, source }, made.now)
    await replaceRoles(db.write, user, { applicationId, roles: [{ roleId: role.id, source }] }, made.now)
    const { lines } = await apply('companies: [{ slug: acme, name: Acme }]', { prune: true })
    assert.equal(lines[0], '- environment acme/production, with 1 user')
    for (const table of ['teams', 'access_profiles', 'applications', 'roles', 'user_teams', 'user_roles'] as const) {
      assert.deepEqual(await db.read.selectFrom(table).selectAll().execute(), [], table)
    }
  })

  test(`an Environment knows nothing of its neighbour’s names, and cannot remove them (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const neighbour = '      - { slug: test, name: Test, teams: [Others], accessProfiles: [Other] }\n'
    await apply(withLines(full) + neighbour)
    const { problems } = await apply(withLines(full, connection('{ team: Others, accessProfile: Other }')) + neighbour)
    assert.match(problems[0] ?? '', /\.team: there is no team “Others” in this Environment$/)
    assert.match(problems[1] ?? '', /\.accessProfile: there is no access profile “Other” in this Environment$/)
    const [mine, other] = [await environmentNamed(db), await environmentNamed(db, 'test')]
    const team = await insertTeam(db.write, other, 'Theirs', made)
    const profile = await insertAccessProfile(db.write, other, { name: 'Theirs', userManagement: false }, made)
    const application = await insertApplication(db.write, other, 'Theirs', made)
    const [role] = await listRoles(db.read, mine)
    assert.ok(role)
    assert.equal(await deleteTeam(db.write, mine, team.id), false)
    assert.equal(await deleteAccessProfile(db.write, mine, profile.id), false)
    assert.equal(await deleteApplication(db.write, mine, application.id), false)
    assert.equal(await deleteRole(db.write, other, role.id), false)
    const portal = (await listTeams(db.read, mine)).find(({ standard }) => standard === 'portal')
    assert.ok(portal)
    assert.equal(await deleteTeam(db.write, mine, portal.id), false, 'every Environment keeps it')
  })

  test(`the defaults of a connection must be there, or what was probably meant is told (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, folder } = workshop(t, db)
    const problemsWith = async (defaults: string, enabled = true): Promise<readonly string[]> => {
      const { problems } = await apply(withLines(full, connection(defaults, enabled)))
      const place = 'companies[0].environments[0].connections[0].createUsers.defaults.'
      return problems.slice(0, -1).map((line) => line.replace(`${folder}/sallyport.yaml:`, '').replace(place, ''))
    }
    assert.deepEqual(
      await problemsWith('{ team: Agnets, accessProfile: auditor, application: Service Desk, roles: [Agent, Manger] }'),
      [
        '19: team: there is no team “Agnets” in this Environment; did you mean “Agents”?',
        '19: accessProfile: there is no access profile “auditor” in this Environment; did you mean “Auditor”?',
        '19: roles[1]: the application “Service Desk” has no role “Manger”; did you mean “Manager”?',
      ],
    )
    assert.deepEqual(await problemsWith('{ team: Agents, application: Wiky, roles: [Agent] }'), [
      '19: application: there is no application “Wiky” in this Environment; did you mean “Wiki”?',
    ])
    assert.deepEqual(await problemsWith('{ team: Agents, roles: [Agent] }'), [
      '19: roles: need defaults.application, because a role belongs to one',
    ])
    assert.deepEqual(await problemsWith('{ userType: platform }'), [
      '19: team: is needed, because everybody whom this connection makes has a team',
    ])
    for (const enough of ['{ userType: site }', '{ team: Portal Users and Customers }']) {
      assert.deepEqual(await problemsWith(enough), [])
    }
    assert.deepEqual(await problemsWith('{ userType: platform }', false), [])
    const [profile] = await listAccessProfiles(db.read, await environmentNamed(db))
    assert.deepEqual(await problemsWith(`{ team: Agents, accessProfile: ${profile?.id} }`), [])
  })

  test(`names are told to be wrong where they stand: twice, empty, or with the separator (${kind})`, async (t) => {
    const { apply, folder } = workshop(t, await openFresh(t))
    const { code, problems } = await apply(
      withLines(
        'teams: [Agents, "Agents "]',
        'accessProfiles: [""]',
        'applications:',
        '  - { name: Wiki, roles: [A, A, a_::_b] }',
        '  - { name: Wiki, colour: teal }',
      ),
    )
    assert.equal(code, 2)
    const twice = 'is used twice'
    assert.deepEqual(
      problems.map((line) =>
        line.replace(`${folder}/sallyport.yaml:`, '').replace('companies[0].environments[0].', ''),
      ),
      [
        `7: teams[1]: “Agents” ${twice}`,
        '8: accessProfiles[0]: must not be empty',
        '10: applications[0].roles[2]: must not contain _::_, which separates names in assertions',
        `10: applications[0].roles[1]: “A” ${twice}`,
        '11: applications[1].colour: there is no “colour” here',
        `11: applications[1].name: “Wiki” ${twice}`,
        '6 problems; nothing was applied.',
      ],
    )
  })
})

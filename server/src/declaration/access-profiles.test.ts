import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentNamed, withLines, workshop, world } from '#declaration/test-workshop.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { listAccessProfiles, setUserManagement } from '#users/directory.ts'

/** The names of the profiles that have User Management. */
async function managing(db: Database, slug?: string): Promise<readonly string[]> {
  const profiles = await listAccessProfiles(db.read, await environmentNamed(db, slug))
  return profiles
    .filter(({ userManagement }) => userManagement)
    .map(({ name }) => name)
    .sort()
}

const profiles = (list: string): string => withLines(`accessProfiles: [${list}]`)

onEveryDatabase((kind, openFresh) => {
  test(`an access profile gets User Management and loses it, as declared (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, exported } = workshop(t, db)
    const { lines } = await apply(profiles('Auditor, { name: Warden, userManagement: true }, { name: Guest }'))
    assert.deepEqual(lines.slice(-6, -2), [
      '+ access profile acme/production/Auditor',
      '+ access profile acme/production/Warden',
      '    userManagement: true',
      '+ access profile acme/production/Guest',
    ])
    assert.deepEqual(await managing(db), ['Administrator', 'Warden'])
    const text = await exported()
    assert.deepEqual((await apply(text, { prune: true })).lines, ['Nothing to change: 5 as declared.'])
    const swapped = profiles('{ name: Auditor, userManagement: true }, Warden, { name: Guest, userManagement: false }')
    const shown = [
      '~ access profile acme/production/Auditor',
      '    userManagement: false → true',
      '~ access profile acme/production/Warden',
      '    userManagement: true → false',
      '0 to add, 2 to change, 0 to remove, 3 as declared.',
    ]
    assert.deepEqual((await apply(swapped, { dryRun: true })).lines.slice(0, -1), shown)
    assert.deepEqual(await managing(db), ['Administrator', 'Warden'])
    assert.deepEqual((await apply(swapped)).lines.slice(0, -1), shown)
    assert.deepEqual(await managing(db), ['Administrator', 'Auditor'])
  })

  test(`the profiles of every Environment keep their permission, in a new and an old one (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, folder } = workshop(t, db)
    const wrong = '{ name: Administrator, userManagement: false }, { name: Regular User, userManagement: true }'
    const right = '{ name: Administrator, userManagement: true }, { name: Regular User, userManagement: false }'
    for (const _ of ['new', 'old']) {
      const { code, problems } = await apply(profiles(wrong))
      assert.equal(code, 2)
      const place = `${folder}/sallyport.yaml:7: companies[0].environments[0].accessProfiles`
      assert.deepEqual(problems.slice(0, 2), [
        `${place}[0].userManagement: cannot be changed: in every Environment, “Administrator” has User Management; leave this out`,
        `${place}[1].userManagement: cannot be changed: in every Environment, “Regular User” does not have User Management; leave this out`,
      ])
      assert.equal((await apply(profiles(right))).code, 0)
      assert.deepEqual(await managing(db), ['Administrator'])
    }
  })

  test(`what is wrong with an access profile is told where it stands (${kind})`, async (t) => {
    const { apply } = workshop(t, await openFresh(t))
    const problemsWith = async (list: string) => {
      const { problems } = await apply(profiles(list))
      return problems.slice(0, -1).map((line) => line.replace(/^.*\.accessProfiles/, ''))
    }
    assert.deepEqual(await problemsWith('A, { name: "A " }'), ['[1].name: “A” is used twice'])
    assert.deepEqual(await problemsWith('{ name: A, usermanagement: true }'), [
      '[0].usermanagement: there is no “usermanagement” here; did you mean “userManagement”?',
    ])
    assert.deepEqual(await problemsWith('{ userManagement: maybe }'), [
      '[0].name: is missing',
      '[0].userManagement: expected boolean, received string',
    ])
    assert.deepEqual(await problemsWith('a_::_b, { name: "" }'), [
      '[0]: must not contain _::_, which separates names in assertions',
      '[1].name: must not be empty',
    ])
    for (const nonsense of ['1', 'null', '[A]', '{}']) assert.equal((await problemsWith(nonsense)).length, 1, nonsense)
  })

  test(`User Management is not changed through a neighbour, nor that of a standard profile (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    await apply(`${profiles('Auditor')}      - { slug: test, name: Test, accessProfiles: [Auditor] }\n`)
    const [mine, other] = [await environmentNamed(db), await environmentNamed(db, 'test')]
    const all = await listAccessProfiles(db.read, other)
    for (const { id, standard } of all) {
      const now = world.clock()
      assert.equal(await setUserManagement(db.write, mine, { id, userManagement: true }, now), false)
      if (standard === undefined) continue
      assert.equal(await setUserManagement(db.write, other, { id, userManagement: true }, now), false)
    }
    assert.deepEqual(await listAccessProfiles(db.read, other), all)
  })
})

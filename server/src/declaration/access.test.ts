import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { allowedAddresses, findAddressSettings, saveAddressSettings } from '#access/addresses.ts'
import { insertPolicy, listPolicies, MOST_POLICIES } from '#access/policies.ts'
import { findRules } from '#access/rules.ts'
import { environmentNamed, withLines, workshop, world } from '#declaration/test-workshop.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const sundays = `forbid (principal, action == Action::"sign-in", resource)
when { context.weekday == "sunday" };
`
const declared = withLines(`access:
  allowedAddresses: { ranges: [203.0.113.0/24], exemptClientIds: [kiosk] }
  policies:
    - name: No Sundays
      text: |
        forbid (principal, action == Action::"sign-in", resource)
        when { context.weekday == "sunday" };
    - { name: Office, file: office.cedar, mode: shadow }`)
const office = 'forbid (principal, action, resource)\nwhen { principal.type == "site" };'

onEveryDatabase((kind, openFresh) => {
  test(`addresses and policies are planned as a diff, applied, exported, and count at once (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, exported, write } = workshop(t, db)
    write('office.cedar', office)
    assert.deepEqual((await apply(declared, { dryRun: true })).lines.slice(5), [
      '~ allowed IP addresses acme/production',
      '    ranges: [] → ["203.0.113.0/24"]',
      '    exemptClientIds: [] → ["kiosk"]',
      '+ policy acme/production/No Sundays',
      '    mode: enforced',
      '    line 1: "forbid (principal, action == Action::\\"sign-in\\", resource)"',
      '    line 2: "when { context.weekday == \\"sunday\\" };"',
      '    line 3: ""',
      '+ policy acme/production/Office',
      '    mode: shadow',
      '    line 1: forbid (principal, action, resource)',
      '    line 2: "when { principal.type == \\"site\\" };"',
      '4 to add, 1 to change, 0 to remove, 0 as declared.',
      'Nothing was applied, because this was a dry run.',
    ])
    assert.equal((await apply(declared)).code, 0)
    const environmentId = await environmentNamed(db)
    assert.deepEqual((await findAddressSettings(db.read, environmentId)).ranges, ['203.0.113.0/24'])
    assert.deepEqual(
      (await listPolicies(db.read, environmentId)).map(({ name, text, mode }) => [name, text, mode]),
      [
        ['No Sundays', sundays, 'enforced'],
        ['Office', office, 'shadow'],
      ],
    )
    const before = await findRules(db.read, environmentId)
    assert.ok(before?.texts)
    const same = 'Nothing to change: 5 as declared.'
    assert.deepEqual((await apply(declared)).lines, [same])
    const file = await exported()
    assert.match(file, /access:\n +allowedAddresses:\n +ranges:\n[\s\S]*policies:\n +- name: No Sundays\n +text: \|\n/)
    assert.deepEqual((await apply(file, { prune: true })).lines, [same])
    assert.equal((await findRules(db.read, environmentId))?.version, before.version, 'nothing was written')

    const changed = declared
      .replace('"sunday" }', '"saturday" }')
      .replace('mode: shadow', 'mode: off')
      .replace('[kiosk]', '[]')
    assert.deepEqual((await apply(changed)).lines, [
      '~ allowed IP addresses acme/production',
      '    exemptClientIds: ["kiosk"] → []',
      '~ policy acme/production/No Sundays',
      '    line 2: "when { context.weekday == \\"sunday\\" };" → "when { context.weekday == \\"saturday\\" };"',
      '~ policy acme/production/Office',
      '    mode: shadow → off',
      '0 to add, 3 to change, 0 to remove, 2 as declared.',
      'Applied.',
    ])
    assert.notEqual((await findRules(db.read, environmentId))?.version, before.version)
  })

  test(`what the file does not name is left alone, or removed with --prune, and a neighbour’s always (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, write } = workshop(t, db)
    write('office.cedar', office)
    const neighbour =
      '      - { slug: test, name: Test, access: { allowedAddresses: { ranges: [10.0.0.0/8] }, policies: [{ name: Office, file: office.cedar }] } }\n'
    await apply(declared + neighbour)
    const bare = withLines('teams: []') + neighbour
    const left = [
      'Nothing to change: 5 as declared.',
      'Left alone, because the file does not name them (--prune removes them):',
      '  allowed IP addresses acme/production',
      '  policy acme/production/No Sundays',
      '  policy acme/production/Office',
    ]
    for (const text of [bare, withLines('access: {}') + neighbour]) assert.deepEqual((await apply(text)).lines, left)
    assert.deepEqual((await apply(bare, { prune: true })).lines, [
      '- policy acme/production/No Sundays',
      '- policy acme/production/Office',
      '~ allowed IP addresses acme/production',
      '    ranges: ["203.0.113.0/24"] → []',
      '    exemptClientIds: ["kiosk"] → []',
      '0 to add, 1 to change, 2 to remove, 5 as declared.',
      'Applied.',
    ])
    assert.equal(await findRules(db.read, await environmentNamed(db)), undefined)
    const theirs = await environmentNamed(db, 'test')
    assert.deepEqual((await findAddressSettings(db.read, theirs)).ranges, ['10.0.0.0/8'])
    assert.equal((await listPolicies(db.read, theirs)).length, 1)
  })

  test(`what is wrong is told at its place in the file and in the policy, and nothing is applied (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, folder, write } = workshop(t, db)
    const problemsWith = async (...lines: readonly string[]) => {
      const { code, problems } = await apply(withLines('access:', ...lines.map((line) => `  ${line}`)))
      assert.equal(code, 2, lines.join('\n'))
      return problems
        .slice(0, -1)
        .map((line) => line.replace(`${folder}/sallyport.yaml:`, '').replace(/companies.*?access\./, ''))
    }
    const policies = (...lines: readonly string[]) => problemsWith('policies:', ...lines.map((line) => `  ${line}`))
    // Line 7 has `access:`, line 8 `policies:`, and line 10 `text: |`, whose text begins at column 17.
    const block = (header: string) =>
      policies(
        '- name: A',
        `  text: ${header}`,
        '    forbid (principal, action, resource)',
        '    when { principal.typ == "site" };',
      )
    const fault = 'policies[0].text: line 2, column 8 of the policy: Attribute `typ`'
    const literal = await block('|')
    assert.ok(literal.length === 1 && literal[0]?.startsWith(`12:24: ${fault}`), literal.join())
    assert.ok(
      (await block('|1-'))[0]?.startsWith(`12:24: policies[0].text: line 2, column 9`),
      'with an indentation of its own',
    )
    assert.match((await block('>'))[0] ?? '', /^10: policies\[0\]\.text: line 1, column 45 of the policy: /)
    const inLine = 'forbid (principal, action, resource) when { principal.typ == 1 };'
    assert.match(
      (await policies(`- { name: A, text: '${inLine}' }`))[0] ?? '',
      /^9:77: .*line 1, column 45 of the policy/,
    )
    write('wrong.cedar', `\n${inLine}\n`)
    assert.match(
      (await policies('- { name: A, file: wrong.cedar }'))[0] ?? '',
      /^9: policies\[0\]\.file: wrong\.cedar:2:45: Attr/,
    )
    writeFileSync(join(folder, 'latin.cedar'), Buffer.from([0x2f, 0x2f, 0xe9]))
    for (const [entry, message] of [
      ['{ name: A, file: none.cedar }', 'policies[0].file: The file none.cedar does not exist'],
      ['{ name: A, file: latin.cedar }', 'policies[0].file: The file latin.cedar is not UTF-8; save it as that'],
      ['{ name: A }', 'policies[0]: needs “text” or “file”, which says the policy'],
      ['{ name: A, text: x, file: y }', 'policies[0]: has “text” and “file”; leave out one'],
    ] as const)
      assert.deepEqual(await policies(`- ${entry}`), [`9: ${message}`])
    const good = `text: '${office.replace('\n', ' ')}'`
    for (const [entry, message] of [
      ['{ name: A, text: 1 }', /text: expected string/],
      ['{ name: A, file: "" }', /file: /],
      [`{ name: '', ${good} }`, /name: must not be empty/],
      [`{ name: A, ${good}, mode: on }`, /mode: /],
      [`{ name: A, ${good}, modes: off }`, /modes: there is no “modes” here; did you mean “mode”\?/],
      ['{ name: A, text: "" }', /text: line 1, column 1 of the policy: There is no policy/],
      ['{ name: A, text: "permit (principal, action, resource);" }', /A permit changes nothing/],
      ['[]', /policies\[0\]: /],
      ['x', /policies\[0\]: /],
    ] as const) {
      const found = await policies(`- ${entry}`)
      assert.equal(found.length, 1, found.join('\n'))
      assert.match(found[0] ?? '', message)
    }
    const twice = await policies(`- { name: A, ${good} }`, `- { name: A, ${good} }`)
    assert.deepEqual(twice, ['10: policies[1].name: “A” is used twice'])
    for (const [line, message] of [
      ['allowedAddresses: { ranges: [203.0.113.7/24] }', /ranges\[0\]: "203\.0\.113\.7\/24" /],
      ['allowedAddresses: { range: [] }', /range: there is no “range” here; did you mean “ranges”\?/],
      ['allowedAddresses: []', /allowedAddresses: /],
      ['policies: {}', /policies: /],
      ['policy: []', /policy: there is no “policy” here/],
    ] as const)
      assert.match((await problemsWith(line)).join(), message)
    assert.match((await apply(withLines('access: []'))).problems[0] ?? '', /access: /)
    assert.deepEqual(await db.read.selectFrom('environments').selectAll().execute(), [])
  })

  test(`no more policies than an Environment may have, with those that the file does not name (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    await apply(withLines('teams: []'))
    const environmentId = await environmentNamed(db)
    await db.transaction(async (tx) => {
      for (let i = 0; i < MOST_POLICIES; i++)
        await insertPolicy(
          tx,
          environmentId,
          { name: `P ${i}`, text: office, mode: 'off' },
          { chance: world.chance, now: world.clock() },
        )
    })
    const one = withLines(`access: { policies: [{ name: New, text: '${office.replace('\n', ' ')}' }] }`)
    const { code, problems } = await apply(one)
    assert.equal(code, 2)
    assert.match(problems[0] ?? '', /are too many with the 200 that the file does not name: 200 at most; use --prune$/)
    assert.equal((await apply(one, { prune: true })).code, 0)
    assert.equal((await listPolicies(db.read, environmentId)).length, 1)
  })

  test(`ranges are saved by file whoever applies it: nobody’s own address is asked (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const ranges = (list: string) => withLines(`access: { allowedAddresses: { ranges: ${list} } }`)
    assert.equal((await apply(ranges('[192.0.2.1]'))).code, 0)
    const environmentId = await environmentNamed(db)
    assert.deepEqual((await findAddressSettings(db.read, environmentId)).ranges, ['192.0.2.1/32'])
    // What the portal has changed since is shown, and the file wins.
    const there = allowedAddresses.parse({ ranges: ['198.51.100.0/24'] })
    await db.transaction((tx) => saveAddressSettings(tx, environmentId, there, { version: 'x', now: world.clock() }))
    assert.match(
      (await apply(ranges('[192.0.2.1]'))).lines[1] ?? '',
      /ranges: \["198\.51\.100\.0\/24"\] → \["192\.0\.2\.1\/32"\]/,
    )
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentNamed, withLines, workshop, world } from '#declaration/test-workshop.ts'
import { MOST_CLIENTS } from '#oauth/client-refusal.ts'
import { addSecret, clientSettings, findClient, insertClient, listClients, verifySecret } from '#oauth/clients.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const helper = 'id: 64cd7f8c-207b-4caf-b888-56b8e17384a6, name: Media Helper, kind: native'
const id = '64cd7f8c-207b-4caf-b888-56b8e17384a6'
const loopback = 'redirectUris: ["http://127.0.0.1/callback"]'
const reports = '{ id: reports, name: Reports, kind: machine }'
const clients = (...entries: readonly string[]) =>
  withLines(`clients:\n${entries.map((entry) => `  - ${entry}`).join('\n')}`)

onEveryDatabase((kind, openFresh) => {
  test(`clients are planned as a diff, applied, exported, and keep their secrets (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, exported } = workshop(t, db)
    const first = clients(`{ ${helper}, ${loopback}, purpose: media-helper }`, reports)
    const planned = (await apply(first, { dryRun: true })).lines
    assert.deepEqual(planned.slice(5, 12), [
      '+ client acme/production/Media Helper',
      `    id: ${id}`,
      '    kind: native',
      '    redirectUris: ["http://127.0.0.1/callback"]',
      '    purpose: media-helper',
      '+ client acme/production/Reports',
      '    id: reports',
    ])
    assert.equal((await apply(first)).code, 0)
    const environmentId = await environmentNamed(db)
    const found = async (clientId: string) => findClient(db.read, environmentId, clientId)
    const before = await found('reports')
    assert.ok(before)
    const now = world.clock()
    const { text } = await addSecret(db.write, before, { chance: world.chance, now })
    assert.deepEqual((await apply(first)).lines, ['Nothing to change: 4 as declared.'])
    const file = await exported()
    assert.match(file, /clients:\n +- id: 64cd7f8c.*\n +name: Media Helper\n +kind: native\n +redirectUris:\n/)
    assert.ok(!file.includes(text) && !file.includes('secret'))
    assert.deepEqual((await apply(file, { prune: true })).lines, ['Nothing to change: 4 as declared.'])

    const changed = clients(
      `{ ${helper}, ${loopback}, grants: [device-code] }`,
      '{ id: reports, name: Nightly reports, kind: machine, accessTokenSeconds: 900 }',
    )
    assert.deepEqual((await apply(changed)).lines.slice(0, 7), [
      '~ client acme/production/Media Helper',
      '    grants: [] → ["device-code"]',
      '    purpose: media-helper → (none)',
      '~ client acme/production/Nightly reports',
      '    name: Reports → Nightly reports',
      '    accessTokenSeconds: 3600 → 900',
      '0 to add, 2 to change, 0 to remove, 2 as declared.',
    ])
    const after = await found('reports')
    assert.deepEqual([after?.name, after?.settings.accessTokenSeconds, after?.version], ['Nightly reports', 900, 2])
    assert.ok(after && (await verifySecret(db.read, after, text, now)))
  })

  test(`clients that the file does not name are left alone, or removed with --prune (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const neighbour = `      - { slug: test, name: Test, clients: [${reports}] }\n`
    await apply(clients(`{ ${helper}, ${loopback} }`, reports) + neighbour)
    const fewer = clients(`{ ${helper}, ${loopback} }`) + neighbour
    assert.deepEqual((await apply(fewer)).lines, [
      'Nothing to change: 5 as declared.',
      'Left alone, because the file does not name them (--prune removes them):',
      '  client acme/production/Reports',
    ])
    // A name that is to be taken from a client that is left alone.
    const taken = clients('{ id: other, name: Reports, kind: machine }') + neighbour
    const refused = await apply(taken)
    assert.deepEqual([refused.code, refused.lines], [2, []])
    assert.match(refused.problems[0] ?? '', /clients\[0\]\.name: “Reports” belongs to a client .* or use --prune$/)
    assert.deepEqual((await apply(taken, { prune: true })).lines.slice(0, 3), [
      '- client acme/production/Media Helper',
      '- client acme/production/Reports',
      '+ client acme/production/Reports',
    ])
    const names = async (slug?: string) =>
      (await listClients(db.read, await environmentNamed(db, slug))).map((one) => `${one.id} ${one.name}`)
    assert.deepEqual(await names(), ['other Reports'])
    assert.deepEqual(await names('test'), ['reports Reports'])
  })

  test(`clients may exchange their names, and one may take the name that another gives up (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const machines = (...all: readonly (readonly [string, string])[]) =>
      clients(...all.map(([id, name]) => `{ id: ${id}, name: ${name}, kind: machine }`))
    assert.equal((await apply(machines(['a', 'One'], ['b', 'Two']))).code, 0)
    assert.equal((await apply(machines(['c', 'One'], ['a', 'Two'], ['b', 'Three']))).code, 0)
    const found = await listClients(db.read, await environmentNamed(db))
    assert.deepEqual(Object.fromEntries(found.map(({ id, name }) => [id, name])), { c: 'One', a: 'Two', b: 'Three' })
    assert.equal((await apply(machines(['c', 'Two'], ['a', 'One'], ['b', 'Three']))).code, 0)
  })

  test(`what is wrong with clients is told, each at its place, and nothing is applied (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const problemsWith = async (...entries: readonly string[]) => {
      const { code, problems } = await apply(clients(...entries))
      assert.equal(code, 2, entries.join())
      return problems.slice(0, -1).map((line) => line.replace(/^.*environments\[0\]\.clients/, ''))
    }
    assert.deepEqual(
      await problemsWith(`{ ${helper}, redirectUris: ["http://app.example/"] }`, '{ name: X, kind: web }'),
      [
        '[1].id: is missing',
        '[0].redirectUris[0]: may be http on 127.0.0.1, [::1] and localhost only; use https for other hosts',
      ].toSorted(),
    )
    assert.deepEqual(await problemsWith('{ id: a, name: X, kind: web }'), [
      '[0].redirectUris: needs at least one address, because people come back to it after signing in; add it',
    ])
    assert.deepEqual(await problemsWith(`{ ${helper}, ${loopback}, redirectUri: [] }`), [
      '[0].redirectUri: there is no “redirectUri” here; did you mean “redirectUris”?',
    ])
    assert.deepEqual(await problemsWith(reports, reports), [
      '[1].id: “reports” is used twice',
      '[1].name: “Reports” is used twice',
    ])
    for (const nonsense of ['64cd', '[]', '{ id: a, name: X, kind: desktop }', '{ id: a/b, name: X, kind: machine }']) {
      assert.equal((await problemsWith(nonsense)).length, 1, nonsense)
    }
    for (const secret of ['secret: x', 'secrets: [x]', 'clientSecret: x'])
      assert.match((await problemsWith(`{ id: a, name: X, kind: machine, ${secret} }`)).join(), /there is no “/)

    await apply(clients(reports))
    const [kindChanged] = await problemsWith(`{ id: reports, name: Reports, kind: native, ${loopback} }`)
    assert.equal(
      kindChanged,
      '[0].kind: cannot be changed, and it is machine; give a client of another kind another id',
    )
    const environmentId = await environmentNamed(db)
    await db.transaction(async (tx) => {
      const settings = clientSettings.parse({})
      for (let i = 1; i < MOST_CLIENTS; i++)
        await insertClient(tx, environmentId, { id: `c${i}`, name: `C ${i}`, kind: 'machine', settings }, world.clock())
    })
    const [full] = await problemsWith('{ id: new, name: New, kind: machine }')
    assert.match(full ?? '', /are too many with the 1000 that the file does not name: 1000 at most; use --prune$/)
    assert.equal((await listClients(db.read, environmentId)).length, MOST_CLIENTS)
  })
})

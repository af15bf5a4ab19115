import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { findAddressSettings } from '#access/addresses.ts'
import { listPolicies } from '#access/policies.ts'
import { forbid } from '#access/test-access.ts'
import { listAuditEntries } from '#admin/audit/audit.ts'
import { runCli } from '#cli.ts'
import { makeNeighbours, testWorld } from '#login/test-place.ts'
import { insertPerson } from '#sessions/test-sessions.ts'
import { type MakeFresh, onEveryDatabase } from '#storage/on-every-database.ts'

async function commandLine(t: TestContext, makeFresh: MakeFresh) {
  const { db, url } = await makeFresh(t)
  const world = testWorld()
  const { mine, other } = await makeNeighbours(db, world)
  await insertPerson(db, world, mine, { username: 'ada' })
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-access-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const run = async (line: string) => {
    const out: string[] = []
    const err: string[] = []
    const env = { SALLYPORT_DATABASE_URL: url, SALLYPORT_SECRET: 's'.repeat(32) }
    const cli = { world, env, out: (text: string) => out.push(text), err: (text: string) => err.push(text) }
    const code = await runCli(line.split(' '), cli as never)
    return { code, out: out.join('\n'), err: err.join('\n') }
  }
  return { db, run, file, id: mine.environment.id, other: other.environment.id }
}

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`ranges are shown, added and removed (${kind})`, async (t) => {
    const { db, run, id, other } = await commandLine(t, makeFresh)
    const open = 'People of acme/production may come from everywhere.\nThere are no policies.'
    assert.deepEqual(await run('access acme/production'), { code: 0, out: open, err: '' })
    const added = await run('access ranges acme/production --add 203.0.113.0/24 --add 2001:DB8::/32 --mode shadow')
    assert.deepEqual(added, {
      code: 0,
      out: [
        'People of acme/production may come from 203.0.113.0/24, 2001:db8::/32 (shadow).',
        'Exempt clients: media-helper, mobile.',
        'There are no policies.',
      ].join('\n'),
      err: '',
    })
    assert.equal((await run('access ranges acme/production --remove 2001:db8::/32 --mode enforced')).code, 0)
    const { ranges, mode } = await findAddressSettings(db.read, id)
    assert.deepEqual([ranges, mode], [['203.0.113.0/24'], 'enforced'])
    assert.deepEqual((await findAddressSettings(db.read, other)).ranges, [])
    const [entry] = await listAuditEntries(db.read, id, { limit: 1 })
    assert.equal(entry?.action, 'access.addresses-changed')
    for (const [words, code, said] of [
      ['--add 203.0.113.7/24', 2, /the range is 203\.0\.113\.0\/24/],
      ['--remove 192.0.2.1', 1, /^acme\/production has no range 192\.0\.2\.1\/32\. Nothing was changed\.$/],
      ['--mode often', 2, /^--mode is one of enforced, shadow, off\.$/],
    ] as const) {
      const refused = await run(`access ranges acme/production ${words}`)
      assert.equal(refused.code, code, words)
      assert.match(refused.err, said)
    }
  })

  test(`a policy comes from a file; what is wrong in it is told with its place (${kind})`, async (t) => {
    const { db, run, file, id } = await commandLine(t, makeFresh)
    const path = file('no-sites.cedar', forbid('principal.type == "site"'))
    const made = await run(`access policy set acme/production ${path} --mode shadow`)
    assert.equal(made.code, 0, made.err)
    assert.match(made.out, /^policy_[a-z2-7]{20} {2}shadow {2}no-sites$/)
    file('no-sites.cedar', forbid('principal.type == "nobody"'))
    assert.equal((await run(`access policy set acme/production ${path}`)).code, 0)
    const [policy, ...more] = await listPolicies(db.read, id)
    assert.deepEqual([policy?.mode, policy?.version, more.length], ['shadow', 2, 0])
    assert.match((await run('access acme/production')).out, /shadow {2}no-sites$/)
    const wrong = await run(`access policy set acme/production ${file('x', forbid('principal.typ == "site"'))}`)
    assert.equal(wrong.code, 1)
    assert.match(wrong.err, /^Line 3, column 8: Attribute `typ` .* Did you mean `type`\?/)
    const absent = await run('access policy set acme/production /nowhere.cedar')
    assert.deepEqual([absent.code, absent.err], [2, 'The file /nowhere.cedar cannot be read.'])
  })

  test(`a simulation is one line: the decision, and why (${kind})`, async (t) => {
    const { run } = await commandLine(t, makeFresh)
    await run('access ranges acme/production --add 203.0.113.0/24')
    const denied = await run('access simulate acme/production --user ada --address 198.51.100.7')
    assert.deepEqual(
      [denied.code, denied.out],
      [
        0,
        'deny: “Allowed IP Addresses”: context.address = 198.51.100.7, context.inAllowedAddresses = false, resource.exempt = false',
      ],
    )
    assert.match((await run('access simulate acme/production --user ada --address 203.0.113.7')).out, /^allow: /)
    assert.equal((await run('access simulate acme/production --user ada')).code, 2)
    const nobody = await run('access simulate acme/production --user eve --address 203.0.113.7')
    assert.equal(nobody.code, 1)
    assert.match(nobody.err, /is no user of this Environment/)
    assert.equal((await run('access acme/test')).code, 1)
  })
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { listAuditEntries } from '#admin/audit/audit.ts'
import { runCli } from '#cli.ts'
import { makeNeighbours, testWorld, the } from '#login/test-place.ts'
import { tokenKeyFaults } from '#oauth/token-key-refusal.ts'
import { type MakeFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const HOUR = 60 * 60 * 1000

async function commandLine(t: Parameters<MakeFresh>[0], makeFresh: MakeFresh) {
  const { db, url } = await makeFresh(t)
  const world = testWorld()
  const { mine } = await makeNeighbours(db, world)
  /** The words behind `sallyport token-keys`. */
  const keys = async (line: string, SALLYPORT_SECRET = 's'.repeat(32)) => {
    const out: string[] = []
    const err: string[] = []
    const code = await runCli(['token-keys', ...line.split(' ')], {
      world,
      env: { SALLYPORT_DATABASE_URL: url, SALLYPORT_SECRET },
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      node: process.execPath,
      readSecret: async () => undefined,
      onStop: () => {},
    })
    return { code, out: out.join('\n'), err: err.join('\n') }
  }
  return { db, world, keys, environmentId: mine.environment.id }
}

const idIn = (text: string): string => the(/key_[a-z2-7]{20}/.exec(text)?.[0])

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`docs/keys.md, from one key for tokens to the next, step by step (${kind})`, async (t) => {
    const { keys, db, world, environmentId } = await commandLine(t, makeFresh)
    assert.match((await keys('acme/production')).err, /There are no keys yet/)
    const made = await keys('make acme/production')
    assert.deepEqual([made.code, made.err], [0, ''])
    assert.match(made.out, /is the next key.*\nFrom 2026-03-01T13:00:00.000Z on: sallyport token-keys activate acme/)
    const next = idIn(made.out)
    const early = await keys('activate acme/production')
    assert.deepEqual([early.code, early.out], [1, ''])
    assert.match(
      early.err,
      /^Applications keep the list.*Activate it from 2026-03-01T13:00:00.000Z on, or.*--confirmed/,
    )
    world.passTime(HOUR)
    assert.match((await keys('activate acme/production')).out, new RegExp(`^${next} signs from now on`))
    const listed = (await keys('acme/production')).out.split('\n')
    const former = the(listed.find((one) => one.includes('previous')))
    assert.match(
      former,
      /^key_\w+ {2}previous {2}since 2026-03-01T13:00:00.000Z {2}retire it from 2026-03-03T13:00:00.000Z on$/,
    )
    const inUse = await keys(`retire acme/production ${idIn(former)}`)
    assert.match(inUse.err, /may be good until 2026-03-03T13:00:00.000Z.*--confirmed/)
    const retired = await keys(`retire acme/production ${idIn(former)} --confirmed`)
    assert.match(retired.out, /is retired.*private key is erased/)
    const entries = await listAuditEntries(db.read, environmentId, { limit: 10 })
    assert.deepEqual(entries.map(({ action }) => action).sort(), [
      'token-key.activated',
      'token-key.made',
      'token-key.replaced',
      'token-key.retired',
    ])
    for (const { actor } of entries) assert.deepEqual(actor, { by: 'administrator', administratorId: 'command line' })
  })

  test(`what cannot be done is said in one sentence with its cure (${kind})`, async (t) => {
    const { keys } = await commandLine(t, makeFresh)
    const theirs = idIn((await keys('make neighbour/production')).out)
    for (const [line, code, sentence] of [
      ['acme', 1, /There is no Environment acme\. Name it like acme\/production\./],
      ['make', 2, /token-keys make needs COMPANY\/ENVIRONMENT$/],
      ['retire acme/production', 2, /token-keys retire needs COMPANY\/ENVIRONMENT and ID$/],
      [
        'activate acme/production',
        1,
        /There is no next key\. Make one with: sallyport token-keys make acme\/production/,
      ],
      ['retire acme/production key_none', 1, /acme\/production has no such key key_none/],
      [`retire acme/production ${theirs} --confirmed`, 1, /acme\/production has no such key/],
    ] as const) {
      const refused = await keys(line)
      assert.deepEqual([refused.code, refused.out], [code, ''], line)
      assert.match(refused.err, sentence)
    }
    assert.match((await keys('neighbour/production')).out, new RegExp(`${theirs} {2}next`))
  })
})

test('docs/keys.md: every refusal of a change of keys for tokens is in it once', () => {
  const text = readFileSync(new URL('../../../../docs/keys.md', import.meta.url), 'utf8')
  const rows = [...text.matchAll(/^\| `(token-key-[a-z-]+)` \| \S.+\. \| \S.+\. \|$/gm)].map(([, code]) => code)
  assert.deepEqual(rows, [...tokenKeyFaults])
})

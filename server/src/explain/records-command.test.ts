import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordsCommand } from '#explain/records-command.ts'
import { after, makeNeighbours, testWorld } from '#login/test-place.ts'
import { finishRecord, startRecord } from '#signin-records/signin-records.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const { chance } = testWorld()

function commandOn(db: Database) {
  return async (positionals: readonly string[], json?: true) => {
    const out: string[] = []
    const err: string[] = []
    const values = json === undefined ? {} : { json }
    const output = { db, out: (line: string) => out.push(line), err: (line: string) => err.push(line) }
    return { code: await recordsCommand({ positionals, values }, output), out, err }
  }
}

async function attempt(db: Database, env: `env_${string}`, at: number, subject: string): Promise<string> {
  const details = { checks: [], client: { address: '192.0.2.1' }, startedAt: 'here' } as const
  const { id, reference } = await startRecord(
    db.write,
    env,
    { connectionId: undefined, details },
    { chance, now: after(at) },
  )
  const check = { code: 'audience', outcome: 'failed', about: 'assertion', expected: 'us', received: 'them' } as const
  await finishRecord(db.write, env, id, { outcome: 'refused', reason: 'audience', subject, checks: [check] }, after(at))
  return reference
}

onEveryDatabase((kind, openFresh) => {
  test(`records: the newest first, twenty of them, a line each (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other } = await makeNeighbours(db, testWorld())
    const command = commandOn(db)
    assert.deepEqual(await command(['acme', 'production']), { code: 0, out: [], err: ['No sign-ins yet.'] })
    const references: string[] = []
    for (let at = 0; at < 22; at++) references.unshift(await attempt(db, mine.environment.id, at, `p${at}`))
    await attempt(db, other.environment.id, 99, 'theirs')
    const { code, out } = await command(['acme', 'production'])
    assert.equal(code, 0)
    assert.equal(out[0], `2026-03-01T12:00:00.021Z  ${references[0]}  refused  audience  p21`)
    assert.deepEqual(
      out.map((line) => line.split('  ')[1]),
      references.slice(0, 20),
    )
    const json = (await command(['acme', 'production'], true)).out.map((line) => JSON.parse(line))
    assert.deepEqual(
      json.map(({ reference }) => reference),
      references.slice(0, 20),
    )
  })

  test(`records: one is explained, however its reference is typed (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine } = await makeNeighbours(db, testWorld())
    const reference = await attempt(db, mine.environment.id, 0, 'ada\n✓')
    const command = commandOn(db)
    assert.match((await command(['acme', 'production'])).out.join('\n'), /ada\\u000a✓$/, 'a line stays one')
    for (const typed of [
      reference,
      reference.toLowerCase(),
      reference.replace('-', ''),
      ` ${reference.replaceAll('0', 'O').replaceAll('1', 'l')}`,
    ]) {
      const { code, out, err } = await command(['acme', 'production', typed])
      assert.deepEqual([code, err], [0, []])
      assert.match(
        out.join('\n'),
        /✗ .* \[audience, assertion\]\n {4}expected {2}us\n {4}received {2}them\n {4}why .*\n {4}cure /,
      )
    }
    const [json = ''] = (await command(['acme', 'production', reference], true)).out
    assert.equal(JSON.parse(json).reference, reference)
  })

  test(`records: an unknown place is a wrong call, an unknown or a neighbour’s record is not there (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { other } = await makeNeighbours(db, testWorld())
    const theirs = await attempt(db, other.environment.id, 0, 'theirs')
    const command = commandOn(db)
    for (const place of [[], ['acme'], ['acme', 'test'], ['nobody', 'production'], ['production', 'acme']]) {
      const { code, out, err } = await command(place)
      assert.deepEqual([code, out], [2, []])
      assert.match(err.join(), /Usage: sallyport records COMPANY ENVIRONMENT \[REFERENCE\]/)
    }
    for (const reference of [theirs, 'AAAAA-AAAAA', 'nonsense', '', "' or 1=1"]) {
      const { code, out, err } = await command(['acme', 'production', reference])
      assert.deepEqual([code, out], [1, []])
      assert.match(err.join(), /There is no record .* in acme\/production/)
    }
  })
})

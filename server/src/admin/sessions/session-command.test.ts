import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { listAuditEntries } from '#admin/audit/audit.ts'
import { runCli } from '#cli.ts'
import { updateConnection } from '#connections/connections.ts'
import { connectionSettings } from '#connections/settings.ts'
import { after, makeNeighbours, now, testWorld, the } from '#login/test-place.ts'
import { logoutStates } from '#logout/ledger.ts'
import { insertAttempt, logoutOf } from '#logout/logouts.ts'
import { insertPerson, insertSessionRows, sessionRow } from '#sessions/test-sessions.ts'
import { type MakeFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const page = readFileSync(new URL('../../../../docs/sessions.md', import.meta.url), 'utf8')
const MINUTE = 60_000

async function commandLine(t: TestContext, makeFresh: MakeFresh) {
  const { db, url } = await makeFresh(t)
  const world = testWorld()
  const { mine, other } = await makeNeighbours(db, world)
  const { connection } = mine
  const singleLogout = { enabled: true, url: 'https://idp.example/slo', method: 'back-channel' }
  const settings = connectionSettings.parse({ ...connection.settings, singleLogout })
  await updateConnection(db.write, mine.environment.id, { ...connection, settings }, now)
  const ada = await insertPerson(db, world, mine, { username: 'ada' })
  const bo = await insertPerson(db, world, mine, { username: 'b\u001b[2Jo' })
  const theirs = await insertPerson(db, world, other, { username: 'ada' })
  const first = sessionRow(world, ada, {
    connection_id: connection.id,
    name_id: 'ada',
    user_agent: 'curl/8.12.1',
    address: '192.0.2.1',
  })
  const over = { opened_at: now.getTime() - 2 * MINUTE, ended_at: now.getTime() - MINUTE, ended_why: 'limit' }
  const second = sessionRow(world, ada, over)
  const bos = sessionRow(world, bo, { opened_at: now.getTime() - 3 * MINUTE })
  const neighbours = sessionRow(world, theirs)
  await insertSessionRows(db, [first, second, bos, neighbours])
  /** Gives the code, what was printed and what was complained of. */
  const run = async (line: string, change: object = {}) => {
    const out: string[] = []
    const err: string[] = []
    const env = { SALLYPORT_DATABASE_URL: url, SALLYPORT_SECRET: 's'.repeat(32) }
    const cli = { world, env, out: (text: string) => out.push(text), err: (text: string) => err.push(text), ...change }
    const code = await runCli(line.split(' '), cli as never)
    return { code, out: out.join('\n'), err: err.join('\n') }
  }
  const openIds = async () =>
    (await db.read.selectFrom('sessions').select('id').where('ended_at', 'is', null).execute()).map(({ id }) => id)
  return { db, world, mine, ada, first, second, bos, neighbours, run, openIds }
}

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`sessions lists open ones, all, and those of one user (${kind})`, async (t) => {
    const { ada, first, second, bos, run } = await commandLine(t, makeFresh)
    const listed = (out: string) => out.split('\n').map((line) => line.split('  ')[0])
    const open = await run('sessions acme/production')
    assert.deepEqual([open.code, listed(open.out)], [0, [first.id, bos.id]])
    assert.ok(
      open.out.startsWith(
        `${first.id}  ada  a program (curl)  192.0.2.1  opened 2026-03-01 12:00 UTC  seen 2026-03-01 12:00 UTC  ends 2026-03-01 16:00 UTC (idle)\n`,
      ),
      open.out,
    )
    assert.ok(open.out.includes('b\\u001b[2Jo'), 'what would steer the terminal is written as its code')
    const all = await run('sessions acme/production --all')
    assert.deepEqual(listed(all.out), [first.id, second.id, bos.id])
    assert.match(all.out, /ended 2026-03-01 11:59 UTC \(limit\)/)
    for (const name of ['ada', ada.id]) {
      assert.deepEqual(listed((await run(`sessions acme/production --user ${name}`)).out), [first.id])
    }
    const json = (await run('sessions acme/production --json --user ada')).out
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      json.map(({ id, device }) => [id, device]),
      [[first.id, 'a program (curl)']],
    )
  })

  test(`sessions end ends one, of this Environment alone, and says so when it had ended (${kind})`, async (t) => {
    const { db, mine, first, second, neighbours, run, openIds } = await commandLine(t, makeFresh)
    const ended = await run(`sessions end acme/production ${first.id}`)
    assert.deepEqual([ended.code, ended.err], [0, ''])
    assert.match(ended.out, /^The session of ada is ended\. The identity provider is told of one: sallyport logouts /)
    assert.match((await run(`sessions end acme/production ${second.id}`)).out, /had ended already, .* \(limit\)\.$/)
    const foreign = await run(`sessions end acme/production ${neighbours.id}`)
    assert.deepEqual([foreign.code, (await openIds()).includes(neighbours.id)], [1, true])
    assert.match(foreign.err, /has no session .*\. Its sessions: sallyport sessions acme\/production$/)
    const [entry] = await listAuditEntries(db.read, mine.environment.id, { limit: 10 })
    assert.deepEqual(
      [entry?.action, entry?.actor],
      ['session.ended', { by: 'administrator', administratorId: 'command line' }],
    )
  })

  test(`sessions end-all ends those of one user, or all of the Environment with its progress (${kind})`, async (t) => {
    const { db, world, ada, bos, neighbours, run, openIds } = await commandLine(t, makeFresh)
    const one = await run('sessions end-all acme/production --user ada')
    assert.match(one.out, /^1 session of ada ended\. The identity provider is told of one/)
    assert.deepEqual((await openIds()).toSorted(), [bos.id, neighbours.id].toSorted())
    await insertSessionRows(
      db,
      Array.from({ length: 1100 }, () => sessionRow(world, ada)),
    )
    const shown: string[] = []
    const all = await run('sessions end-all acme/production', { status: (text: string) => shown.push(text) })
    assert.deepEqual([all.code, all.err], [0, ''])
    assert.match(all.out, /^1101 sessions of acme\/production ended\./)
    assert.deepEqual(
      shown.map((text) => text.replace(/^[█░]+ +/, '')),
      ['45 %, 500 of 1101 sessions', '90 %, 1000 of 1101 sessions', '100 %, 1101 of 1101 sessions', ''],
    )
    assert.deepEqual(await openIds(), [neighbours.id])
  })

  test(`sessions settings shows and changes them (${kind})`, async (t) => {
    const { run } = await commandLine(t, makeFresh)
    const before = await run('sessions settings acme/production')
    assert.equal(
      before.out,
      'Sessions of acme/production end after 240 minutes in which nothing is done, and 720 minutes after the sign-in.\n' +
        'One person may have any number of sessions.',
    )
    const changed = await run('sessions settings acme/production --idle-minutes 0 --lifetime-minutes 60 --limit 1')
    assert.equal(
      changed.out,
      'Sessions of acme/production end never because nothing is done, and 60 minutes after the sign-in.\n' +
        'One person may have one session; a further sign-in ends the oldest.',
    )
    assert.equal((await run('sessions settings acme/production')).out, changed.out)
    assert.match((await run('sessions settings acme/production --no-limit')).out, /any number/)
    assert.match((await run('sessions settings neighbour/production')).out, /after 240 minutes/)
    const wrong = await run('sessions settings acme/production --idle-minutes 4 --lifetime-minutes x --limit 0.5')
    assert.equal(wrong.code, 2)
    for (const option of ['--idle-minutes must be 0', '--lifetime-minutes must be', '--limit must be']) {
      assert.ok(wrong.err.includes(option), wrong.err)
    }
    assert.equal((await run('sessions settings acme/production --limit 3 --no-limit')).code, 2)
  })

  test(`logouts prints the ledger, and one entry with each attempt, its sentence and its cure (${kind})`, async (t) => {
    const { db, first, run } = await commandLine(t, makeFresh)
    assert.deepEqual(await run('logouts acme/production'), { code: 0, out: '', err: 'No logouts yet.' })
    await run(`sessions end acme/production ${first.id}`)
    const row = the(await db.read.selectFrom('logouts').selectAll().executeTakeFirst())
    const details = { code: 'unreachable', sentence: 'It does not\u0007 answer.', cure: 'Start it.', tookMs: 12 }
    await insertAttempt(db.write, logoutOf(row), { number: 1, at: after(1000), outcome: 'failed', details })
    const listed = await run('logouts acme/production --waiting')
    assert.equal(
      listed.out,
      `2026-03-01 12:00:00 UTC  ${row.id}  waiting  to Directory by soap  ada  0 attempts, next 2026-03-01 12:00:00 UTC`,
    )
    const { out } = await run(`logouts acme/production ${row.id}`)
    assert.equal(
      out,
      [
        listed.out,
        '  why       An administrator ended it.',
        `  sessions  1 (${first.id})`,
        '✗ attempt 1, 2026-03-01 12:00:01 UTC, 12 ms: failed (unreachable)',
        '    It does not\\u0007 answer.',
        '    → Start it.',
      ].join('\n'),
    )
    assert.equal(JSON.parse((await run(`logouts acme/production ${row.id} --json`)).out).attemptsMade.length, 1)
    assert.equal(JSON.parse((await run('logouts acme/production --json')).out).id, row.id)
    assert.match((await run('logouts neighbour/production')).err, /No logouts yet/)
    const foreign = await run(`logouts neighbour/production ${row.id}`)
    assert.deepEqual([foreign.code, /has no logout .* sallyport logouts /.test(foreign.err)], [1, true])
  })

  test(`called wrongly they say what they need, and change nothing (${kind})`, async (t) => {
    const { run, openIds } = await commandLine(t, makeFresh)
    const before = await openIds()
    const wrong: Readonly<Record<string, number>> = {
      sessions: 2,
      'sessions acme/production more': 2,
      'sessions end acme/production': 2,
      'sessions end-all': 2,
      'sessions settings': 2,
      logouts: 2,
      'logouts acme/production one two': 2,
      'sessions acme/production --why limit': 2,
      'sessions acme': 1,
      'sessions acme/production/more': 1,
      'sessions acme/nowhere': 1,
      'sessions end-all acme/nowhere': 1,
      'sessions acme/production --user nobody': 1,
      'sessions end-all acme/production --user nobody': 1,
      'sessions end acme/production sess_nobody': 1,
      'logouts acme/production logout_nobody': 1,
    }
    for (const [line, expected] of Object.entries(wrong)) {
      const { code, out, err } = await run(line)
      assert.deepEqual([code, out], [expected, ''], line)
      assert.match(err, /\S/)
    }
    assert.deepEqual(await openIds(), before)
  })

  test(`every command in docs/sessions.md does something (${kind})`, async (t) => {
    const { db, first, run } = await commandLine(t, makeFresh)
    await run(`sessions end acme/production ${first.id}`)
    const row = the(await db.read.selectFrom('logouts').selectAll().executeTakeFirst())
    const lines = [...page.matchAll(/^sallyport (.+)$/gm)].map(([, line = '']) => line)
    assert.ok(lines.length >= 12)
    for (const line of lines) {
      const real = line.replace(/sess_[a-z0-9]+/, first.id).replace(/logout_[a-z0-9]+/, row.id)
      const { code, err } = await run(real)
      assert.equal(code, 0, `${line}: ${err}`)
    }
  })
})

test('docs/sessions.md has every state of the ledger, and no other', () => {
  const [, table = ''] = page.split('## The logout ledger')
  const rows = [...table.matchAll(/^\| ([a-z][a-z-]*) \| \S.* \|$/gm)].map(([, state]) => state)
  assert.deepEqual(rows, ['state', ...logoutStates])
})

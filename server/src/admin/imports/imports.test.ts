import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { readRecords } from '#admin/imports/import-lines.ts'
import { type Refused, runImport } from '#admin/imports/imports.ts'
import { assertProblem } from '#admin/test-api.ts'
import { namesOf, startWithDirectory } from '#admin/test-users.ts'
import { runCli } from '#cli.ts'
import { makePlace, testWorld } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

function fileIn(t: TestContext, name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-import-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

async function recordsOf(t: TestContext, format: 'csv' | 'jsonl', text: string) {
  const found = []
  for await (const record of readRecords(fileIn(t, 'users', text), format)) found.push(record)
  return found
}

test('CSV as RFC 4180 has it: quotes, commas and line ends in them, a byte order mark, either line end', async (t) => {
  const text =
    '\ufeffusername,lastName,teams,application,roles\r\nada,"O""Neill, Ada",A_::_B,Desk,R1_::_R2\r\n\r\n"b\nob",,,,\ncyd,"x"\n"dan",,,,'
  assert.deepEqual(await recordsOf(t, 'csv', text), [
    {
      line: 2,
      value: {
        username: 'ada',
        lastName: 'O"Neill, Ada',
        teams: ['A', 'B'],
        applications: [{ application: 'Desk', roles: ['R1', 'R2'] }],
      },
    },
    { line: 4, value: { username: 'b\nob' } },
    { line: 6, message: 'has 2 cells, and the first line has 5' },
    { line: 7, value: { username: 'dan' } },
  ])
  const [wrong] = await recordsOf(t, 'csv', 'username,nam\nada,x')
  assert.match(JSON.stringify(wrong), /no column “nam”; the columns are username, /)
  assert.match(JSON.stringify(await recordsOf(t, 'csv', 'email\nx')), /needs the column “username”/)
})

test('what is too long, or no JSON, is one refused line, and the next ones are read', async (t) => {
  const long = 'x'.repeat(200_000)
  const json = await recordsOf(t, 'jsonl', `{"username":"a"}\n{"x":"${long}"}\n\nnot json\n{"username":"b"}`)
  assert.deepEqual(json, [
    { line: 1, value: { username: 'a' } },
    { line: 2, message: 'is longer than 65536 characters' },
    { line: 4, message: 'is not JSON' },
    { line: 5, value: { username: 'b' } },
  ])
  const csv = await recordsOf(t, 'csv', `username\n${long}\nada`)
  assert.deepEqual(
    csv.map((record) => Object.keys(record)[1]),
    ['message', 'value'],
  )
})

onEveryDatabase((kind, openFresh, makeFresh) => {
  test(`what can be imported is, and every other line is told with its reason (${kind})`, async (t) => {
    const { db, world, place, api } = await startWithDirectory(t, openFresh)
    const lines = [
      {
        username: 'ada',
        email: 'ada@acme.example',
        team: 'Networking',
        applications: [{ application: 'Orders', roles: ['Clerk'] }],
      },
      { username: 'bob', team: 'Netwrking' },
      { username: 'ada', team: 'Networking' },
      { username: 'guest', userType: 'site' },
      { username: 'x', team: 'Networking', shoe: 41 },
    ]
    const file = fileIn(t, 'users.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'))
    const to = { db, world, environmentId: place.environment.id }
    const run = async (dryRun: boolean) => {
      const refused: Refused[] = []
      const report = await runImport(to, { file, format: 'jsonl', dryRun, onRefused: (one) => refused.push(one) })
      return { report, refused }
    }
    const dry = await run(true)
    assert.deepEqual((await api.get('users')).data.items, [])
    const real = await run(false)
    for (const { report, refused } of [dry, real]) {
      assert.deepEqual([report.lines, report.created, report.refused], [5, 2, 3])
      assert.deepEqual(
        refused.map(({ line }) => line),
        [2, 3, 5],
      )
      assert.match(
        refused.map(({ message }) => message).join('\n'),
        /^team: there is no Team “Netwrking”; did you mean “Networking”\?\nusername: “ada” belongs to ada already\nthere is no “shoe” here/,
      )
    }
    assert.deepEqual(
      [dry.report.id, (await db.read.selectFrom('imports').selectAll().execute()).length],
      [undefined, 1],
    )
    const [ada] = (await api.get('users?filter[username]=ada')).data.items
    const account = (await api.get(`users/${ada.id}`)).data
    assert.deepEqual(
      [account.createdThrough, account.team.name, namesOf(account.applications)],
      ['import', 'Networking', ['Orders']],
    )
    const provenance = (await api.get(`users/${ada.id}/provenance`)).data
    assert.deepEqual(provenance.teams[0].source, { by: 'import', importId: real.report.id })
    const actors = (await api.get(`audit?filter[subjectId]=${ada.id}`)).data.items.map(
      ({ actor }: { actor: unknown }) => actor,
    )
    assert.deepEqual(actors, [{ by: 'import', importId: real.report.id }])
  })

  test(`an import that breaks off goes on where it stopped, and makes nobody twice (${kind})`, async (t) => {
    const { db, world, place } = await startWithDirectory(t, openFresh)
    const text = ['username,team', ...Array.from({ length: 1200 }, (_, nth) => `user${nth},Networking`)].join('\n')
    const file = fileIn(t, 'users.csv', text)
    const to = { db, world, environmentId: place.environment.id }
    const common = { file, format: 'csv', dryRun: false, onRefused: () => assert.fail('nothing is wrong') } as const
    const breakOff = ({ lines }: { lines: number }) => {
      if (lines === 501) throw new Error('the power went out')
    }
    await assert.rejects(runImport(to, { ...common, onProgress: breakOff }), /power/)
    const second = await runImport(to, common)
    assert.deepEqual([second.resumedAfter, second.lines, second.created, second.refused], [501, 1201, 1200, 0])
    const third = await runImport(to, common)
    assert.deepEqual([third.finishedBefore, third.created], [true, 1200])
    const count = await db.read
      .selectFrom('users')
      .select((e) => e.fn.countAll().as('n'))
      .executeTakeFirstOrThrow()
    assert.equal(Number(count.n), 1200)
  })

  test(`a file is imported through the API, dry or in earnest (${kind})`, async (t) => {
    const { db, api, neighbour } = await startWithDirectory(t, openFresh)
    const csv = { 'content-type': 'text/csv; charset=utf-8' }
    const file = 'username,team\nada,Agents\nbob,Nobody\n'
    const dry = await api.post('imports?dryRun=true', file, csv)
    const told = [{ line: 3, message: 'team: there is no Team “Nobody”' }]
    assert.deepEqual([dry.statusCode, dry.data.id, dry.data.created, dry.data.problems], [200, null, 1, told], dry.body)
    const real = await api.post('imports', file, csv)
    assert.match(real.data.id, /^imp_/)
    assert.deepEqual([real.data.created, real.data.refused, real.data.problems], [1, 1, told])
    const lines = await api.post('imports', '{"username":"cyd","team":"Agents"}', {
      'content-type': 'application/jsonl',
    })
    assert.deepEqual([lines.data.created, lines.data.problems], [1, []])
    assert.equal(
      (await api.post('imports', '{"username":"cyd","team":"Agents"}', { 'content-type': 'application/jsonl' })).data
        .finishedBefore,
      true,
    )
    assertProblem(await api.post('imports', {}), 415, 'body-type')
    assertProblem(await api.post('teams', file, csv), 415, 'body-type')
    assert.deepEqual((await neighbour.get('users')).data.items, [])
    const rows = await db.read.selectFrom('imports').select('finished_at').execute()
    assert.ok(rows.length === 2 && rows.every(({ finished_at }) => finished_at !== null))
  })

  test(`users import: whoever watches sees a bar, and it makes room for refused lines (${kind})`, async (t) => {
    const { db, url } = await makeFresh(t)
    await makePlace(db, testWorld())
    const lines = Array.from({ length: 1100 }, (_, nth) => `u${nth},${nth === 700 ? 'Nobody' : 'Agents'}`)
    const file = fileIn(t, 'users.csv', `username,team\n${lines.join('\n')}`)
    const shown: string[] = []
    const cli = {
      world: testWorld(),
      env: { SALLYPORT_DATABASE_URL: url, SALLYPORT_SECRET: 's'.repeat(32) },
      out: (line: string) => shown.push(line.replace(file, 'users.csv')),
      err: (line: string) => shown.push(line),
      status: (text: string) => shown.push(text),
    }
    assert.equal(await runCli(['users', 'import', file, '--environment', 'acme/production'], cli as never), 1)
    assert.deepEqual(shown, [
      `${'█'.repeat(13)}${'░'.repeat(17)}  45 %, line 501 of 1101: 500 users, 0 refused`,
      '',
      'users.csv:702: team: there is no Team “Nobody”',
      `${'█'.repeat(27)}${'░'.repeat(3)}  90 %, line 1001 of 1101: 999 users, 1 refused`,
      `${'█'.repeat(30)} 100 %, line 1101 of 1101: 1099 users, 1 refused`,
      '',
      '1099 users imported, 1 lines refused.',
    ])
  })

  test(`users import: exit codes, refused lines and a dry run on the command line (${kind})`, async (t) => {
    const { db, url } = await makeFresh(t)
    await makePlace(db, testWorld())
    const file = fileIn(t, 'users.csv', 'username,team\nada,Agents\nbob,Nobody\n')
    const run = async (...words: string[]) => {
      const [out, err]: [string[], string[]] = [[], []]
      const env = { SALLYPORT_DATABASE_URL: url, SALLYPORT_SECRET: 's'.repeat(32) }
      const cli = {
        world: testWorld(),
        env,
        out: (line: string) => out.push(line),
        err: (line: string) => err.push(line),
      }
      return [await runCli(['users', 'import', ...words], cli as never), out.join('\n'), err.join('\n')] as const
    }
    const where = ['--environment', 'acme/production']
    const dry = await run(file, ...where, '--dry-run')
    assert.deepEqual(dry, [
      1,
      `${file}:3: team: there is no Team “Nobody”`,
      'A dry run, nothing was changed: 1 users imported, 1 lines refused.',
    ])
    assert.deepEqual(await run(file, ...where), [1, dry[1], '1 users imported, 1 lines refused.'])
    for (const words of [
      [file],
      [file, '--environment', 'acme/x'],
      ['x.csv', ...where],
      ['users.txt', ...where],
      where,
    ]) {
      assert.equal((await run(...words))[0], 2, words.join(' '))
    }
  })
})

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runCli } from '#cli.ts'
import type { CliWorld } from '#cli-world.ts'
import { makePlace, now, testWorld } from '#login/test-place.ts'
import { startRecord } from '#signin-records/signin-records.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { sallyport } from '../flows/process.ts'
import { freePort } from '../flows/sallyport.ts'

type Ran = { readonly code: number; readonly out: string; readonly err: string }
type Env = Readonly<Record<string, string>>

const world = testWorld()
const commands = ['start', 'sandbox', 'apply', 'export', 'migrate', 'records', 'saml verify']

async function run(words: readonly string[], env: Env = {}, change: Partial<CliWorld> = {}): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const cli: CliWorld = {
    world,
    env: { SALLYPORT_LOG_LEVEL: 'silent', ...env },
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    node: process.execPath,
    readSecret: async () => undefined,
    onStop: () => {},
    ...change,
  }
  return { code: await runCli(words, cli), out: out.join('\n'), err: err.join('\n') }
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-cli-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

const sqliteIn = (folder: string): Env => ({ SALLYPORT_DATABASE_URL: `sqlite:${join(folder, 'sallyport.db')}` })

for (const words of [[], ['help'], ['--help'], ['-h']]) {
  test(`sallyport ${words.join(' ')}: every command with what it does`, async () => {
    const { code, out, err } = await run(words)
    assert.deepEqual([code, err], [0, ''])
    for (const command of commands) assert.match(out, new RegExp(`^  ${command}.* {2}\\S`, 'm'))
  })
}

for (const words of [
  ['frobnicate'],
  ['saml'],
  ['saml', 'explode'],
  ['verify'],
  ['Start'],
  ['--version'],
  ['', 'start'],
]) {
  test(`sallyport ${words.join(' ')}: no such command, exit 2 with the commands that there are`, async () => {
    const { code, out, err } = await run(words)
    assert.deepEqual([code, out], [2, ''])
    assert.ok(err.startsWith(`There is no command ${words.join(' ')}\nUsage: sallyport COMMAND`), err)
  })
}

test('wrong options: exit 2 with the usage of the command, before anything is opened', async (t) => {
  const env = sqliteIn(folderOf(t))
  for (const command of commands) {
    const { code, out, err } = await run([...command.split(' '), '--nonsense'], env)
    assert.deepEqual([code, out], [2, ''], command)
    assert.match(err, new RegExp(`--nonsense[^]*Usage: sallyport ${command}`))
  }
  for (const words of [
    ['apply', '-f'],
    ['records', '--json=yes'],
    ['saml', 'verify', '--batch'],
  ]) {
    const { code, err } = await run(words, env)
    assert.equal(code, 2)
    assert.match(err, new RegExp(`Usage: sallyport ${words[0]}`))
  }
  for (const words of [['apply'], ['saml', 'verify']]) {
    const { code, err } = await run(words, { SALLYPORT_PORT: 'x' })
    assert.equal(code, 2)
    assert.match(err, /needs (-f FILE|--batch FILE\.jsonl)/)
  }
})

const badConfiguration: Env = {
  SALLYPORT_PUBLIC_URL: 'http://sso.example',
  SALLYPORT_PORT: 'many',
  SALLYPORT_DATABASE_URL: 'postgres://u:geheim@db.example/x',
  SALLYPORT_LOG_LEVEL: 'loud',
}

test('bad configuration: every problem in one message, exit 2, for every command that reads it', async (t) => {
  const file = join(folderOf(t), 'sallyport.yaml')
  writeFileSync(file, 'companies: []')
  for (const words of [['start'], ['export'], ['migrate'], ['records', 'a', 'b'], ['apply', '-f', file]]) {
    const { code, out, err } = await run(words, badConfiguration)
    assert.deepEqual([code, out], [2, ''])
    for (const name of ['PUBLIC_URL', 'PORT', 'SECRET', 'LOG_LEVEL'])
      assert.match(err, new RegExp(`SALLYPORT_${name}: `))
    assert.doesNotMatch(err, /geheim/)
  }
})

test('a database that does not open: a sentence and exit 1, without the password', async (t) => {
  const file = join(folderOf(t), 'a-file')
  writeFileSync(file, '')
  const secret = { SALLYPORT_SECRET: 's'.repeat(32) }
  const port = await freePort()
  const urls = [`sqlite:${file}/x/sallyport.db`, `postgres://u:geheim@127.0.0.1:${port}/x`]
  for (const SALLYPORT_DATABASE_URL of urls) {
    for (const words of [['migrate'], ['start'], ['records', 'a', 'b']]) {
      const { code, err } = await run(words, { ...secret, SALLYPORT_DATABASE_URL })
      assert.equal(code, 1)
      assert.match(err, /cannot be opened as the database/)
      assert.doesNotMatch(err, /geheim|\n +at /)
    }
  }
})

onEveryDatabase((kind, _openFresh, makeFresh) => {
  const envOf = (url: string): Env => ({ SALLYPORT_DATABASE_URL: url, SALLYPORT_SECRET: 's'.repeat(32) })

  test(`migrate: says what it did, and the second time that nothing is to be done (${kind})`, async (t) => {
    const { url } = await makeFresh(t, { migrated: false })
    const [first, second] = [await run(['migrate'], envOf(url)), await run(['migrate'], envOf(url))]
    assert.equal(first.code, 0)
    assert.match(first.out, /^Done: 0001-first/)
    assert.deepEqual(second, { code: 0, out: 'The database is up to date.', err: '' })
  })

  test(`a database of a newer Sallyport is left alone: a sentence and exit 1 (${kind})`, async (t) => {
    const { db, url } = await makeFresh(t)
    const row = { name: '9999-later', timestamp: now.toISOString() }
    await db.write.withTables<{ kysely_migration: typeof row }>().insertInto('kysely_migration').values(row).execute()
    for (const words of [['migrate'], ['export'], ['records', 'a', 'b'], ['start']]) {
      const { code, err } = await run(words, envOf(url))
      assert.deepEqual([code, /newer Sallyport \(9999-later\)/.test(err)], [1, true], err)
    }
  })

  test(`records: of an empty database, of a place without sign-ins, of a known and an unknown reference (${kind})`, async (t) => {
    const { db, url } = await makeFresh(t)
    const env = envOf(url)
    assert.equal((await run(['records', 'acme', 'production'], env)).code, 2)
    const { environment } = await makePlace(db, world)
    assert.deepEqual(await run(['records', 'acme', 'production'], env), { code: 0, out: '', err: 'No sign-ins yet.' })
    const details = { checks: [], client: { address: '192.0.2.1' }, startedAt: 'here' } as const
    const about = { connectionId: undefined, details }
    const { reference } = await startRecord(db.write, environment.id, about, { chance: world.chance, now })
    assert.match((await run(['records', 'acme', 'production'], env)).out, new RegExp(`${reference}  started$`))
    const known = await run(['records', 'acme', 'production', reference.toLowerCase()], env)
    assert.deepEqual([known.code, known.err], [0, ''])
    assert.match(known.out, new RegExp(`^Sign-in ${reference}: started\n`))
    const json = await run(['records', 'acme', 'production', reference, '--json'], env)
    assert.equal(JSON.parse(json.out).reference, reference)
    assert.equal((await run(['records', 'acme', 'production', 'AAAAA-AAAAA'], env)).code, 1)
  })

  test(`start: serves until it is told to stop, and ends with 0 (${kind})`, async (t) => {
    const { url } = await makeFresh(t, { migrated: false })
    const port = await freePort()
    const stops: (() => void)[] = []
    const env = { ...envOf(url), SALLYPORT_PUBLIC_URL: `http://localhost:${port}` }
    const running = run(['start'], env, { onStop: (stop) => stops.push(stop) })
    for (;;) {
      const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
      if (ready?.status === 200) break
      await new Promise(setImmediate)
    }
    for (const stop of stops) stop()
    assert.deepEqual(await running, { code: 0, out: '', err: '' })
    await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`))
  })
})

test('start: a port in use is a sentence that names the setting, and exit 1', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { readonly port: number }
  const { code, err } = await run(['start'], { ...sqliteIn(folderOf(t)), SALLYPORT_PORT: `${port}` })
  assert.deepEqual([code, err], [1, `Port ${port} of 127.0.0.1 is in use. Stop what uses it, or set SALLYPORT_PORT.`])
})

test('export prints what apply takes', async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'sallyport.yaml')
  writeFileSync(file, 'companies:\n  - slug: acme\n    name: Acme\n')
  const env = sqliteIn(folder)
  const dry = await run(['apply', '--dry-run', '-f', file], env)
  assert.deepEqual([dry.code, (await run(['export'], env)).out.includes('acme')], [0, false])
  assert.equal((await run(['apply', '--file', file], env)).code, 0)
  const exported = await run(['export'], env)
  assert.equal(exported.code, 0)
  writeFileSync(file, exported.out)
  assert.match((await run(['apply', '-f', file], env)).out, /^Nothing to change/)
})

test('as a process: standard output, standard error and exit codes', async (t) => {
  const env = sqliteIn(folderOf(t))
  const [help, wrong, bad, migrated] = await Promise.all([
    sallyport(['help']),
    sallyport(['frobnicate']),
    sallyport(['migrate'], badConfiguration),
    sallyport(['migrate'], env),
  ])
  assert.deepEqual([help.code, help.err, /^Usage: sallyport COMMAND/.test(help.out)], [0, '', true])
  assert.deepEqual([wrong.code, wrong.out], [2, ''])
  assert.deepEqual([bad.code, bad.out, bad.err.split('\n').length], [2, '', 6])
  assert.deepEqual([migrated.code, migrated.err], [0, ''])
  assert.match(migrated.out, /^Done: /)
})

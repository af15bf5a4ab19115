import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApi } from '#admin/test-api.ts'
import { runCli } from '#cli.ts'
import { startApp } from '#login/test-browser.ts'
import { contextOf, makeNeighbours, testWorld } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`a token is made, listed, used and revoked (${kind})`, async (t) => {
    const { db, url } = await makeFresh(t)
    const world = testWorld()
    const { mine, other } = await makeNeighbours(db, world)
    const run = async (...words: string[]) => {
      const out: string[] = []
      const err: string[] = []
      const env = { SALLYPORT_DATABASE_URL: url, SALLYPORT_SECRET: 's'.repeat(32), SALLYPORT_LOG_LEVEL: 'silent' }
      const cli = { world, env, out: (line: string) => out.push(line), err: (line: string) => err.push(line) }
      const code = await runCli(['token', ...words], { ...cli, node: process.execPath, onStop: () => {} } as never)
      return { code, out: out.join('\n'), err: err.join('\n') }
    }
    assert.deepEqual(await run('list'), { code: 0, out: '', err: 'There are no administration tokens.' })
    const created = await run(
      'create',
      '--name',
      'HR',
      '--company',
      'acme',
      '--scopes',
      'directory:read',
      '--expires',
      '30d',
    )
    assert.equal(created.code, 0, created.err)
    assert.match(created.out, /^sallyport_[A-Za-z0-9_-]{43}$/)
    const [, id = ''] = /^Token (tok_\w+) “HR”, until 2026-03-31T12:00:00.000Z/.exec(created.err) ?? []
    const listed = await run('list')
    assert.equal(listed.out, `${id}  HR  acme/*  directory:read  until 2026-03-31  never used`)
    const app = await startApp(t, contextOf(db, world))
    const status = async (place: typeof mine) =>
      (await testApi(app, place.environment.id, created.out).get('teams')).statusCode
    assert.deepEqual([await status(mine), await status(other)], [200, 404])
    const revoked = await run('revoke', id)
    assert.deepEqual([revoked.code, revoked.err], [0, ''])
    assert.equal(await status(mine), 401)
    assert.match((await run('list')).out, /revoked 2026-03-01 {2}last used 2026-03-01$/)
    assert.equal((await run('revoke', id)).code, 1)
    assert.equal((await run('revoke')).code, 2)
    for (const where of [['--environment', 'acme/production'], ['--all']]) {
      assert.equal((await run('create', '--name', 'x', '--scopes', 'users:read', ...where)).code, 0)
    }
    assert.match((await run('list')).out, / {2}acme\/production {2}users:read/)
  })

  test(`what is wrong is all told at once, and no token is made (${kind})`, async (t) => {
    const { db, url } = await makeFresh(t)
    await makeNeighbours(db, testWorld())
    const run = async (...words: string[]) => {
      const err: string[] = []
      const env = { SALLYPORT_DATABASE_URL: url, SALLYPORT_SECRET: 's'.repeat(32) }
      const cli = { world: testWorld(), env, out: () => {}, err: (line: string) => err.push(line) }
      const code = await runCli(['token', 'create', ...words], cli as never)
      return [code, err.join('\n')] as const
    }
    const [code, err] = await run('--name', ' ', '--scopes', 'users:read,all', '--expires', '1y')
    assert.equal(code, 2)
    for (const option of ['--name', '--scopes', '--expires', '--environment']) assert.match(err, new RegExp(option))
    assert.match(err, /there is no all/)
    for (const where of [
      ['--environment', 'acme/nowhere'],
      ['--environment', 'acme'],
      ['--company', 'nobody'],
      ['--all', '--company', 'acme'],
      [],
    ]) {
      assert.equal((await run('--name', 'x', '--scopes', 'users:read', ...where))[0], 2, where.join(' '))
    }
    for (const days of ['0d', '731d', '-1d', '1.5d', '']) {
      assert.equal((await run('--name', 'x', '--scopes', 'users:read', '--all', '--expires', days))[0], 2, days)
    }
    assert.deepEqual(await db.read.selectFrom('api_tokens').selectAll().execute(), [])
  })
})

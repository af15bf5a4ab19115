import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { listAuditEntries } from '#admin/audit/audit.ts'
import { runCli } from '#cli.ts'
import { makeNeighbours, now, testWorld, the } from '#login/test-place.ts'
import { clientFaultCodes } from '#oauth/client-rules.ts'
import { clientSettings, findClient, listClients, listSecrets, noteSecretUse, verifySecret } from '#oauth/clients.ts'
import { type MakeFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const page = readFileSync(new URL('../../../../docs/oauth.md', import.meta.url), 'utf8')
const DAY = 24 * 60 * 60 * 1000

async function commandLine(t: TestContext, makeFresh: MakeFresh) {
  const { db, url } = await makeFresh(t)
  const world = testWorld()
  const { mine } = await makeNeighbours(db, world)
  /** Gives the code, what was printed and what was complained of. */
  const run = async (line: string) => {
    const out: string[] = []
    const err: string[] = []
    const env = { SALLYPORT_DATABASE_URL: url, SALLYPORT_SECRET: 's'.repeat(32) }
    const cli = { world, env, out: (text: string) => out.push(text), err: (text: string) => err.push(text) }
    // Words, and what stands between quotation marks.
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '')
    const code = await runCli(words, cli as never)
    return { code, out: out.join('\n'), err: err.join('\n') }
  }
  return { db, world, environmentId: mine.environment.id, run }
}

const helper = '--name "Media Helper" --kind native --id 64cd --redirect-uri http://127.0.0.1/cb'

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`clients are made with every option, listed and removed, with entries in the audit (${kind})`, async (t) => {
    const { db, environmentId, run } = await commandLine(t, makeFresh)
    assert.deepEqual(await run('clients acme/production'), { code: 0, out: '', err: 'No clients yet.' })
    const made = await run(`clients create acme/production ${helper} --purpose media-helper --grant device-code`)
    assert.deepEqual(made, {
      code: 0,
      out: '64cd',
      err: 'The native client “Media Helper” is made. It has no secret: it uses PKCE.',
    })
    const options =
      '--redirect-uri https://app.example/cb --redirect-uri https://app.example/cb2 ' +
      '--post-logout-redirect-uri https://app.example/out --back-channel-logout-uri https://app.example/told ' +
      '--grant client-credentials --access-token-seconds 300 --access-token-format jwt --dangerously-allow-implicit'
    const web = await run(`clients create acme/production --name App --kind web ${options}`)
    assert.match(web.out, /^[0-9a-f-]{36}$/)
    assert.ok(web.err.endsWith(`It needs a secret: sallyport clients secret acme/production ${web.out}`), web.err)
    assert.deepEqual(the(await findClient(db.read, environmentId, web.out)).settings, {
      active: true,
      redirectUris: ['https://app.example/cb', 'https://app.example/cb2'],
      postLogoutRedirectUris: ['https://app.example/out'],
      backChannelLogoutUri: 'https://app.example/told',
      grants: ['client-credentials'],
      accessTokenSeconds: 300,
      accessTokenFormat: 'jwt',
      dangerouslyAllowImplicit: true,
    })
    assert.deepEqual((await run('clients acme/production')).out.split('\n'), [
      `${web.out}  App  web  jwt tokens for 300 s  https://app.example/cb  and 1 more`,
      '64cd  Media Helper  native (media-helper)  opaque tokens for 3600 s  http://127.0.0.1/cb',
    ])
    const json = (await run('clients acme/production --json')).out.split('\n').map((line) => JSON.parse(line))
    assert.deepEqual(
      json.map(({ id, purpose }) => [id, purpose]),
      [
        [web.out, null],
        ['64cd', 'media-helper'],
      ],
    )
    assert.equal((await run('clients neighbour/production')).err, 'No clients yet.')
    assert.equal((await run('clients remove neighbour/production 64cd')).code, 1)
    const removed = await run('clients remove acme/production 64cd')
    assert.deepEqual([removed.code, removed.err], [0, ''])
    assert.equal((await listClients(db.read, environmentId)).length, 1)
    const entries = await listAuditEntries(db.read, environmentId, { subjectId: '64cd', limit: 10 })
    assert.deepEqual(entries.map(({ action }) => action).toSorted(), ['client.created', 'client.removed'])
    assert.deepEqual(entries[0]?.actor, { by: 'administrator', administratorId: 'command line' })
  })

  test(`secrets are printed once, listed without their text, and revoked (${kind})`, async (t) => {
    const { db, world, environmentId, run } = await commandLine(t, makeFresh)
    await run('clients create acme/production --name Reports --kind machine --id reports')
    assert.equal((await run('clients secrets acme/production reports')).err, 'No secrets yet.')
    const first = await run('clients secret acme/production reports --expires 30d')
    assert.match(first.out, /^[\w-]{43}$/)
    assert.match(first.err, /^Secret secret_\w+ of “Reports”, until 2026-03-31T12:00:00.000Z\. It is shown this once/)
    const second = await run('clients secret acme/production reports')
    const client = the(await findClient(db.read, environmentId, 'reports'))
    const used = the(await verifySecret(db.read, client, first.out, now))
    await noteSecretUse(db.write, environmentId, used, now)
    const other = the((await listSecrets(db.read, client)).find(({ id }) => id !== used.id))
    world.passTime(31 * DAY)
    const listed = (await run('clients secrets acme/production reports')).out
    assert.deepEqual(
      listed.split('\n').toSorted(),
      [
        `${used.id}  …${first.out.slice(-4)}  made 2026-03-01  expired 2026-03-31  last used 2026-03-01`,
        `${other.id}  …${second.out.slice(-4)}  made 2026-03-01  without an end  never used`,
      ].toSorted(),
    )
    const json = (await run('clients secrets acme/production reports --json')).out
    for (const text of [first.out, second.out]) assert.ok(!`${listed}${json}`.includes(text))
    assert.equal(json.split('\n').length, 2)
    assert.equal((await run(`clients secret revoke neighbour/production reports ${used.id}`)).code, 1)
    assert.equal((await run(`clients secret revoke acme/production reports ${used.id}`)).code, 0)
    const again = await run(`clients secret revoke acme/production reports ${used.id}`)
    assert.deepEqual([again.code, again.out], [1, ''])
    assert.match(
      again.err,
      /has no secret secret_\w+\. Its secrets: sallyport clients secrets acme\/production reports$/,
    )
    assert.equal(await verifySecret(db.read, client, first.out, now), undefined)
  })

  test(`called wrongly they say what is wrong, and change nothing (${kind})`, async (t) => {
    const { db, environmentId, run } = await commandLine(t, makeFresh)
    await run(`clients create acme/production ${helper}`)
    await run('clients create acme/production --name Reports --kind machine --id reports')
    const create = 'clients create acme/production'
    const wrong: readonly (readonly [string, number, RegExp])[] = [
      ['clients', 2, /clients needs COMPANY\/ENVIRONMENT$/],
      ['clients acme/nowhere', 1, /There is no Environment acme\/nowhere/],
      ['clients create', 2, /needs COMPANY\/ENVIRONMENT$/],
      [create, 2, /^--name is missing\n--kind must be web, native, single-page or machine$/],
      [`${create} --name A --kind desktop`, 2, /^--kind must be/],
      [`${create} --name A --kind web`, 2, /^--redirect-uri needs at least one address/],
      [`${create} --name A --kind web --redirect-uri http://a.example/`, 2, /^--redirect-uri must begin with https/],
      [`${create} --name A --kind machine --grant all`, 2, /^--grant /],
      [`${create} --name A --kind machine --id a/b`, 2, /^--id must be 1 to 128 characters/],
      [
        `${create} --name A --kind machine --access-token-seconds 299`,
        2,
        /^--access-token-seconds must be at least 300/,
      ],
      [`${create} --name A --kind machine --access-token-seconds 1e3`, 2, /^--access-token-seconds /],
      [`${create} --name A --kind machine --secret x`, 2, /Usage: sallyport clients create/],
      [`${create} --name "Media Helper" --kind machine`, 1, /There is a client “Media Helper” already\. Choose/],
      [`${create} --name A --kind machine --id 64cd`, 1, /There is a client with the id 64cd already\. Choose/],
      ['clients secret acme/production', 2, /needs COMPANY\/ENVIRONMENT and CLIENT-ID$/],
      ['clients secret acme/production nobody', 1, /has no client nobody\. Its clients: sallyport clients acme/],
      ['clients secret acme/production 64cd', 1, /“Media Helper” runs on people’s own machines.*PKCE/],
      ['clients secret acme/production reports --expires 0d', 2, /^--expires must be a number of days/],
      ['clients secret acme/production reports --expires 9999d', 2, /^--expires must be a number of days/],
      ['clients secret revoke acme/production reports', 2, /needs COMPANY\/ENVIRONMENT and CLIENT-ID and SECRET-ID$/],
      ['clients secrets acme/production', 2, /needs/],
      ['clients remove acme/production', 2, /needs/],
      ['clients remove acme/production nobody', 1, /has no client nobody/],
    ]
    for (const [line, expected, message] of wrong) {
      const { code, out, err } = await run(line)
      assert.deepEqual([code, out], [expected, ''], `${line}: ${err}`)
      assert.match(err, message, line)
    }
    assert.equal((await run('clients secrets acme/production 64cd')).err, 'It has no secret: it uses PKCE.')
    assert.equal((await listClients(db.read, environmentId)).length, 2)
    assert.deepEqual(await db.read.selectFrom('oauth_client_secrets').selectAll().execute(), [])
  })

  test(`every command about clients in docs/oauth.md does something (${kind})`, async (t) => {
    const { db, run } = await commandLine(t, makeFresh)
    const lines = [...page.matchAll(/^sallyport (clients.*)$/gm)].map(([, line = '']) => line)
    assert.ok(lines.length >= 9)
    for (const line of lines) {
      const secret = await db.read.selectFrom('oauth_client_secrets').select('id').executeTakeFirst()
      const { code, err } = await run(line.replace(/secret_[a-z0-9]+/, secret?.id ?? ''))
      assert.equal(code, 0, `${line}: ${err}`)
    }
  })
})

/** The rows of the table under a heading of docs/oauth.md: the first two cells. */
function rowsUnder(heading: string): readonly (readonly [string, string])[] {
  const section = page.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const rows = [...section.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)]
  return rows.map(([, name = '', second = '']) => [name, second.trim()])
}

test('docs/oauth.md has every setting of a client with its default, and every fault', () => {
  const defaults: Readonly<Record<string, unknown>> = clientSettings.parse({})
  const text = (value: unknown) =>
    value === undefined ? 'none' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
  assert.deepEqual(
    rowsUnder('Settings'),
    Object.keys(clientSettings.shape).map((field) => [field, text(defaults[field])]),
  )
  const documented = rowsUnder('When something is refused').map(([code]) => code)
  assert.deepEqual(documented.toSorted(), clientFaultCodes.toSorted())
})

import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseArgs } from 'node:util'
import { listAuditEntries } from '#admin/audit/audit.ts'
import {
  activateKeyCommand,
  certificateCommand,
  importKeyCommand,
  importKeyOptions,
  listKeysCommand,
  makeKeyCommand,
  retireKeyCommand,
} from '#admin/keys/key-command.ts'
import { runCli } from '#cli.ts'
import { LARGEST_FILE, readKeyFile } from '#keys/read-key-file.ts'
import { changeFaults, importFaults } from '#keys/refusal.ts'
import { keytoolFile, twoKeysFile } from '#keys/test-key-files.ts'
import { contextOf, makeNeighbours, makePlace, now, testWorld, the } from '#login/test-place.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const password = 'changeit'
const { privateKey, certificatePem } = readKeyFile({ bytes: keytoolFile, password }, now)

const commands = {
  make: makeKeyCommand,
  import: importKeyCommand,
  activate: activateKeyCommand,
  retire: retireKeyCommand,
  certificate: certificateCommand,
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-keys-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

async function commandLine(t: TestContext, openFresh: OpenFresh) {
  const db = await openFresh(t)
  const world = testWorld()
  const { mine, other } = await makeNeighbours(db, world)
  const { secret } = contextOf(db, world)
  const asked: string[] = []
  /** The words behind `sallyport keys`; gives the code, what it printed and what it complained of. */
  const keys = async (line: string, typed?: string) => {
    const out: string[] = []
    const err: string[] = []
    const cli = {
      db,
      world,
      secret,
      out: (text: string) => void out.push(text),
      err: (text: string) => void err.push(text),
      readSecret: async (prompt: string) => {
        asked.push(prompt)
        return typed
      },
    }
    const { positionals, values } = parseArgs({
      args: line.split(' '),
      options: importKeyOptions,
      allowPositionals: true,
    })
    const command = commands[positionals[0] as keyof typeof commands]
    const code =
      command === undefined
        ? await listKeysCommand({ positionals, values }, cli)
        : await command({ positionals: positionals.slice(1), values }, cli)
    return { code, out: out.join('\n'), err: err.join('\n') }
  }
  return { db, world, keys, asked, environmentId: mine.environment.id, other: other.environment, folder: folderOf(t) }
}

const idIn = (text: string): string => the(/key_[a-z2-7]{20}/.exec(text)?.[0])

onEveryDatabase((kind, openFresh) => {
  test(`docs/keys.md, from one key to the next, step by step (${kind})`, async (t) => {
    const { keys, db, environmentId } = await commandLine(t, openFresh)
    assert.match((await keys('acme/production')).err, /There are no keys yet/)
    const first = (await keys('certificate acme/production')).out
    assert.equal(new X509Certificate(first).subject, 'CN=Sallyport acme/production')
    const made = await keys('make acme/production')
    assert.deepEqual([made.code, made.err], [0, ''])
    assert.match(
      made.out,
      /is the next key.*\nWhen every identity provider knows it: sallyport keys activate acme\/production$/,
    )
    const next = idIn(made.out)
    const certificate = (await keys(`certificate acme/production ${next}`)).out
    assert.notEqual(certificate, first)
    assert.equal((await keys('certificate acme/production')).out, first, 'the active one is still the first')
    assert.match((await keys('activate acme/production')).out, new RegExp(`^${next} signs from now on`))
    assert.equal((await keys('certificate acme/production')).out, certificate)
    const listed = (await keys('acme/production')).out.split('\n')
    const former = listed.find((one) => one.includes('previous'))
    assert.match(
      the(former),
      /^key_\w+ {2}previous {2}made {2}CN=Sallyport acme\/production {2}2026-02-28 to 2036-\d\d-\d\d {2}SHA-256 (\w\w:){31}\w\w$/,
    )
    const retired = await keys(`retire acme/production ${idIn(the(former))}`)
    assert.match(retired.out, /is retired.*private key is erased/)
    const entries = await listAuditEntries(db.read, environmentId, { limit: 10 })
    assert.deepEqual(entries.map(({ action }) => action).sort(), [
      'key.activated',
      'key.made',
      'key.replaced',
      'key.retired',
    ])
    for (const { actor } of entries) assert.deepEqual(actor, { by: 'administrator', administratorId: 'command line' })
  })

  test(`keys import takes PKCS#12 and PEM, and asks for a password only where there is one (${kind})`, async (t) => {
    const { keys, asked, folder } = await commandLine(t, openFresh)
    const file = (name: string, content: string | Buffer): string => {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    }
    const p12 = file('sso.p12', keytoolFile)
    const two = file('two.p12', twoKeysFile)
    const certificate = file('certificate.pem', certificatePem.trimEnd())
    const key = file('key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const options = { type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'sesame' } as const
    const locked = file('locked.pem', privateKey.export(options))
    for (const [line, typed, prompts] of [
      [`${p12} --alias sso`, password, [`Password of ${p12}`]],
      [`${two} --alias SSO`, password, [`Password of ${two}`]],
      [`${certificate} --key ${key}`, undefined, []],
      [`${certificate} --key ${locked}`, 'sesame', [`Password of ${locked}`]],
    ] as const) {
      const imported = await keys(`import acme/production ${line}`, typed)
      assert.deepEqual([imported.code, imported.err], [0, ''])
      assert.match(imported.out, /“O=Acme, CN=AgileApps SSO” is the next key/)
      assert.deepEqual(asked.splice(0), prompts)
      await keys(`retire acme/production ${idIn(imported.out)}`)
    }
  })

  test(`what cannot be done is said in one sentence with its cure, and nothing changes (${kind})`, async (t) => {
    const { keys, folder, db } = await commandLine(t, openFresh)
    const p12 = join(folder, 'sso.p12')
    writeFileSync(p12, keytoolFile)
    const jks = join(folder, 'old.jks')
    writeFileSync(jks, Buffer.concat([Buffer.from('feedfeed', 'hex'), Buffer.alloc(20)]))
    const large = join(folder, 'large')
    writeFileSync(large, 'x')
    truncateSync(large, LARGEST_FILE + 1)
    for (const [line, typed, code, sentence] of [
      ['acme', undefined, 1, /There is no Environment acme\. Name it like acme\/production\./],
      ['acme/production/x', undefined, 1, /There is no Environment/],
      ['make', undefined, 2, /keys make needs COMPANY\/ENVIRONMENT$/],
      ['make acme/production x', undefined, 2, /keys make needs/],
      ['import acme/production', undefined, 2, /keys import needs COMPANY\/ENVIRONMENT and FILE$/],
      ['import acme/production nowhere.p12', undefined, 1, /nowhere\.p12 cannot be read/],
      [`import acme/production ${folder}`, undefined, 1, /cannot be read/],
      [`import acme/production ${p12} --key nowhere`, undefined, 1, /nowhere cannot be read/],
      [`import acme/production ${p12}`, undefined, 1, /no password was given\. Give the password/],
      [`import acme/production ${p12}`, 'wrong', 1, /does not open the file.*keystorePass/],
      [`import acme/production ${p12} --alias x`, password, 1, /It has: “sso”/],
      [
        `import acme/production ${jks} --alias sso`,
        undefined,
        1,
        /“keytool -importkeystore -srckeystore \S+old\.jks .*-srcalias sso”/,
      ],
      [`import acme/production ${large}`, undefined, 1, /more than 1048576 bytes/],
      [
        'activate acme/production',
        undefined,
        1,
        /There is no next key\. Make one with: sallyport keys make acme\/production/,
      ],
      ['retire acme/production key_none', undefined, 1, /acme\/production has no key key_none/],
      ['certificate acme/production key_none', undefined, 1, /has no key key_none/],
    ] as const) {
      const refused = await keys(line, typed)
      assert.deepEqual([refused.code, refused.out], [code, ''], line)
      assert.match(refused.err, sentence)
    }
    assert.deepEqual(await db.read.selectFrom('signing_keys').selectAll().execute(), [])
    const { out } = await keys('certificate neighbour/production')
    assert.match(out, /BEGIN CERTIFICATE/)
    const theirs = idIn((await keys('neighbour/production')).out)
    for (const line of [`retire acme/production ${theirs}`, `certificate acme/production ${theirs}`])
      assert.match((await keys(line)).err, /acme\/production has no key/)
    await keys('certificate acme/production')
    const mine = idIn((await keys('acme/production')).out)
    assert.match(
      (await keys(`retire acme/production ${mine}`)).err,
      /^The active key cannot be retired.*Activate another/,
    )
  })
})

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`through the command line, with the secret of the service (${kind})`, async (t) => {
    const { db, url } = await makeFresh(t)
    const world = testWorld()
    await makePlace(db, world)
    const run = async (words: string, SALLYPORT_SECRET = 's'.repeat(32)) => {
      const out: string[] = []
      const err: string[] = []
      const env = { SALLYPORT_DATABASE_URL: url, SALLYPORT_SECRET }
      const code = await runCli(words.split(' '), {
        world,
        env,
        out: (line) => void out.push(line),
        err: (line) => void err.push(line),
        node: process.execPath,
        readSecret: async () => undefined,
        onStop: () => {},
      })
      return { code, out: out.join('\n'), err: err.join('\n') }
    }
    assert.match((await run('keys certificate acme/production')).out, /^-----BEGIN CERTIFICATE-----/)
    assert.equal((await run('keys make acme/production')).code, 0)
    assert.equal((await run('keys activate acme/production')).code, 0)
    const { out } = await run('keys acme/production')
    assert.deepEqual(
      out
        .split('\n')
        .map((line) => line.split('  ')[1])
        .sort(),
      ['active', 'previous'],
    )
    const wrong = await run('keys certificate acme/production', 'x'.repeat(32))
    assert.deepEqual([wrong.code, wrong.out], [1, ''])
    assert.match(wrong.err, /SALLYPORT_SECRET/)
  })
})

test('docs/keys.md: its commands are commands, and every refusal is in it once', async () => {
  const text = readFileSync(new URL('../../../../docs/keys.md', import.meta.url), 'utf8')
  const blocks = [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block)
  const lines = blocks
    .join('\n')
    .split('\n')
    .map((line) => line.replace(/ *#.*/, '').trim())
  const help: string[] = []
  await runCli([], { out: (line: string) => void help.push(line) } as never)
  for (const line of lines.filter((one) => one.startsWith('sallyport '))) {
    const [, command = '', words = ''] = /^sallyport ((?:token-)?keys(?: [a-z]+)?(?= |$))(.*)$/.exec(line) ?? []
    const usage = help
      .join('\n')
      .split('\n')
      .find((one) => one.startsWith(`  ${command} COMPANY/ENVIRONMENT`))
    assert.ok(usage, line)
    for (const [option] of words.matchAll(/--\w+/g)) assert.match(usage, new RegExp(`\\[${option}[ \\]]`), line)
  }
  assert.ok(
    lines.includes(
      'keytool -importkeystore -srckeystore sso.jks -destkeystore sso.jks.p12 -deststoretype PKCS12 -srcalias sso',
    ),
  )
  const rows = [...text.matchAll(/^\| `((?:key|certificate)-[a-z-]+)` \| \S.+\. \| \S.+\. \|$/gm)].map(
    ([, code]) => code,
  )
  assert.deepEqual(rows, [...importFaults, ...changeFaults])
})

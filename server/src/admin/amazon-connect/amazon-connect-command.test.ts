import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fieldOfOption } from '#admin/amazon-connect/amazon-connect-command.ts'
import { listAuditEntries } from '#admin/audit/audit.ts'
import { runCli } from '#cli.ts'
import { findAmazonConnect } from '#connect/settings.ts'
import { deepLink, iamMetadata, instanceArn, instanceId, testSettings } from '#connect/test-settings.ts'
import { makeNeighbours, testWorld } from '#login/test-place.ts'
import { type MakeFresh, onEveryDatabase } from '#storage/on-every-database.ts'

async function commandLine(t: TestContext, makeFresh: MakeFresh) {
  const { db, url } = await makeFresh(t)
  const world = testWorld()
  const { mine, other } = await makeNeighbours(db, world)
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-connect-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const run = async (line: string) => {
    const out: string[] = []
    const err: string[] = []
    const env = {
      SALLYPORT_DATABASE_URL: url,
      SALLYPORT_SECRET: 's'.repeat(32),
      SALLYPORT_PUBLIC_URL: 'https://sso.example',
    }
    const cli = { world, env, out: (text: string) => out.push(text), err: (text: string) => err.push(text) }
    const code = await runCli(line.split(' '), cli as never)
    return { code, out: out.join('\n'), err: err.join('\n') }
  }
  const at = (verb: string, more = '') => run(`amazon-connect ${verb} acme/production${more === '' ? '' : ` ${more}`}`)
  return { db, run, at, file, id: mine.environment.id, other: other.environment.id }
}

test('every option of set is documented, and no other', () => {
  const page = readFileSync(new URL('../../../../docs/amazon-connect.md', import.meta.url), 'utf8')
  const documented = [...page.matchAll(/^\| [^|`]+ \| `--([a-z-]+)` \|/gm)].map(([, option]) => option)
  assert.deepEqual(documented.toSorted(), Object.keys(fieldOfOption).toSorted())
})

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`an instance is set with an alias and an ARN, shown, and removed (${kind})`, async (t) => {
    const { db, at, id, other } = await commandLine(t, makeFresh)
    const nothing = 'acme/production has no instance of Amazon Connect.'
    assert.deepEqual(await at('show'), { code: 0, out: nothing, err: '' })
    const set = await at('set', `--url acme --id ${instanceArn}`)
    const shown = [
      `Instance: https://acme.my.connect.aws, ${instanceId} in eu-west-2, account 123456789012`,
      'Contact Control Panel: v2',
      'Sign-in: at the instance’s own login page; the window closes itself',
      'Sallyport sign-in first: yes; agent’s name: username; stuck after 30 s',
      'AWS: role AmazonConnectAgent, provider CompanyDirectory, sessions of 36000 s, from an identity provider not named, metadata missing',
      `RelayState: https://eu-west-2.console.aws.amazon.com/connect/federate/${instanceId}?destination=%2Fccp-v2&new_domain=true`,
      'User/Agent URL: https://sso.example/acme/production',
      'Approved origin: https://sso.example',
    ].join('\n')
    assert.deepEqual(set, { code: 0, out: shown, err: '' })
    assert.deepEqual(await at('show'), set)
    assert.deepEqual(JSON.parse((await at('show', '--json')).out).settings, testSettings())
    assert.equal(await findAmazonConnect(db.read, other), undefined)
    const [entry] = await listAuditEntries(db.read, id, { limit: 1 })
    assert.deepEqual(
      [entry?.action, entry?.actor],
      ['amazon-connect.changed', { by: 'administrator', administratorId: 'command line' }],
    )
    assert.equal((await at('remove')).code, 0)
    const gone = await at('remove')
    assert.deepEqual([gone.code, gone.err], [1, `${nothing} Nothing was changed.`])
  })

  test(`what is not named stays as it is, and none empties (${kind})`, async (t) => {
    const { db, at, file, id } = await commandLine(t, makeFresh)
    const found = () => findAmazonConnect(db.read, id)
    await at('set', `--url acme --id ${instanceArn}`)
    const more = `--single-sign-on on --single-sign-on-url ${deepLink} --auto-close off --require-sign-in off`
    const names = '--agent-name email --stuck-after 60 --product okta --provider-name Okta --role-name Agents'
    const rest = `--session-seconds 3600 --metadata ${file('idp.xml', iamMetadata)} --destination agent-app-v2 --ccp v1`
    const done = await at('set', `${more} ${names} ${rest}`)
    assert.equal(done.code, 0, done.err)
    assert.deepEqual(
      await found(),
      testSettings({
        ccpVersion: 'v1',
        singleSignOn: { enabled: true, url: deepLink, autoCloseWindow: false },
        requireSignIn: false,
        agentName: 'email',
        stuckAfterSeconds: 60,
        federation: {
          product: 'okta',
          providerName: 'Okta',
          roleName: 'Agents',
          sessionSeconds: 3600,
          metadata: iamMetadata,
          destination: 'agent-app-v2',
        },
      }),
    )
    await at('set', '--metadata none --destination none --product none --single-sign-on off --single-sign-on-url none')
    const emptied = await found()
    assert.deepEqual(
      [emptied?.singleSignOn.url, emptied?.federation.metadata, emptied?.federation.product],
      [null, null, null],
    )
    // The region and the account of another instance are those of its ARN.
    await at('set', `--id ${instanceArn.replace('eu-west-2', 'us-east-1').replace('123456789012', '999999999999')}`)
    assert.deepEqual((await found())?.instance, {
      url: 'https://acme.my.connect.aws',
      region: 'us-east-1',
      id: instanceId,
      accountId: '999999999999',
    })
  })

  test(`what is wrong is told by its option; nothing is saved (${kind})`, async (t) => {
    const { db, at, run, id } = await commandLine(t, makeFresh)
    for (const [options, code, said] of [
      ['', 2, /^amazon-connect set needs something to set/],
      ['--url acme', 1, /^--id is missing$/],
      [`--id ${instanceArn}`, 1, /^--url is missing$/],
      [
        `--url acme.okta.com --id ${instanceArn} --region us-east-1`,
        1,
        /^--url “acme\.okta\.com” is no .*\n--region is us-east-1/,
      ],
      ['--single-sign-on yes', 2, /^--single-sign-on is on or off\.$/],
      ['--stuck-after soon', 2, /^--stuck-after is a whole number\.$/],
      ['--metadata /nowhere.xml', 1, /^The file \/nowhere\.xml cannot be read\.$/],
      [`--url acme --id ${instanceArn} --single-sign-on on`, 1, /^--single-sign-on-url is missing/],
      [`--url acme --id ${instanceArn} --require-sign-in none`, 1, /^--require-sign-in /],
      [`--url acme --id ${instanceArn} --product myspace`, 1, /^--product /],
    ] as const) {
      const refused = await at('set', options)
      assert.equal(refused.code, code, options)
      assert.match(refused.err, said)
    }
    assert.equal(await findAmazonConnect(db.read, id), undefined)
    const nowhere = await run('amazon-connect show acme/nowhere')
    assert.deepEqual([nowhere.code, nowhere.err.startsWith('There is no Environment')], [1, true])
    assert.equal((await run('amazon-connect show')).code, 2)
  })

  test(`what was taken in another way, or may go wrong, goes to the standard error (${kind})`, async (t) => {
    const { at } = await commandLine(t, makeFresh)
    const { code, err } = await at('set', `--url localhost:4000/ccp-v2/ --id ${instanceArn}`)
    assert.equal(code, 0)
    assert.match(
      err,
      /^Warning: The instance’s address was taken as http:\/\/localhost:4000, .*\nWarning: The instance is at /,
    )
  })
})

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runCli } from '#cli.ts'
import { listArtefacts } from '#connect/artefacts/artefacts.ts'
import { relayStateOf } from '#connect/relay-state.ts'
import { saveAmazonConnect } from '#connect/settings.ts'
import { deepLink, testSettings } from '#connect/test-settings.ts'
import { makeNeighbours, now, testWorld } from '#login/test-place.ts'
import { type MakeFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const settings = testSettings({ singleSignOn: { enabled: true, url: deepLink }, federation: { product: 'okta' } })
const relayState = relayStateOf(settings)

async function commandLine(t: TestContext, makeFresh: MakeFresh) {
  const { db, url } = await makeFresh(t)
  const world = testWorld()
  const { mine, other } = await makeNeighbours(db, world)
  await saveAmazonConnect(db.write, mine.environment.id, settings, now)
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-connect-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const run = async (...words: string[]) => {
    const out: string[] = []
    const err: string[] = []
    const env = {
      SALLYPORT_DATABASE_URL: url,
      SALLYPORT_SECRET: 's'.repeat(32),
      SALLYPORT_PUBLIC_URL: 'https://sso.example',
    }
    const cli = { world, env, out: (text: string) => out.push(text), err: (text: string) => err.push(text) }
    const code = await runCli(['amazon-connect', ...words], cli as never)
    return { code, out: out.join('\n'), err: err.join('\n') }
  }
  return { run, folder, theirs: `${other.company.slug}/${other.environment.slug}` }
}

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`the RelayState is printed with the link that carries it, and another one is read (${kind})`, async (t) => {
    const { run, theirs } = await commandLine(t, makeFresh)
    const here = 'acme/production'
    const printed = await run('relay-state', here)
    const [first, link, note] = printed.out.split('\n')
    assert.deepEqual([printed.code, first], [0, relayState])
    assert.equal(link, `${deepLink}?RelayState=${encodeURIComponent(relayState)}`)
    assert.match(note ?? '', /^Paste this link/)
    assert.match((await run('relay-state', here, '--product', 'duo')).out, /^https.*\nEnter it at Duo Single Sign-On: /)
    const good = await run('relay-state', here, '--read', relayState)
    assert.deepEqual(good, { code: 0, out: `${relayState}\nNothing is wrong with it.`, err: '' })
    const wrong = await run('relay-state', here, '--read', 'https://acme.my.connect.aws/')
    assert.equal(wrong.code, 1)
    assert.match(wrong.out, /^broken: acme\.my\.connect\.aws is the address of the Amazon Connect instance\./)
    assert.match((await run('relay-state', here, '--product', 'x')).err, /^--product is one of /)
    const absent = await run('relay-state', theirs)
    assert.equal(absent.code, 1)
    assert.match(absent.err, /has no instance of Amazon Connect\. Enter it first: /)
  })

  test(`a deep link is read; a broken one ends with 1 (${kind})`, async (t) => {
    const { run } = await commandLine(t, makeFresh)
    const good = await run('read-link', 'acme/production', deepLink)
    assert.equal(good.code, 0)
    assert.match(good.out, /^A link of Okta\.\nhost: acme\.okta\.com\n/)
    assert.match(good.out, /^note: The link carries no RelayState/m)
    const broken = await run('read-link', 'acme/production', relayState)
    assert.equal(broken.code, 1)
    assert.match(broken.out, /^broken: This is the RelayState, not the link\./m)
    assert.equal((await run('read-link', 'acme/production')).code, 2)
    assert.equal((await run('read-link', 'acme/production', deepLink, '--product', 'x')).code, 2)
  })

  test(`the files are listed, printed one by one, and written (${kind})`, async (t) => {
    const { run, folder, theirs } = await commandLine(t, makeFresh)
    const artefacts = listArtefacts(settings)
    const listed = await run('artefacts', 'acme/production')
    assert.deepEqual([listed.code, listed.out.split('\n').length], [0, artefacts.length])
    assert.match(listed.err, /^Warning: The identity provider’s metadata is not known/)
    const one = await run('artefacts', 'acme/production', '--name', 'trust-policy.json')
    assert.deepEqual([one.code, one.out, one.err], [0, artefacts[0]?.text.trimEnd(), ''])
    const out = join(folder, 'aws')
    assert.equal((await run('artefacts', 'acme/production', '--out', out)).code, 0)
    assert.deepEqual(readdirSync(out).toSorted(), artefacts.map(({ name }) => name).toSorted())
    for (const { name, text } of artefacts) assert.equal(readFileSync(join(out, name), 'utf8'), text)
    assert.match(
      (await run('artefacts', 'acme/production', '--name', 'x')).err,
      /^--name is one of trust-policy\.json, /,
    )
    const refused = await run('artefacts', 'acme/production', '--out', join(out, 'trust-policy.json'))
    assert.deepEqual([refused.code, /cannot be written to/.test(refused.err)], [1, true])
    const unknown = await run('artefacts', theirs, '--name', 'permission-policy.json')
    assert.match(unknown.out, /connect:REGION:ACCOUNT_ID:instance\/INSTANCE_ID/)
    assert.equal(unknown.err.split('\n').length, 2)
  })
})

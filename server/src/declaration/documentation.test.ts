import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import { z } from 'zod'
import { storedAddresses } from '#access/addresses.ts'
import { reservedSlugs } from '#companies/slug.ts'
import { configVariables } from '#config/config.ts'
import { typedAmazonConnect } from '#connect/settings.ts'
import { connectionSettings, settingsShape } from '#connections/settings.ts'
import { sourceShape } from '#connections/sources.ts'
import { accessShape, addressesShape, policyShape } from '#declaration/access-shape.ts'
import { clientShape } from '#declaration/clients-shape.ts'
import { applyCommand } from '#declaration/commands.ts'
import { amazonConnectShape } from '#declaration/connect-shape.ts'
import { companyShape, declarationShape, environmentShape } from '#declaration/declaration.ts'
import { accessProfileShape, applicationShape, userShape } from '#declaration/directory-shape.ts'
import { fieldsOf } from '#declaration/fields.ts'
import { sessionsShape } from '#declaration/sessions-shape.ts'
import { certificate } from '#declaration/test-certificate.ts'
import { clientSettings } from '#oauth/clients.ts'
import { defaultSessionSettings } from '#sessions/settings.ts'
import { openDatabase } from '#storage/database.ts'
import { migrate } from '#storage/migrate.ts'
import { PORTAL_TEAM, STANDARD_PROFILES } from '#users/directory.ts'

const document = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')

/** The rows of the table under a heading: name and default. */
function table(heading: string): ReadonlyMap<string, string> {
  const section = document.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`))
  assert.ok(section, `there is no heading ${heading}`)
  const rows = [...section.matchAll(/^\| `([^`]+)` \| ([^|]+) \| \S.*\|$/gm)]
  return new Map(rows.map(([, name = '', usual = '']) => [name, usual.trim()]))
}

/** The dotted names of the fields of a shape, those of nested objects instead of the objects. */
function leaves(shape: Readonly<Record<string, unknown>>, prefix = ''): readonly string[] {
  return Object.entries(shape).flatMap(([key, schema]) => {
    const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema
    return inner instanceof z.ZodObject ? leaves(inner.shape, `${prefix}${key}.`) : [prefix + key]
  })
}

test('every environment variable is documented, and no other', () => {
  assert.deepEqual([...table('Environment variables').keys()], [...configVariables])
})

test('every field of the declaration is documented, and no other', () => {
  assert.deepEqual(Object.keys(declarationShape), ['companies'])
  assert.deepEqual([...table('Company').keys()], Object.keys(companyShape))
  assert.deepEqual([...table('Environment').keys()], Object.keys(environmentShape))
  assert.deepEqual([...table('Sessions').keys()], leaves(sessionsShape))
  assert.deepEqual([...table('Access').keys()], Object.keys(accessShape))
  assert.deepEqual([...table('Allowed IP Addresses').keys()], Object.keys(addressesShape))
  assert.deepEqual([...table('Policy').keys()], Object.keys(policyShape))
  assert.deepEqual([...table('Amazon Connect').keys()], leaves(amazonConnectShape))
  assert.deepEqual([...table('Access Profile').keys()], Object.keys(accessProfileShape))
  assert.deepEqual([...table('Application').keys()], Object.keys(applicationShape))
  assert.deepEqual([...table('User').keys()], Object.keys(userShape))
  assert.deepEqual([...table('Client').keys()], Object.keys(clientShape))
  const connection = ['ticket', 'name', ...Object.keys(sourceShape), ...leaves(settingsShape)]
  assert.deepEqual([...table('Connection').keys()], connection)
})

test('every default of a connection is documented as it is', () => {
  const given = { issuer: 'x', thirdPartyAuthenticationUrl: 'https://x.example', issuerCertificates: [certificate] }
  const defaults = fieldsOf(connectionSettings.parse(given))
  const documented = table('Connection')
  for (const name of leaves(settingsShape)) {
    const expected = name in given ? 'required' : name in defaults ? `\`${defaults[name]}\`` : 'none'
    assert.equal(documented.get(name), expected, name)
  }
})

test('every default of a client is documented as it is', () => {
  const defaults = fieldsOf(clientSettings.parse({}))
  for (const name of Object.keys(clientShape)) {
    const isRequired = ['id', 'name', 'kind'].includes(name)
    const expected = isRequired ? 'required' : name in defaults ? `\`${defaults[name]}\`` : 'none'
    assert.equal(table('Client').get(name), expected, name)
  }
})

test('every default of the session settings is documented as it is', () => {
  const defaults = fieldsOf(defaultSessionSettings)
  assert.deepEqual(
    [...table('Sessions')],
    Object.entries(defaults).map(([name, usual]) => [name, `\`${usual}\``]),
  )
})

test('every default of Allowed IP Addresses is documented as it is', () => {
  const defaults = fieldsOf(storedAddresses.parse({}))
  assert.deepEqual(
    [...table('Allowed IP Addresses')],
    Object.entries(defaults).map(([name, usual]) => [name, `\`${usual}\``]),
  )
})

test('every default of Amazon Connect is documented as it is', () => {
  const { instance: _instance, ...rest } = typedAmazonConnect.parse({ instance: { url: 'x', id: 'x' } })
  const defaults = fieldsOf(rest)
  for (const [name, usual] of table('Amazon Connect')) {
    const isRequired = ['instance.url', 'instance.id'].includes(name)
    const expected = name in defaults && defaults[name] !== 'null' ? `\`${defaults[name]}\`` : 'none'
    assert.equal(usual, isRequired ? 'required' : expected, name)
  }
})

test('what every Environment has is documented by name', () => {
  for (const name of [PORTAL_TEAM, ...Object.values(STANDARD_PROFILES)])
    assert.ok(document.includes(`\`${name}\``), name)
})

test('the slugs named as reserved are', () => {
  for (const word of ['saml', 'admin', 'api', 'oauth'])
    assert.ok(reservedSlugs.has(word) && document.includes(`\`${word}\``))
})

test('the example applies as it stands', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  const db = await openDatabase(`sqlite:${folder}/sallyport.db`, { log: { warn: () => {} } })
  t.after(async () => {
    await db.close()
    rmSync(folder, { recursive: true })
  })
  await migrate(db)
  const [, example = ''] = document.match(/```yaml\n([\s\S]*?)```/) ?? []
  const file = join(folder, 'sallyport.yaml')
  writeFileSync(file, example)
  writeFileSync(join(folder, 'idp.pem'), certificate)
  const metadata = writeIdentityProviderMetadata({
    entityId: 'https://partners.example/metadata',
    singleSignOn: [{ binding: 'post', location: 'https://partners.example/sso' }],
    signingCertificates: [certificate],
    wantAuthnRequestsSigned: false,
  })
  writeFileSync(join(folder, 'partners-metadata.xml'), metadata)
  const world = {
    clock: () => new Date('2026-06-01'),
    chance: { bytes: (size: number) => new Uint8Array(randomBytes(size)) },
  }
  const config = { publicUrl: 'https://sso.example', allowPrivateHosts: [] }
  const problems: string[] = []
  const out = { line: () => {}, problem: (text: string) => problems.push(text) }
  assert.equal(
    await applyCommand({ file, dryRun: false, prune: false }, { db, world, config, out }),
    0,
    problems.join('\n'),
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listVersions } from '#configuration/configuration.ts'
import { findAmazonConnect } from '#connect/settings.ts'
import { deepLink, iamMetadata, instanceArn, instanceId, testSettings } from '#connect/test-settings.ts'
import { environmentNamed, withLines, workshop } from '#declaration/test-workshop.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const declared = withLines(`amazonConnect:
  instance: { url: acme, id: "${instanceArn}" }
  singleSignOn: { enabled: true, url: ${deepLink} }
  federation: { product: okta, metadataFile: idp.xml }`)
const settings = testSettings({
  singleSignOn: { enabled: true, url: deepLink },
  federation: { product: 'okta', metadata: iamMetadata },
})

onEveryDatabase((kind, openFresh) => {
  test(`an instance is planned as a diff, applied and exported, and is a version (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, exported, write } = workshop(t, db)
    const found = async () => findAmazonConnect(db.read, await environmentNamed(db))
    write('idp.xml', iamMetadata)
    const planned = (await apply(declared, { dryRun: true })).lines
    const from = planned.indexOf('+ Amazon Connect acme/production')
    assert.deepEqual(planned.slice(from + 1, from + 6), [
      '    instance.url: https://acme.my.connect.aws',
      '    instance.region: eu-west-2',
      `    instance.id: ${instanceId}`,
      '    instance.accountId: 123456789012',
      '    singleSignOn.enabled: true',
    ])
    assert.match(planned.join('\n'), /federation\.metadata: "?SHA-256 [0-9a-f]{64}/)
    assert.doesNotMatch(planned.join('\n'), /null/)
    assert.equal((await apply(declared)).code, 0)
    assert.deepEqual(await found(), settings)
    const same = 'Nothing to change: 3 as declared.'
    assert.deepEqual((await apply(declared)).lines, [same])
    const file = await exported()
    assert.match(file, /amazonConnect:\n +instance:\n +url: https:\/\/acme\.my\.connect\.aws\n/)
    assert.doesNotMatch(file, /ccpVersion|requireSignIn|roleName/)
    assert.deepEqual((await apply(file, { prune: true })).lines, [same])

    const changed = declared.replace('federation:', 'agentName: email\n          federation:')
    assert.deepEqual((await apply(changed)).lines, [
      '~ Amazon Connect acme/production',
      '    agentName: username → email',
      '0 to add, 1 to change, 0 to remove, 2 as declared.',
      'Applied.',
    ])
    const wanted = { kinds: ['amazon-connect'], limit: 5 } as const
    const versions = await listVersions(db.read, await environmentNamed(db), wanted)
    assert.deepEqual(versions.map(({ actor, number }) => [actor.by, number]).toSorted(), [
      ['declaration', 1],
      ['declaration', 2],
    ])
  })

  test(`without amazonConnect the instance stays and is named, and --prune removes it, of none else (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, write } = workshop(t, db)
    write('idp.xml', iamMetadata)
    const neighbour = `      - { slug: test, name: Test, amazonConnect: { instance: { url: other, id: "${instanceArn}" } } }\n`
    await apply(declared + neighbour)
    const bare = withLines('teams: []') + neighbour
    assert.deepEqual((await apply(bare)).lines, [
      'Nothing to change: 4 as declared.',
      'Left alone, because the file does not name them (--prune removes them):',
      '  Amazon Connect acme/production',
    ])
    assert.deepEqual((await apply(bare, { prune: true })).lines, [
      '- Amazon Connect acme/production',
      '0 to add, 0 to change, 1 to remove, 4 as declared.',
      'Applied.',
    ])
    assert.equal(await findAmazonConnect(db.read, await environmentNamed(db)), undefined)
    const theirs = await findAmazonConnect(db.read, await environmentNamed(db, 'test'))
    assert.equal(theirs?.instance.url, 'https://other.my.connect.aws')
  })

  test(`what is wrong is told at its place, and nothing is applied (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, write } = workshop(t, db)
    write('broken.xml', '<x/>')
    write('idp.xml', iamMetadata)
    const problemsWith = async (...lines: readonly string[]) => {
      const { code, problems } = await apply(withLines('amazonConnect:', ...lines.map((line) => `  ${line}`)))
      assert.equal(code, 2, lines.join('\n'))
      return problems.slice(0, -1).map((line) => line.replace(/^.*environments\[0\]\./, ''))
    }
    const instance = `instance: { url: acme, id: "${instanceArn}" }`
    const both = await problemsWith(
      `instance: { url: acme.okta.com, id: "${instanceArn}", region: us-east-1 }`,
      'singleSignOn: { enabled: true }',
    )
    assert.deepEqual(
      both.map((line) => line.split(':')[0]),
      ['amazonConnect.instance.url', 'amazonConnect.instance.region', 'amazonConnect.singleSignOn.url'],
    )
    for (const [federation, said] of [
      ['{ metadataFile: broken.xml }', /^amazonConnect\.federation\.metadataFile: \S/],
      ['{ metadataFile: absent.xml }', /^amazonConnect\.federation\.metadataFile: .*absent\.xml/],
      [
        '{ metadataFile: idp.xml, metadata: <x/> }',
        /^amazonConnect\.federation\.metadataFile: cannot be used together/,
      ],
      ['{ metadata: <x/> }', /^amazonConnect\.federation\.metadata: \S/],
      ['{ rolename: x }', /did you mean “roleName”/],
      ['{ sessionSeconds: 10 }', /^amazonConnect\.federation\.sessionSeconds: must be from 900 to 43200/],
    ] as const) {
      const [problem = '', ...more] = await problemsWith(instance, `federation: ${federation}`)
      assert.match(problem, said)
      assert.deepEqual(more, [])
    }
    assert.match((await problemsWith('ccpVersion: v2')).join('\n'), /amazonConnect\.instance: is missing/)
    assert.match((await apply(withLines('amazonConnect: acme'))).problems.join('\n'), /amazonConnect/)
  })
})

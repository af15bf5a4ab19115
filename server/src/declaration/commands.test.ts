import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import { findConnectionByTicket } from '#connections/connections.ts'
import { applyCommand } from '#declaration/commands.ts'
import { readState } from '#declaration/state.ts'
import { certificate } from '#declaration/test-certificate.ts'
import { type Ran, workshop, world } from '#declaration/test-workshop.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const declared = `companies:
  - slug: acme
    name: Acme
    environments:
      - slug: production
        name: Production
        targets: ["http://localhost:3000"]
        connections:
          - ticket: cnpkkccqsqscnp
            name: Corporate directory
            issuer: https://idp.example/metadata
            thirdPartyAuthenticationUrl: https://idp.example/sso
            certificateFile: idp.pem
            createUsers: { enabled: true, attributes: { firstName: firstName, email: email }, defaults: { userType: site } }
            signRequests: true
          - name: Partners
            issuer: https://partners.example/metadata
            thirdPartyAuthenticationUrl: partners.example:8443/sso
            certificateFile: idp.pem
`

onEveryDatabase((kind, openFresh) => {
  test(`applying makes what is declared, and says where the new connections are (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const { code, lines, problems } = await apply(declared)
    assert.deepEqual({ code, problems }, { code: 0, problems: [] })
    assert.ok(lines.includes('4 to add, 0 to change, 0 to remove, 0 as declared.'))
    const acs = 'Assertion Consumer Service Endpoint: https://sso.example/saml/cnpkkccqsqscnp/acs'
    assert.ok(lines.some((line) => line.includes(acs)))
    const found = await findConnectionByTicket(db.read, 'cnpkkccqsqscnp')
    assert.equal(found?.company.slug, 'acme')
    assert.deepEqual(found?.environment.targets, ['http://localhost:3000'])
    assert.deepEqual(found?.connection.settings.createUsers.attributes, { firstName: 'firstName', email: 'email' })
    assert.deepEqual(found?.connection.settings.issuerCertificates, [certificate])
  })

  test(`applying the same file again has nothing to do (${kind})`, async (t) => {
    const { apply } = workshop(t, await openFresh(t))
    await apply(declared)
    const { code, lines } = await apply(declared)
    assert.deepEqual({ code, lines }, { code: 0, lines: ['Nothing to change: 4 as declared.'] })
  })

  test(`a dry run shows the plan and changes nothing (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const { code, lines } = await apply(declared, { dryRun: true })
    assert.equal(code, 0)
    assert.equal(lines[0], '+ company acme')
    assert.equal(lines.at(-1), 'Nothing was applied, because this was a dry run.')
    assert.deepEqual(await readState(db.read), { companies: [] })
  })

  test(`connections may exchange their names (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, exported } = workshop(t, db)
    await apply(declared)
    const before = await exported()
    const swapped = before.replace(/(name: )(Corporate directory|Partners)/g, (_, key, name) => {
      return key + (name === 'Partners' ? 'Corporate directory' : 'Partners')
    })
    assert.equal((await apply(swapped)).code, 0)
    assert.equal((await findConnectionByTicket(db.read, 'cnpkkccqsqscnp'))?.connection.name, 'Partners')
    assert.equal(await exported(), swapped)
  })

  test(`what is not named stays, and goes with --prune (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    await apply(declared)
    const other = 'companies:\n  - { slug: other, name: Other }\n'
    const { lines } = await apply(other)
    assert.ok(lines.includes('  company acme'))
    const pruned = await apply(other, { prune: true })
    assert.equal(pruned.lines[0], '- company acme, with 2 connections')
    const { companies } = await readState(db.read)
    assert.deepEqual(
      companies.map(({ slug }) => slug),
      ['other'],
    )
  })

  test(`what is exported applies to an empty database and leads to the same state (${kind})`, async (t) => {
    const [from, to] = [await openFresh(t), await openFresh(t)]
    const first = workshop(t, from)
    await first.apply(declared)
    const text = await first.exported()
    assert.deepEqual((await first.apply(text)).lines, ['Nothing to change: 4 as declared.'])
    const second = workshop(t, to)
    assert.equal((await second.apply(text)).code, 0)
    assert.equal(await second.exported(), text)
  })

  test(`one wrong entry and nothing is applied (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const { code } = await apply(`${declared}  - { slug: Bad, name: Bad }\n`)
    assert.equal(code, 2)
    assert.deepEqual(await readState(db.read), { companies: [] })
  })

  test(`every error names file, line and place, and all come at once (${kind})`, async (t) => {
    const { apply, folder } = workshop(t, await openFresh(t))
    const wrong = declared
      .replace('slug: acme', 'slug: admin')
      .replace('signRequests', 'signRequest')
      .replace('name: Partners', 'name: Corporate directory')
      .replace('partners.example:8443', 'intranet')
      .replace('targets: ["http://localhost:3000"]', 'targets: ["https://a.example", "https://b.example/x/"]')
    const { code, problems } = await apply(wrong)
    assert.equal(code, 2)
    const environment = 'companies[0].environments[0]'
    assert.deepEqual(
      problems.map((line) => line.replace(`${folder}/`, '')),
      [
        'sallyport.yaml:2: companies[0].slug: “admin” cannot be used: paths of Sallyport itself begin with it',
        `sallyport.yaml:7: ${environment}.targets[1]: only the first target may have a path; give https://b.example`,
        `sallyport.yaml:15: ${environment}.connections[0].signRequest: there is no “signRequest” here; did you mean “signRequests”?`,
        `sallyport.yaml:16: ${environment}.connections[1].name: “Corporate directory” is used twice`,
        `sallyport.yaml:18: ${environment}.connections[1].thirdPartyAuthenticationUrl: the host “intranet” must be a full name, an IP address or localhost`,
        '5 problems; nothing was applied.',
      ],
    )
  })

  test(`a problem that only the database knows is told the same way (${kind})`, async (t) => {
    const { apply } = workshop(t, await openFresh(t))
    await apply(declared)
    const { code, problems } = await apply(declared.replace('slug: production', 'slug: test'))
    assert.equal(code, 2)
    assert.match(problems[0] ?? '', /sallyport\.yaml:9: .*\.ticket: belongs to a connection of another Environment/)
  })

  test(`metadata is fetched when the file is applied, from where the operator allows (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const metadata = writeIdentityProviderMetadata({
      entityId: 'https://idp.example/metadata',
      singleSignOn: [{ binding: 'redirect', location: 'https://idp.example/sso' }],
      signingCertificates: [certificate],
      wantAuthnRequestsSigned: true,
    })
    const server = createServer((_request, response) => response.end(metadata))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const text = `companies:
  - slug: acme
    name: Acme
    environments:
      - slug: production
        name: Production
        connections:
          - { ticket: cnpkkccqsqscnp, name: Directory, metadataUrl: "http://${host}/" }
`
    const refused = await apply(text)
    assert.equal(refused.code, 2)
    assert.match(refused.problems[0] ?? '', /:8: .*metadataUrl: .*SALLYPORT_ALLOW_PRIVATE_HOSTS/)
    assert.equal((await apply(text, { allow: [host] })).code, 0)
    const settings = (await findConnectionByTicket(db.read, 'cnpkkccqsqscnp'))?.connection.settings
    assert.equal(settings?.thirdPartyAuthenticationUrl, 'https://idp.example/sso')
    assert.equal(settings?.signRequests, true)
  })
})

test('a file that is not there, or is no YAML, is one plain line', async (t) => {
  const { folder, run } = workshop(t, undefined as unknown as Database)
  const applyFile = (file: string): Promise<Ran> =>
    run((out) => {
      const config = { publicUrl: 'https://sso.example', allowPrivateHosts: [] }
      const db = undefined as unknown as Database
      return applyCommand({ file, dryRun: false, prune: false }, { db, world, config, out })
    })
  const missing = await applyFile(join(folder, 'no.yaml'))
  assert.deepEqual(missing, {
    code: 2,
    lines: [],
    problems: [`${join(folder, 'no.yaml')}: does not exist`, 'Nothing was applied.'],
  })
  const broken = join(folder, 'broken.yaml')
  writeFileSync(broken, 'companies:\n  - [')
  assert.match((await applyFile(broken)).problems[0] ?? '', /broken\.yaml:2: /)
  writeFileSync(broken, '')
  assert.match((await applyFile(broken)).problems[0] ?? '', /broken\.yaml:1: companies: is missing/)
})

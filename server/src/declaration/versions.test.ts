import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listVersions, versionKinds } from '#configuration/configuration.ts'
import { listConnections, updateConnection } from '#connections/connections.ts'
import { environmentNamed, withLines, workshop, world } from '#declaration/test-workshop.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const connection = (more = '') => `connections:
  - name: Directory
    issuer: https://idp.example/metadata
    thirdPartyAuthenticationUrl: https://idp.example/sso
    certificateFile: idp.pem${more}`
const clients = `clients:
  - { id: export, name: Export, kind: machine }`

onEveryDatabase((kind, openFresh) => {
  test(`what is applied is a version of the configuration, and a dry run is none (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const made = await apply(withLines(connection(), clients))
    assert.equal(made.code, 0, made.problems.join())
    const environmentId = await environmentNamed(db)
    const all = async () => {
      const found = await listVersions(db.read, environmentId, { kinds: versionKinds, limit: 50 })
      for (const { actor } of found) assert.deepEqual(actor, { by: 'declaration' })
      return found.map(({ kind, number }) => `${kind} ${number}`).toSorted()
    }
    assert.deepEqual(await all(), ['client 1', 'connection 1'])
    const changed = withLines(
      'targets: ["https://apps.example"]',
      'sessions: { idleMinutes: 60 }',
      connection('\n    signRequests: true'),
      clients.replace('machine }', 'machine, accessTokenSeconds: 300 }'),
    )
    await apply(changed, { dryRun: true })
    assert.equal((await all()).length, 2)
    await apply(changed)
    const after = ['client 1', 'client 2', 'connection 1', 'connection 2', 'session-settings 1', 'targets 1']
    assert.deepEqual(await all(), after)
    await apply(changed)
    assert.deepEqual(await all(), after, 'what changes nothing is no version')
    await apply(withLines(clients), { prune: true })
    assert.ok((await all()).includes('connection 3'))
  })

  test(`a draft that the file names goes live, and is not exported before (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, exported } = workshop(t, db)
    await apply(withLines(connection()))
    const environmentId = await environmentNamed(db)
    const [one] = await listConnections(db.read, environmentId)
    assert.ok(one)
    await updateConnection(db.write, environmentId, { ...one, state: 'draft' }, world.clock())
    assert.doesNotMatch(await exported(), /Directory/)
    const { lines } = await apply(withLines(connection()))
    assert.deepEqual(lines.slice(0, 2), ['~ connection acme/production/Directory', '    state: draft → live'])
    assert.deepEqual(await listConnections(db.read, environmentId), [one])
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Company, insertCompany } from '#companies/companies.ts'
import { type Environment, insertEnvironment } from '#companies/environments.ts'
import {
  type Connection,
  deleteConnection,
  findConnection,
  findConnectionByTicket,
  insertConnection,
  listConnections,
  newTicket,
  requestIssuerOf,
  updateConnection,
} from '#connections/connections.ts'
import { connectionSettings } from '#connections/settings.ts'
import { type Database, isUniqueViolation } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const now = new Date('2026-01-02T03:04:05Z')
const acme: Company = { id: 'comp_acme', slug: 'acme', name: 'Acme' }
const production: Environment = {
  id: 'env_production',
  companyId: acme.id,
  slug: 'production',
  name: 'Production',
  targets: ['https://app.example'],
}
const staging: Environment = { ...production, id: 'env_staging', slug: 'staging', name: 'Staging' }
const directory: Connection = {
  id: 'conn_directory',
  environmentId: production.id,
  ticket: 'cnpkkccqsqscnp',
  name: 'Corporate directory',
  position: 0,
  state: 'live',
  settings: connectionSettings.parse({
    issuer: 'https://idp.example/metadata',
    thirdPartyAuthenticationUrl: 'idp.example/sso',
    issuerCertificates: ['…'],
  }),
}
const partners: Connection = {
  ...directory,
  id: 'conn_partners',
  ticket: 'abcdefghijklmn',
  name: 'Partners',
  position: 1,
}

async function withEnvironments(db: Database): Promise<Database> {
  await insertCompany(db.write, acme, now)
  for (const environment of [production, staging]) await insertEnvironment(db.write, environment, now)
  return db
}

onEveryDatabase((kind, openFresh) => {
  test(`a ticket leads to its connection, Environment and Company (${kind})`, async (t) => {
    const db = await withEnvironments(await openFresh(t))
    await insertConnection(db.write, production.id, directory, now)
    const found = await findConnectionByTicket(db.read, 'cnpkkccqsqscnp')
    assert.deepEqual(found, { connection: directory, environment: production, company: acme })
    assert.ok(Object.isFrozen(found?.connection.settings.createUsers.attributes))
    assert.equal(await findConnectionByTicket(db.read, 'zzzzzzzzzzzzzz'), undefined)
  })

  test(`connections are listed in their order (${kind})`, async (t) => {
    const db = await withEnvironments(await openFresh(t))
    for (const connection of [partners, directory]) await insertConnection(db.write, production.id, connection, now)
    assert.deepEqual(await listConnections(db.read, production.id), [directory, partners])
  })

  test(`a connection is not found, changed or removed through a neighbouring Environment (${kind})`, async (t) => {
    const db = await withEnvironments(await openFresh(t))
    await insertConnection(db.write, production.id, directory, now)
    assert.equal(await findConnection(db.read, staging.id, directory.id), undefined)
    assert.deepEqual(await listConnections(db.read, staging.id), [])
    await updateConnection(db.write, staging.id, { ...directory, name: 'Stolen' }, now)
    await deleteConnection(db.write, staging.id, directory.id)
    assert.deepEqual(await findConnection(db.read, production.id, directory.id), directory)
  })

  test(`a ticket is given once, a name once in an Environment (${kind})`, async (t) => {
    const db = await withEnvironments(await openFresh(t))
    await insertConnection(db.write, production.id, directory, now)
    const sameTicket = { ...partners, ticket: directory.ticket }
    const sameName = { ...partners, name: directory.name }
    await assert.rejects(insertConnection(db.write, staging.id, sameTicket, now), isUniqueViolation)
    await assert.rejects(insertConnection(db.write, production.id, sameName, now), isUniqueViolation)
    await insertConnection(db.write, staging.id, sameName, now)
  })

  test(`a connection changes and is removed (${kind})`, async (t) => {
    const db = await withEnvironments(await openFresh(t))
    await insertConnection(db.write, production.id, directory, now)
    const changed = { ...directory, name: 'Staff', settings: { ...directory.settings, signRequests: true } }
    await updateConnection(db.write, production.id, changed, now)
    assert.deepEqual(await findConnection(db.read, production.id, directory.id), changed)
    await deleteConnection(db.write, production.id, directory.id)
    assert.equal(await findConnection(db.read, production.id, directory.id), undefined)
  })
})

test('a ticket is 14 lower-case letters, each equally likely', () => {
  let next = 0
  const chance = { bytes: (size: number) => Uint8Array.from({ length: size }, () => next++ % 256) }
  const counts = new Map<string, number>()
  for (let i = 0; i < 256; i++) {
    const ticket = newTicket(chance)
    assert.match(ticket, /^[a-z]{14}$/)
    for (const letter of ticket) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  }
  assert.equal(counts.size, 26)
  assert.ok(Math.max(...counts.values()) - Math.min(...counts.values()) < 20)
})

test('the SAML Request Issuer is the address of our metadata unless it is set', () => {
  assert.equal(requestIssuerOf(directory, 'https://sso.example'), 'https://sso.example/saml/cnpkkccqsqscnp/metadata')
  const set = { ...directory, settings: { ...directory.settings, requestIssuer: 'urn:acme' } }
  assert.equal(requestIssuerOf(set, 'https://sso.example'), 'urn:acme')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Company,
  deleteCompany,
  findCompany,
  insertCompany,
  listCompanies,
  renameCompany,
} from '#companies/companies.ts'
import {
  deleteEnvironment,
  type Environment,
  findEnvironment,
  findEnvironmentById,
  insertEnvironment,
  listEnvironments,
  updateEnvironment,
} from '#companies/environments.ts'
import { isUniqueViolation } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const now = new Date('2026-01-02T03:04:05Z')
const acme: Company = { id: 'comp_acme', slug: 'acme', name: 'Acme' }
const beta: Company = { id: 'comp_beta', slug: 'beta', name: 'Beta' }
const production: Environment = {
  id: 'env_acme_production',
  companyId: acme.id,
  slug: 'production',
  name: 'Production',
  targets: ['https://app.example'],
}
const neighbour: Environment = { ...production, id: 'env_beta_production', companyId: beta.id, targets: [] }

onEveryDatabase((kind, openFresh) => {
  test(`an Environment is found by the two slugs of its URL, with its Company (${kind})`, async (t) => {
    const db = await openFresh(t)
    await insertCompany(db.write, acme, now)
    await insertEnvironment(db.write, production, now)
    const found = await findEnvironment(db.read, { companySlug: 'acme', environmentSlug: 'production' })
    assert.deepEqual(found, { environment: production, company: acme })
    assert.deepEqual(await findEnvironmentById(db.read, production.id), found)
    assert.equal(await findEnvironment(db.read, { companySlug: 'acme', environmentSlug: 'test' }), undefined)
    assert.ok(Object.isFrozen(found?.environment.targets))
  })

  test(`two Companies may have an Environment of the same slug, and see only their own (${kind})`, async (t) => {
    const db = await openFresh(t)
    for (const company of [beta, acme]) await insertCompany(db.write, company, now)
    for (const environment of [neighbour, production]) await insertEnvironment(db.write, environment, now)
    assert.deepEqual(await listCompanies(db.read), [acme, beta])
    assert.deepEqual(await listEnvironments(db.read, acme.id), [production])
    await updateEnvironment(db.write, { ...production, id: neighbour.id, name: 'Stolen' }, now)
    await deleteEnvironment(db.write, acme.id, neighbour.id)
    assert.deepEqual(await listEnvironments(db.read, beta.id), [neighbour])
  })

  test(`a slug is given once (${kind})`, async (t) => {
    const db = await openFresh(t)
    await insertCompany(db.write, acme, now)
    await insertEnvironment(db.write, production, now)
    await assert.rejects(insertCompany(db.write, { ...acme, id: 'comp_x' }, now), isUniqueViolation)
    await assert.rejects(insertEnvironment(db.write, { ...production, id: 'env_x' }, now), isUniqueViolation)
  })

  test(`names and targets change, and a Company is removed with its Environments (${kind})`, async (t) => {
    const db = await openFresh(t)
    await insertCompany(db.write, acme, now)
    await insertEnvironment(db.write, production, now)
    await renameCompany(db.write, acme.id, 'Acme Ltd', now)
    await updateEnvironment(db.write, { ...production, name: 'Live', targets: [] }, now)
    const found = await findEnvironmentById(db.read, production.id)
    assert.deepEqual(
      [found?.company.name, found?.environment.name, found?.environment.targets],
      ['Acme Ltd', 'Live', []],
    )
    await deleteCompany(db.write, acme.id)
    assert.equal(await findCompany(db.read, 'acme'), undefined)
    assert.equal(await findEnvironmentById(db.read, production.id), undefined)
  })
})

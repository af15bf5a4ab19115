// An administrator of one Company reaches nothing of another: tried over every operation that there is.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { administrationRoutes, operations, outerOperations } from '#admin/admin.ts'
import { scopesOf } from '#admin/askers.ts'
import { makeAdministrator, type Portal, signedInPortal } from '#admin/test-administrators.ts'
import { assertProblem, made, startApi } from '#admin/test-api.ts'
import {
  allOperations,
  idsOf,
  inEnvironment,
  ofSomebody,
  rowsOf,
  seeding,
  type Trial,
  trialOf,
  trialsBelow,
  trialsInPath,
} from '#admin/test-isolation.ts'
import { roles } from '#administrators/memberships.ts'
import { instanceArn } from '#connect/test-settings.ts'
import { insertPerson, insertSessionRows, sessionRow } from '#sessions/test-sessions.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

/** The neighbour has something of everything that a path may name. */
async function start(t: TestContext, openFresh: OpenFresh) {
  const started = await startApi(t, openFresh)
  const { db, world, app, place, other, neighbour } = started
  const theirs = await insertPerson(db, world, other, { username: 'secretive', email: 'secretive@neighbour.example' })
  await insertSessionRows(db, [sessionRow(world, theirs)])
  await makeAdministrator(db, world, { email: 'eve@neighbour.example', companyId: other.company.id })
  for (const { path, bodyExample } of seeding) await made(neighbour.post(path, bodyExample))
  const connect = { instance: { url: 'neighbour', id: instanceArn } }
  assert.equal((await neighbour.put('amazon-connect', connect)).statusCode, 200)
  await makeAdministrator(db, world, { companyId: place.company.id })
  return { ...started, portal: await signedInPortal(app) }
}

function send(portal: Portal, { method, path, body, type }: Trial) {
  const headers = { 'if-match': '*', ...(type === undefined ? {} : { 'content-type': type }) }
  return portal.send(method as 'GET', path, body, headers)
}

onEveryDatabase((kind, openFresh) => {
  test(`every route names a Company or an Environment, or is known to belong to none (${kind})`, () => {
    const known = new Set(allOperations.map(({ method, path }) => `${method} /api/v1/${path}`))
    const apart = ['GET /api/v1/openapi.json', 'GET /api/v1/environments']
    for (const { method, path } of administrationRoutes({} as never)) {
      const route = `${method} ${path}`
      assert.ok(known.has(route) || apart.includes(route) || path === '/api/v1/*', route)
    }
    for (const { path } of ofSomebody)
      assert.match(path, /^(environments\/:environmentId|companies\/:companyId|companies$)/, path)
  })

  test(`whatever is below another Company or its Environment is not there (${kind})`, async (t) => {
    const { portal, other } = await start(t, openFresh)
    const theirs = { environmentId: other.environment.id, companyId: other.company.id }
    for (const trial of trialsBelow(theirs)) assertProblem(await send(portal, trial), 404, 'not-found')
    for (const path of ['environments', 'companies', 'me']) {
      const { body } = await portal.send('GET', path)
      for (const secret of [other.company.id, other.company.slug, other.environment.id, 'eve@'])
        assert.ok(!body.includes(secret), `${path} tells ${secret}`)
    }
  })

  test(`ids of another Company name nothing in one's own, and nothing of it is changed (${kind})`, async (t) => {
    const { portal, place, other, db } = await start(t, openFresh)
    const theirs = { environmentId: other.environment.id, companyId: other.company.id }
    const before = await rowsOf(db, theirs)
    const ids = idsOf(before)
    assert.ok(ids.length > 10, `${ids}`)
    const own = { environmentId: place.environment.id, companyId: place.company.id }
    for (const trial of trialsInPath(own, ids)) {
      const { statusCode, body } = await send(portal, trial)
      const what = `${trial.method} ${trial.path}: ${body}`
      assert.ok(statusCode < 500, what)
      if (trial.method === 'GET') assert.ok(statusCode >= 400, what)
      assert.ok(!body.includes('secretive') && !body.includes('neighbour'), what)
    }
    assert.deepEqual(await rowsOf(db, theirs), before)
  })

  test(`each role may do what its scopes say, of every operation (${kind})`, async (t) => {
    const { app, db, world, place } = await startApi(t, openFresh)
    const values = { environmentId: place.environment.id, companyId: place.company.id }
    for (const role of roles) {
      const email = `${role}@acme.example`
      await makeAdministrator(db, world, { email, companyId: place.company.id, role })
      const portal = await signedInPortal(app, email)
      const allowed = scopesOf(role)
      for (const { scope, of = 'environment', ...tried } of [
        ...operations.map((one, nth) => ({ ...one, ...inEnvironment[nth], of: 'environment' })),
        ...outerOperations,
      ]) {
        if (scope === undefined || of === 'everywhere') continue
        if (allowed.includes(scope)) {
          // What would change something is not tried here: what it does is told elsewhere.
          // And what goes on without an end is told there, too.
          if (tried.method !== 'GET' || tried.answer.events !== undefined) continue
          const { body, data } = await send(portal, trialOf(tried as never, values))
          assert.notEqual(data?.code, 'scope-missing', `${role} ${tried.id}: ${body}`)
        } else assertProblem(await send(portal, trialOf(tried as never, values)), 403, 'scope-missing')
      }
    }
  })

  test(`only owners see who may see values, and nobody but they change the Company (${kind})`, () => {
    const may = (scope: Parameters<typeof scopesOf>[0] | string) =>
      roles.filter((role) => (scopesOf(role) as readonly string[]).includes(scope))
    assert.deepEqual(may('company:write'), ['owner'])
    assert.deepEqual(may('records:values'), ['owner', 'administrator'])
    assert.deepEqual(may('connections:write'), ['owner', 'administrator'])
    assert.deepEqual(may('sessions:write'), ['owner', 'administrator', 'support'])
    assert.deepEqual(may('session-settings:write'), ['owner', 'administrator'])
    assert.deepEqual(may('users:read'), ['owner', 'administrator', 'support', 'auditor'])
    assert.deepEqual(may('metrics:read'), [])
  })
})

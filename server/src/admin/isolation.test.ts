// An administrator of one Company reaches nothing of another: tried over every operation that there is.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { administrationRoutes, operations, outerOperations } from '#admin/admin.ts'
import { scopesOf } from '#admin/askers.ts'
import { makeAdministrator, type Portal, signedInPortal } from '#admin/test-administrators.ts'
import { assertProblem, startApi } from '#admin/test-api.ts'
import { roles } from '#administrators/memberships.ts'
import { insertPerson, insertSessionRows, sessionRow } from '#sessions/test-sessions.ts'
import type { Database } from '#storage/database.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

type Tried = {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly bodyExample?: unknown
  readonly bodyTypes?: Readonly<Record<string, string>>
}

/** What belongs to no Company: it is for whoever asks, and proved with its own secret. */
const ofNobody = /^(me|me\/.*|links\/:token|setup\/:token.*)$/

const inEnvironment: readonly Tried[] = operations.map((one) => ({
  ...one,
  path: `environments/:environmentId/${one.path}`.replace(/\/$/, ''),
}))
const all: readonly Tried[] = [...inEnvironment, ...outerOperations]
const ofSomebody = all.filter(({ path }) => !ofNobody.test(path))

/** The neighbour has something of everything that a path may name. */
async function start(t: TestContext, openFresh: OpenFresh) {
  const started = await startApi(t, openFresh)
  const { db, world, app, place, other, neighbour } = started
  const theirs = await insertPerson(db, world, other, { username: 'secretive', email: 'secretive@neighbour.example' })
  await insertSessionRows(db, [sessionRow(world, theirs)])
  await makeAdministrator(db, world, { email: 'eve@neighbour.example', companyId: other.company.id })
  for (const id of ['createTeam', 'createApplication', 'createAccessProfile', 'createClient', 'createPolicy']) {
    const operation = operations.find((one) => one.id === id)
    if (operation !== undefined) await neighbour.post(operation.path, operation.bodyExample)
  }
  await makeAdministrator(db, world, { companyId: place.company.id })
  return { ...started, portal: await signedInPortal(app) }
}

function send(portal: Portal, { method, bodyExample, bodyTypes }: Tried, path: string) {
  const [type, example] = Object.entries(bodyTypes ?? {})[0] ?? []
  const headers = { 'if-match': '*', ...(type === undefined ? {} : { 'content-type': type }) }
  return portal.send(method as 'GET', path, example ?? bodyExample, headers)
}

const filled = (path: string, values: Readonly<Record<string, string>>) =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => values[name] ?? 'x')

/** Every row that is the neighbour's, in every table that says whose its rows are. */
async function rowsOf(db: Database, environmentId: string, companyId: string) {
  const tables = await db.read.introspection.getTables()
  const rows: Record<string, readonly Record<string, unknown>[]> = {}
  for (const { name, columns } of tables) {
    const owners = { environment_id: environmentId, company_id: companyId }
    for (const [column, owner] of Object.entries(owners)) {
      if (!columns.some((one) => one.name === column)) continue
      const found = sql<Record<string, unknown>>`select * from ${sql.table(name)} where ${sql.ref(column)} = ${owner}`
      rows[`${name} ${column}`] = (await found.execute(db.read)).rows
    }
  }
  return rows
}

onEveryDatabase((kind, openFresh) => {
  test(`every route names a Company or an Environment, or is known to belong to none (${kind})`, () => {
    const known = new Set(all.map(({ method, path }) => `${method} /api/v1/${path}`))
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
    const values = { environmentId: other.environment.id, companyId: other.company.id }
    for (const tried of ofSomebody) {
      // The list of Companies is of one's own, and is looked at below.
      if (tried.path === 'companies' && tried.method === 'GET') continue
      assertProblem(await send(portal, tried, filled(tried.path, values)), 404, 'not-found')
    }
    for (const path of ['environments', 'companies', 'me']) {
      const { body } = await portal.send('GET', path)
      for (const secret of [other.company.id, other.company.slug, other.environment.id, 'eve@'])
        assert.ok(!body.includes(secret), `${path} tells ${secret}`)
    }
  })

  test(`ids of another Company name nothing in one's own, and nothing of it is changed (${kind})`, async (t) => {
    const { portal, place, other, db } = await start(t, openFresh)
    const before = await rowsOf(db, other.environment.id, other.company.id)
    const ids = [...new Set(Object.values(before).flatMap((rows) => rows.map(({ id }) => id)))].filter(
      (id) => typeof id === 'string',
    )
    assert.ok(ids.length > 10, `${ids}`)
    const own = { environmentId: place.environment.id, companyId: place.company.id }
    for (const tried of ofSomebody) {
      const params = [...tried.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
      const named = params.filter((name) => !(name in own))
      if (named.length === 0) continue
      for (const id of ids) {
        const values = { ...own, ...Object.fromEntries(named.map((name) => [name, id])) }
        const { statusCode, body } = await send(portal, tried, filled(tried.path, values))
        assert.ok(statusCode < 500, `${tried.id} ${id}: ${body}`)
        if (tried.method === 'GET') assert.ok(statusCode >= 400, `${tried.id} ${id}: ${body}`)
        assert.ok(!body.includes('secretive') && !body.includes('neighbour'), `${tried.id} ${id}: ${body}`)
      }
    }
    assert.deepEqual(await rowsOf(db, other.environment.id, other.company.id), before)
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
          if (tried.method !== 'GET') continue
          const { body, data } = await send(portal, tried as Tried, filled(tried.path, values))
          assert.notEqual(data?.code, 'scope-missing', `${role} ${tried.id}: ${body}`)
        } else assertProblem(await send(portal, tried as Tried, filled(tried.path, values)), 403, 'scope-missing')
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
    assert.deepEqual(may('users:read'), ['owner', 'administrator', 'support', 'auditor'])
    assert.deepEqual(may('metrics:read'), [])
  })
})

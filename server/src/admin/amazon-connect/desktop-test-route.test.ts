import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import cookie from '@fastify/cookie'
import Fastify, { type FastifyInstance } from 'fastify'
import { desktopTestRoute } from '#admin/amazon-connect/desktop-test-route.ts'
import { makeAdministrator, portalBrowser, signedInPortal } from '#admin/test-administrators.ts'
import { startApi } from '#admin/test-api.ts'
import { agentDesktop } from '#connect/desktop.ts'
import { saveAmazonConnect } from '#connect/settings.ts'
import { testSettings } from '#connect/test-settings.ts'
import { contextOf, type TestWorld } from '#login/test-place.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const path = '/acme/production/desktop-test'

/** The route alone, with a page as the build makes it. */
async function serve(t: TestContext, db: Database, world: TestWorld): Promise<FastifyInstance> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-desktop-test-'))
  t.after(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'desktop'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><script type="application/json">"SETTINGS_OF_THIS_ANSWER"')
  const app = Fastify()
  t.after(() => app.close())
  await app.register(cookie)
  const ctx = contextOf(db, world)
  const { method, path, handler } = desktopTestRoute(ctx, agentDesktop(ctx, pathToFileURL(`${folder}/`)))
  app.route({ method, url: path, handler })
  return app
}

onEveryDatabase((kind, openFresh) => {
  test(`the test of the desktop is for administrators who see the Environment (${kind})`, async (t) => {
    const { app, db, world, place, other } = await startApi(t, openFresh)
    await saveAmazonConnect(db.write, place.environment.id, testSettings(), world.clock())
    const route = await serve(t, db, world)
    const open = async (email: string) => {
      const portal = await signedInPortal(app, email)
      return route.inject({ url: path, headers: { cookie: portal.cookie() } })
    }
    for (const [email, role] of [
      ['grace@acme.example', 'owner'],
      ['alan@acme.example', 'auditor'],
    ] as const) {
      await makeAdministrator(db, world, { email, role, companyId: place.company.id })
      const { statusCode, body } = await open(email)
      assert.equal(statusCode, 200, body)
      assert.match(body, /"mode":"test"/)
      assert.match(body, /"person":null/)
      assert.match(body, /"ccpUrl":"https:\/\/acme\.my\.connect\.aws\/ccp-v2\/"/)
    }

    await makeAdministrator(db, world, { email: 'ada@globex.example', companyId: other.company.id })
    const neighbour = await open('ada@globex.example')
    assert.equal(neighbour.statusCode, 404)
    assert.ok(!neighbour.body.includes('my.connect.aws'))
  })

  test(`whoever is not signed in to the portal is told so, whether or not there is such a place (${kind})`, async (t) => {
    const { app, db, world, place } = await startApi(t, openFresh)
    await saveAmazonConnect(db.write, place.environment.id, testSettings(), world.clock())
    for (const url of [path, '/no-such/place/desktop-test']) {
      const { statusCode, body } = await portalBrowser(app).send('GET', url)
      assert.equal(statusCode, 401)
      assert.match(body, /<h1>Sign in to the portal first<\/h1>/)
      assert.match(body, /<code>not-signed-in<\/code>/)
      assert.match(body, /href="https:\/\/sso\.example\/admin"/)
    }
  })

  test(`without an Amazon Connect there is nothing to test, and the page says where to begin (${kind})`, async (t) => {
    const { app, db, world, place } = await startApi(t, openFresh)
    await makeAdministrator(db, world, { companyId: place.company.id })
    const portal = await signedInPortal(app)
    const { statusCode, body } = await portal.send('GET', path)
    assert.equal(statusCode, 404)
    assert.match(body, /<code>no-amazon-connect<\/code>/)
    assert.match(body, /href="https:\/\/sso\.example\/admin\/acme\/production\/amazon-connect"/)
    assert.equal((await portal.send('GET', '/acme/..%2F/desktop-test')).statusCode, 404)
  })
})

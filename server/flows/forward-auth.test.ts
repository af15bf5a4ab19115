// An application that has no sign-in of its own, behind reverse proxies that others wrote (docs/forward-auth.md).

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { after, type TestContext, test } from 'node:test'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'
import { closeBrowser, visitor } from './browser.ts'
import { type ProxyKind, proxyInstalled, proxyKinds, startProxy } from './proxies.ts'
import { createsUsers, freePort, oneConnection, startSallyport, startSandbox } from './sallyport.ts'

after(closeBrowser)

/** Shows what it was asked, and by whom. */
async function startApplication(t: TestContext, port: number): Promise<{ readonly asked: () => IncomingHttpHeaders }> {
  let last: IncomingHttpHeaders = {}
  const server = createServer((request, response) => {
    last = request.headers
    response.setHeader('content-type', 'text/html')
    response.end(`<main>Wiki for ${request.headers['remote-user']}: ${request.url?.replaceAll('&', '&amp;')}</main>`)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { asked: () => last }
}

async function setStage(t: TestContext, kind: ProxyKind, openFresh: OpenFresh) {
  const ports = { proxy: await freePort(), sallyport: await freePort(), application: await freePort() }
  const url = `http://localhost:${ports.proxy}`
  await startProxy(t, kind, ports)
  const application = await startApplication(t, ports.application)
  const sallyport = await startSallyport(t, await openFresh(t), { publicUrl: url, port: ports.sallyport })
  const sandbox = await startSandbox(t, sallyport)
  await sallyport.apply(oneConnection(`${url}/`, [createsUsers]), { 'metadata.xml': sandbox.metadataXml })
  return { url, application }
}

for (const kind of proxyKinds) {
  if (!proxyInstalled(kind) && process.env.SALLYPORT_REQUIRE_PEERS !== '1') {
    test(`behind ${kind}`, { skip: `${kind} is not installed: bash sandbox/peers/install.sh proxies` }, () => {})
    continue
  }
  onEveryDatabase((database, openFresh) => {
    test(`behind ${kind}: to the sign-in and back to the page asked for; the application knows who it is; after logout it is closed (${database})`, async (t) => {
      const { url, application } = await setStage(t, kind, openFresh)
      const { page, signInAs, read } = await visitor(t)
      const asked = `${url}/wiki/page?a=1&b=%2F%C3%BC`

      await page.goto(asked)
      assert.equal(page.url(), `${url}/acme/production?done=${encodeURIComponent(asked)}`)
      await page.getByRole('link', { name: 'Sign in' }).click()
      await signInAs('Ada')
      await page.waitForURL(asked)
      assert.equal(await read(), 'Wiki for ada: /wiki/page?a=1&b=%2F%C3%BC')

      const { asked: lastAsked } = application
      const said = lastAsked()
      assert.deepEqual(
        [said['remote-user'], said['remote-email'], said['remote-groups'], said['x-sallyport-user-type']],
        ['ada', 'ada@acme.example', 'Agents', 'platform'],
      )
      assert.match(said['x-sallyport-user-id'] as string, /^user_/)
      assert.match(said['x-sallyport-session-id'] as string, /^sess_/)
      assert.equal(said['x-sallyport-roles'] ?? '', '', 'no role, no header of it')

      // What a browser says of itself does not count, also where Sallyport has nothing to say.
      const claimed = {
        'Remote-User': 'root',
        Remote_User: 'root',
        'Remote-Groups': 'admins',
        'X-Sallyport-Roles': 'Desk:Lead',
        'X-Original-URL': 'https://evil.example/',
      }
      assert.equal((await page.request.get(asked, { headers: claimed })).status(), 200)
      const heard = lastAsked()
      assert.deepEqual(
        [heard['remote-user'], heard.remote_user, heard['remote-groups'], heard['x-sallyport-roles'] ?? ''],
        ['ada', undefined, 'Agents', ''],
      )
      assert.doesNotMatch(JSON.stringify(heard), /http\.reverse_proxy/, 'no placeholder of the proxy')

      await page.goto(`${url}/acme/production`)
      await page.getByRole('button', { name: 'Log out' }).click()
      await page.getByRole('status').waitFor()
      const closed = await page.request.get(asked, { headers: claimed, maxRedirects: 0 })
      assert.equal(closed.status(), 401)
      assert.equal(lastAsked(), heard, 'the application was not asked')
      await page.goto(asked)
      assert.equal(page.url(), `${url}/acme/production?done=${encodeURIComponent(asked)}`)
    })

    test(`behind ${kind}: scripts and forms without a session get 401, a page the way to sign in (${database})`, async (t) => {
      const { url, application } = await setStage(t, kind, openFresh)
      const ask = async (init: RequestInit) => {
        const response = await fetch(`${url}/wiki/`, { redirect: 'manual', ...init })
        return [response.status, response.headers.get('location')]
      }
      const html = { accept: 'text/html,*/*;q=0.8' }
      const signIn = `${url}/acme/production?done=${encodeURIComponent(`${url}/wiki/`)}`
      assert.deepEqual(await ask({ headers: html }), [303, signIn])
      assert.deepEqual(await ask({}), [401, null])
      assert.deepEqual(await ask({ headers: { accept: 'application/json' } }), [401, null])
      assert.deepEqual(await ask({ method: 'POST', headers: html, body: 'text' }), [401, null])
      const elsewhere = { ...html, 'X-Original-URL': 'https://evil.example/', 'X-Forwarded-Host': 'evil.example' }
      assert.deepEqual(await ask({ headers: elsewhere }), [303, signIn], 'the browser does not say where it was')
      assert.deepEqual(application.asked(), {})
    })
  })
}

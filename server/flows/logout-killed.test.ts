import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createSandbox, createSandboxKey, identityProviderMetadata } from '@sallyport/sandbox'
import { createFormBrowser, type FormBrowser, type Page } from '@sallyport/sandbox/peers/form-browser.ts'
import { openDatabase } from '#storage/database.ts'
import { sallyport, startProcess } from './process.ts'
import { createsUsers, freePort, oneConnection, ticket } from './sallyport.ts'

const world = {
  clock: () => new Date(),
  chance: { bytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)) },
}

type State = { readonly messages: readonly unknown[]; readonly sessions: readonly unknown[] }

async function startIdentityProvider(t: TestContext, sallyportUrl: string) {
  const port = await freePort()
  const publicUrl = `http://localhost:${port}`
  const { key, certificatePem } = await createSandboxKey(world)
  const sandbox = createSandbox({ ...world, publicUrl, sallyportUrl, key, certificatePem })
  await sandbox.listen({ host: '127.0.0.1', port })
  t.after(() => sandbox.close())
  return {
    publicUrl,
    metadataXml: identityProviderMetadata({ publicUrl, certificatePem }),
    behave: async (name: string): Promise<void> => {
      const answer = await fetch(`${publicUrl}/idp/slo/behaviour`, {
        method: 'POST',
        body: new URLSearchParams({ name }),
      })
      assert.ok(answer.ok, await answer.text())
    },
    state: async () => (await (await fetch(`${publicUrl}/idp/sessions`)).json()) as State,
  }
}

test('killed between the end of sessions and their delivery: every one is delivered, and marked done once', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-logout-killed-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  const url = `http://localhost:${port}`
  const databaseUrl = `sqlite:${join(folder, 'sallyport.db')}`
  const env = {
    SALLYPORT_PUBLIC_URL: url,
    SALLYPORT_PORT: `${port}`,
    SALLYPORT_DATABASE_URL: databaseUrl,
    SALLYPORT_ALLOW_PRIVATE_HOSTS: 'localhost',
  }
  const provider = await startIdentityProvider(t, url)
  writeFileSync(join(folder, 'metadata.xml'), provider.metadataXml)
  const settings = [createsUsers, 'singleLogout: { enabled: true, method: back-channel }']
  writeFileSync(join(folder, 'sallyport.yaml'), oneConnection(`${provider.publicUrl}/app/`, settings))
  const applied = await sallyport(['apply', '-f', join(folder, 'sallyport.yaml')], env)
  assert.equal(applied.code, 0, applied.err)

  const first = await startProcess(t, { env, url: `${url}/readyz` })
  const people = ['ada', 'grace', 'alan']
  const browsers = await Promise.all(people.map((person) => signIn(url, person)))
  // The identity provider hears the requests and says nothing: that is where the process dies.
  await provider.behave('silence')
  for (const browser of browsers) await logOut(url, browser)
  await until(async () => (await provider.state()).messages.length > 0)
  await first.kill('SIGKILL')
  await provider.behave('correct')

  await startProcess(t, { env, url: `${url}/readyz` })
  for (const browser of browsers) {
    assert.doesNotMatch((await browser.open(`${url}/acme/production`)).body, /Hello, /, 'the session here stays ended')
  }
  const db = await openDatabase(databaseUrl, { log: { warn: () => {} } })
  t.after(() => db.close())
  const states = async () => (await db.read.selectFrom('logouts').select('state').execute()).map(({ state }) => state)
  assert.equal((await states()).length, people.length)
  // Those that were under way belong to the dead process until their lease runs out.
  await until(async () => (await states()).every((state) => state === 'done'))
  const done = await db.read.selectFrom('logout_attempts').select('logout_id').where('outcome', '=', 'done').execute()
  assert.equal(new Set(done.map(({ logout_id }) => logout_id)).size, people.length)
  assert.equal(done.length, people.length, 'no delivery is marked done twice')
  assert.deepEqual((await provider.state()).sessions, [], 'and nobody is signed in there')
})

async function signIn(url: string, person: string): Promise<FormBrowser> {
  const browser = createFormBrowser()
  const asked = await browser.open(`${url}/saml/ssoRequest?ticket=${ticket}`)
  const answered = await submitFirst(browser, asked, { person })
  assert.match((await submitFirst(browser, answered)).body, /Hello, /)
  return browser
}

async function logOut(url: string, browser: FormBrowser): Promise<void> {
  const landing = await browser.open(`${url}/acme/production`)
  const form = landing.forms.find(({ action }) => action.endsWith('/logout'))
  assert.ok(form, landing.body)
  assert.match((await browser.submit(landing, form)).body, /You are logged out of Acme/)
}

async function submitFirst(
  browser: FormBrowser,
  page: Page,
  fields: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const [form] = page.forms
  assert.ok(form, page.body)
  return browser.submit(page, form, fields)
}

async function until(fact: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await fact())) {
    assert.ok(Date.now() < end, 'it did not come true within a minute')
    await delay(50)
  }
}

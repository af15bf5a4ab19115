import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createSandbox, createSandboxKey, identityProviderMetadata } from '@sallyport/sandbox'
import { createFormBrowser, type FormBrowser, type Page } from '@sallyport/sandbox/peers/form-browser.ts'
import { sallyport, startProcess } from './process.ts'
import { createsUsers, freePort, oneConnection, ticket } from './sallyport.ts'

const world = {
  clock: () => new Date(),
  chance: { bytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)) },
}

test('killed in the middle of sign-ins: the database opens, sessions are valid, what was half done can be done', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-killed-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  const url = `http://localhost:${port}`
  const env = {
    SALLYPORT_PUBLIC_URL: url,
    SALLYPORT_PORT: `${port}`,
    SALLYPORT_DATABASE_URL: `sqlite:${join(folder, 'sallyport.db')}`,
  }
  const sandboxPort = await freePort()
  const publicUrl = `http://localhost:${sandboxPort}`
  const { key, certificatePem } = await createSandboxKey(world)
  const sandbox = createSandbox({ ...world, publicUrl, sallyportUrl: url, key, certificatePem })
  await sandbox.listen({ host: '127.0.0.1', port: sandboxPort })
  t.after(() => sandbox.close())
  writeFileSync(join(folder, 'metadata.xml'), identityProviderMetadata({ publicUrl, certificatePem }))
  writeFileSync(join(folder, 'sallyport.yaml'), oneConnection(`${publicUrl}/app/`, [createsUsers]))
  const applied = await sallyport(['apply', '-f', join(folder, 'sallyport.yaml')], env)
  assert.equal(applied.code, 0, applied.err)

  const first = await startProcess(t, { env, url: `${url}/readyz` })
  const start = `${url}/saml/ssoRequest?ticket=${ticket}`
  const signedIn = createFormBrowser()
  await post(signedIn, await answerPage(signedIn, start, 'ada'))
  // One has an answer in hand, and many are posting theirs at the moment of the kill.
  const halfDone = createFormBrowser()
  const answer = await answerPage(halfDone, start, 'grace')
  const crowd = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const browser = createFormBrowser()
      return { browser, page: await answerPage(browser, start, 'alan') }
    }),
  )
  const posting = crowd.map(({ browser, page }) => post(browser, page).catch(() => undefined))
  await Promise.race(posting)
  await first.kill('SIGKILL')
  await Promise.all(posting)

  await startProcess(t, { env, url: `${url}/readyz` })
  assert.match((await signedIn.open(`${url}/acme/production`)).body, /Hello, Ada/, 'an open session is still valid')
  assert.match((await post(halfDone, answer)).body, /Hello, Grace/, 'the half-done sign-in goes on')
  for (const { browser } of crowd) {
    const landing = await browser.open(`${url}/acme/production`)
    if (/Hello, Alan/.test(landing.body)) continue
    const again = await browser.open(start)
    const page = again.forms.some(({ fields }) => 'SAMLResponse' in fields)
      ? again
      : await choose(browser, again, 'alan')
    assert.match((await post(browser, page)).body, /Hello, Alan/, 'it can be started again')
  }
})

async function answerPage(browser: FormBrowser, start: string, person: string): Promise<Page> {
  return choose(browser, await browser.open(start), person)
}

async function choose(browser: FormBrowser, page: Page, person: string): Promise<Page> {
  const [form] = page.forms
  assert.ok(form, page.body)
  return browser.submit(page, form, { person })
}

async function post(browser: FormBrowser, page: Page): Promise<Page> {
  const [form] = page.forms
  assert.ok(form, page.body)
  return browser.submit(page, form)
}

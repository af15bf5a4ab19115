import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { closeBrowser, visitor } from './browser.ts'
import { repository, startProcess } from './process.ts'
import { freePort } from './sallyport.ts'

after(closeBrowser)

test('npm start: a demo Company to sign in to, a choice of connections, and everything stops together', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'sallyport-start-'))
  t.after(() => rmSync(data, { recursive: true, force: true }))
  const [port, sandboxPort] = [await freePort(), await freePort()]
  const url = `http://localhost:${port}`
  const env = { SALLYPORT_DATA: data, SALLYPORT_PORT: `${port}`, SANDBOX_PORT: `${sandboxPort}` }
  const script = join(repository, 'scripts/start.ts')
  const started = await startProcess(t, { script, words: [], env, url: `${url}/readyz` })

  const { page, signInAs, read, complaints } = await visitor(t)
  const done = encodeURIComponent('servicedesk/index.jsp#_a87199395ac14d01b3402a7915c0ff78/245418134')
  await page.goto(`${url}/acme/production?done=${done}`)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await signInAs('Ada')
  await page.waitForURL(`http://localhost:${sandboxPort}/app/${decodeURIComponent(done)}`)
  assert.match(await read(), /Ada/)

  await page.goto(`${url}/acme/test`)
  await page.getByRole('link', { name: 'Sandbox, by e-mail' }).click()
  await page.waitForURL(`${url}/acme/test`)
  assert.match(await read(), /Hello, Ada[\s\S]*ada@acme\.example/)
  assert.deepEqual(complaints, [])
  assert.match(started.output(), new RegExp(`${url}/acme/production`))

  await started.kill('SIGINT')
  assert.equal(started.child.exitCode, 0, started.output())
  for (const server of [url, `http://localhost:${sandboxPort}`])
    await assert.rejects(fetch(server), 'nothing is left behind')
})

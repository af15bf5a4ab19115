// `npm start` as somebody would try it: the real programs, on ports and in a data folder of their own.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'

test('npm start brings Sallyport, the sandbox and the demo Company, and stops them when told to', async (t) => {
  const place = await makePlace(t)
  const first = place.start(t)
  const text = await first.ready
  const addresses = text.match(/http:\S+/g) ?? []
  const shown = addresses.map((address) => address.replace(/[\w-]{43}$/, '{token}'))
  assert.deepEqual(shown, [
    `${place.sallyport}/acme/production`,
    `${place.sallyport}/acme/test`,
    `${place.sallyport}/admin/first-run/{token}`,
    `${place.sandbox}/`,
    `${place.sallyport}/readyz`,
  ])
  for (const address of addresses) {
    const { status } = await fetch(address, { redirect: 'manual' })
    assert.ok(status < 400, `${address} answered ${status}`)
  }
  assert.deepEqual(await first.stop(), { code: 0, errors: '' })
  for (const address of [place.sallyport, place.sandbox]) await assert.rejects(fetch(address))

  const applied = statSync(join(place.data, 'demo.applied')).mtimeMs
  const second = place.start(t)
  await second.ready
  assert.equal((await second.stop()).code, 0)
  assert.equal(statSync(join(place.data, 'demo.applied')).mtimeMs, applied, 'a second start has nothing to apply')
  assert.notEqual(readFileSync(join(place.data, 'sallyport.log'), 'utf8'), '')
})

test('a port in use is told in one sentence', async (t) => {
  const place = await makePlace(t)
  const occupant = createServer().listen(Number(new URL(place.sandbox).port), '127.0.0.1')
  await once(occupant, 'listening')
  t.after(() => occupant.close())
  const { code, errors } = await place.start(t).ended
  assert.equal(code, 1)
  assert.match(errors, /^Port \d+ is in use: stop what uses it, or choose another port with SANDBOX_PORT\.\n$/)
})

type Ending = { readonly code: number | null; readonly errors: string }

async function makePlace(t: TestContext) {
  const data = mkdtempSync(join(tmpdir(), 'sallyport-start-'))
  t.after(() => rmSync(data, { recursive: true, force: true }))
  const [port, sandboxPort] = [await freePort(), await freePort()]
  // Only what is set here: whatever the tests run with must not reach a start that is like somebody's first.
  const env = {
    PATH: process.env.PATH,
    SALLYPORT_DATA: data,
    SALLYPORT_PORT: `${port}`,
    SANDBOX_PORT: `${sandboxPort}`,
  }
  return {
    data,
    sallyport: `http://localhost:${port}`,
    sandbox: `http://localhost:${sandboxPort}`,
    start: (context: TestContext) => start(context, env),
  }
}

function start(t: TestContext, env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'start.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => child.kill('SIGTERM'))
  let output = ''
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const ended: Promise<Ending> = once(child, 'close').then(([code]) => ({ code, errors }))
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.includes('Ctrl-C stops everything.')) resolve(output)
    })
    ended.then(({ code }) => reject(new Error(`ended with ${code}: ${output}${errors}`)))
  })
  ready.catch(() => {}) // a test that expects the end does not ask
  const stop = () => {
    child.kill('SIGTERM')
    return ended
  }
  return { ready, ended, stop }
}

// Two in a row differ: the system hands out another one each time.
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  assert.ok(address !== null && typeof address === 'object')
  return address.port
}

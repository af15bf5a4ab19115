import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import Fastify, { type FastifyInstance } from 'fastify'
import { addSecurityHeaders } from '#http/headers.ts'
import { testWorld } from '#login/test-place.ts'
import { portalRoutes } from '#portal/portal.ts'

const script = 'export const answer = 42'
const index = '<!doctype html><script nonce="NONCE_OF_THIS_ANSWER" src="/admin/assets/index-a1.js"></script>'

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-portal-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

function writeBuilt(folder: string): void {
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), index)
  writeFileSync(join(folder, 'assets/index-a1.js'), script)
  writeFileSync(join(folder, 'assets/index-a1.js.br'), brotliCompressSync(script))
  writeFileSync(join(folder, 'assets/index-a1.js.gz'), gzipSync(script))
  writeFileSync(join(folder, 'secret.txt'), 'not for browsers')
}

function serve(t: TestContext, folder: string): FastifyInstance {
  const app = Fastify()
  t.after(() => app.close())
  addSecurityHeaders(app, 'https://sso.example')
  for (const { method, path, handler } of portalRoutes({ world: testWorld() }, pathToFileURL(`${folder}/`))) {
    app.route({ method, url: path, handler })
  }
  return app
}

test('every page of the portal is the same file, never kept, with a nonce that no other answer has', async (t) => {
  const folder = makeFolder(t)
  writeBuilt(folder)
  const app = serve(t, folder)
  const nonces = new Set<string>()
  for (const url of ['/admin', '/admin/', '/admin/acme/production/users/user_x', '/admin/first-run/abc']) {
    const { statusCode, headers, body } = await app.inject(url)
    assert.deepEqual([statusCode, headers['cache-control']], [200, 'no-store'])
    const [, nonce = ''] = /nonce="([\w-]{43})"/.exec(body) ?? []
    nonces.add(nonce)
    const policy = String(headers['content-security-policy'])
    assert.ok(policy.includes(`style-src 'self' 'nonce-${nonce}'`), policy)
    assert.match(policy, /default-src 'none'; script-src 'self';/)
    assert.doesNotMatch(policy, /unsafe|https?:|\*|data:/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
  }
  assert.equal(nonces.size, 4)
})

test('assets are for ever, and come compressed as the browser takes them (RFC 9110 section 12.5.3)', async (t) => {
  const folder = makeFolder(t)
  writeBuilt(folder)
  const app = serve(t, folder)
  const ask = (accepted: string) =>
    app.inject({ url: '/admin/assets/index-a1.js', headers: { 'accept-encoding': accepted } })
  const rows = [
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
    ['gzip;q=0.0', undefined, (body: Buffer) => body],
    ['', undefined, (body: Buffer) => body],
  ] as const
  for (const [accepted, coding, read] of rows) {
    const { statusCode, headers, rawPayload } = await ask(accepted)
    assert.deepEqual([statusCode, headers['content-encoding']], [200, coding], accepted)
    assert.deepEqual([headers['content-type'], headers.vary], ['text/javascript; charset=utf-8', 'accept-encoding'])
    assert.match(String(headers['cache-control']), /immutable/)
    assert.equal(read(rawPayload).toString(), script)
  }
})

test('what is no asset is not found, whatever the path says', async (t) => {
  const folder = makeFolder(t)
  writeBuilt(folder)
  const app = serve(t, folder)
  for (const name of ['index-b2.js', 'index-a1.js.br', '../secret.txt', '..%2fsecret.txt', '%2e%2e/index.html', '']) {
    const { statusCode, body } = await app.inject(`/admin/assets/${name}`)
    // A path that climbs out of the assets is an address of the portal, and shows what all of them show.
    assert.ok(statusCode === 404 || body.includes('/admin/assets/index-a1.js'), name)
    assert.doesNotMatch(body, /not for browsers/)
  }
})

test('where nothing was built, the page says how to build it; once it is there, it is served', async (t) => {
  const folder = makeFolder(t)
  const app = serve(t, folder)
  const before = await app.inject('/admin/acme/production')
  assert.equal(before.statusCode, 503)
  assert.match(before.body, /Run <code>npm run build:pages<\/code> where Sallyport is installed/)
  assert.equal((await app.inject('/admin/assets/index-a1.js')).statusCode, 404)
  writeBuilt(folder)
  assert.equal((await app.inject('/admin/acme/production')).statusCode, 200)
})

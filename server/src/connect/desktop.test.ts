import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import Fastify from 'fastify'
import { agentDesktop } from '#connect/desktop.ts'
import { testSettings } from '#connect/test-settings.ts'
import { addSecurityHeaders } from '#http/headers.ts'
import { placeOf, publicUrl, testWorld } from '#login/test-place.ts'

const index = `<!doctype html><script type="application/json" id="settings" nonce="NONCE_OF_THIS_ANSWER">"SETTINGS_OF_THIS_ANSWER"</script>`

function serve(t: TestContext, { build, company = 'Acme' }: { build: boolean; company?: string }) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-desktop-'))
  t.after(() => rmSync(folder, { recursive: true }))
  if (build) {
    mkdirSync(join(folder, 'desktop'))
    writeFileSync(join(folder, 'index.html'), index)
    writeFileSync(join(folder, 'desktop/index-a1.js'), 'export const answer = 42')
  }
  const world = testWorld()
  const desktop = agentDesktop({ world, config: { publicUrl } }, pathToFileURL(`${folder}/`))
  const app = Fastify()
  t.after(() => app.close())
  addSecurityHeaders(app, publicUrl)
  for (const { method, path, handler } of desktop.routes) app.route({ method, url: path, handler })
  const place = placeOf(world)
  const shown = {
    place: { ...place, company: { ...place.company, name: company } },
    settings: testSettings(),
    user: undefined,
  }
  app.get('/page', (_request, reply) => desktop.send(reply, { ...shown, mode: 'desktop' }))
  return app
}

test('names that look like markup stay names', async (t) => {
  const company = '</script><script>alert(1)</script> $& <!-- \u2028'
  const { body } = await serve(t, { build: true, company }).inject('/page')
  assert.equal(body.match(/<\/script>/g)?.length, 1)
  const [, json = ''] = /id="settings"[^>]*>(.*)<\/script>$/s.exec(body) ?? []
  assert.equal(JSON.parse(json).company, company)
})

test('where nothing was built, the page says how to build it', async (t) => {
  const { statusCode, body } = await serve(t, { build: false }).inject('/page')
  assert.equal(statusCode, 503)
  assert.match(body, /Run <code>npm run build:pages<\/code>/)
})

test('scripts are served by name, for ever, and nothing else is', async (t) => {
  const app = serve(t, { build: true })
  const script = await app.inject('/assets/desktop/index-a1.js')
  assert.match(String(script.headers['cache-control']), /immutable/)
  for (const name of ['index-b2.js', '../index.html', '..%2findex.html', '']) {
    assert.equal((await app.inject(`/assets/desktop/${name}`)).statusCode, 404, name)
  }
})

test('the page that tries a cookie may lie in frames, and can do nothing else', async (t) => {
  const app = serve(t, { build: true })
  const { headers, body } = await app.inject('/assets/cookie-probe')
  assert.equal(
    headers['content-security-policy'],
    "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'",
  )
  assert.doesNotMatch(body, /<form|<a /)
  assert.match((await app.inject('/assets/cookie-probe.js')).body, /location\.origin\)/)
})

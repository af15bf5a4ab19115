import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { createSandbox, createSandboxKey } from '../sandbox.ts'

// Sallyport's end of GET /{company}/{environment}/session, as its interface describes it.
type Answer = { readonly status: number; readonly body: unknown }
const nobody: Answer = { status: 401, body: { valid: false } }
const ada: Answer = {
  status: 200,
  body: {
    valid: true,
    user: {
      id: 'user_1',
      username: 'ada',
      firstName: 'Ada',
      lastName: '<Lindqvist>',
      email: 'ada@acme.example',
      userType: 'platform',
    },
    session: { id: 'sess_1', expiresAt: '2026-03-01T20:00:00Z' },
  },
}

let sallyport: Server
let sallyportUrl: string
let answer: Answer
let asked: IncomingMessage | undefined
let sandbox: FastifyInstance
const publicUrl = 'http://127.0.0.1:3001'

before(async () => {
  sallyport = createServer((request, response) => {
    asked = request
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
  }).listen(0, '127.0.0.1')
  await once(sallyport, 'listening')
  sallyportUrl = `http://127.0.0.1:${(sallyport.address() as AddressInfo).port}`
  const world = { clock: () => new Date(), chance: { bytes: (size: number) => new Uint8Array(size) } }
  sandbox = createSandbox({ ...world, publicUrl, sallyportUrl, ...(await createSandboxKey(world)) })
})
after(async () => {
  await sandbox.close()
  sallyport.closeAllConnections()
  sallyport.close()
})

function open(url: string, cookie?: string) {
  return sandbox.inject({ url, headers: cookie === undefined ? {} : { cookie } })
}

const pages = ['/app/servicedesk/index.jsp', '/app/pages/TestPage.jsp', '/app/agileapps/records/detail/cases/558782450']
for (const path of pages) {
  test(`${path} shows its path, and who is signed in`, async () => {
    answer = ada
    const page = await open(path)
    assert.equal(page.statusCode, 200)
    assert.ok(page.body.includes(`<code>${path}</code>`))
    assert.ok(page.body.includes('<strong>Ada &lt;Lindqvist&gt;</strong>'))
    assert.doesNotMatch(page.body, /id="sign-in"/)
  })
}

test('a user without names is called by the username', async () => {
  const user = { id: 'user_2', username: 'grace', userType: 'platform' }
  answer = { status: 200, body: { valid: true, user, session: { id: 'sess_2', expiresAt: '2026-03-01T20:00:00Z' } } }
  const page = await open('/app/pages/TestPage.jsp')
  assert.ok(page.body.includes('<strong>grace</strong>'))
  assert.doesNotMatch(page.body, /E-mail|undefined/)
})

test('Sallyport is asked about acme/production, with the cookies of the browser', async () => {
  answer = ada
  await open('/app/pages/TestPage.jsp', 'sallyport=abc; other=1')
  assert.equal(asked?.url, '/acme/production/session')
  assert.equal(asked?.headers.cookie, 'sallyport=abc; other=1')
})

test('another Environment may be named', async () => {
  answer = nobody
  const page = await open('/app/pages/TestPage.jsp?environment=acme/test')
  assert.equal(asked?.url, '/acme/test/session')
  assert.ok(page.body.includes(`href="${sallyportUrl}/acme/test?done=`))
})

test('the name of an Environment cannot lead to another path of Sallyport', async () => {
  answer = nobody
  await open(`/app/pages/TestPage.jsp?environment=${encodeURIComponent('../api')}`)
  assert.equal(asked?.url, '/acme/production/session')
})

test('without a session there is a link to sign in that comes back to this page', async () => {
  answer = nobody
  const page = await open('/app/servicedesk/index.jsp?tab=2')
  const link = /id="sign-in" href="([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const url = new URL(link)
  assert.equal(url.origin + url.pathname, `${sallyportUrl}/acme/production`)
  assert.equal(url.searchParams.get('done'), `${publicUrl}/app/servicedesk/index.jsp?tab=2`)
})

describe('when Sallyport cannot say who is signed in, the page says that', () => {
  const cases: readonly (readonly [string, Answer, RegExp])[] = [
    ['an error', { status: 500, body: {} }, /answered with status 500/],
    ['a redirect', { status: 302, body: {} }, /answered with status 302/],
    ['something else', { status: 200, body: { hello: 'world' } }, /answered something unexpected/],
  ]
  for (const [what, given, says] of cases) {
    test(what, async () => {
      answer = given
      const page = await open('/app/pages/TestPage.jsp')
      assert.equal(page.statusCode, 200)
      assert.match(page.body, says)
    })
  }
})

test('/app/ leads to the service desk', async () => {
  const answered = await open('/app/')
  assert.equal(answered.statusCode, 302)
  assert.equal(answered.headers.location, '/app/servicedesk/index.jsp')
})

test('the pages need no inline script or style', async () => {
  answer = ada
  const page = await open('/app/pages/TestPage.jsp')
  assert.doesNotMatch(String(page.headers['content-security-policy']), /unsafe/)
  assert.doesNotMatch(page.body, /<script>|<style| style="| on\w+="/)
  assert.equal((await open('/assets/location.js')).statusCode, 200)
})

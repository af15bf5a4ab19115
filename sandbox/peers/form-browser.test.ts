import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { createFormBrowser } from './form-browser.ts'

let server: Server
let port: number
let handle: RequestListener
before(async () => {
  server = createServer((request, response) => handle(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
after(() => {
  server.closeAllConnections()
  server.close()
})

const here = (path: string) => `http://127.0.0.1:${port}${path}`
/** The same server under another name: another site. */
const elsewhere = (path: string) => `http://localhost:${port}${path}`

test('reads forms with their hidden fields, chosen options and entities', async () => {
  handle = (_request, response) =>
    response.end(`<form method="post" action="next?a=1&amp;b=2"><input type=hidden name="RelayState" value="a&quot;b&#x27;c&#38;">
      <input name=user><input type="checkbox" name="no" value="1"><input type="checkbox" name="yes" value="1" checked>
      <select name="answer"><option value="first">1</option><option value="second" selected>2</option></select>
      <input type="submit" name="go" value="Go"></form>`)
  const page = await createFormBrowser().open(here('/folder/page'))
  assert.deepEqual(page.forms, [
    {
      action: here('/folder/next?a=1&b=2'),
      method: 'POST',
      fields: { RelayState: `a"b'c&`, user: '', yes: '1', answer: 'second' },
    },
  ])
})

test('follows redirects and turns a posted form into a GET (RFC 9110 15.4.4)', async () => {
  const seen: string[] = []
  handle = (request, response) => {
    seen.push(`${request.method} ${request.url}`)
    if (request.url === '/form') response.end('<form method="post" action="/post"></form>')
    else if (request.url === '/post') response.writeHead(303, { location: '/end' }).end()
    else response.end('here')
  }
  const browser = createFormBrowser()
  const page = await browser.open(here('/form'))
  const [form] = page.forms
  assert.ok(form)
  assert.equal((await browser.submit(page, form)).body, 'here')
  assert.deepEqual(seen, ['GET /form', 'POST /post', 'GET /end'])
})

test('keeps cookies by path, and drops those that are deleted (RFC 6265 5.3, 5.4)', async () => {
  handle = (request, response) => {
    if (request.url === '/set') response.setHeader('set-cookie', ['a=1; Path=/', 'b=2; Path=/saml', 'c=3; Path=/'])
    if (request.url === '/unset')
      response.setHeader('set-cookie', ['a=; Path=/; Max-Age=0', 'c=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT'])
    response.end()
  }
  const browser = createFormBrowser()
  await browser.open(here('/set'))
  assert.deepEqual(browser.cookiesFor(here('/')), { a: '1', c: '3' })
  assert.deepEqual(browser.cookiesFor(here('/saml/x')), { a: '1', b: '2', c: '3' })
  assert.deepEqual(browser.cookiesFor(here('/samlx')), { a: '1', c: '3' })
  assert.deepEqual(browser.cookiesFor(elsewhere('/')), {})
  await browser.open(here('/unset'))
  assert.deepEqual(browser.cookiesFor(here('/saml/x')), { b: '2' })
})

test('a form posted from another site carries no SameSite=Lax cookie, one of the same site does', async () => {
  const cookies: (string | undefined)[] = []
  handle = (request, response) => {
    if (request.url === '/set')
      response.setHeader('set-cookie', ['lax=1; Path=/; SameSite=Lax', 'none=1; Path=/; SameSite=None'])
    if (request.url === '/acs') cookies.push(request.headers.cookie)
    response.end(`<form method="post" action="${here('/acs')}"></form>`)
  }
  const browser = createFormBrowser()
  await browser.open(here('/set'))
  for (const from of [elsewhere('/idp'), here('/idp')]) {
    const page = await browser.open(from)
    const [form] = page.forms
    assert.ok(form)
    await browser.submit(page, form)
  }
  assert.deepEqual(cookies, ['none=1', 'lax=1; none=1'])
})

test('does not follow redirects for ever', async () => {
  handle = (_request, response) => response.writeHead(302, { location: '/again' }).end()
  await assert.rejects(createFormBrowser().open(here('/')), /more than 20 redirects/)
})

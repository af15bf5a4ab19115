import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import { clearCookie, setCookie, tokenFromCookie, tokensFromCookies } from '#http/cookies.ts'

const token = `${'aZ09_-'.repeat(7)}a`
const expires = new Date('2026-03-01T12:00:00Z')

async function served(t: TestContext, publicUrl: string) {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(cookie)
  app.get('/set', (_request, reply) => {
    setCookie(reply, { name: 'sallyport_x', value: token, expires }, publicUrl)
    return reply.send('')
  })
  app.get('/clear', (_request, reply) => {
    clearCookie(reply, 'sallyport_x', publicUrl)
    return reply.send('')
  })
  app.get('/read', (request) => ({ token: tokenFromCookie(request, 'sallyport_x', publicUrl) ?? null }))
  app.get('/read-all', (request) => [...tokensFromCookies(request, 'sallyport_', publicUrl)])
  return {
    readAll: async (header: string) => (await app.inject({ url: '/read-all', headers: { cookie: header } })).json(),
    setBy: async (url: string) => (await app.inject(url)).headers['set-cookie'],
    read: async (header: string) => (await app.inject({ url: '/read', headers: { cookie: header } })).json().token,
  }
}

test('on https a cookie is __Host-, Secure, HttpOnly and Lax, for the whole host and no sub-domain (RFC 6265bis 4.1.3.2)', async (t) => {
  const { setBy } = await served(t, 'https://sso.example')
  const common = 'Path=/; Expires=Sun, 01 Mar 2026 12:00:00 GMT; HttpOnly; Secure; SameSite=Lax'
  assert.equal(await setBy('/set'), `__Host-sallyport_x=${token}; ${common}`)
  const cleared =
    '__Host-sallyport_x=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax'
  assert.equal(await setBy('/clear'), cleared)
})

test('on plain http, one’s own machine, it is the same without what browsers refuse there', async (t) => {
  const { setBy } = await served(t, 'http://localhost:3000')
  assert.equal(
    await setBy('/set'),
    `sallyport_x=${token}; Path=/; Expires=Sun, 01 Mar 2026 12:00:00 GMT; HttpOnly; SameSite=Lax`,
  )
})

test('only what has the form of a token is a token', async (t) => {
  const { read } = await served(t, 'https://sso.example')
  const name = '__Host-sallyport_x'
  assert.equal(await read(`${name}=${token}`), token)
  assert.equal(await read(`a=b; ${name}=${token}; c`), token)
  const malformed = [
    ...['', name, `${name}=`, `=${token}`, `;;; = ;${name}`, `${name}=${token}x`, `${name}=${token.slice(1)}`],
    ...[
      `${name}=${token.slice(1)}=`,
      `${name}=${token.slice(1)}%`,
      `${name}=%00${token}`,
      `${name}=${token.slice(3)}%41`,
    ],
    ...[`sallyport_x=${token}`, `__host-sallyport_x=${token}`, `__proto__=${token}`, `${name}=${'a'.repeat(100_000)}`],
  ]
  for (const header of malformed) assert.equal(await read(header), null, header.slice(0, 100))
})

test('the name with __Host- means nothing on http, and the one without nothing on https', async (t) => {
  const { read } = await served(t, 'http://localhost:3000')
  assert.equal(await read(`__Host-sallyport_x=${token}`), null)
  assert.equal(await read(`sallyport_x=${token}`), token)
})

test('the tokens of all cookies of a kind are found by the rest of the name, and nothing else is', async (t) => {
  const { readAll } = await served(t, 'https://sso.example')
  const name = '__Host-sallyport_'
  const two = [
    ['x', token],
    ['yz', token.replace('a', 'b')],
  ] as const
  const sent = two.map(([rest, value]) => `${name}${rest}=${value}`)
  assert.deepEqual(await readAll(sent.join('; ')), two)
  const others = [`sallyport_x=${token}`, `__Host-other=${token}`, `${name}a=${token}x`, `__proto__=${token}`, name]
  assert.deepEqual(await readAll([...others, ...sent].join('; ')), two)
  assert.deepEqual(await readAll(others.join('; ')), [])
  assert.deepEqual(await readAll(`${name}=${token}; ${name}__proto__=${token}`), [
    ['', token],
    ['__proto__', token],
  ])
})

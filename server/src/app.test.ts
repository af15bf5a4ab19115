import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { InjectOptions } from 'fastify'
import { pino } from 'pino'
import { routesOf } from '#app.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { formLimit } from '#http/form.ts'
import { type Answered, referenceOn, signedAnswer, startApp, testBrowser } from '#login/test-browser.ts'
import { contextOf, makePlace, publicUrl, testWorld, the } from '#login/test-place.ts'
import { findRecord } from '#signin-records/signin-records.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

async function service(t: TestContext, openFresh: OpenFresh) {
  const db = await openFresh(t)
  const world = testWorld()
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const ctx = { ...contextOf(db, world), log, config: { publicUrl, trustedProxies: ['127.0.0.1'] } }
  const app = await startApp(t, ctx)
  const place = await makePlace(db, world)
  return { db, world, lines, ctx, app, place, browser: testBrowser(app, world) }
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** What every answer must be, whatever was asked. */
function assertSound(response: Answered, asked: unknown): void {
  const { statusCode, headers, body } = response
  const what = `${statusCode} for ${JSON.stringify(asked).slice(0, 300)}: ${body.slice(0, 300)}`
  // SOAP 1.1 §6.2: whoever sends what cannot be read is answered with 500, and a fault that says whose it is.
  const isTheirs = statusCode === 500 && body.includes('<faultcode>soap:Client</faultcode>')
  assert.ok(statusCode < 500 || isTheirs, what)
  assert.match(String(headers['content-security-policy']), /^default-src 'none'; /, what)
  assert.equal(headers['x-content-type-options'], 'nosniff', what)
  assert.equal(headers['referrer-policy'], 'strict-origin', what)
  assert.match(String(headers['strict-transport-security']), /^max-age=\d+$/, what)
  assert.doesNotMatch(body, /\n\s+at |node_modules|\.ts:\d|select \*|sqlite|postgres/i, what)
  const type = String(headers['content-type'] ?? '')
  if (body !== '' && statusCode !== 303)
    assert.match(
      type,
      /^(text\/(html|css|javascript|xml)|application\/(([\w-]+\+)?json|samlmetadata\+xml)|image\/svg)/,
      what,
    )
  if (/html|json|text\/xml/.test(type) || statusCode === 303) assert.equal(headers['cache-control'], 'no-store', what)
}

/** Wild requests for one path pattern of the table of routes. */
function requestsFor(pattern: string, known: Readonly<Record<string, string>>): fc.Arbitrary<InjectOptions> {
  const nasty = [
    '%00',
    '%2e%2e',
    '..%2f',
    '%c0%ae',
    '%ff',
    '%',
    '%zz',
    "'--",
    '%3Cscript%3E',
    '🦉',
    '%F0%9F',
    'a'.repeat(300),
    ' ',
    '%5c',
  ]
  const wild = fc.oneof(fc.constantFrom(...nasty), fc.string({ maxLength: 30 }).map(encodeURIComponent))
  const part = (name: string) =>
    name.startsWith(':') ? fc.oneof(fc.constant(known[name.slice(1)] ?? 'x'), wild) : fc.constant(name)
  const path = fc.tuple(...pattern.split('/').map(part)).map((parts) => parts.join('/'))
  const names = ['ticket', 'done', 'code', 'about', 'SAMLResponse', 'RelayState', '__proto__', 'constructor']
  const value = fc.oneof(
    fc.constant(known.ticket ?? ''),
    fc.constantFrom(...nasty, 'x'.repeat(20_000)),
    fc.string().map(encodeURIComponent),
  )
  const pairs = fc.array(
    fc.tuple(fc.constantFrom(...names), value).map((pair) => pair.join('=')),
    { maxLength: 5 },
  )
  const query = fc
    .oneof(
      pairs,
      pairs.map((list) => [...list, ...list]),
    )
    .map((list) => list.join('&'))
  const types = ['application/x-www-form-urlencoded', 'application/json', 'text/xml', 'multipart/form-data', 'x', '']
  const tokens = ['a'.repeat(43), 'b'.repeat(100_000), '', '%00', '"; x', '\u00ff']
  return fc.record({
    method: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'),
    url: fc.tuple(path, query).map(([where, what]) => (what === '' ? where : `${where}?${what}`)),
    headers: fc.record(
      {
        'content-type': fc.constantFrom(...types),
        cookie: fc
          .constantFrom(...tokens)
          .map((token) => `__Host-sallyport_login=${token}; __Host-sallyport_session_x=${token}`),
        'user-agent': fc.string({ unit: 'grapheme-ascii', maxLength: 600 }),
        'x-forwarded-for': fc.constantFrom('192.0.2.1', 'x, y', '::1', ','),
        accept: fc.constantFrom('application/json', '*/*'),
        origin: fc.constantFrom('null', 'https://evil.example', publicUrl),
      },
      { requiredKeys: [] },
    ),
    payload: fc.oneof(query, fc.string()),
  }) as fc.Arbitrary<InjectOptions>
}

onEveryDatabase((kind, openFresh) => {
  test(`whatever is asked of whatever route, the answer is a page, JSON or SOAP, never a fault of ours (${kind})`, async (t) => {
    const { ctx, app, place } = await service(t, openFresh)
    const { ticket } = place.connection
    const known = { ticket, company: 'acme', environment: 'production' }
    const patterns = [
      ...new Set(routesOf(ctx).map(({ path }) => path)),
      '/assets/sallyport.css',
      '/',
      '/:a',
      '/:a/:b/:c/:d',
    ]
    for (const pattern of patterns) {
      await t.test(pattern, async () => {
        const property = fc.asyncProperty(requestsFor(pattern, known), async (request) => {
          const { method, payload, ...rest } = request
          const response = await app.inject(method === 'GET' || method === 'HEAD' ? { method, ...rest } : request)
          assertSound(response, request)
        })
        await fc.assert(property, { seed: 20260301, numRuns: 80 })
      })
    }
  })

  test(`every route carries the security headers, and so do 404, 400, 413, 415 and 500 (${kind})`, async (t) => {
    const { db, app, place } = await service(t, openFresh)
    const { ticket } = place.connection
    const long = `a=${'b'.repeat(formLimit)}`
    const rows: readonly (readonly [InjectOptions & { readonly url: string }, status: number])[] = [
      [{ url: '/healthz' }, 200],
      [{ url: '/readyz' }, 200],
      [{ url: '/assets/sallyport.css' }, 200],
      [{ url: '/acme/production' }, 200],
      [{ url: `/saml/ssoRequest?ticket=${ticket}` }, 303],
      [{ url: `/saml/${ticket}/metadata` }, 200],
      [{ url: '/nowhere' }, 404],
      [{ url: '/saml/%00/metadata' }, 404],
      [{ url: '/saml/ssoRequest?ticket=%00' }, 404],
      [{ url: `/saml/ssoRequest?ticket=${ticket}&done=a%00` }, 400],
      [{ url: '/%zz' }, 400],
      [{ url: `/${'a'.repeat(300)}/b` }, 414],
      [
        { method: 'POST', url: `/saml/${ticket}/acs`, payload: '{}', headers: { 'content-type': 'application/json' } },
        415,
      ],
      [{ method: 'POST', url: `/saml/${ticket}/acs`, payload: long, headers: form }, 413],
      [{ method: 'POST', url: '/acme/production/logout', payload: long, headers: form }, 413],
      [{ method: 'POST', url: '/nowhere', payload: 'a=b', headers: form }, 404],
      [{ method: 'DELETE', url: '/acme/production' }, 404],
    ]
    for (const [request, status] of rows) {
      const response = await app.inject(request)
      assert.equal(response.statusCode, status, request.url)
      assertSound(response, request)
    }
    await db.close()
    const { headers } = await app.inject('/acme/production')
    assert.ok(headers['content-security-policy'] && headers['x-content-type-options'])
    assert.equal(headers['cache-control'], 'no-store')
  })

  test(`a fault of ours is a page with a reference that the log has too, and nothing of the fault (${kind})`, async (t) => {
    const { db, app, lines, place } = await service(t, openFresh)
    await app.inject('/readyz')
    await db.close()
    const { ticket } = place.connection
    for (const url of [
      '/acme/production',
      '/acme/production/session',
      `/saml/ssoRequest?ticket=${ticket}`,
      `/saml/${ticket}/metadata`,
    ]) {
      const response = await app.inject(url)
      assert.equal(response.statusCode, 500, url)
      assert.match(response.body, /Something went wrong on our side/)
      assert.doesNotMatch(response.body, /database|driver|destroyed|closed|error:|\.ts/i)
      const reference = referenceOn(response)
      const [logged, ...more] = lines.filter((line) => line.includes(reference))
      assert.deepEqual(more, [])
      assert.equal(JSON.parse(the(logged)).level, 50)
      assert.ok(JSON.parse(the(logged)).err.stack)
    }
    const ready = await app.inject('/readyz')
    assert.deepEqual([ready.statusCode, ready.json()], [503, { status: 'the database does not answer' }])
    assert.equal((await app.inject('/healthz')).statusCode, 200, 'the process itself is well')
  })

  test(`no line of the log has a query, a cookie, a message, a token or a code (${kind})`, async (t) => {
    const { db, world, app, lines, place, browser } = await service(t, openFresh)
    const { connection } = place
    const { acs } = endpointsOf(publicUrl, connection.ticket)
    const { requestId, relayState } = await browser.begin(place, 'secretpage')
    const SAMLResponse = signedAnswer(place, world, { inResponseTo: requestId })
    const taken = await browser.post(acs, { SAMLResponse, RelayState: relayState })
    const code = the(new URL(the(taken.headers.location)).searchParams.get('code') ?? undefined)
    await browser.get(the(taken.headers.location))
    const tokens = [...browser.cookies.values()]
    await browser.get(the(taken.headers.location)) // refused: taken already
    await browser.post(acs, { SAMLResponse, RelayState: relayState }) // refused: answered already
    await browser.post(acs, { SAMLResponse: 'secretmessage' })
    await browser.submit(acs, { SAMLResponse: 'secretmessage' }, { 'content-type': 'application/json' })
    await browser.get('/acme/production/%zz?secretquery')
    await browser.get(`/saml/unknownunknown/continue?code=${code}&secretquery=1`)
    await browser.get('/nowhere?secretquery=1')
    await db.close()
    await browser.get('/acme/production?secretquery=1') // a fault
    await browser.submit(acs, { SAMLResponse, RelayState: relayState })
    const log = lines.join('')
    assert.match(log, /request failed/)
    assert.match(log, /sign-in refused/)
    assert.equal(tokens.length, 2)
    for (const secret of [
      ...tokens,
      relayState,
      code,
      SAMLResponse.slice(0, 60),
      'secretpage',
      'secretmessage',
      'secretquery',
    ]) {
      assert.ok(!log.includes(secret), `${secret} is in ${lines.find((line) => line.includes(secret))}`)
    }
    assert.equal((await app.inject('/healthz')).statusCode, 200)
  })

  test(`who asked is the client that a trusted proxy names (${kind})`, async (t) => {
    const { db, app, place } = await service(t, openFresh)
    const url = `/saml/ssoRequest?ticket=${place.connection.ticket}&done=https://evil.example`
    const response = await app.inject({
      url,
      headers: { 'x-forwarded-for': '203.0.113.9', 'user-agent': 'u'.repeat(600) },
    })
    const record = await findRecord(db.read, place.environment.id, referenceOn(response))
    assert.deepEqual(record?.details.client, { address: '203.0.113.9', userAgent: 'u'.repeat(500) })
  })
})

test('on plain http, where browsers would ignore it (RFC 6797 8.1), there is no HSTS', async (t) => {
  const config = { publicUrl: 'http://localhost:3000' }
  const app = await startApp(t, { ...contextOf({ listen: () => () => {} } as never, testWorld()), config })
  const { headers } = await app.inject('/healthz')
  assert.equal(headers['strict-transport-security'], undefined)
  assert.ok(headers['content-security-policy'])
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import type { LightMyRequestResponse } from 'fastify'
import { demo } from '../demo.ts'
import { createSandbox, createSandboxKey, type SandboxKey, type SandboxSettings } from '../sandbox.ts'

const start = Date.UTC(2026, 0, 5, 9)
const hour = 60 * 60 * 1000
const chance = { bytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)) }
const sallyportUrl = 'http://localhost:3000'
const publicUrl = 'http://localhost:3001'
let key: SandboxKey
before(async () => {
  key = await createSandboxKey({ clock: () => new Date(start), chance })
})

type Switches = NonNullable<SandboxSettings['amazonConnect']>

/** One that is never made to listen, and a browser for it with a single cookie. */
function open(amazonConnect: Switches = {}) {
  let now = start
  let cookie: string | undefined
  const clock = () => new Date(now)
  const sandbox = createSandbox({ clock, chance, publicUrl, sallyportUrl, ...key, amazonConnect })
  const send = async (method: 'GET' | 'POST', url: string, fields?: string): Promise<LightMyRequestResponse> => {
    const headers = {
      ...(cookie !== undefined && { cookie }),
      ...(fields !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    }
    const answer = await sandbox.inject({ method, url, headers, ...(fields !== undefined && { payload: fields }) })
    const [set] = setCookies(answer)
    if (set !== undefined) cookie = set.split(';')[0]
    return answer
  }
  return {
    sandbox,
    get: (url: string) => send('GET', url),
    post: (url: string, fields?: Readonly<Record<string, string>>) =>
      send('POST', url, fields && new URLSearchParams(fields).toString()),
    pass: (milliseconds: number) => {
      now += milliseconds
    },
  }
}

/** An instance with users of its own, so that nobody need go through AWS, and Ada signed in. */
async function withAda(switches: Switches = {}) {
  const browser = open({ identity: 'connect', ...switches })
  const answer = await browser.post('/login', { username: 'ada', password: 'any' })
  assert.deepEqual([answer.statusCode, answer.headers.location], [303, '/ccp-v2/'])
  return { ...browser, answer }
}

function setCookies({ headers }: LightMyRequestResponse): readonly string[] {
  return [headers['set-cookie'] ?? []].flat()
}

function frameAncestors({ headers }: LightMyRequestResponse): string | undefined {
  return /frame-ancestors [^;]*/.exec(String(headers['content-security-policy']))?.[0]
}

const panels = ['/ccp-v2/', '/ccp-v2', '/ccp', '/connect/ccp', '/connect/ccp-v2/']

describe('the Contact Control Panel', () => {
  test('sends whoever is not signed in to the login page, which other sites cannot frame', async () => {
    const { get } = open()
    for (const path of [...panels, '/agent-app-v2', '/connect/home']) {
      const answer = await get(path)
      assert.deepEqual([answer.statusCode, answer.headers.location], [302, '/login'], path)
      assert.equal(answer.headers['x-frame-options'], 'SAMEORIGIN')
    }
  })

  test('is at the addresses of both versions, old and new', async () => {
    const { get } = await withAda()
    for (const path of panels) assert.match((await get(path)).body, /Ada Lindqvist[\s\S]*Ring me/, path)
    for (const path of ['/agent-app-v2', '/connect/home']) assert.match((await get(path)).body, /own home page/, path)
  })

  test('may be framed by approved origins only', async () => {
    const { get } = await withAda({ approvedOrigins: ['https://desk.example', 'http://localhost:9'] })
    const answer = await get('/ccp-v2/')
    assert.equal(frameAncestors(answer), 'frame-ancestors https://desk.example http://localhost:9')
    assert.equal(answer.headers['x-frame-options'], undefined)
  })

  test('may be framed by Sallyport, where nothing was set', async () => {
    const { get } = await withAda()
    assert.equal(frameAncestors(await get('/ccp-v2/')), `frame-ancestors ${sallyportUrl}`)
  })

  test('may be framed by nobody where no origin is approved', async () => {
    const { get } = await withAda({ approvedOrigins: [] })
    const answer = await get('/ccp-v2/')
    assert.equal(frameAncestors(answer), "frame-ancestors 'none'")
  })

  test('has no script but files, which are there', async () => {
    const { get } = await withAda()
    const page = await get('/ccp-v2/')
    assert.match(page.body, /<script type="module" src="\/assets\/ccp\.js"><\/script>/)
    assert.doesNotMatch(page.body, /<script>|<style| style="| on\w+="/)
    assert.match(String(page.headers['content-security-policy']), /script-src 'self'.*connect-src 'self'/)
    for (const file of ['ccp.js', 'ccp-agent.js', 'ccp-panel.js']) {
      const { statusCode, headers } = await get(`/assets/${file}`)
      assert.deepEqual([statusCode, headers['content-type']], [200, 'text/javascript; charset=utf-8'])
    }
  })

  test('escapes names', async () => {
    const { get, post } = open({ identity: 'connect' })
    await post('/login', { username: 'zoe' })
    const { body } = await get('/ccp-v2/')
    assert.ok(body.includes('D’Arcy &amp; &lt;Søn&gt;'))
    assert.doesNotMatch(body, /<Søn>/)
  })
})

describe('the session', () => {
  test('lasts ten hours by the clock, also in the middle of a call', async () => {
    const { get, post, pass } = await withAda()
    assert.equal((await post('/connect/api')).statusCode, 200)
    pass(10 * hour - 1)
    assert.equal((await get('/ccp-v2/')).statusCode, 200)
    pass(1)
    assert.equal((await post('/connect/api')).statusCode, 401)
    assert.equal((await get('/ccp-v2/')).statusCode, 302)
  })

  test('lasts as long as it is set to', async () => {
    const { get, pass } = await withAda({ sessionHours: 0.5 })
    pass(hour / 2)
    assert.equal((await get('/ccp-v2/')).statusCode, 302)
  })

  test('ends with logging out, at either address', async () => {
    for (const path of ['/logout', '/connect/logout']) {
      const { get, sandbox, answer } = await withAda()
      const [stolen = ''] = setCookies(answer)
      assert.match((await get(path)).body, /You are logged out/)
      const again = await sandbox.inject({ url: '/ccp-v2/', headers: { cookie: stolen.split(';')[0] ?? '' } })
      assert.equal(again.statusCode, 302)
    }
  })

  test('is a cookie of this site, or of frames in others too', async () => {
    const [own = ''] = setCookies((await withAda()).answer)
    assert.match(own, /^sandbox_connect=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
    const [anywhere = ''] = setCookies((await withAda({ crossSite: true })).answer)
    assert.match(anywhere, /; HttpOnly; SameSite=None; Secure$/)
  })

  test('an API call says the time and gives an id', async () => {
    const { post } = await withAda()
    const { now, id } = (await post('/connect/api')).json()
    assert.equal(now, new Date(start).toISOString())
    assert.match(id, /^_[0-9a-f]{40}$/)
  })
})

describe('the instance’s own login page', () => {
  test('of an instance with SAML says Session Expired, whatever is typed', async () => {
    const { get, post } = open()
    for (const path of ['/login', '/connect/login']) {
      const page = await get(path)
      assert.match(page.body, /Session Expired/)
      assert.equal(page.headers['x-frame-options'], 'SAMEORIGIN')
      const posted = await post(path, { username: 'ada', password: 'any' })
      assert.match(posted.body, /Session Expired/)
      assert.deepEqual(setCookies(posted), [])
    }
  })

  test('of an instance with its own users takes those that it knows', async () => {
    const { get, post } = open({ identity: 'connect' })
    assert.match((await get('/login')).body, /autocomplete="current-password"/)
    for (const username of ['katherine', 'Ada', '']) {
      const refused = await post('/login', { username })
      assert.equal(refused.statusCode, 401)
      assert.match(refused.body, /Incorrect username or password/)
    }
  })

  test('cuts its window off where that is set', async () => {
    const { get } = await withAda({ coop: true })
    for (const path of ['/login', '/ccp-v2/'])
      assert.equal((await get(path)).headers['cross-origin-opener-policy'], 'same-origin', path)
    assert.equal((await (await withAda()).get('/login')).headers['cross-origin-opener-policy'], undefined)
  })
})

describe('the page /amazon-connect', () => {
  const asAtFirst = { identity: 'saml', 'session-hours': '10', 'approved-origins': sallyportUrl, user: 'ada' }

  test('says what the instance is called, and which ways in there are', async () => {
    const { body } = await open().get('/amazon-connect')
    assert.ok(body.includes(`<code>${publicUrl}/idp/app/amazon-connect</code>`))
    for (const word of ['us-east-1', '6f0a2c1e-93b4-4d7e-8a55-0c1d2e3f4a5b', 'Without RelayState', 'nobody'])
      assert.ok(body.includes(word), word)
    assert.match(body, /value="ada" checked/)
    assert.doesNotMatch(body, /value="katherine" checked/)
  })

  test('sets the instance, and back', async () => {
    const { get, post } = open()
    const fields = {
      ...asAtFirst,
      identity: 'connect',
      'approved-origins': 'https://a.example\r\nhttp://b.example:81/',
    }
    const set = await post('/amazon-connect', { ...fields, 'cross-site': 'on', coop: 'on', 'session-hours': '0.5' })
    assert.deepEqual([set.statusCode, set.headers.location], [303, '/amazon-connect'])
    const { body } = await get('/amazon-connect')
    assert.match(body, /https:\/\/a\.example\nhttp:\/\/b\.example:81</)
    assert.match(body, /value="connect" selected[\s\S]*value="0\.5"[\s\S]*cross-site" checked[\s\S]*coop" checked/)
    assert.doesNotMatch(body, /value="grace" checked/)
    await post('/login', { username: 'ada' })
    assert.equal(frameAncestors(await get('/ccp-v2/')), 'frame-ancestors https://a.example http://b.example:81')
    assert.match((await get('/amazon-connect')).body, /ada, until <time>2026-01-05 09:30</)
    await post('/amazon-connect/reset')
    assert.match((await get('/amazon-connect')).body, /value="saml" selected/)
  })

  test('ends all sessions', async () => {
    const { get, post } = await withAda()
    await post('/amazon-connect/end-sessions')
    assert.equal((await get('/ccp-v2/')).statusCode, 302)
  })

  const wrong = [
    ['approved-origins', 'https://a.example/path', /https:\/\/a\.example\/path is no origin/],
    ['approved-origins', 'a.example', /a\.example is no origin/],
    ['approved-origins', "https://a.example;script-src'none'", /is no origin/],
    ['approved-origins', 'javascript:alert(1)', /is no origin/],
    ['session-hours', '11', /A session lasts up to 10 hours/],
    ['session-hours', '0', /A session lasts up to 10 hours/],
    ['session-hours', 'long', /A session lasts up to 10 hours/],
    ['identity', 'ldap', /The form was not filled in/],
  ] as const
  for (const [field, value, says] of wrong) {
    test(`does not take ${value} for ${field}`, async () => {
      const { get, post } = open()
      const answer = await post('/amazon-connect', { ...asAtFirst, [field]: value })
      assert.equal(answer.statusCode, 400)
      assert.match(answer.body, says)
      assert.ok((await get('/amazon-connect')).body.includes(`>${sallyportUrl}</textarea>`))
    })
  }

  test('is linked to from the home page', async () => {
    const { body } = await open().get('/')
    assert.match(body, /href="\/amazon-connect"[\s\S]*href="\/idp\/app\/amazon-connect"/)
  })
})

test('the demo’s Environment has this instance, and the directory’s link to it', () => {
  const yaml = readFileSync(new URL('../../demo/sallyport.yaml', import.meta.url), 'utf8')
  const { region, accountId, instanceId, providerName } = demo.aws
  for (const part of [
    `arn:aws:connect:${region}:${accountId}:instance/${instanceId}`,
    `providerName: ${providerName}`,
    '/idp/app/amazon-connect',
  ])
    assert.ok(yaml.includes(part), part)
})

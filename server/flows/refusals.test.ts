// Every way in which a sign-in can fail: the browser gets a plain sentence and a reference, the record under that reference
// has the check with what was expected and what came, there is no session, and the service goes on.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { encodePost } from '@sallyport/saml'
import { type MisbehaviourName, misbehaviours } from '@sallyport/sandbox'
import { createFormBrowser, type FormBrowser, type Page } from '@sallyport/sandbox/peers/form-browser.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'
import {
  createsUsers,
  oneConnection,
  type Sallyport,
  type Sandbox,
  startSallyport,
  startSandbox,
  ticket,
} from './sallyport.ts'

type World = { readonly sallyport: Sallyport; readonly sandbox: Sandbox; readonly start: string }

async function world(
  t: TestContext,
  openFresh: OpenFresh,
  settings: readonly string[] = [createsUsers],
): Promise<World> {
  const sallyport = await startSallyport(t, await openFresh(t))
  const sandbox = await startSandbox(t, sallyport)
  await sallyport.apply(oneConnection(`${sandbox.url}/app/`, settings), { 'metadata.xml': sandbox.metadataXml })
  return { sallyport, sandbox, start: `${sallyport.url}/saml/ssoRequest?ticket=${ticket}` }
}

/** The page with the answer on it, before it is posted. */
async function answerPage(browser: FormBrowser, start: string, answer: MisbehaviourName = 'correct'): Promise<Page> {
  const signIn = await browser.open(start)
  return browser.submit(signIn, formOf(signIn), { answer, person: 'ada' })
}

async function post(browser: FormBrowser, page: Page, fields: Readonly<Record<string, string>> = {}): Promise<Page> {
  return browser.submit(page, formOf(page), fields)
}

function formOf(page: Page) {
  const [form] = page.forms
  assert.ok(form, `no form at ${page.url}: ${page.body.slice(0, 300)}`)
  return form
}

type Expected = {
  readonly status: number
  readonly sentence: RegExp
  readonly check: string
  readonly received: RegExp
}

async function assertRefused(
  { sallyport }: World,
  browser: FormBrowser,
  page: Page,
  expected: Expected,
): Promise<void> {
  assert.equal(page.status, expected.status, page.body)
  assert.match(page.body, expected.sentence)
  const [, reference = ''] = /<code>([0-9A-Z-]{11})<\/code>/.exec(page.body) ?? []
  const record = await sallyport.record(reference)
  assert.equal(record.outcome, 'refused')
  const check = record.details.checks.find(({ code, outcome }) => code === expected.check && outcome === 'failed')
  assert.ok(check, `no failed check ${expected.check} in ${JSON.stringify(record.details.checks)}`)
  assert.ok(check.expected, 'the record says what was expected')
  assert.match(check.received ?? '', expected.received)
  await assertNoSession({ sallyport }, browser)
}

async function assertNoSession({ sallyport }: Pick<World, 'sallyport'>, browser: FormBrowser): Promise<void> {
  const cookies = Object.keys(browser.cookiesFor(sallyport.url))
  assert.deepEqual(
    cookies.filter((name) => name.includes('session')),
    [],
  )
  const health = await fetch(`${sallyport.url}/readyz`)
  assert.equal(health.status, 200)
}

const untrusted = /could not trust the answer/
const notFitting = /not set up for each other/
const late = /too old, or from a clock that is wrong/
const over = /finished already, or it took too long/
const unreadable = /cannot be read/

/** What the sandbox's identity provider does, and what follows. */
const misdeeds: Readonly<Partial<Record<MisbehaviourName, Expected>>> = {
  'bad-signature': { status: 403, sentence: untrusted, check: 'signature-digest', received: /=$/ },
  unsigned: { status: 403, sentence: untrusted, check: 'signature-present', received: /no signature/ },
  'wrong-key': { status: 403, sentence: untrusted, check: 'signature-key', received: /does not match/ },
  expired: { status: 403, sentence: late, check: 'conditions-not-on-or-after', received: /^2\d{3}-/ },
  'not-yet-valid': { status: 403, sentence: late, check: 'conditions-not-before', received: /^2\d{3}-/ },
  'wrong-audience': { status: 403, sentence: notFitting, check: 'audience', received: /somebody-else/ },
  'wrong-recipient': { status: 403, sentence: notFitting, check: 'confirmation-recipient', received: /somebody-else/ },
  'wrong-issuer': { status: 403, sentence: notFitting, check: 'assertion-issuer', received: /another-idp/ },
  'unknown-request': { status: 400, sentence: over, check: 'in-response-to', received: /./ },
  denied: {
    status: 403,
    sentence: /did not confirm that you may come in/,
    check: 'status',
    received: /RequestDenied.*not assigned/,
  },
  'no-name-id': { status: 403, sentence: /did not tell us your user name/, check: 'subject', received: /empty NameID/ },
  'not-base64': { status: 400, sentence: unreadable, check: 'message-base64', received: /not base64|%%/ },
  'not-xml': { status: 400, sentence: unreadable, check: 'xml-well-formed', received: /line 1/ },
  doctype: { status: 403, sentence: untrusted, check: 'xml-doctype', received: /DOCTYPE/ },
  'too-large': { status: 413, sentence: /more than can be taken in/, check: 'message-size', received: /bytes/ },
}

onEveryDatabase((kind, openFresh) => {
  test(`what the identity provider does wrong is refused and explained (${kind})`, async (t) => {
    const it = await world(t, openFresh)
    for (const [name, expected] of Object.entries(misdeeds)) {
      await t.test(misbehaviours.find((row) => row.name === name)?.label ?? name, async () => {
        const browser = createFormBrowser()
        const answer = await answerPage(browser, it.start, name as MisbehaviourName)
        await assertRefused(it, browser, await post(browser, answer), expected)
      })
    }
    await t.test('the message of an identity provider that says no is shown to the administrator', async () => {
      const browser = createFormBrowser()
      const page = await post(browser, await answerPage(browser, it.start, 'denied'))
      const [, reference = ''] = /<code>([^<]*)</.exec(page.body) ?? []
      const record = await it.sallyport.record(reference)
      assert.equal(record.details.answer?.statusMessage, 'You are not assigned to this application.')
      assert.doesNotMatch(page.body, /not assigned to this application/, 'and not to the person: it is not signed')
    })
    await t.test('after all of that a sound answer is taken', async () => {
      const browser = createFormBrowser()
      const page = await post(browser, await answerPage(browser, it.start))
      assert.deepEqual([page.status, page.url], [200, `${it.sallyport.url}/acme/production`])
      assert.match(page.body, /Hello, Ada/)
    })
  })

  test(`an answer is taken once: its request and its assertion are used up (${kind})`, async (t) => {
    const it = await world(t, openFresh)
    const browser = createFormBrowser()
    const answer = await answerPage(browser, it.start)
    await post(browser, answer)
    const thief = createFormBrowser()
    const page = await post(thief, answer)
    for (const check of ['request-unused', 'assertion-unused']) {
      await assertRefused(it, thief, page, { status: 400, sentence: over, check, received: /answered|used/ })
    }
    const still = await browser.open(`${it.sallyport.url}/acme/production`)
    assert.match(still.body, /Hello, Ada/, 'the first one is still signed in')
  })

  test(`fifty at once with one answer: exactly one gets in (${kind})`, async (t) => {
    const it = await world(t, openFresh)
    const browser = createFormBrowser()
    const answer = await answerPage(browser, it.start)
    const pages = await Promise.all(Array.from({ length: 50 }, () => post(browser, answer)))
    assert.equal(pages.filter(({ status }) => status === 200).length, 1)
  })

  test(`the answer to another browser’s request signs nobody in (${kind})`, async (t) => {
    const it = await world(t, openFresh)
    const stranger = async () => {}
    const inTheMiddleOfTheirOwn = async (victim: FormBrowser) => void (await victim.open(it.start))
    for (const prepare of [stranger, inTheMiddleOfTheirOwn]) {
      const answer = await answerPage(createFormBrowser(), it.start)
      const victim = createFormBrowser()
      await prepare(victim)
      const page = await post(victim, answer)
      const expected = { status: 403, sentence: /of another browser/, check: 'browser', received: /another|without/ }
      await assertRefused(it, victim, page, expected)
    }
  })

  test(`an answer later than ten minutes is told apart from an unknown one (${kind})`, async (t) => {
    const it = await world(t, openFresh, [createsUsers, 'clockSkewSeconds: 120'])
    const browser = createFormBrowser()
    const signIn = await browser.open(it.start)
    it.sallyport.passTime(11 * 60 * 1000)
    const answer = await browser.submit(signIn, formOf(signIn), { person: 'ada' })
    const late = await post(browser, answer)
    await assertRefused(it, browser, late, {
      status: 403,
      sentence: /./,
      check: 'request-open',
      received: /expired at/,
    })
    const other = createFormBrowser()
    const unknown = await post(other, await answerPage(other, it.start), { RelayState: 'made-up' })
    const expected = { status: 400, sentence: over, check: 'request-open', received: /no sign-in/ }
    await assertRefused(it, other, unknown, expected)
  })

  test(`a certificate that is not the identity provider’s is named with the one that came (${kind})`, async (t) => {
    const it = await world(t, openFresh)
    const other = await startSandbox(t, it.sallyport)
    const certificate = /X509Certificate>([^<]*)</.exec(other.metadataXml)?.[1] ?? ''
    const settings = [createsUsers, `issuerCertificates: ["${certificate}"]`]
    await it.sallyport.apply(oneConnection(`${it.sandbox.url}/app/`, settings), {
      'metadata.xml': it.sandbox.metadataXml,
    })
    const browser = createFormBrowser()
    const page = await post(browser, await answerPage(browser, it.start))
    const received = /names the certificate ([0-9A-F]{2}:){31}/
    await assertRefused(it, browser, page, { status: 403, sentence: untrusted, check: 'signature-key', received })
  })

  test(`an unknown person with Create Users off, and a missing attribute (${kind})`, async (t) => {
    const off = await world(t, openFresh, ['createUsers: { enabled: false }'])
    const browser = createFormBrowser()
    const unknown = await post(browser, await answerPage(browser, off.start))
    const noAccount = {
      status: 403,
      sentence: /nobody has made an account/,
      check: 'user-known',
      received: /Create Users is off/,
    }
    await assertRefused(off, browser, unknown, noAccount)

    const byAttribute = async (createUsers: string): Promise<void> => {
      const settings = ['userIdLocation: attribute', 'userIdAttribute: uid', createUsers]
      await off.sallyport.apply(oneConnection(`${off.sandbox.url}/app/`, settings), {
        'metadata.xml': off.sandbox.metadataXml,
      })
    }
    await byAttribute('createUsers: { enabled: false }')
    const other = createFormBrowser()
    const nameless = await post(other, await answerPage(other, off.start, 'no-user-id-attribute'))
    const missing = {
      status: 403,
      sentence: /did not tell us your user name/,
      check: 'user-id',
      received: /no value.*firstName/,
    }
    await assertRefused(off, other, nameless, missing)
    // With Create Users on the person is known by the Name ID instead.
    await byAttribute(createsUsers)
    const third = createFormBrowser()
    const known = await post(third, await answerPage(third, off.start, 'no-user-id-attribute'))
    assert.equal(known.status, 200)
  })

  test(`done to a foreign origin is refused before the identity provider is asked (${kind})`, async (t) => {
    const it = await world(t, openFresh)
    const foreign = [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      'http://localhost@evil.example/',
    ]
    for (const done of foreign) {
      const browser = createFormBrowser()
      const page = await browser.open(`${it.start}&done=${encodeURIComponent(done)}`)
      const expected = { status: 400, sentence: /does not belong here/, check: 'done', received: /evil|alert/ }
      await assertRefused(it, browser, page, expected)
      assert.ok(page.url.startsWith(it.sallyport.url), 'no redirect')
      assert.doesNotMatch(page.body, /evil|alert/, 'nothing of the link is shown')
    }
  })

  test(`an unknown ticket is 404 with a reference, at every address that has one (${kind})`, async (t) => {
    const { sallyport } = await world(t, openFresh)
    const unknown = 'unknownunknown'
    const form = {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'SAMLResponse=AAAA',
    }
    const responses = await Promise.all([
      fetch(`${sallyport.url}/saml/ssoRequest?ticket=${unknown}`),
      fetch(`${sallyport.url}/saml/ssoRequest`),
      fetch(`${sallyport.url}/saml/ssoRequest?ticket=${ticket}&ticket=${ticket}`),
      fetch(`${sallyport.url}/saml/${unknown}/acs`, form),
      fetch(`${sallyport.url}/saml/${unknown}/continue?code=x`),
      fetch(`${sallyport.url}/saml/${unknown}/metadata`),
    ])
    for (const response of responses) {
      assert.equal(response.status, 404)
      assert.match(await response.text(), /incomplete, or out of date[\s\S]*<code>[0-9A-Z]{5}-[0-9A-Z]{5}<\/code>/)
    }
  })

  test(`a form without an answer, with two, or of another kind is refused (${kind})`, async (t) => {
    const it = await world(t, openFresh)
    const send = (body: string, type = 'application/x-www-form-urlencoded') =>
      fetch(`${it.sallyport.url}/saml/${ticket}/acs`, { method: 'POST', headers: { 'content-type': type }, body })
    for (const body of ['', 'RelayState=x', 'SAMLResponse=AAAA&SAMLResponse=BBBB']) {
      const response = await send(body)
      assert.equal(response.status, 400)
      assert.match(await response.text(), unreadable)
    }
    assert.equal((await send('{}', 'application/json')).status, 415)
    const unread = await send(`SAMLResponse=${'A'.repeat(1024 * 1024)}`)
    assert.equal(unread.status, 413)
    await assertNoSession(it, createFormBrowser())
  })

  test(`an answer nobody asked for is taken only where the connection says so (${kind})`, async (t) => {
    const it = await world(t, openFresh)
    const query = new URLSearchParams({
      acs: `${it.sallyport.url}/saml/${ticket}/acs`,
      audience: `${it.sallyport.url}/saml/${ticket}/metadata`,
      RelayState: 'pages/TestPage.jsp',
    })
    const initiated = `${it.sandbox.url}/idp/initiated?${query}`
    const refused = createFormBrowser()
    const page = await post(refused, await answerPage(refused, initiated))
    await assertRefused(it, refused, page, {
      status: 400,
      sentence: over,
      check: 'request-open',
      received: /RelayState/,
    })

    const allowed = oneConnection(`${it.sandbox.url}/app/`, [createsUsers, 'idpInitiated: true'])
    await it.sallyport.apply(allowed, { 'metadata.xml': it.sandbox.metadataXml })
    const browser = createFormBrowser()
    const landed = await post(browser, await answerPage(browser, initiated))
    assert.equal(landed.url, `${it.sandbox.url}/app/pages/TestPage.jsp`, landed.body)

    query.set('RelayState', 'https://evil.example/')
    const foreign = createFormBrowser()
    const sent = await post(foreign, await answerPage(foreign, `${it.sandbox.url}/idp/initiated?${query}`))
    await assertRefused(it, foreign, sent, {
      status: 400,
      sentence: /does not belong here/,
      check: 'done',
      received: /evil/,
    })
  })

  test(`the second half is taken once, in time, with its code (${kind})`, async (t) => {
    const it = await world(t, openFresh)
    for (const code of ['', '?code=', '?code=made-up', `?code=${'A'.repeat(43)}`]) {
      const page = await createFormBrowser().open(`${it.sallyport.url}/saml/${ticket}/continue${code}`)
      const expected = { status: 400, sentence: over, check: 'continue-code', received: /no code|unknown/ }
      await assertRefused(it, createFormBrowser(), page, expected)
    }
  })

  test(`a message of an identity provider is never shown as it came (${kind})`, async (t) => {
    const it = await world(t, openFresh)
    const xml =
      '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><script>alert(1)</script></samlp:Response>'
    const body = new URLSearchParams({ SAMLResponse: encodePost(xml), RelayState: '<script>alert(2)</script>' })
    const response = await fetch(`${it.sallyport.url}/saml/${ticket}/acs`, { method: 'POST', body })
    assert.doesNotMatch(await response.text(), /alert/)
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  })
})

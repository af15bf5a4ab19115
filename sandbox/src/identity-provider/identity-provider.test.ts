import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  decodePost,
  encodePost,
  encodeRedirect,
  judgeResponse,
  parseCertificates,
  signXml,
  writeAuthnRequest,
} from '@sallyport/saml'
import { readIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import type { FastifyInstance } from 'fastify'
import { createFormBrowser, type FormBrowser, type Page } from '../../peers/form-browser.ts'
import { freePort } from '../../peers/peer-process.ts'
import { createSandbox, createSandboxKey, people, type SandboxKey } from '../sandbox.ts'

const clock = () => new Date()
const chance = { bytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)) }
const sallyportUrl = 'http://127.0.0.1:9'
const acsUrl = `${sallyportUrl}/saml/abcdefghijklmn/acs`
const audience = `${sallyportUrl}/saml/abcdefghijklmn/metadata`

let key: SandboxKey
let sandbox: FastifyInstance
let publicUrl: string
before(async () => {
  key = await createSandboxKey({ clock, chance })
  const port = await freePort()
  publicUrl = `http://127.0.0.1:${port}`
  sandbox = createSandbox({ clock, chance, publicUrl, sallyportUrl, ...key })
  await sandbox.listen({ port, host: '127.0.0.1' })
})
after(() => sandbox.close())

type RequestChange = Partial<Parameters<typeof writeAuthnRequest>[0]>

function requestXml(change: RequestChange = {}): string {
  const destination = `${publicUrl}/idp/sso`
  return writeAuthnRequest({ id: '_request', issueInstant: clock(), issuer: audience, destination, acsUrl, ...change })
}

function requestUrl(change: RequestChange = {}): string {
  const message = { url: `${publicUrl}/idp/sso`, parameter: 'SAMLRequest', relayState: 'state 1&2' } as const
  return encodeRedirect({ ...message, xml: requestXml(change) })
}

function post(browser: FormBrowser, xml: string): Promise<Page> {
  const fields = { SAMLRequest: encodePost(xml), RelayState: 'state 1&2' }
  const form = { action: `${publicUrl}/idp/sso`, method: 'POST', fields } as const
  return browser.submit({ url: sallyportUrl, status: 200, headers: new Headers(), body: '', forms: [form] }, form)
}

function choose(browser: FormBrowser, page: Page, fields: Readonly<Record<string, string>>): Promise<Page> {
  const form = page.forms.find(({ action }) => action.endsWith('/idp/sign-in'))
  assert.ok(form, `a sign-in form on: ${page.body}`)
  return browser.submit(page, form, fields)
}

function answerOf(page: Page): Readonly<Record<string, string>> | undefined {
  return page.forms.find(({ fields }) => 'SAMLResponse' in fields)?.fields
}

function xmlOf(page: Page): string {
  return Buffer.from(decodePost(answerOf(page)?.SAMLResponse ?? '')).toString()
}

describe('the sign-in page', () => {
  test('has a button for every person, and says who asks and that the request is not signed', async () => {
    const page = await createFormBrowser().open(requestUrl())
    assert.equal(page.status, 200)
    for (const { username } of people) assert.match(page.body, new RegExp(`name="person" value="${username}"`))
    assert.match(page.body, /AuthnRequest by HTTP-Redirect, not signed/)
    assert.ok(page.body.includes(audience))
  })

  test('says how a request by HTTP-Redirect is signed', async () => {
    const signer = { key: key.key, algorithm: 'rsa-sha512' } as const
    const url = encodeRedirect({ url: `${publicUrl}/idp/sso`, parameter: 'SAMLRequest', xml: requestXml(), signer })
    assert.match((await createFormBrowser().open(url)).body, /by HTTP-Redirect, signed with rsa-sha512/)
  })

  test('says how a request by HTTP-POST is signed', async () => {
    const signer = { key: key.key, algorithm: 'rsa-sha256' } as const
    const signed = await post(createFormBrowser(), signXml(requestXml(), { id: '_request', signer }))
    assert.match(signed.body, /by HTTP-POST, signed with rsa-sha256/)
    assert.match((await post(createFormBrowser(), requestXml())).body, /by HTTP-POST, not signed/)
  })

  test('is marked as the sandbox, and allows no inline script or style', async () => {
    const page = await createFormBrowser().open(requestUrl())
    assert.match(page.body, /not a real identity provider/)
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'.*form-action 'self'/)
    assert.doesNotMatch(policy, /unsafe/)
    assert.doesNotMatch(page.body, /<script>|<style| style="| on\w+="/)
  })

  test('escapes what it shows', async () => {
    const page = await createFormBrowser().open(requestUrl({ issuer: '<script>alert(1)</script>' }))
    assert.ok(page.body.includes('&lt;script&gt;alert(1)&lt;/script&gt;'))
    assert.ok(page.body.includes('D’Arcy &amp; &lt;Søn&gt;'))
  })
})

describe('a person who is chosen', () => {
  test('is sent to Sallyport with an answer that Sallyport’s judge accepts, and RelayState comes back', async () => {
    const browser = createFormBrowser()
    const page = await choose(browser, await browser.open(requestUrl()), { person: 'ada' })
    assert.equal(page.forms[0]?.action, acsUrl)
    assert.equal(answerOf(page)?.RelayState, 'state 1&2')
    const verdict = judgeResponse({
      message: xmlOf(page),
      now: clock(),
      certificates: parseCertificates(key.certificatePem),
      expectedIssuer: `${publicUrl}/idp/metadata`,
      expectedAudience: audience,
      expectedRecipient: acsUrl,
      expectedInResponseTo: '_request',
    })
    assert.equal(verdict.claims?.nameId?.value, 'ada', JSON.stringify(verdict.checks))
  })

  test('can continue without script: the form has a button', async () => {
    const browser = createFormBrowser()
    const page = await choose(browser, await browser.open(requestUrl()), { person: 'ada' })
    assert.match(page.body, /<button>Continue<\/button>/)
    assert.match(page.body, /<script src="\/assets\/submit\.js" defer>/)
  })

  test('is not asked a second time in the same browser', async () => {
    const browser = createFormBrowser()
    await choose(browser, await browser.open(requestUrl()), { person: 'grace' })
    assert.match(xmlOf(await browser.open(requestUrl({ id: '_second' }))), />grace</)
  })

  test('is asked again with ForceAuthn (Core 3.4.1)', async () => {
    const browser = createFormBrowser()
    await choose(browser, await browser.open(requestUrl()), { person: 'grace' })
    const page = await browser.open(requestUrl({ forceAuthn: true }))
    assert.equal(answerOf(page), undefined)
    assert.match(page.body, /Grace Okafor is signed in already/)
  })

  test('can be somebody else', async () => {
    const browser = createFormBrowser()
    await choose(browser, await browser.open(requestUrl()), { person: 'grace' })
    const answer = await browser.open(requestUrl())
    const other = answer.forms.find(({ action }) => action.endsWith('/idp/somebody-else'))
    assert.ok(other)
    const page = await choose(browser, await browser.submit(answer, other), { person: 'alan' })
    assert.match(xmlOf(page), />alan</)
  })

  test('is forgotten from the first page of the sandbox', async () => {
    const browser = createFormBrowser()
    await choose(browser, await browser.open(requestUrl()), { person: 'grace' })
    const home = await browser.open(publicUrl)
    const [forget] = home.forms
    assert.ok(forget)
    const again = await browser.submit(home, forget)
    assert.match(again.body, /Nobody is signed in here/)
    assert.equal(answerOf(await browser.open(requestUrl())), undefined)
  })

  test('is signed in by a right answer only, so that the switches come back after a wrong one', async () => {
    const browser = createFormBrowser()
    await choose(browser, await browser.open(requestUrl()), { person: 'ada', answer: 'expired' })
    assert.equal(answerOf(await browser.open(requestUrl())), undefined)
  })
})

test('a passive request without a session is answered with NoPassive, with one by the answer (Core 3.4.1)', async () => {
  const browser = createFormBrowser()
  assert.match(xmlOf(await browser.open(requestUrl({ isPassive: true }))), /status:NoPassive/)
  await choose(browser, await browser.open(requestUrl()), { person: 'ada' })
  assert.match(xmlOf(await browser.open(requestUrl({ isPassive: true }))), />ada</)
})

test('a replay repeats the last correct answer to the address, and needs one', async () => {
  const fresh = `${sallyportUrl}/saml/zyxwvutsrqponm/acs`
  const browser = createFormBrowser()
  const early = await choose(browser, await browser.open(requestUrl({ acsUrl: fresh })), {
    person: 'ada',
    answer: 'replay',
  })
  assert.equal(early.status, 400)
  assert.match(early.body, /no answer to replay yet/)
  const first = await choose(browser, await browser.open(requestUrl({ acsUrl: fresh })), { person: 'ada' })
  const page = await browser.open(requestUrl({ acsUrl: fresh, id: '_second', forceAuthn: true }))
  const replay = await choose(browser, page, { person: 'ada', answer: 'replay' })
  assert.equal(answerOf(replay)?.SAMLResponse, answerOf(first)?.SAMLResponse)
})

test('a sign-in can begin here, without request (Profiles 4.1.5)', async () => {
  const browser = createFormBrowser()
  const query = new URLSearchParams({ acs: acsUrl, audience, RelayState: '/app/' })
  const page = await choose(browser, await browser.open(`${publicUrl}/idp/initiated?${query}`), { person: 'zoe' })
  assert.equal(answerOf(page)?.RelayState, '/app/')
  assert.doesNotMatch(xmlOf(page), /InResponseTo/)
})

describe('answers go to Sallyport only', () => {
  const strangers = [
    'https://evil.example/acs',
    'http://127.0.0.1:9.evil.example/acs',
    'http://127.0.0.1:9@evil.example/acs',
    'http://127.0.0.1:90/saml/abcdefghijklmn/acs',
    'https://127.0.0.1:9/saml/abcdefghijklmn/acs',
    'javascript:alert(1)',
    'not an address',
  ]
  for (const stranger of strangers) {
    test(`a request with AssertionConsumerServiceURL ${stranger} is refused`, async () => {
      const browser = createFormBrowser()
      const pages = [
        await browser.open(requestUrl({ acsUrl: stranger })),
        await post(browser, requestXml({ acsUrl: stranger })),
        await browser.open(`${publicUrl}/idp/initiated?${new URLSearchParams({ acs: stranger, audience })}`),
      ]
      for (const page of pages) {
        assert.equal(page.status, 400)
        assert.deepEqual(page.forms, [])
        assert.match(page.body, /the sandbox answers only to/)
      }
    })
  }

  test('a request without AssertionConsumerServiceURL is refused', async () => {
    const xml = requestXml().replace(/ ProtocolBinding="[^"]*"| AssertionConsumerServiceURL="[^"]*"/g, '')
    const page = await post(createFormBrowser(), xml)
    assert.equal(page.status, 400)
    assert.match(page.body, /names no AssertionConsumerServiceURL/)
  })
})

describe('what is no request gets a page that says so', () => {
  const addresses = ['/idp/sso', '/idp/sso?SAMLRequest=%25', '/idp/sso?SAMLResponse=AAAA', '/idp/initiated']
  for (const address of addresses) {
    test(`GET ${address}`, async () => {
      const page = await createFormBrowser().open(publicUrl + address)
      assert.equal(page.status, 400)
      assert.match(page.body, /role="alert"/)
    })
  }

  test('POST /idp/sso without a form', async () => {
    assert.equal((await fetch(`${publicUrl}/idp/sso`, { method: 'POST' })).status, 400)
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    assert.equal((await fetch(`${publicUrl}/idp/sso`, json)).status, 415)
  })

  test('POST /idp/sign-in for a sign-in that is not known, or with a form not filled in', async () => {
    const browser = createFormBrowser()
    const page = await browser.open(requestUrl())
    assert.equal((await choose(browser, page, { pending: 'unknown', person: 'ada' })).status, 400)
    assert.equal((await choose(browser, page, { person: 'nobody' })).status, 400)
    assert.equal((await choose(browser, page, { person: 'ada', answer: 'unheard-of' })).status, 400)
    assert.equal((await choose(browser, page, { person: 'ada', placement: 'nowhere' })).status, 400)
  })
})

test('the metadata names the addresses and the certificate that signs', async () => {
  const xml = await (await fetch(`${publicUrl}/idp/metadata`)).text()
  const metadata = readIdentityProviderMetadata(xml, { now: clock() })
  assert.equal(metadata.entityId, `${publicUrl}/idp/metadata`)
  assert.deepEqual(
    metadata.singleSignOn.map(({ binding, location }) => [binding, location]),
    [
      ['redirect', `${publicUrl}/idp/sso`],
      ['post', `${publicUrl}/idp/sso`],
    ],
  )
  assert.deepEqual(metadata.singleLogout, [
    { binding: 'redirect', location: `${publicUrl}/idp/slo` },
    { binding: 'post', location: `${publicUrl}/idp/slo` },
    { binding: 'soap', location: `${publicUrl}/idp/slo/soap` },
  ])
  assert.equal(metadata.signingCertificates[0]?.fingerprint, parseCertificates(key.certificatePem)[0]?.fingerprint)
})

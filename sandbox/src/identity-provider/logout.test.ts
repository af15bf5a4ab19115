// Single logout at the sandbox: asked for by a service provider, begun by a person, and answered wrongly on purpose.

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type Binding, encodeRedirect, uris } from '@sallyport/saml'
import type { FastifyInstance } from 'fastify'
import { createFormBrowser, type FormBrowser, type Page } from '../../peers/form-browser.ts'
import { followLogout } from '../../peers/log-out-by-form.ts'
import { freePort } from '../../peers/peer-process.ts'
import {
  carryBy,
  type ServiceProviderOptions,
  type SignedIn,
  type TestServiceProvider,
} from '../../peers/service-provider.ts'
import { type ServiceProviders, startServiceProviders } from '../../peers/service-providers.ts'
import { createSandbox, createSandboxKey, identityProviderMetadata, type SandboxKey } from '../sandbox.ts'
import { logoutMisbehaviours } from './logout-misbehaviours.ts'

const world = {
  clock: () => new Date(),
  chance: { bytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)) },
}

let idpKey: SandboxKey
let spKey: SandboxKey
/** The one that most tests use takes every binding. */
let sp: TestServiceProvider
let serviceProviders: ServiceProviders
let sandbox: FastifyInstance
let publicUrl: string
before(async () => {
  idpKey = await createSandboxKey(world)
  spKey = await createSandboxKey(world)
  serviceProviders = await startServiceProviders()
  const sallyportUrl = serviceProviders.origin
  const port = await freePort()
  publicUrl = `http://127.0.0.1:${port}`
  sandbox = createSandbox({ ...world, publicUrl, sallyportUrl, ...idpKey })
  await sandbox.listen({ port, host: '127.0.0.1' })
  sp = serviceProvider({ singleLogout: ['post', 'redirect', 'soap'] })
})
after(async () => {
  await sandbox.close()
  await serviceProviders.close()
})
beforeEach(() => behave('correct'))

function serviceProvider(options: ServiceProviderOptions): TestServiceProvider {
  const made = serviceProviders.add(spKey, options)
  made.trust(identityProviderMetadata({ publicUrl, ...idpKey }))
  return made
}

function behave(name: string): Promise<Response> {
  return fetch(`${publicUrl}/idp/slo/behaviour`, { method: 'POST', body: new URLSearchParams({ name }) })
}

async function signIn(browser: FormBrowser, person: string, to: TestServiceProvider = sp): Promise<SignedIn> {
  const url = encodeRedirect({ url: `${publicUrl}/idp/sso`, parameter: 'SAMLRequest', xml: to.authnRequest() })
  const page = await browser.open(url)
  const [choice] = page.forms
  assert.ok(choice)
  const answer =
    'person' in choice.fields || !choice.fields.SAMLResponse ? await browser.submit(page, choice, { person }) : page
  return to.readSignIn(answer.forms.find(({ fields }) => 'SAMLResponse' in fields)?.fields.SAMLResponse ?? '')
}

type Sessions = {
  readonly behaviour: string
  readonly sessions: readonly { readonly person: string; readonly told: readonly { readonly sessionIndex: string }[] }[]
  readonly messages: readonly {
    readonly kind: string
    readonly binding: string
    readonly ok: boolean
    readonly failures: readonly { readonly code: string }[]
  }[]
}

async function sessions(): Promise<Sessions> {
  return (await fetch(`${publicUrl}/idp/sessions`)).json() as Promise<Sessions>
}

async function alive({ sessionIndexes: [index] }: SignedIn): Promise<boolean> {
  return (await sessions()).sessions.some(({ told }) => told.some(({ sessionIndex }) => sessionIndex === index))
}

async function logOut(binding: Binding, who: SignedIn, more: Parameters<TestServiceProvider['logoutRequest']>[2] = {}) {
  const delivery = sp.logoutRequest(binding, who, { relayState: 'state 1&2', ...more })
  if (binding === 'soap') return void (await sp.send(delivery))
  const browser = createFormBrowser()
  await followLogout(await carryBy(browser, delivery, sp.url), browser)
}

test('a session has one SessionIndex for each service provider, however often it asks', async () => {
  const browser = createFormBrowser()
  const first = await signIn(browser, 'ada')
  assert.deepEqual(await signIn(browser, 'ada'), first)
  assert.notDeepEqual((await signIn(createFormBrowser(), 'ada')).sessionIndexes, first.sessionIndexes)
})

describe('a LogoutRequest of a service provider (Profiles 4.4.3)', () => {
  for (const binding of ['post', 'redirect', 'soap'] as const) {
    test(`by ${binding} ends the session and is answered by the same binding, signed, with RelayState`, async () => {
      const who = await signIn(createFormBrowser(), 'grace')
      const other = await signIn(createFormBrowser(), 'grace')
      await logOut(binding, who)
      const answer = sp.received.at(-1)
      assert.deepEqual([answer?.kind, answer?.binding, answer?.failures], ['LogoutResponse', binding, []])
      if (binding !== 'soap') assert.equal(answer?.relayState, 'state 1&2')
      assert.deepEqual([await alive(who), await alive(other)], [false, true])
      const came = (await sessions()).messages.at(-1)
      assert.deepEqual([came?.kind, came?.binding, came?.ok], ['LogoutRequest', binding, true])
    })

    test(`by ${binding} without SessionIndex ends every session of the person and of nobody else (Core 3.7.1)`, async () => {
      const [first, second] = [await signIn(createFormBrowser(), 'alan'), await signIn(createFormBrowser(), 'alan')]
      const other = await signIn(createFormBrowser(), 'zoe')
      await logOut(binding, { ...first, sessionIndexes: [] })
      assert.deepEqual([await alive(first), await alive(second), await alive(other)], [false, false, true])
    })

    const wrongs = {
      'that is not signed': () => ({ by: 'nobody' as const }),
      'signed by somebody else': () => ({ by: { key: idpKey.key, algorithm: 'rsa-sha256' as const } }),
      'that is too old': () => ({ notOnOrAfter: new Date(world.clock().getTime() - 3_600_000) }),
    }
    for (const [what, wrong] of Object.entries(wrongs)) {
      test(`by ${binding} ${what} ends nothing`, async () => {
        const who = await signIn(createFormBrowser(), 'ada')
        const before = sp.received.length
        await logOut(binding, who, wrong())
        assert.equal(await alive(who), true)
        assert.equal((await sessions()).messages.at(-1)?.ok, false)
        // By SOAP there is a fault to judge; a browser sees a page.
        assert.equal(
          sp.received.slice(before).some(({ ok }) => ok),
          false,
        )
      })
    }
  }

  test('for a session that is over already is answered with Success: nothing of it lives', async () => {
    const who = await signIn(createFormBrowser(), 'ada')
    await logOut('soap', who)
    await logOut('soap', who)
    assert.deepEqual(sp.received.at(-1)?.failures, [])
  })

  test('of a stranger is refused, and nothing is fetched from elsewhere', async () => {
    const elsewhere = await startServiceProviders()
    try {
      const stranger = elsewhere.add(spKey, { singleLogout: ['soap'] })
      stranger.trust(identityProviderMetadata({ publicUrl, ...idpKey }))
      const { status, body } = await stranger.send(
        stranger.logoutRequest('soap', { nameId: { value: 'ada' }, sessionIndexes: [] }),
      )
      assert.equal(status, 500)
      assert.match(body, /<faultstring>The sandbox knows no service provider/)
    } finally {
      await elsewhere.close()
    }
  })

  test('what is no SOAP message is answered with a fault, and other bodies elsewhere with 415', async () => {
    const headers = { 'content-type': 'text/xml' }
    const soap = await fetch(`${publicUrl}/idp/slo/soap`, { method: 'POST', headers, body: '<a/>' })
    assert.equal(soap.status, 500)
    assert.match(await soap.text(), /<faultcode>soap:Client</)
    assert.equal((await fetch(`${publicUrl}/idp/slo`, { method: 'POST', headers, body: '<a/>' })).status, 415)
    assert.equal((await fetch(`${publicUrl}/idp/slo?SAMLRequest=%25`)).status, 400)
    assert.equal((await fetch(`${publicUrl}/idp/slo`, { method: 'POST' })).status, 400)
  })
})

describe('a session that several service providers were told of', () => {
  for (const [binding, others, partial] of [
    ['post', ['post'], undefined],
    ['redirect', ['redirect'], undefined],
    ['post', ['soap'], undefined],
    ['soap', ['soap'], undefined],
    ['soap', ['post'], true],
  ] as const) {
    test(`ends at one by ${binding}; the other, which takes ${others}, is ${partial ? 'not told' : 'told before the answer'}`, async () => {
      const other = serviceProvider({ singleLogout: others })
      const browser = createFormBrowser()
      const who = await signIn(browser, 'grace')
      const elsewhere = await signIn(browser, 'grace', other)
      await logOut(binding, who)
      assert.deepEqual([sp.received.at(-1)?.ok, sp.received.at(-1)?.partial], [true, partial])
      assert.deepEqual(
        other.received.map(({ kind, ok, sessionIndexes }) => [kind, ok, sessionIndexes]),
        partial ? [] : [['LogoutRequest', true, elsewhere.sessionIndexes]],
      )
    })
  }
})

describe('a logout that begins here (Profiles 4.4.3.1)', () => {
  for (const by of ['post', 'redirect', 'soap'] as const) {
    test(`tells every service provider by ${by} and says what each answered`, async () => {
      const other = serviceProvider({
        singleLogout: ['post', 'redirect', 'soap'],
        status: { code: uris.status.responder },
      })
      const browser = createFormBrowser()
      const who = await signIn(browser, 'ada')
      await signIn(browser, 'ada', other)
      const page = await press(browser, by)
      assert.match(page.body, /Logged out here, but not everywhere/)
      assert.ok(
        page.body.includes(`<code>${sp.entityId}</code>`) && page.body.includes(`<code>${other.entityId}</code>`),
      )
      assert.match(page.body, /<td>logged out [\s\S]*<td>not logged out [\s\S]*status: .*Responder/)
      const told = sp.received.at(-1)
      assert.deepEqual([told?.binding, told?.failures, told?.sessionIndexes], [by, [], who.sessionIndexes])
      assert.equal(await alive(who), false)
      assert.match((await browser.open(publicUrl)).body, /Nobody is signed in here/)
    })
  }

  test('passes over a service provider that takes no logout, and says so', async () => {
    const browser = createFormBrowser()
    await signIn(browser, 'ada', serviceProvider({ singleLogout: [] }))
    assert.match(
      (await press(browser, 'post')).body,
      /not logged out <span class="quiet">– not told<\/span>[\s\S]*names no single logout address/,
    )
  })

  test('says so when nobody had been told', async () => {
    const page = await createFormBrowser().open(publicUrl)
    assert.equal(
      page.forms.some(({ action }) => action.endsWith('/idp/logout')),
      false,
    )
    const answer = await fetch(`${publicUrl}/idp/logout`, { method: 'POST' })
    assert.match(await answer.text(), /No service provider had been told/)
    const body = new URLSearchParams({ by: 'pigeon' })
    assert.equal((await fetch(`${publicUrl}/idp/logout`, { method: 'POST', body })).status, 400)
  })

  test('an answer that nobody waits for leads nowhere', async () => {
    const page = await fetch(`${publicUrl}/idp/slo?SAMLResponse=${encodeURIComponent('s0lNBQA=')}&RelayState=x`)
    assert.equal(page.status, 400)
    assert.match(await page.text(), /Nobody here waits/)
  })
})

describe('answers to logouts that are wrong on purpose', () => {
  for (const { name, label, failedChecks, endsSessions, instead } of logoutMisbehaviours) {
    if (instead === 'silence') continue
    for (const binding of ['post', 'redirect', 'soap'] as const) {
      test(`“${label}” by ${binding} fails exactly the checks that its row names`, async () => {
        assert.equal((await behave(name)).status, 200)
        assert.equal((await sessions()).behaviour, name)
        const who = await signIn(createFormBrowser(), 'ada')
        const before = sp.received.length
        await logOut(binding, who)
        assert.equal(await alive(who), !endsSessions)
        const [answer] = sp.received.slice(before)
        if (instead !== undefined && binding !== 'soap') return assert.equal(answer, undefined)
        const failed = answer?.failures.map((failure) => failure.split(':')[0])
        if (instead === 'error') return assert.equal(answer?.ok, false)
        assert.deepEqual(failed, failedChecks)
        return assert.equal(answer?.partial, name.startsWith('partial') || undefined)
      })
    }
  }

  test('“Never answers” holds the connection until the other side gives up', async () => {
    await behave('silence')
    const who = await signIn(createFormBrowser(), 'ada')
    const delivery = sp.logoutRequest('redirect', who)
    assert.ok(delivery.binding === 'redirect')
    const { length: before } = (await sessions()).messages
    const patience = new AbortController()
    const waiting = fetch(delivery.url, { signal: patience.signal })
    while ((await sessions()).messages.length === before);
    patience.abort()
    await assert.rejects(waiting, { name: 'AbortError' })
    assert.equal(await alive(who), true)
  })

  test('there is no answer beside those of the list', async () => {
    assert.equal((await behave('unheard-of')).status, 400)
  })
})

test('a sandbox that closes ends the connections that it never answers', async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const own = createSandbox({ ...world, publicUrl: url, sallyportUrl: serviceProviders.origin, ...idpKey })
  await own.listen({ port, host: '127.0.0.1' })
  const there = serviceProvider({ singleLogout: ['soap'] })
  there.trust(identityProviderMetadata({ publicUrl: url, ...idpKey }))
  await fetch(`${url}/idp/slo/behaviour`, { method: 'POST', body: new URLSearchParams({ name: 'silence' }) })
  const request = there.logoutRequest('soap', { nameId: { value: 'ada' }, sessionIndexes: [] })
  const waiting = assert.rejects(there.send(request), TypeError)
  const seen = async () => ((await (await fetch(`${url}/idp/sessions`)).json()) as Sessions).messages.length > 0
  while (!(await seen()));
  await own.close()
  await waiting
})

/** The button on the sandbox's first page, and all that follows. */
async function press(browser: FormBrowser, by: string): Promise<Page> {
  const home = await browser.open(publicUrl)
  const form = home.forms.find(({ action }) => action.endsWith('/idp/logout'))
  assert.ok(form)
  return followLogout(await browser.submit(home, form, { by }), browser)
}

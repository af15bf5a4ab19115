// Single logout with identity providers that none of us wrote: what each of them sends, takes and answers. The service
// provider is one of these tests, so that what is found here is true of the peers and not of Sallyport.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Binding, encodeRedirect } from '@sallyport/saml'
import { createSandboxKey, type SandboxKey } from '../src/key.ts'
import { createFormBrowser, type FormBrowser } from './form-browser.ts'
import { followLogout, logOutByForm } from './log-out-by-form.ts'
import { type Peer, type PeerKind, peerKinds, startPeer } from './peer.ts'
import { carryBy, type SignedIn, type TestServiceProvider } from './service-provider.ts'
import { type ServiceProviders, startServiceProviders } from './service-providers.ts'
import { signInByForm } from './sign-in-by-form.ts'
import { skipReason } from './skip-reason.ts'

const world = {
  clock: () => new Date(),
  chance: { bytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)) },
}
const bindings = ['redirect', 'post', 'soap'] as const

let key: SandboxKey
let stranger: SandboxKey
let serviceProviders: ServiceProviders
before(async () => {
  key = await createSandboxKey(world)
  stranger = await createSandboxKey(world)
  serviceProviders = await startServiceProviders()
})
after(() => serviceProviders.close())

type Company = {
  readonly peer: Peer
  /** Two that list every binding. */
  readonly sp: TestServiceProvider
  readonly other: TestServiceProvider
  /** One for each binding, which lists nothing else. */
  readonly only: Readonly<Record<Binding, TestServiceProvider>>
}

/** A peer and service providers that trust one another. */
async function introduce(kind: PeerKind, options: Readonly<Record<string, string>> = {}): Promise<Company> {
  const add = (...singleLogout: Binding[]) => serviceProviders.add(key, { singleLogout })
  const [sp, other] = [add('post', 'redirect', 'soap'), add('post', 'redirect', 'soap')]
  const only = { redirect: add('redirect'), post: add('post'), soap: add('soap') }
  const all = [sp, other, ...Object.values(only)]
  const peer = await startPeer(kind, { serviceProviderMetadata: all.map(({ metadataXml }) => metadataXml), options })
  for (const one of all) one.trust(peer.metadataXml)
  return { peer, sp, other, only }
}

async function signIn(peer: Peer, sp: TestServiceProvider, browser: FormBrowser = createFormBrowser()) {
  const answer = await signInByForm(peer, startUrl(peer, sp), 'alice', 'alice-pw', browser)
  return { browser, who: sp.readSignIn(answer.SAMLResponse) }
}

function startUrl(peer: Peer, sp: TestServiceProvider): string {
  return encodeRedirect({ url: peer.ssoUrl, parameter: 'SAMLRequest', xml: sp.authnRequest() })
}

/** Whether the peer still knows who this is. */
async function isSignedIn(peer: Peer, sp: TestServiceProvider, browser: FormBrowser): Promise<boolean> {
  const page = await browser.open(startUrl(peer, sp))
  return page.forms.some(({ fields }) => 'SAMLResponse' in fields)
}

/** Sends a LogoutRequest; answers how the exchange ended. */
async function askForLogout(
  sp: TestServiceProvider,
  binding: Binding,
  browser: FormBrowser,
  who: SignedIn,
  more?: Parameters<TestServiceProvider['logoutRequest']>[2],
): Promise<{ readonly status: number; readonly body: string }> {
  const delivery = sp.logoutRequest(binding, who, more)
  if (delivery.binding === 'soap') return sp.send(delivery)
  return followLogout(await carryBy(browser, delivery, sp.url), browser)
}

for (const kind of peerKinds) {
  describe(`${kind}, single logout`, { skip: skipReason(kind) }, () => {
    let peer: Peer
    let sp: TestServiceProvider
    let other: TestServiceProvider
    let only: Company['only']
    before(async () => {
      ;({ peer, sp, other, only } = await introduce(kind))
    })
    after(() => peer?.stop())

    for (const binding of bindings) {
      test(`a LogoutRequest of ours by ${binding} ends the session, and is answered by ${binding}, signed`, async () => {
        const { browser, who } = await signIn(peer, sp)
        await askForLogout(sp, binding, browser, who, { relayState: 'state 1&2' })
        const answer = sp.received.at(-1)
        assert.deepEqual([answer?.kind, answer?.binding, answer?.failures], ['LogoutResponse', binding, []])
        if (binding !== 'soap') assert.equal(answer?.relayState, 'state 1&2')
        assert.equal(await isSignedIn(peer, sp, browser), false)
      })

      test(`by ${binding} a LogoutRequest needs no cookie of the peer: the SessionIndex names the session`, async () => {
        const { browser, who } = await signIn(peer, sp)
        await askForLogout(sp, binding, createFormBrowser(), who)
        assert.equal(await isSignedIn(peer, sp, browser), false)
      })

      for (const what of ['not signed', 'signed by somebody else']) {
        test(`by ${binding} a LogoutRequest that is ${what} ends nothing`, async () => {
          const { browser, who } = await signIn(peer, sp)
          const by = what === 'not signed' ? 'nobody' : ({ key: stranger.key, algorithm: 'rsa-sha256' } as const)
          await askForLogout(sp, binding, browser, who, { by })
          assert.equal(await isSignedIn(peer, sp, browser), true)
        })
      }

      test(`a person who logs out there: we get a LogoutRequest by ${binding}, signed, when it is told so (logoutBy)`, async () => {
        const told = await introduce(kind, { logoutBy: binding })
        try {
          const { browser, who } = await signIn(told.peer, told.sp)
          await logOutByForm(told.peer, browser)
          const [request, ...more] = told.sp.received
          assert.deepEqual([request?.kind, request?.binding, request?.failures], ['LogoutRequest', binding, []])
          assert.deepEqual([request?.nameId, request?.sessionIndexes], [who.nameId, who.sessionIndexes])
          assert.deepEqual(more, [])
          const withState = kind === 'pysaml2' && binding !== 'soap'
          assert.equal(request?.relayState !== undefined, withState)
          assert.equal(await isSignedIn(told.peer, told.sp, browser), false)
        } finally {
          await told.peer.stop()
        }
      })

      test(`a person who logs out there: we get a LogoutRequest by ${binding} when our metadata lists nothing else`, async () => {
        const { browser } = await signIn(peer, only[binding])
        await logOutByForm(peer, browser)
        assert.deepEqual(
          only[binding].received.map((one) => [one.kind, one.binding, one.ok]),
          [['LogoutRequest', binding, true]],
        )
      })
    }

    for (const binding of ['redirect', 'post'] as const) {
      test(`another service provider of the session is told before the answer by ${binding}`, async () => {
        const { browser, who } = await signIn(peer, sp)
        const elsewhere = await signIn(peer, other, browser)
        const before = other.received.length
        await askForLogout(sp, binding, browser, who)
        const [told] = other.received.slice(before)
        assert.deepEqual(
          [told?.kind, told?.ok, told?.sessionIndexes],
          ['LogoutRequest', true, elsewhere.who.sessionIndexes],
        )
        assert.deepEqual([sp.received.at(-1)?.kind, sp.received.at(-1)?.failures], ['LogoutResponse', []])
      })
    }
  })
}

describe('what the peers do differently', () => {
  describe('pysaml2', { skip: skipReason('pysaml2') }, () => {
    let company: Company
    before(async () => {
      company = await introduce('pysaml2')
    })
    after(() => company?.peer.stop())

    for (const binding of bindings) {
      test(`ends every session of the person when a request by ${binding} names none (Core 3.7.1)`, async () => {
        const { peer, sp } = company
        const [first, second] = [await signIn(peer, sp), await signIn(peer, sp)]
        await askForLogout(sp, binding, createFormBrowser(), { ...first.who, sessionIndexes: [] })
        assert.equal(await isSignedIn(peer, sp, first.browser), false)
        assert.equal(await isSignedIn(peer, sp, second.browser), false)
      })

      test(`answers Success by ${binding} for a session that is over, so a delivery may be repeated`, async () => {
        const { peer, sp } = company
        const { browser, who } = await signIn(peer, sp)
        await askForLogout(sp, binding, browser, who)
        await askForLogout(sp, binding, browser, who)
        assert.deepEqual(
          sp.received.slice(-2).map(({ ok }) => ok),
          [true, true],
        )
      })
    }

    test('ends every session that a request names, and does not look at NotOnOrAfter', async () => {
      const { peer, sp } = company
      const [first, second] = [await signIn(peer, sp), await signIn(peer, sp)]
      const sessionIndexes = [...first.who.sessionIndexes, ...second.who.sessionIndexes]
      const notOnOrAfter = new Date(world.clock().getTime() - 3_600_000)
      await askForLogout(sp, 'soap', createFormBrowser(), { ...first.who, sessionIndexes }, { notOnOrAfter })
      assert.equal(await isSignedIn(peer, sp, first.browser), false)
      assert.equal(await isSignedIn(peer, sp, second.browser), false)
      assert.match(sp.received.at(-1)?.xml ?? '', /<\S*LogoutResponse [^>]*Destination=""/)
    })

    test('by SOAP it tells another service provider by SOAP before it answers', async () => {
      const { peer, sp, other } = company
      const { browser, who } = await signIn(peer, sp)
      await signIn(peer, other, browser)
      await askForLogout(sp, 'soap', browser, who)
      assert.deepEqual([other.received.at(-1)?.binding, other.received.at(-1)?.ok], ['soap', true])
      assert.deepEqual(sp.received.at(-1)?.failures, [])
    })

    test('answers a request by SOAP that is not signed with RequestDenied', async () => {
      const { peer, sp } = company
      const { browser, who } = await signIn(peer, sp)
      await askForLogout(sp, 'soap', browser, who, { by: 'nobody' })
      assert.match(sp.received.at(-1)?.failures.join() ?? '', /status: .*RequestDenied/)
    })

    test('answers PartialLogout by SOAP when another service provider takes no SOAP (Core 3.7.3.2)', async () => {
      const { peer, sp, only } = company
      const { browser, who } = await signIn(peer, sp)
      await signIn(peer, only.post, browser)
      await askForLogout(sp, 'soap', browser, who)
      assert.equal(sp.received.at(-1)?.partial, true)
      assert.match(sp.received.at(-1)?.failures.join() ?? '', /status: .*Responder .*PartialLogout/)
    })
  })

  describe('lemonldap-ng', { skip: skipReason('lemonldap-ng') }, () => {
    let company: Company
    before(async () => {
      company = await introduce('lemonldap-ng')
    })
    after(() => company?.peer.stop())

    for (const binding of bindings) {
      test(`refuses a request by ${binding} that names no session`, async () => {
        const { peer, sp } = company
        const { browser, who } = await signIn(peer, sp)
        const end = await askForLogout(sp, binding, browser, { ...who, sessionIndexes: [] })
        assert.equal(end.status, 400)
        assert.match(end.body, /SLO request is not valid/)
        assert.equal(await isSignedIn(peer, sp, browser), true)
      })

      test(`ends only the first of several sessions that a request by ${binding} names`, async () => {
        const { peer, sp } = company
        const [first, second] = [await signIn(peer, sp), await signIn(peer, sp)]
        const sessionIndexes = [...first.who.sessionIndexes, ...second.who.sessionIndexes]
        await askForLogout(sp, binding, createFormBrowser(), { ...first.who, sessionIndexes })
        assert.equal(await isSignedIn(peer, sp, first.browser), false)
        assert.equal(await isSignedIn(peer, sp, second.browser), true)
      })

      test(`refuses a request by ${binding} whose time is over`, async () => {
        const { peer, sp } = company
        const { browser, who } = await signIn(peer, sp)
        const notOnOrAfter = new Date(world.clock().getTime() - 3_600_000)
        assert.equal((await askForLogout(sp, binding, browser, who, { notOnOrAfter })).status, 400)
        assert.equal(await isSignedIn(peer, sp, browser), true)
      })

      test(`answers its sign-in page, and no LogoutResponse, to a second request by ${binding} for the same session`, async () => {
        const { peer, sp } = company
        const { browser, who } = await signIn(peer, sp)
        await askForLogout(sp, binding, browser, who)
        const end = await askForLogout(sp, binding, browser, who)
        assert.equal(end.status, 200)
        assert.match(end.body, /<html/)
      })
    }

    test('its answer by SOAP names no Destination', async () => {
      const { peer, sp } = company
      const { browser, who } = await signIn(peer, sp)
      await askForLogout(sp, 'soap', browser, who)
      const { ok, xml } = sp.received.at(-1) ?? {}
      assert.equal(ok, true)
      assert.doesNotMatch(xml ?? '', /Destination/)
    })

    test('takes the first binding of the metadata when it is told nothing', async () => {
      const { peer, sp } = company
      const { browser } = await signIn(peer, sp)
      await logOutByForm(peer, browser)
      assert.deepEqual([sp.received.at(-1)?.kind, sp.received.at(-1)?.binding], ['LogoutRequest', 'post'])
    })

    test('by SOAP it ends a session of two service providers, but tells the other nothing and answers no LogoutResponse', async () => {
      const { peer, sp, other } = company
      const { browser, who } = await signIn(peer, sp)
      await signIn(peer, other, browser)
      const before = other.received.length
      const end = await askForLogout(sp, 'soap', browser, who)
      assert.match(end.body, /<html/)
      assert.equal(other.received.length, before)
      assert.equal(await isSignedIn(peer, sp, browser), false)
    })
  })
})

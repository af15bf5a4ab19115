import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import {
  decodePost,
  encodePost,
  encodeRedirect,
  type Signer,
  signXml,
  uris,
  writeAuthnRequest,
  writeServiceProviderMetadata,
} from '@sallyport/saml'
import { readIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import { createSandboxKey, type SandboxKey } from '../src/key.ts'
import { newMessageId } from '../src/world.ts'
import { createFormBrowser } from './form-browser.ts'
import { type Peer, peerKinds, startPeer } from './peer.ts'
import { signInByForm, signInFromPage } from './sign-in-by-form.ts'
import { skipReason } from './skip-reason.ts'

const world = {
  clock: () => new Date(),
  chance: { bytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)) },
}
const serviceProvider = { entityId: 'https://sp.example/saml/metadata', acsUrl: 'https://sp.example/saml/acs' }

function metadataFor(key: SandboxKey): string {
  return writeServiceProviderMetadata({
    ...serviceProvider,
    signingCertificates: [key.certificatePem],
    authnRequestsSigned: true,
    wantAssertionsSigned: true,
  })
}

function requestFor(peer: Peer, more: { readonly isPassive?: boolean; readonly forceAuthn?: boolean } = {}) {
  return writeAuthnRequest({
    id: newMessageId(world.chance),
    issueInstant: world.clock(),
    issuer: serviceProvider.entityId,
    destination: peer.ssoUrl,
    acsUrl: serviceProvider.acsUrl,
    ...more,
  })
}

function redirectTo(peer: Peer, xml: string, signer?: Signer): string {
  const message = { url: peer.ssoUrl, parameter: 'SAMLRequest', xml, relayState: 'state 1&2' } as const
  return encodeRedirect(signer ? { ...message, signer } : message)
}

/** A page such as a service provider answers for the POST binding (Bindings 3.5.4). */
function postPage(peer: Peer, xml: string) {
  const form = {
    action: peer.ssoUrl,
    method: 'POST',
    fields: { SAMLRequest: encodePost(xml), RelayState: 'state 1&2' },
  } as const
  return { url: serviceProvider.acsUrl, status: 200, headers: new Headers(), body: '', forms: [form] }
}

for (const kind of peerKinds) {
  describe(`${kind} as a peer`, { skip: skipReason(kind) }, () => {
    let key: SandboxKey
    let peer: Peer
    before(async () => {
      key = await createSandboxKey(world)
      peer = await startPeer(kind, { serviceProviderMetadata: [metadataFor(key)] })
    })
    after(() => peer?.stop())

    test('its metadata names its entity id, its sign-on addresses and a certificate', () => {
      const metadata = readIdentityProviderMetadata(peer.metadataXml, { now: world.clock() })
      assert.equal(metadata.entityId, peer.entityId)
      for (const binding of ['redirect', 'post'] as const) {
        assert.ok(metadata.singleSignOn.some((on) => on.binding === binding && on.location === peer.ssoUrl))
      }
      assert.equal(metadata.signingCertificates.length, 1)
      assert.equal(metadata.wantAuthnRequestsSigned, false)
    })

    test('a person signs in by its form after an HTTP-Redirect request, and RelayState comes back', async () => {
      const answer = await signInByForm(peer, redirectTo(peer, requestFor(peer)), 'alice', 'alice-pw')
      assert.equal(answer.action, serviceProvider.acsUrl)
      assert.equal(answer.RelayState, 'state 1&2')
      const xml = Buffer.from(decodePost(answer.SAMLResponse)).toString()
      assert.match(xml, /alice@example\.org/)
    })

    test('a person signs in by its form after an HTTP-POST request', async () => {
      const browser = createFormBrowser()
      const page = postPage(peer, requestFor(peer))
      const answer = await signInFromPage(peer, page, 'bob', 'bob-pw', browser)
      assert.match(Buffer.from(decodePost(answer.SAMLResponse)).toString(), /eng_::_ops_::_sales/)
    })

    test('the same browser is not asked a second time', async () => {
      const first = await signInByForm(peer, redirectTo(peer, requestFor(peer)), 'alice', 'alice-pw')
      const page = await first.browser.open(redirectTo(peer, requestFor(peer)))
      assert.ok(page.forms.some((form) => 'SAMLResponse' in form.fields))
    })

    test('a wrong password is refused', async () => {
      const start = redirectTo(peer, requestFor(peer))
      await assert.rejects(signInByForm(peer, start, 'alice', 'not-her-pw'), /the sign-in was refused/)
    })

    test('an unknown option is an error that names the known ones', async () => {
      const start = startPeer(kind, { serviceProviderMetadata: [], options: { colour: 'red' } })
      await assert.rejects(start, /has no option colour; it has sign/)
    })
  })

  test(`${kind} with requireSignedRequests takes signed requests only, by both bindings`, {
    skip: skipReason(kind),
  }, async () => {
    const [key, stranger] = await Promise.all([createSandboxKey(world), createSandboxKey(world)])
    const signer = { key: key.key, algorithm: 'rsa-sha256' } as const
    const options = { requireSignedRequests: 'yes' }
    const peer = await startPeer(kind, { serviceProviderMetadata: [metadataFor(key)], options })
    try {
      assert.equal(readIdentityProviderMetadata(peer.metadataXml, { now: world.clock() }).wantAuthnRequestsSigned, true)
      const byRedirect = (by?: Signer) =>
        signInByForm(peer, redirectTo(peer, requestFor(peer), by), 'alice', 'alice-pw')
      const byPost = (by?: Signer) => {
        const xml = requestFor(peer)
        const id = /ID="([^"]+)"/.exec(xml)?.[1] ?? ''
        const page = postPage(peer, by ? signXml(xml, { id, signer: by }) : xml)
        return signInFromPage(peer, page, 'alice', 'alice-pw', createFormBrowser())
      }
      for (const signIn of [byRedirect, byPost]) {
        assert.equal((await signIn(signer)).action, serviceProvider.acsUrl)
        await assert.rejects(signIn(), /no sign-in form|was refused/)
        await assert.rejects(signIn({ ...signer, key: stranger.key }), /no sign-in form|was refused/)
      }
    } finally {
      await peer.stop()
    }
  })

  test(`${kind} ends with the process that started it, even when that one is killed`, {
    skip: skipReason(kind),
  }, async () => {
    const script = `
      import { startPeer } from ${JSON.stringify(new URL('./peer.ts', import.meta.url).href)}
      const peer = await startPeer(${JSON.stringify(kind)}, { serviceProviderMetadata: [] })
      process.stdout.write(peer.metadataUrl)
      setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [output] = await once(parent.stdout, 'data')
    const url = String(output)
    assert.equal((await fetch(url, { headers: { connection: 'close' } })).status, 200)
    parent.kill('SIGKILL')
    while (await answers(url)) await wait(20)
  })
}

test('pysaml2 answers a passive request without a session with NoPassive (Core 3.4.1)', {
  skip: skipReason('pysaml2'),
}, async () => {
  const key = await createSandboxKey(world)
  const peer = await startPeer('pysaml2', { serviceProviderMetadata: [metadataFor(key)] })
  try {
    const page = await createFormBrowser().open(redirectTo(peer, requestFor(peer, { isPassive: true })))
    const field = page.forms[0]?.fields.SAMLResponse ?? ''
    assert.match(Buffer.from(decodePost(field)).toString(), new RegExp(uris.status.noPassive))
  } finally {
    await peer.stop()
  }
})

test('a stopped peer leaves neither process nor folder', { skip: skipReason('pysaml2') }, async () => {
  const peer = await startPeer('pysaml2', { serviceProviderMetadata: [] })
  await access(peer.workFolder)
  await peer.stop()
  assert.equal(await answers(peer.metadataUrl), false)
  await assert.rejects(access(peer.workFolder), { code: 'ENOENT' })
})

async function answers(url: string): Promise<boolean> {
  return fetch(url, { headers: { connection: 'close' } }).then(
    () => true,
    () => false,
  )
}

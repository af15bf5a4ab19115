import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '#config/secret.ts'
import { makePlace, now, publicUrl, testWorld, the } from '#login/test-place.ts'
import { clientFaults } from '#oauth/client-rules.ts'
import { clientSettings, insertClient } from '#oauth/clients.ts'
import { makeProvider } from '#oauth/provider.ts'
import type { ClientKind } from '#storage/oauth-tables.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const callback = 'https://app.example/callback'
const native = ['http://127.0.0.1/callback', 'http://[::1]/callback', 'http://localhost/callback', callback]

/** Clients at the edges of what the rules take. */
const clients: Readonly<Record<string, readonly [ClientKind, object]>> = {
  web: ['web', { redirectUris: [callback, 'https://localhost/x'] }],
  'web-by-itself': ['web', { grants: ['client-credentials'] }],
  'web-all': ['web', { redirectUris: [callback], grants: ['client-credentials'] }],
  'web-legacy': ['web', { redirectUris: [callback], dangerouslyAllowImplicit: true }],
  'web-legacy-without-pages': ['web', { grants: ['client-credentials'], dangerouslyAllowImplicit: true }],
  'single-page': ['single-page', { redirectUris: [callback] }],
  'single-page-legacy': ['single-page', { redirectUris: [callback], dangerouslyAllowImplicit: true }],
  native: ['native', { redirectUris: [...native, 'com.example.app:/callback'] }],
  'native-device': ['native', { grants: ['device-code'] }],
  machine: ['machine', {}],
  'machine-said-twice': ['machine', { grants: ['client-credentials'] }],
  'web-saml-bearer': ['web', { grants: ['saml-bearer'] }],
  'machine-saml-bearer': ['machine', { grants: ['saml-bearer'] }],
  '~.-_': ['machine', { accessTokenSeconds: 172_800, accessTokenFormat: 'jwt' }],
}

onEveryDatabase((kind, openFresh) => {
  test(`whatever the rules take is a client for the protocol, too, and its addresses are good (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const place = await makePlace(db, world)
    const secret = new Secret('s'.repeat(32))
    const log = { info: () => {}, warn: () => {}, error: () => {} }
    for (const [id, [kind, given]] of Object.entries(clients)) {
      const settings = clientSettings.parse(given)
      assert.deepEqual(clientFaults({ kind, settings }), [], id)
      await insertClient(db.write, place.environment.id, { id, name: id, kind, settings }, now)
    }
    const signInByAssertion = () => assert.fail('nobody brings an assertion')
    const { provider } = await makeProvider({ db, world, config: { publicUrl }, secret, log, signInByAssertion }, place)
    for (const [id, [kind, given]] of Object.entries(clients)) {
      const found = the(
        await provider.Client.find(id).catch((error) => assert.fail(`${id}: ${error.error_description}`)),
      )
      for (const uri of clientSettings.parse(given).redirectUris)
        assert.ok(found.redirectUriAllowed(uri), `${id} ${uri}`)
      assert.equal(found.redirectUriAllowed(`${callback}/`), false, id)
      const isPublic = kind === 'native' || kind === 'single-page'
      assert.equal(found.tokenEndpointAuthMethod === 'none', isPublic, id)
      assert.equal(found.grantTypeAllowed('implicit'), id.endsWith('-legacy'), id)
    }
    // RFC 8252 section 7.3: any port, but the path and the host as they are.
    const app = the(await provider.Client.find('native'))
    const asked = ['http://127.0.0.1:51004/callback', 'http://[::1]:9/callback', 'http://localhost:8080/callback']
    for (const uri of asked) assert.ok(app.redirectUriAllowed(uri), uri)
    for (const uri of [
      'http://127.0.0.1:51004/other',
      'http://127.0.0.2/callback',
      'https://app.example:8443/callback',
    ])
      assert.equal(app.redirectUriAllowed(uri), false, uri)
    assert.equal(the(await provider.Client.find('web')).redirectUriAllowed('https://localhost:8443/x'), false)
  })
})

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { clientId, clientKind, clientKinds, clientName, newClientId } from '#oauth/client-input.ts'
import { ClientRefused, clientRefusals, sentenceOf } from '#oauth/client-refusal.ts'
import { type ClientFaultCode, clientFaultCodes, clientFaults, grantTypesOf } from '#oauth/client-rules.ts'
import { clientSettings } from '#oauth/clients.ts'
import type { ClientKind } from '#storage/oauth-tables.ts'

type Given = Readonly<Record<string, unknown>>

const callback = 'https://app.example/callback'
const usual: Readonly<Record<ClientKind, Given>> = {
  web: { redirectUris: [callback] },
  native: { redirectUris: ['http://127.0.0.1/callback'] },
  'single-page': { redirectUris: [callback] },
  machine: {},
}

const faultsOf = (kind: ClientKind, given: Given = {}) =>
  clientFaults({ kind, settings: clientSettings.parse({ ...usual[kind], ...given }) })
const shown = (kind: ClientKind, given: Given) =>
  faultsOf(kind, given).map(({ path, code }) => `${path.join('.')} ${code}`)

const goodUris: readonly (readonly [ClientKind, string])[] = [
  ['web', callback],
  ['web', 'https://app.example'],
  ['web', 'https://app.example/'],
  ['web', 'https://app.example:8443/a/b?tenant=1&x=%20'],
  ['web', 'https://localhost:3000/callback'],
  ['web', 'https://[2001:db8::1]/callback'],
  ['single-page', callback],
  // RFC 8252 section 7.3
  ['native', 'http://127.0.0.1/callback'],
  ['native', 'http://127.0.0.1:51004/callback'],
  ['native', 'http://[::1]/callback'],
  ['native', 'http://localhost:8080/'],
  // RFC 8252 section 7.2
  ['native', callback],
  // RFC 8252 section 7.1
  ['native', 'com.example.app:/callback'],
  ['native', 'com.example.app://callback'],
  ['native', 'com.example.app:callback'],
  ['native', 'com.example-2.app:/oauth2redirect/example-provider'],
]

const badUris: readonly (readonly [ClientKind, string, ClientFaultCode])[] = [
  ['web', '/callback', 'uri-relative'],
  ['web', 'app.example/callback', 'uri-relative'],
  ['web', '//app.example/callback', 'uri-relative'],
  ['web', 'https://', 'uri-relative'],
  ['web', 'https://app.example:99999/', 'uri-relative'],
  ['web', 'https://app.example/a b', 'uri-characters'],
  ['web', ' https://app.example/', 'uri-characters'],
  ['web', 'https://app.example/\n', 'uri-characters'],
  ['web', 'https://app.example/\0', 'uri-characters'],
  ['web', 'https://app.example\\@evil.example/', 'uri-characters'],
  ['web', 'https://äpp.example/', 'uri-characters'],
  ['web', '<script>', 'uri-characters'],
  ['web', `${callback}#`, 'uri-fragment'],
  ['web', `${callback}#part`, 'uri-fragment'],
  ['native', 'com.example.app:/callback#part', 'uri-fragment'],
  ['web', 'https://app.example@evil.example/', 'uri-user'],
  ['web', 'https://:secret@app.example/', 'uri-user'],
  ['web', 'https://*.app.example/', 'uri-pattern'],
  ['web', 'https://app.example/*', 'uri-pattern'],
  ['web', 'https://App.example/', 'uri-spelling'],
  ['web', 'HTTPS://app.example/', 'uri-spelling'],
  ['web', 'https:app.example/', 'uri-spelling'],
  ['web', 'https:///app.example/', 'uri-spelling'],
  ['web', 'https://app.example:443/', 'uri-spelling'],
  ['web', 'https://app.example/a/../b', 'uri-spelling'],
  ['web', 'https://app.example/a/%2e%2e/b', 'uri-spelling'],
  ['web', 'https://app.example?x=1', 'uri-spelling'],
  ['web', 'https://0x7f.1/', 'uri-spelling'],
  ['native', 'http://127.1/callback', 'uri-spelling'],
  ['native', 'http://2130706433/callback', 'uri-spelling'],
  ['native', 'http://[0:0:0:0:0:0:0:1]/callback', 'uri-spelling'],
  ['native', 'Com.Example.App:/callback', 'uri-spelling'],
  ['web', 'http://app.example/callback', 'uri-http'],
  ['web', 'http://127.0.0.1/callback', 'uri-http'],
  ['single-page', 'http://localhost/callback', 'uri-http'],
  ['web', 'com.example.app:/callback', 'uri-not-web'],
  ['web', 'javascript:alert(1)', 'uri-not-web'],
  ['single-page', 'data:text/html,x', 'uri-not-web'],
  ['native', 'http://app.example/callback', 'uri-http-host'],
  ['native', 'http://127.0.0.1.evil.example/', 'uri-http-host'],
  ['native', 'http://localhost.evil.example/', 'uri-http-host'],
  ['native', 'http://localhost./', 'uri-http-host'],
  ['native', 'http://0.0.0.0/', 'uri-http-host'],
  ['native', 'http://127.0.0.2/', 'uri-http-host'],
  ['native', 'https://127.0.0.1/callback', 'uri-https-loopback'],
  ['native', 'https://localhost/callback', 'uri-https-loopback'],
  ['native', 'myapp:/callback', 'uri-scheme'],
  ['native', 'javascript:alert(1)', 'uri-scheme'],
  ['native', 'file:///etc/passwd', 'uri-scheme'],
  ['native', 'urn:ietf:wg:oauth:2.0:oob', 'uri-scheme'],
  ['native', 'com..app:/callback', 'uri-scheme'],
  ['native', 'com.app.:/callback', 'uri-scheme'],
]

test('redirect URIs that are as RFC 6749 section 3.1.2 and RFC 8252 section 7 say are taken', () => {
  for (const [kind, uri] of goodUris) {
    assert.deepEqual(shown(kind, { redirectUris: [uri] }), [], `${kind} ${uri}`)
  }
})

test('other redirect URIs are refused, each with its reason', () => {
  for (const [kind, uri, code] of badUris) {
    assert.deepEqual(shown(kind, { redirectUris: [uri] }), [`redirectUris.0 ${code}`], `${kind} ${uri}`)
  }
})

const implicit = { dangerouslyAllowImplicit: true }

const rules: readonly (readonly [ClientKind, Given, readonly string[]])[] = [
  ['web', {}, []],
  ['native', {}, []],
  ['single-page', {}, []],
  ['machine', {}, []],
  ['web', { redirectUris: [] }, ['redirectUris uri-missing']],
  ['native', { redirectUris: [] }, ['redirectUris uri-missing']],
  ['single-page', { redirectUris: [] }, ['redirectUris uri-missing']],
  ['native', { redirectUris: [], grants: ['device-code'] }, []],
  ['web', { redirectUris: [], grants: ['client-credentials'] }, []],
  ['web', { redirectUris: [callback, 'https://b.example/', callback] }, ['redirectUris.2 uri-twice']],
  ['machine', { redirectUris: [callback] }, ['redirectUris uri-machine']],
  ['web', { grants: ['client-credentials'] }, []],
  ['native', { grants: ['device-code'] }, []],
  ['machine', { grants: ['client-credentials'] }, []],
  ['web', { redirectUris: [], grants: ['saml-bearer'] }, []],
  ['machine', { grants: ['saml-bearer', 'client-credentials'] }, []],
  // RFC 7522 section 3.1: whoever brings an assertion proves who they are.
  ['native', { grants: ['saml-bearer'] }, ['grants.0 grant-kind']],
  ['single-page', { grants: ['saml-bearer'] }, ['grants.0 grant-kind']],
  ['web', { grants: ['device-code'] }, ['grants.0 grant-kind']],
  ['native', { grants: ['device-code', 'client-credentials'] }, ['grants.1 grant-kind']],
  ['single-page', { grants: ['client-credentials'] }, ['grants.0 grant-kind']],
  ['machine', { grants: ['device-code'] }, ['grants.0 grant-kind']],
  ['web', { grants: ['client-credentials', 'client-credentials'] }, ['grants.1 grant-twice']],
  ['web', implicit, []],
  ['single-page', implicit, []],
  ['native', implicit, ['dangerouslyAllowImplicit implicit-kind']],
  ['machine', implicit, ['dangerouslyAllowImplicit implicit-kind']],
  ['web', { ...implicit, redirectUris: ['https://localhost/'] }, ['redirectUris.0 uri-implicit-localhost']],
  ['native', { purpose: 'media-helper' }, []],
  ['native', { purpose: 'mobile' }, []],
  ['web', { purpose: 'mobile' }, ['purpose purpose-kind']],
  ['machine', { purpose: 'media-helper' }, ['purpose purpose-kind']],
  // OpenID Connect RP-Initiated Logout 1.0 section 3.1: as redirect URIs.
  ['web', { postLogoutRedirectUris: [callback, 'https://app.example/'] }, []],
  ['native', { postLogoutRedirectUris: ['com.example.app:/out', 'http://127.0.0.1/out'] }, []],
  ['single-page', { postLogoutRedirectUris: [callback, callback] }, ['postLogoutRedirectUris.1 uri-twice']],
  ['web', { postLogoutRedirectUris: ['http://app.example/'] }, ['postLogoutRedirectUris.0 uri-http']],
  ['web', { postLogoutRedirectUris: [`${callback}#x`] }, ['postLogoutRedirectUris.0 uri-fragment']],
  [
    'web',
    { ...implicit, postLogoutRedirectUris: ['https://localhost/'] },
    ['postLogoutRedirectUris.0 uri-implicit-localhost'],
  ],
  ['machine', { postLogoutRedirectUris: [callback] }, ['postLogoutRedirectUris uri-machine']],
  // OpenID Connect Back-Channel Logout 1.0 section 2.2
  ['web', { backChannelLogoutUri: 'https://app.example/told?tenant=1' }, []],
  ['web', { backChannelLogoutUri: 'http://localhost:3000/told' }, []],
  ['machine', { backChannelLogoutUri: 'http://127.0.0.1:3000/told' }, []],
  ['web', { backChannelLogoutUri: 'http://app.example/told' }, ['backChannelLogoutUri uri-http-host']],
  ['web', { backChannelLogoutUri: 'https://app.example/told#' }, ['backChannelLogoutUri uri-fragment']],
  ['web', { backChannelLogoutUri: 'https://me:pw@app.example/' }, ['backChannelLogoutUri uri-user']],
  ['web', { backChannelLogoutUri: '/told' }, ['backChannelLogoutUri uri-relative']],
  ['web', { backChannelLogoutUri: 'ftp://app.example/' }, ['backChannelLogoutUri uri-not-web']],
  ['native', { backChannelLogoutUri: callback }, ['backChannelLogoutUri logout-uri-kind']],
  ['single-page', { backChannelLogoutUri: callback }, ['backChannelLogoutUri logout-uri-kind']],
]

test('what does not fit the kind of a client is refused', () => {
  for (const [kind, given, expected] of rules) {
    assert.deepEqual(shown(kind, given), expected, `${kind} ${JSON.stringify(given)}`)
  }
})

test('every fault has a case here, a sentence that ends one beginning with the field, and a cure in it', () => {
  const faults = [
    ...badUris.flatMap(([kind, uri]) => faultsOf(kind, { redirectUris: [uri] })),
    ...rules.flatMap(([kind, given]) => faultsOf(kind, given)),
  ]
  assert.deepEqual([...new Set(faults.map(({ code }) => code))].toSorted(), clientFaultCodes.toSorted())
  for (const { message } of faults) assert.match(message, /^(is|are|has|must|may|needs|“).*[;,] .*[^.]$/s, message)
  const [spelling] = faultsOf('web', { redirectUris: ['https://App.example/../a'] })
  assert.equal(spelling?.message, 'is not written as browsers send it; write https://app.example/a')
  assert.equal(
    faultsOf('machine', { grants: ['device-code'] })[0]?.message,
    '“device-code” is for native clients, and this is a machine one; leave it out',
  )
})

test('whatever is given as a redirect URI is judged without a crash, and what is taken is one that browsers keep', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.webUrl({ withFragments: true }))
  fc.assert(
    fc.property(text, fc.constantFrom(...clientKinds), (uri, kind) => {
      const [found] = clientFaults({ kind, settings: { ...clientSettings.parse({}), redirectUris: [uri] } })
      if (found === undefined) assert.ok([uri, `${uri}/`].includes(new URL(uri).href), uri)
    }),
  )
})

test('settings have their bounds and defaults', () => {
  assert.deepEqual(clientSettings.parse({}), {
    active: true,
    redirectUris: [],
    postLogoutRedirectUris: [],
    grants: [],
    accessTokenSeconds: 3600,
    accessTokenFormat: 'opaque',
    dangerouslyAllowImplicit: false,
  })
  const uris = (count: number) => Array.from({ length: count }, (_, i) => `${callback}/${i}`)
  const good: readonly Given[] = [
    { accessTokenSeconds: 300 },
    { accessTokenSeconds: 172_800 },
    { accessTokenFormat: 'jwt' },
    { redirectUris: uris(50) },
    { postLogoutRedirectUris: uris(50) },
  ]
  for (const given of good) assert.ok(clientSettings.safeParse(given).success, JSON.stringify(given))
  const bad: readonly (readonly [Given, RegExp])[] = [
    [{ accessTokenSeconds: 299 }, /at least 300/],
    [{ accessTokenSeconds: 172_801 }, /at most 172800/],
    [{ accessTokenSeconds: 300.5 }, /./],
    [{ accessTokenFormat: 'JWT' }, /./],
    [{ redirectUris: uris(51) }, /are too many: 50 at most/],
    [{ postLogoutRedirectUris: uris(51) }, /are too many: 50 at most/],
    [{ backChannelLogoutUri: '' }, /must not be empty/],
    [{ redirectUris: [''] }, /must not be empty/],
    [{ redirectUris: ['x'.repeat(2049)] }, /is too long: 2048/],
    [{ grants: ['password'] }, /./],
    [{ legacyImplicit: true }, /./],
    [{ purpose: 'desktop' }, /./],
  ]
  for (const [given, expected] of bad) {
    assert.match(clientSettings.safeParse(given).error?.issues[0]?.message ?? '', expected, JSON.stringify(given))
  }
})

test('ids are 1 to 128 unreserved characters, given or made as UUIDs', () => {
  for (const id of ['64cd7f8c-207b-4caf-b888-56b8e17384a6', 'A', '~', '...', 'a.b_c~d-e', 'x'.repeat(128)])
    assert.ok(clientId.safeParse(id).success, id)
  for (const id of ['', '.', '..', 'x'.repeat(129), 'a b', '“a”', 'a/b', 'a%20', 'ä', 'a\0', 'a\n', '"a"', 'a+b'])
    assert.ok(!clientId.safeParse(id).success, id)
  const ids = Array.from({ length: 50 }, () => newClientId({ bytes: (size) => new Uint8Array(randomBytes(size)) }))
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(new Set(ids).size, 50)
  for (const name of ['', ' ', 'a\0b', '\u001b[2J', '\ud800', 'x'.repeat(101)])
    assert.ok(!clientName.safeParse(name).success, JSON.stringify(name))
  assert.equal(clientKind.safeParse('Web').error?.issues[0]?.message, 'must be web, native, single-page or machine')
})

test('every kind has its grant types', () => {
  const of = (kind: ClientKind, given: Given = {}) =>
    grantTypesOf({ kind, settings: clientSettings.parse({ ...usual[kind], ...given }) })
  const people = ['authorization_code', 'refresh_token']
  assert.deepEqual(of('web'), people)
  assert.deepEqual(of('native'), people)
  assert.deepEqual(of('single-page'), people)
  assert.deepEqual(of('machine'), ['client_credentials'])
  assert.deepEqual(of('machine', { grants: ['client-credentials'] }), ['client_credentials'])
  assert.deepEqual(of('single-page', implicit), [...people, 'implicit'])
  assert.deepEqual(of('web', { grants: ['client-credentials'] }), [...people, 'client_credentials'])
  assert.deepEqual(of('web', { redirectUris: [], grants: ['client-credentials'] }), ['client_credentials'])
  const bearer = 'urn:ietf:params:oauth:grant-type:saml2-bearer'
  assert.deepEqual(of('machine', { grants: ['saml-bearer'] }), ['client_credentials', bearer])
  assert.deepEqual(of('web', { redirectUris: [], grants: ['saml-bearer'] }), [bearer], 'RFC 7521 4.1: no refresh token')
  assert.deepEqual(of('native', { redirectUris: [], grants: ['device-code'] }), [
    'refresh_token',
    'urn:ietf:params:oauth:grant-type:device_code',
  ])
})

test('every refusal has a sentence and a cure', () => {
  for (const refusal of clientRefusals) {
    const { sentence, cure } = sentenceOf(new ClientRefused(refusal, 'Wallboard'))
    assert.match(`${sentence} ${cure}`, /^[A-Z“].*\. [A-Z].*\.$/)
  }
})

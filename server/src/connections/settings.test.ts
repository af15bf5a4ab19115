import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guides } from '#connections/guides/guides.ts'
import { connectionSettings } from '#connections/settings.ts'

const minimal = { issuer: 'urn:idp', thirdPartyAuthenticationUrl: 'https://idp.example', issuerCertificates: ['…'] }

function take(given: Record<string, unknown>): string {
  const parsed = connectionSettings.safeParse({ ...minimal, ...given })
  return parsed.success ? 'taken' : (parsed.error.issues[0]?.message ?? '')
}

function address(given: string): string {
  const parsed = connectionSettings.safeParse({ ...minimal, thirdPartyAuthenticationUrl: given })
  return parsed.data?.thirdPartyAuthenticationUrl ?? `refused: ${parsed.error?.issues[0]?.message}`
}

test('the sign-in address may be a host with a port, as the settings page shows it; it is then https', () => {
  assert.equal(address('www.abc.com:9090'), 'https://www.abc.com:9090')
  assert.equal(address('192.168.1.10'), 'https://192.168.1.10')
  assert.equal(address('abc.def.com'), 'https://abc.def.com')
  assert.equal(address('localhost:8080/sso'), 'https://localhost:8080/sso')
})

test('a whole address is kept as it was written', () => {
  for (const url of [
    'https://idp.example',
    'https://IdP.example/',
    'http://localhost:4000/sso?tenant=a',
    'https://[::1]/x',
  ]) {
    assert.equal(address(url), url)
  }
})

test('the host is a full name, an IP address or localhost; credentials, fragments and other schemes are refused', () => {
  for (const bad of [
    ...[
      'intranet',
      'https://intranet/sso',
      'https://.com',
      'ftp://idp.example',
      'javascript:alert(1)',
      'javascript://idp.example/%0aalert(1)',
    ],
    ...[
      'https://user:pw@idp.example',
      'https://idp.example/#x',
      'https://idp.example/a b',
      'https:\\\\idp.example',
      '',
    ],
  ]) {
    assert.match(address(bad), /^refused/, bad)
  }
})

test('an attribute is named where the user id lies in one', () => {
  assert.match(take({ userIdLocation: 'attribute' }), /is needed/)
  assert.equal(take({ userIdLocation: 'attribute', userIdAttribute: 'uid' }), 'taken')
})

test('single logout needs an address once it is enabled', () => {
  assert.match(take({ singleLogout: { enabled: true } }), /is needed/)
  assert.equal(take({ singleLogout: { enabled: true, url: 'idp.example/slo' } }), 'taken')
})

test('front-channel requests travel by HTTP-POST or HTTP-Redirect, and answers may go elsewhere', () => {
  const singleLogout = (given: Record<string, unknown>) =>
    connectionSettings.safeParse({ ...minimal, singleLogout: given }).data?.singleLogout
  assert.equal(singleLogout({})?.binding, 'post')
  assert.equal(singleLogout({ binding: 'redirect' })?.binding, 'redirect')
  assert.equal(singleLogout({ responseUrl: 'idp.example/answers' })?.responseUrl, 'https://idp.example/answers')
  for (const bad of [{ binding: 'soap' }, { responseUrl: 'intranet' }, { responseUrl: 'javascript:alert(1)' }])
    assert.equal(singleLogout(bad), undefined)
})

test('the clock may differ by 0 to 120 whole seconds', () => {
  for (const good of [0, 120]) assert.equal(take({ clockSkewSeconds: good }), 'taken')
  for (const bad of [-1, 121, 1.5, '60']) assert.notEqual(take({ clockSkewSeconds: bad }), 'taken')
})

test('the domains of usernames are host names, and are compared without regard to capitals', () => {
  const domains = (...usernameDomains: readonly string[]) =>
    connectionSettings.safeParse({ ...minimal, usernameDomains }).data?.usernameDomains
  assert.deepEqual(domains('Acme.Example', ' localhost '), ['acme.example', 'localhost'])
  for (const bad of ['', '@acme.example', 'acme..example', '-a.example', 'a_b.example', '*.acme.example', 'a.example.'])
    assert.equal(domains(bad), undefined, bad)
  assert.equal(take({ usernameDomains: ['@acme.example'] }), 'must be a host name, like acme.example')
})

test('a sign-in whose synchronisation fails goes on, or is refused', () => {
  for (const onSyncFailure of ['sign-in', 'refuse']) assert.equal(take({ createUsers: { onSyncFailure } }), 'taken')
  assert.notEqual(take({ createUsers: { onSyncFailure: 'ignore' } }), 'taken')
  assert.equal(connectionSettings.parse(minimal).createUsers.onSyncFailure, 'sign-in')
})

test('the product is one that there is a set-up guide for', () => {
  for (const { product } of guides) assert.equal(take({ product }), 'taken')
  assert.match(take({ product: 'excel' }), /entra-id/)
  assert.equal(connectionSettings.parse(minimal).product, undefined)
})

test('only SAML 2.0', () => {
  assert.notEqual(take({ samlVersion: '1.1' }), 'taken')
})

test('a NameID format is a URI', () => {
  assert.equal(take({ nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' }), 'taken')
  assert.notEqual(take({ nameIdFormat: 'persistent' }), 'taken')
})

test('an unknown key is refused with the nearest known one', () => {
  assert.equal(take({ forceAuthN: true }), 'there is no “forceAuthN” here; did you mean “forceAuthn”?')
  assert.equal(take({ colour: 'teal' }), 'there is no “colour” here')
})

test('settings that were read once are read again as the same', () => {
  const once = connectionSettings.parse({ ...minimal, thirdPartyAuthenticationUrl: 'www.abc.com:9090' })
  assert.deepEqual(connectionSettings.parse(JSON.parse(JSON.stringify(once))), once)
})

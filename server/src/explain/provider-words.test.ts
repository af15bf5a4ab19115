import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guides } from '#connections/guides/guides.ts'
import { cureAt, productOf } from '#explain/provider-words.ts'
import { placeOf, publicUrl, testWorld } from '#login/test-place.ts'

const issuers: Readonly<Record<string, string | undefined>> = {
  'https://sts.windows.net/4f2e/': 'entra-id',
  'http://www.okta.com/exk1': 'okta',
  'https://acme.okta.com/app/x/sso/saml': 'okta',
  'https://accounts.google.com/o/saml2?idpid=C0': 'google-workspace',
  'http://adfs.acme.example/adfs/services/trust': 'ad-fs',
  'https://app.onelogin.com/saml/metadata/5': 'onelogin',
  'https://auth.pingone.eu/1b2c': 'pingone',
  'https://sso.jumpcloud.com/saml2/acme': 'jumpcloud',
  'https://sso-1.sso.duosecurity.com/saml2/sp/X/metadata': 'duo',
  'https://idp.acme.example/idp/shibboleth': 'shibboleth',
  'https://keys.acme.example/realms/acme': 'keycloak',
  'https://idp.acme.example/simplesaml/saml2/idp/metadata.php': 'simplesamlphp',
  'https://idp.acme.example/metadata': undefined,
  'https://evil.example/https://sts.windows.net/': undefined,
}

const connectionOf = (issuer: string) => placeOf(testWorld(), { issuer }).connection

for (const [issuer, product] of Object.entries(issuers)) {
  test(`the product of ${issuer} is ${product ?? 'not known'}`, () => {
    assert.equal(productOf(connectionOf(issuer)), product)
    if (product !== undefined) assert.ok(guides.some((guide) => guide.product === product))
  })
}

test('the product that the connection says counts more than its addresses', () => {
  const said = (product: string) =>
    placeOf(testWorld(), { issuer: 'https://sts.windows.net/4f2e/', product }).connection
  assert.equal(productOf(said('okta')), 'okta')
  assert.equal(productOf(said('generic')), 'entra-id')
})

test('a cure names the field of the product, and the value that it must have', () => {
  const connection = connectionOf('https://sts.windows.net/4f2e/')
  const cure = (code: string) => cureAt(connection, code, publicUrl)?.sentence
  assert.match(
    cure('audience') ?? '',
    /Microsoft Entra ID.*“Identifier \(Entity ID\)” must be exactly https:\/\/sso\.example\//,
  )
  assert.match(cure('destination') ?? '', /Reply URL.*\/acs$/)
  assert.match(
    cure('signature-key') ?? '',
    /^Copy “.*” of Microsoft Entra ID anew into Issuer Certificate of the connection\.$/,
  )
  for (const code of ['browser', 'constructor', 'no-such-check']) assert.equal(cure(code), undefined)
  assert.equal(cureAt(connectionOf('https://idp.example/x'), 'audience', publicUrl), undefined)
})

test('of every product, what an audience must be, is told in its words', () => {
  const found = Object.keys(issuers).flatMap((issuer) => cureAt(connectionOf(issuer), 'audience', publicUrl) ?? [])
  assert.equal(found.length, Object.values(issuers).filter(Boolean).length)
})

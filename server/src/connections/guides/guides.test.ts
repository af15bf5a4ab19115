import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Connection } from '#connections/connections.ts'
import { fillIn } from '#connections/guides/fill-in.ts'
import { findGuide, guides } from '#connections/guides/guides.ts'
import { guidePage } from '#connections/guides/page.ts'
import { draftSettings } from '#connections/settings.ts'

const folder = new URL('../../../../docs/guides/', import.meta.url)
const connection: Connection = {
  id: 'conn_a',
  environmentId: 'env_a',
  ticket: 'cnpkkccqsqscnp',
  name: 'Directory',
  position: 0,
  state: 'draft',
  settings: draftSettings.parse({
    userIdLocation: 'attribute',
    userIdAttribute: 'uid',
    createUsers: { attributes: { email: 'mail' } },
  }),
}

test('there is a guide for each product, found by its name in addresses', () => {
  assert.deepEqual(
    guides.map(({ product }) => product),
    [
      ...['entra-id', 'okta', 'google-workspace', 'ad-fs', 'onelogin', 'pingone', 'pingfederate', 'jumpcloud', 'duo'],
      ...['shibboleth', 'keycloak', 'simplesamlphp', 'lemonldap-ng', 'generic'],
    ],
  )
  for (const guide of guides) assert.equal(findGuide(guide.product), guide)
  assert.equal(findGuide('constructor'), undefined)
})

for (const guide of guides) {
  test(`${guide.name}: the steps give what the identity provider needs, bring its metadata, and end with a sign-in`, () => {
    const steps = fillIn(guide, connection, 'https://sso.example')
    const given = new Map(steps.flatMap(({ fields }) => fields.map(({ key, value }) => [key, value])))
    assert.ok(given.has('metadataUrl') || (given.has('entityId') && given.has('acsUrl')))
    assert.equal(given.get('ssoRequestUrl'), 'https://sso.example/saml/ssoRequest?ticket=cnpkkccqsqscnp')
    if (given.has('acsUrl')) assert.equal(given.get('acsUrl'), 'https://sso.example/saml/cnpkkccqsqscnp/acs')
    assert.deepEqual([given.get('emailAttribute'), given.get('firstNameAttribute')], ['mail', null])
    const brought = steps.flatMap(({ brings }) => brings.map(({ field }) => field))
    assert.ok(brought.includes('identityProviderMetadataUrl') || brought.includes('metadata'))
    const checks = steps.flatMap(({ check }) => (check === null ? [] : [check]))
    assert.ok(checks.includes('certificate-valid'))
    assert.equal(checks.at(-1), 'attributes-arrived')
    assert.deepEqual(
      steps.map(({ number }) => number),
      steps.map((_, index) => index + 1),
    )
    for (const { title, text } of steps) {
      assert.match(title, /\S/)
      assert.match(text, /[.]$/)
    }
  })
}

test('docs/guides has a page of each guide as it is; write-pages.ts writes them', () => {
  assert.deepEqual(readdirSync(folder).toSorted(), guides.map(({ product }) => `${product}.md`).toSorted())
  for (const guide of guides)
    assert.equal(readFileSync(new URL(`${guide.product}.md`, folder), 'utf8'), guidePage(guide), guide.product)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slug } from '#companies/slug.ts'

test('a slug is lower-case letters, digits and hyphens', () => {
  for (const good of ['acme', 'a', '7', 'acme-emea', 'a--b', 'x'.repeat(63)]) assert.equal(slug.parse(good), good)
  for (const bad of ['', 'Acme', 'acme_1', '-acme', 'acme-', 'a/b', 'a.b', 'ä', ' acme', 'x'.repeat(64), 'acme\n']) {
    assert.equal(slug.safeParse(bad).success, false, bad)
  }
})

test('the words that begin other paths are no slugs, and the refusal says so', () => {
  for (const word of ['saml', 'admin', 'api', 'oauth', 'scim', 'assets', 'healthz', 'readyz', 'metrics']) {
    assert.match(slug.safeParse(word).error?.issues[0]?.message ?? '', /cannot be used/)
  }
})

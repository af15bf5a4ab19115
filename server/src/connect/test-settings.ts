// For tests: settings of an instance, and metadata for IAM.

import assert from 'node:assert/strict'
import type {} from 'node:test' // marks this file as one for tests
import { writeIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import { type AmazonConnectSettings, typedAmazonConnect } from '#connect/settings.ts'
import { takeAmazonConnect } from '#connect/take-settings.ts'
import { readKey } from '../../../saml/cases/case.ts'

type Given = Readonly<Record<string, unknown>>

export const instanceId = '6f0a2c1e-93b4-4d7e-8a55-0c1d2e3f4a5b'
export const instanceArn = `arn:aws:connect:eu-west-2:123456789012:instance/${instanceId}`

/** The least that must be said. */
export const leastTyped = { instance: { url: 'acme', id: instanceArn } }

export function take(given: unknown) {
  return takeAmazonConnect(typedAmazonConnect.parse(given))
}

/** Settings as they come of what is typed, over those of an instance. */
export function testSettings(change: Given = {}): AmazonConnectSettings {
  const taken = take({ ...leastTyped, ...change })
  assert.ok(taken.ok, JSON.stringify(taken))
  return taken.settings
}

export const deepLink = 'https://acme.okta.com/app/amazon_aws/exk1/sso/saml'

export const iamMetadata = writeIdentityProviderMetadata({
  entityId: 'https://idp.example/metadata',
  singleSignOn: [{ binding: 'redirect', location: 'https://idp.example/sso' }],
  singleLogout: [],
  signingCertificates: [readKey('idp.crt')],
  wantAuthnRequestsSigned: false,
})

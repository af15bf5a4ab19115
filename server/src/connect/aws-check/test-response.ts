// For tests: responses for AWS by the identity provider that has the key of saml/cases, sound or with one change.

import type {} from 'node:test' // marks this file as one for tests
import { encodePost, type Signer, signXml } from '@sallyport/saml'
import {
  type AssertionToWrite,
  type ResponseToWrite,
  writeIdentityProviderMetadata,
  writeResponse,
} from '@sallyport/saml/identity-provider'
import type { AmazonConnectSettings } from '#connect/settings.ts'
import { instanceId, testSettings } from '#connect/test-settings.ts'
import { signerOf } from '../../../../saml/cases/one-change.ts'

export const now = new Date('2026-03-01T12:00:00Z')
export const issuer = 'https://idp.acme.example/metadata'
export const account = '123456789012'
export const namespace = 'https://aws.amazon.com/SAML/Attributes/'
export const rolePair = `arn:aws:iam::${account}:role/AmazonConnectAgent,arn:aws:iam::${account}:saml-provider/CompanyDirectory`
export const relayState = `https://eu-west-2.console.aws.amazon.com/connect/federate/${instanceId}?destination=%2Fccp-v2&new_domain=true`

export const signers = { idp: signerOf('idp'), other: signerOf('other-idp') } as const

const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)

export type Change = {
  readonly response?: Partial<ResponseToWrite>
  readonly assertion?: Partial<AssertionToWrite>
  /** Values of AWS’s attributes that are other ones; an empty list leaves the attribute out. */
  readonly values?: Readonly<Record<string, readonly string[]>>
  readonly signed?: 'assertion' | 'response' | 'both' | 'no'
  readonly signer?: Signer
  /** After signing. */
  readonly xml?: (xml: string) => string
  /** Before signing. */
  readonly unsigned?: (xml: string) => string
}

export function awsAttributes(values: Change['values'] = {}): AssertionToWrite['attributes'] {
  const all = { Role: [rolePair], RoleSessionName: ['ada'], SessionDuration: ['36000'], ...values }
  return Object.entries(all)
    .filter(([, some]) => some.length > 0)
    .map(([name, some]) => ({ name: namespace + name, values: some }))
}

export function responseXml({ response, assertion, values, signed = 'assertion', ...change }: Change = {}): string {
  const acs = 'https://signin.aws.amazon.com/saml'
  const whole: ResponseToWrite = {
    id: '_response',
    issueInstant: now,
    issuer,
    destination: acs,
    assertion: {
      id: '_assertion',
      issueInstant: now,
      issuer,
      nameId: { value: 'ada', format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' },
      recipient: acs,
      audience: acs,
      notBefore: at(-30),
      notOnOrAfter: at(300),
      authnInstant: at(-5),
      attributes: awsAttributes(values),
      ...assertion,
    },
    ...response,
  }
  const signer = change.signer ?? signers.idp
  const sign = (xml: string, id: string): string => signXml(xml, { id, signer })
  let xml = writeResponse(whole)
  xml = change.unsigned?.(xml) ?? xml
  if (whole.assertion !== undefined && (signed === 'assertion' || signed === 'both')) xml = sign(xml, '_assertion')
  if (signed === 'response' || signed === 'both') xml = sign(xml, '_response')
  return change.xml?.(xml) ?? xml
}

/** The field SAMLResponse. */
export function responseField(change?: Change): string {
  return encodePost(responseXml(change))
}

/** @param certificatePem of the key that signs */
export function metadataOf(certificatePem = signers.idp.certificatePem ?? '', entityId = issuer): string {
  return writeIdentityProviderMetadata({
    entityId,
    singleSignOn: [{ binding: 'redirect', location: 'https://idp.acme.example/sso' }],
    signingCertificates: [certificatePem],
    wantAuthnRequestsSigned: false,
  })
}

export function settingsWith(federation: Partial<AmazonConnectSettings['federation']> = {}): AmazonConnectSettings {
  const settings = testSettings()
  return { ...settings, federation: { ...settings.federation, metadata: metadataOf(), ...federation } }
}

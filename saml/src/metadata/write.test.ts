// What is written is read back, by the reader that reads what others write.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readKey } from '../../cases/case.ts'
import { now } from '../../cases/one-change.ts'
import { type Certificate, parseCertificates } from '../certificates/certificate.ts'
import { uris } from '../uris.ts'
import { readIdentityProviderMetadata, readServiceProviderMetadata } from './read.ts'
import { writeIdentityProviderMetadata, writeServiceProviderMetadata } from './write.ts'

const pems = [readKey('idp.crt'), readKey('idp-ec.crt')]
const fingerprints = (certificates: readonly Certificate[]): string[] =>
  certificates.map(({ fingerprint }) => fingerprint)
const expected = fingerprints(pems.flatMap((pem) => parseCertificates(pem)))
const singleLogout = [
  {
    binding: 'redirect' as const,
    location: 'https://a.example/slo?a=1&b=2',
    responseLocation: 'https://a.example/done',
  },
  { binding: 'post' as const, location: 'https://a.example/slo' },
  { binding: 'soap' as const, location: 'https://a.example/soap' },
]
const nameIdFormats = [uris.nameId.persistent, uris.nameId.emailAddress]

test('Metadata 2.4.4: a service provider is read back', () => {
  const validUntil = new Date('2026-03-02T00:00:00Z')
  const xml = writeServiceProviderMetadata({
    entityId: 'https://sp.example/<"&\'>',
    acsUrl: 'https://sp.example/acs?a=1&b=2',
    signingCertificates: pems,
    encryptionCertificates: pems.slice(0, 1),
    singleLogout,
    authnRequestsSigned: true,
    wantAssertionsSigned: true,
    nameIdFormats,
    validUntil,
  })
  const { signingCertificates, encryptionCertificates, ...rest } = readServiceProviderMetadata(xml, { now })
  assert.deepEqual(fingerprints(signingCertificates), expected)
  assert.deepEqual(fingerprints(encryptionCertificates), expected.slice(0, 1))
  assert.deepEqual(rest, {
    entityId: 'https://sp.example/<"&\'>',
    assertionConsumerServices: [
      { binding: 'post', location: 'https://sp.example/acs?a=1&b=2', index: 0, isDefault: true },
    ],
    singleLogout,
    nameIdFormats,
    authnRequestsSigned: true,
    wantAssertionsSigned: true,
    validUntil,
  })
})

test('Metadata 2.4.3: an identity provider is read back', () => {
  const singleSignOn = singleLogout.slice(0, 2)
  const xml = writeIdentityProviderMetadata({
    entityId: 'https://idp.example',
    singleSignOn,
    singleLogout,
    signingCertificates: pems,
    nameIdFormats,
    wantAuthnRequestsSigned: true,
  })
  const { signingCertificates, encryptionCertificates, ...rest } = readIdentityProviderMetadata(xml, { now })
  assert.deepEqual(fingerprints(signingCertificates), expected)
  assert.deepEqual(encryptionCertificates, [])
  assert.deepEqual(rest, {
    entityId: 'https://idp.example',
    singleSignOn,
    singleLogout,
    nameIdFormats,
    wantAuthnRequestsSigned: true,
  })
})

test('Metadata 2.4: what is left out is read as absent, what is false as false', () => {
  const provider = {
    entityId: 'https://sp.example',
    acsUrl: 'https://sp.example/acs',
    signingCertificates: [],
    authnRequestsSigned: false,
    wantAssertionsSigned: false,
  }
  const read = readServiceProviderMetadata(writeServiceProviderMetadata(provider), { now })
  assert.deepEqual([read.authnRequestsSigned, read.wantAssertionsSigned, 'validUntil' in read], [false, false, false])
  assert.deepEqual(
    [read.singleLogout, read.signingCertificates, read.encryptionCertificates, read.nameIdFormats],
    [[], [], [], []],
  )
})

test('XML 1.0 §2.2: what XML cannot carry is not written', () => {
  const provider = {
    entityId: 'https://sp.example',
    acsUrl: 'https://sp.example/\0',
    signingCertificates: [],
    authnRequestsSigned: false,
    wantAssertionsSigned: false,
  }
  assert.throws(() => writeServiceProviderMetadata(provider), TypeError)
})

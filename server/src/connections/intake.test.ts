import 'reflect-metadata' // @peculiar/x509 refuses to load without it
import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { test } from 'node:test'
import { X509CertificateGenerator } from '@peculiar/x509'
import { writeIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import { takeSettings } from '#connections/intake.ts'
import type { ConnectionSettings } from '#connections/settings.ts'
import { type Given, SourceError, type Sources } from '#connections/sources.ts'

const now = new Date('2026-06-01T00:00:00Z')

async function makeCertificate(name: string, from = '2026-01-01', to = '2027-01-01', modulusLength = 2048) {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const publicExponent = new Uint8Array([1, 0, 1])
  const keys = await webcrypto.subtle.generateKey({ ...algorithm, modulusLength, publicExponent }, true, [
    'sign',
    'verify',
  ])
  const [notBefore, notAfter] = [new Date(from), new Date(to)]
  const options = { keys, name: `CN=${name}`, notBefore, notAfter, signingAlgorithm: algorithm }
  const certificate = await X509CertificateGenerator.createSelfSigned(options)
  return {
    pem: `${certificate.toString('pem')}\n`,
    der: new Uint8Array(certificate.rawData),
    base64: certificate.toString('base64'),
  }
}

const good = await makeCertificate('good')
const second = await makeCertificate('second')
const expired = await makeCertificate('expired', '2025-01-01', '2026-05-01')
const future = await makeCertificate('future', '2026-07-01', '2027-07-01')
const weak = await makeCertificate('weak', '2026-01-01', '2027-01-01', 1024)

const metadata = (certificates: readonly string[]): string =>
  writeIdentityProviderMetadata({
    entityId: 'https://idp.example/metadata',
    singleSignOn: [
      { binding: 'post', location: 'https://idp.example/sso/post' },
      { binding: 'redirect', location: 'https://idp.example/sso/redirect' },
    ],
    singleLogout: [
      { binding: 'post', location: 'https://idp.example/slo/post' },
      { binding: 'soap', location: 'https://idp.example/slo/soap' },
    ],
    signingCertificates: certificates,
    wantAuthnRequestsSigned: true,
  })

const files: Record<string, string | Uint8Array> = {
  'idp.pem': `${good.pem}${second.pem}`,
  'idp.der': good.der,
  'idp.xml': metadata([good.pem]),
  'rollover.xml': metadata([expired.pem, good.pem]),
  'expired.xml': metadata([expired.pem]),
  'broken.xml': '<!DOCTYPE x><x/>',
}

const sources: Sources = {
  now,
  readFile: async (path) => {
    const file = files[path]
    if (file === undefined) throw new SourceError(`There is no file ${path}.`)
    return Buffer.from(file)
  },
  fetchMetadata: async (url) => {
    if (url !== 'https://idp.example/metadata') throw new SourceError(`${url} could not be fetched.`)
    return metadata([good.pem])
  },
}

const base = { issuer: 'https://idp.example/metadata', thirdPartyAuthenticationUrl: 'https://idp.example/sso' }
const minimal = { ...base, issuerCertificates: [good.pem] }

async function settingsOf(given: Given): Promise<ConnectionSettings> {
  const taken = await takeSettings(given, sources)
  assert.ok(taken.ok, JSON.stringify(taken))
  return taken.settings
}

async function problemsWith(given: Given): Promise<Record<string, string>> {
  const taken = await takeSettings(given, sources)
  assert.ok(!taken.ok)
  return Object.fromEntries(taken.problems.map(({ path, message }) => [path.join('.'), message]))
}

test('three fields are enough, and the rest has the defaults of the settings page', async () => {
  assert.deepEqual(await settingsOf(minimal), {
    samlVersion: '2.0',
    ...base,
    userIdType: 'platform-user-id',
    userIdLocation: 'subject',
    usernameDomains: [],
    singleLogout: { enabled: false, method: 'front-channel' },
    createUsers: {
      enabled: false,
      attributes: {},
      defaults: { userType: 'platform', roles: [] },
      onSyncFailure: 'sign-in',
    },
    issuerCertificates: [good.pem],
    idpInitiated: false,
    signRequests: false,
    requestBinding: 'redirect',
    singleSignOnOnly: false,
    forceAuthn: false,
    clockSkewSeconds: 60,
    requireSigned: 'any',
    dangerouslyAllowSha1: false,
    dangerouslyAllowCbc: false,
  })
})

test('certificates are taken as PEM, several in one text, bare base64, or PEM and DER files, and each once', async () => {
  const take = async (given: Given) => (await settingsOf({ ...base, ...given })).issuerCertificates
  assert.deepEqual(await take({ issuerCertificates: [good.base64] }), [good.pem])
  assert.deepEqual(await take({ issuerCertificates: [good.pem + second.pem] }), [good.pem, second.pem])
  assert.deepEqual(await take({ certificateFile: 'idp.der' }), [good.pem])
  assert.deepEqual(await take({ certificateFile: ['idp.pem', 'idp.der'] }), [good.pem, second.pem])
  assert.deepEqual(await take({ issuerCertificates: [good.pem], certificateFile: 'idp.pem' }), [good.pem, second.pem])
})

test('a certificate that is expired, not yet valid, too weak or none is refused with the reason', async () => {
  const issuerCertificates = [expired.pem, future.pem, weak.pem, 'nonsense', good.pem]
  const problems = await problemsWith({ ...base, issuerCertificates })
  assert.deepEqual(
    Object.keys(problems),
    [0, 1, 2, 3].map((i) => `issuerCertificates.${i}`),
  )
  assert.match(problems['issuerCertificates.0'] ?? '', /“CN=expired” expired on 2026-05-01/)
  assert.match(problems['issuerCertificates.1'] ?? '', /“CN=future” is not valid before 2026-07-01/)
  assert.match(problems['issuerCertificates.2'] ?? '', /1024/)
})

test('at least one certificate and at most five', async () => {
  const { issuerCertificates } = await problemsWith({ ...base, issuerCertificates: [] })
  assert.match(issuerCertificates ?? '', /at least one/)
  const six = await Promise.all(Array.from({ length: 6 }, (_, i) => makeCertificate(`c${i}`)))
  const problems = await problemsWith({ ...base, issuerCertificates: six.map(({ pem }) => pem) })
  assert.match(problems.issuerCertificates ?? '', /room for 5/)
})

test('metadata fills in issuer, sign-in address, certificates, logout address and the wish for signed requests', async () => {
  for (const source of [
    { metadataFile: 'idp.xml' },
    { metadataUrl: 'https://idp.example/metadata' },
    { metadata: metadata([good.pem]) },
  ]) {
    const settings = await settingsOf(source)
    assert.equal(settings.issuer, 'https://idp.example/metadata')
    assert.equal(settings.thirdPartyAuthenticationUrl, 'https://idp.example/sso/redirect')
    assert.equal(settings.requestBinding, 'redirect')
    assert.equal(settings.signRequests, true)
    assert.deepEqual(settings.issuerCertificates, [good.pem])
    assert.deepEqual(settings.singleLogout, {
      enabled: false,
      method: 'front-channel',
      url: 'https://idp.example/slo/post',
    })
  }
})

test('explicit fields win over metadata', async () => {
  const settings = await settingsOf({
    metadataFile: 'idp.xml',
    issuer: 'urn:other',
    requestBinding: 'post',
    signRequests: false,
    issuerCertificates: [second.pem],
    singleLogout: { enabled: true, method: 'back-channel' },
  })
  assert.equal(settings.issuer, 'urn:other')
  assert.equal(settings.thirdPartyAuthenticationUrl, 'https://idp.example/sso/post')
  assert.equal(settings.signRequests, false)
  assert.deepEqual(settings.issuerCertificates, [second.pem])
  assert.equal(settings.singleLogout.url, 'https://idp.example/slo/soap')
  const own = { metadataFile: 'idp.xml', thirdPartyAuthenticationUrl: 'https://other.example/sso' }
  assert.equal((await settingsOf(own)).thirdPartyAuthenticationUrl, 'https://other.example/sso')
})

test('of the certificates in metadata those out of date are passed over, unless all are', async () => {
  assert.deepEqual((await settingsOf({ metadataFile: 'rollover.xml' })).issuerCertificates, [good.pem])
  const problems = await problemsWith({ metadataFile: 'expired.xml' })
  assert.deepEqual(Object.keys(problems), ['issuerCertificates'])
  assert.match(problems.issuerCertificates ?? '', /expired on 2026-05-01/)
})

test('metadata or a file that cannot be read is one problem, not many', async () => {
  assert.deepEqual(Object.keys(await problemsWith({ metadataFile: 'broken.xml' })), ['metadataFile'])
  assert.deepEqual(await problemsWith({ metadataFile: 'no.xml' }), { metadataFile: 'There is no file no.xml.' })
  assert.deepEqual(Object.keys(await problemsWith({ metadataUrl: 'https://x.example' })), ['metadataUrl'])
  assert.deepEqual(Object.keys(await problemsWith({ ...base, certificateFile: 'no.pem' })), ['certificateFile'])
  const both = await problemsWith({ metadataFile: 'idp.xml', metadata: metadata([good.pem]) })
  assert.deepEqual(both, { metadata: 'cannot be used together with metadataFile' })
})

test('every problem is told at once, also what must fit together', async () => {
  const problems = await problemsWith({
    thirdPartyAuthenticationUrl: 'idp',
    issuerCertificates: 'not a list',
    userIdLocation: 'attribute',
    singleLogout: { enabled: true },
    clockSkewSeconds: 121,
    certificateFiles: 'idp.pem',
    createUsers: { attributes: { firstname: 'x' } },
  })
  assert.deepEqual(Object.keys(problems).sort(), [
    'certificateFiles',
    'clockSkewSeconds',
    'createUsers.attributes.firstname',
    'issuer',
    'issuerCertificates',
    'singleLogout.url',
    'thirdPartyAuthenticationUrl',
    'userIdAttribute',
  ])
  assert.equal(problems.issuer, 'is missing')
  assert.match(problems.certificateFiles ?? '', /did you mean “certificateFile”/)
  assert.match(problems['createUsers.attributes.firstname'] ?? '', /did you mean “firstName”/)
})

import 'reflect-metadata' // @peculiar/x509 refuses to load without it
import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { test } from 'node:test'
import { X509CertificateGenerator } from '@peculiar/x509'
import type { Endpoint } from '@sallyport/saml'
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

const logoutEndpoints: readonly Endpoint[] = [
  { binding: 'post', location: 'https://idp.example/slo/post' },
  { binding: 'soap', location: 'https://idp.example/slo/soap' },
]

const metadata = (certificates: readonly string[], singleLogout: readonly Endpoint[] = logoutEndpoints): string =>
  writeIdentityProviderMetadata({
    entityId: 'https://idp.example/metadata',
    singleSignOn: [
      { binding: 'post', location: 'https://idp.example/sso/post' },
      { binding: 'redirect', location: 'https://idp.example/sso/redirect' },
    ],
    singleLogout,
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
    singleLogout: { enabled: false, method: 'front-channel', binding: 'post' },
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
    reauthentication: 'standard',
    assertionGrant: false,
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
      binding: 'post',
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

const [post, redirect, soap] = (['post', 'redirect', 'soap'] as const).map((binding) => ({
  binding,
  location: `https://idp.example/slo/${binding}`,
})) as [Endpoint, Endpoint, Endpoint]
const answeredAt = (endpoint: Endpoint): Endpoint => ({ ...endpoint, responseLocation: `${endpoint.location}/answers` })
const front = { enabled: true, method: 'front-channel' } as const
const back = { enabled: true, method: 'back-channel' } as const

type SingleLogout = ConnectionSettings['singleLogout']
const slo = 'https://idp.example/slo'
const other = 'https://other.example/slo'
const toOther = { ...front, url: other }
const fromMetadata: readonly [
  what: string,
  endpoints: readonly Endpoint[],
  given: Partial<SingleLogout>,
  rest: Partial<SingleLogout>,
][] = [
  ['front channel: by HTTP-POST', [redirect, post, soap], front, { url: `${slo}/post` }],
  ['by HTTP-Redirect where nothing else is', [soap, redirect], front, { url: `${slo}/redirect`, binding: 'redirect' }],
  [
    'by the binding that was asked for',
    [post, redirect],
    { ...front, binding: 'redirect' },
    { url: `${slo}/redirect`, binding: 'redirect' },
  ],
  ['answers go elsewhere', [answeredAt(post)], front, { url: `${slo}/post`, responseUrl: `${slo}/post/answers` }],
  ['answers go there, too', [{ ...post, responseLocation: post.location }], front, { url: `${slo}/post` }],
  ['another address was given', [answeredAt(redirect)], toOther, {}],
  [
    'an address of the metadata was given',
    [post, answeredAt(redirect)],
    { ...front, url: redirect.location },
    { responseUrl: `${slo}/redirect/answers`, binding: 'redirect' },
  ],
  ['back channel: by SOAP alone', [soap], back, { url: `${slo}/soap` }],
  [
    'back channel: answers by HTTP-POST',
    [soap, redirect, answeredAt(post)],
    back,
    { url: `${slo}/soap`, responseUrl: `${slo}/post/answers` },
  ],
  [
    'back channel: answers by HTTP-Redirect',
    [redirect, soap],
    back,
    { url: `${slo}/soap`, responseUrl: `${slo}/redirect`, binding: 'redirect' },
  ],
  [
    'back channel: another address for answers',
    [redirect, soap],
    { ...back, responseUrl: other },
    { url: `${slo}/soap` },
  ],
  [
    'back channel: another address for requests',
    [redirect],
    { ...back, url: other },
    { responseUrl: `${slo}/redirect`, binding: 'redirect' },
  ],
  ['nothing at all, and it is off', [], { enabled: false, method: 'back-channel' }, {}],
]
for (const [what, endpoints, given, rest] of fromMetadata) {
  test(`Metadata 2.4.3, single logout: ${what}`, async () => {
    const { singleLogout } = await settingsOf({ metadata: metadata([good.pem], endpoints), singleLogout: given })
    assert.deepEqual(singleLogout, { binding: 'post', ...given, ...rest })
  })
}

test('the back channel needs SOAP: a problem says what the metadata offers instead', async () => {
  const problems = (endpoints: readonly Endpoint[], singleLogout: unknown) =>
    problemsWith({ metadata: metadata([good.pem], endpoints), singleLogout })
  assert.deepEqual(await problems([post, redirect], back), {
    'singleLogout.method': 'The metadata offers no single logout for “back-channel” (SOAP), only for “front-channel”.',
  })
  assert.deepEqual(await problems([], back), {
    'singleLogout.method': 'The metadata offers no single logout for “back-channel” (SOAP), nor any other.',
  })
  assert.deepEqual(await problems([soap], front), {
    'singleLogout.url': 'is needed, because single logout is enabled',
  })
  for (const nonsense of ['yes', 1, [], [back], { ...back, url: 1, binding: 'soap' }]) {
    assert.notDeepEqual(await problems([post], nonsense), {})
  }
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

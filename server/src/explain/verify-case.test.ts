import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'
import {
  encodeRedirect,
  signXml,
  uris,
  writeLogoutRequest,
  writeLogoutResponse,
  writeServiceProviderMetadata,
} from '@sallyport/saml'
import { writeIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import fc from 'fast-check'
import { type CaseResult, verifyCase } from '#explain/verify-case.ts'
import { readCases, readKey } from '../../../saml/cases/case.ts'

const verify = (fields: Readonly<Record<string, unknown>>): CaseResult => verifyCase(JSON.stringify(fields), 1)

const location = 'https://idp.example/sso'
const metadata = {
  id: 'm',
  kind: 'metadata',
  now: '2026-03-01T12:00:00Z',
  xml: writeIdentityProviderMetadata({
    entityId: 'https://idp.example/metadata',
    singleSignOn: [{ binding: 'redirect', location }],
    signingCertificates: [readKey('idp.crt')],
    wantAuthnRequestsSigned: false,
  }),
}

test('metadata: whose they are, as text or base64, and that their signature is not looked at where no certificate is given', () => {
  const expected = { id: 'm', ok: true, subject: 'https://idp.example/metadata', failures: [] }
  assert.deepEqual(verify(metadata), { ...expected, notChecked: ['issuer', 'signature'] })
  const { xml, ...rest } = metadata
  const issuer = 'https://idp.example/metadata'
  const encoded = { ...rest, issuer, samlResponse: Buffer.from(xml).toString('base64') }
  assert.deepEqual(verify(encoded), { ...expected, notChecked: ['signature'] })
})

test('metadata of another entity, of a service provider, and what is no metadata are refused', () => {
  const other = verify({ ...metadata, issuer: 'https://other.example' })
  assert.equal(other.ok, false)
  assert.deepEqual(other.failures[0]?.code, 'metadata-entity-id')
  assert.deepEqual(
    [other.failures[0]?.expected, other.failures[0]?.received],
    ['https://other.example', 'https://idp.example/metadata'],
  )
  const ours = writeServiceProviderMetadata({
    entityId: 'https://sp.example',
    acsUrl: 'https://sp.example/acs',
    signingCertificates: [],
    authnRequestsSigned: false,
    wantAssertionsSigned: true,
  })
  const broken = [
    '',
    '<a',
    '<a/>',
    '<!DOCTYPE a><a/>',
    ours,
    `${metadata.xml}<b/>`,
    metadata.xml.replace('entityID', 'x'),
  ]
  for (const xml of broken) {
    const { ok, failures } = verify({ ...metadata, xml })
    assert.equal(ok, false, xml)
    assert.equal(failures.length, 1)
    assert.ok(failures[0]?.code && failures[0].message)
  }
})

const [sound] = readCases('good')
assert.ok(sound)
const { title: _title, expect: _expect, ...expected } = sound.case
const response = { id: 'r', ...expected, samlResponse: sound.message.toString('base64') }

test('the message may be text as well as base64', () => {
  const { samlResponse: _, ...rest } = response
  assert.equal(verify({ ...rest, xml: sound.message.toString('utf8') }).ok, true)
})

test('the time may be written with its distance from UTC (RFC 3339 5.6)', () => {
  const now = new Date(sound.case.now)
  const there = new Date(now.getTime() + 2 * 3_600_000).toISOString().replace('Z', '+02:00')
  assert.equal(verify({ ...response, now: there }).ok, true)
  assert.equal(verify({ ...response, now: now.toISOString().replace('Z', '+00:00') }).ok, true)
  assert.equal(
    verify({ ...response, now: now.toISOString().replace('Z', '') }).ok,
    false,
    'without one it is no instant',
  )
})

test('an attribute may have any name, that of a property of objects too', () => {
  const result = verify(response)
  assert.deepEqual(JSON.parse(JSON.stringify(result)).attributes, sound.case.expect.attributes)
})

test('nothing that a line may hold makes it throw', () => {
  const times = fc
    .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
    .map((date) => date.toISOString())
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(response.samlResponse, sound.message.toString('utf8'), metadata.xml, readKey('idp-ec.crt')),
  )
  const value = fc.oneof(text, times, fc.double(), fc.jsonValue({ maxDepth: 2 }), fc.array(text, { maxLength: 3 }))
  const names = [
    ...Object.keys(response),
    'xml',
    'clockSkewSeconds',
    'allowSha1',
    'decryptionKeys',
    'sloUrl',
    'query',
    'kind',
    '__proto__',
    'toString',
  ]
  const changes = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 4 })
  const line = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom(response, metadata), changes)
        .map(([base, list]) => JSON.stringify({ ...base, ...Object.fromEntries(list) })),
    },
    { weight: 1, arbitrary: fc.oneof(fc.json(), fc.string({ unit: 'binary' })) },
  )
  const codes = new Set<string>()
  fc.assert(
    fc.property(line, (text) => {
      const result = verifyCase(text, 7)
      assert.equal(result.ok, result.failures.length === 0)
      for (const { code, message } of result.failures) assert.ok(codes.add(code) && message)
      assert.ok(['string', 'number'].includes(typeof result.id))
    }),
    { seed: 20260301, numRuns: 2000 },
  )
  assert.ok(codes.size > 10, `only ${[...codes]} were met`)
})

const signer = { key: createPrivateKey(readKey('idp.key')), algorithm: 'rsa-sha256' } as const
const header = {
  id: '_logout',
  issueInstant: new Date('2026-03-01T12:00:00Z'),
  issuer: 'https://idp.example/metadata',
  destination: 'https://sp.example/saml/slo',
}
const sessions = { nameId: { value: 'ada' }, sessionIndexes: ['_s1', '_s2'] }
const logoutRequest = writeLogoutRequest({ ...header, ...sessions })
const logoutResponse = writeLogoutResponse({ ...header, inResponseTo: '_request' })
const logout = {
  id: 'l',
  certificates: [readKey('idp.crt')],
  issuer: header.issuer,
  sloUrl: header.destination,
  now: '2026-03-01T12:00:00Z',
}
const queryOf = (xml: string, parameter: 'SAMLRequest' | 'SAMLResponse'): string =>
  encodeRedirect({ url: '', parameter, xml, relayState: 'state', signer })

test('Profiles 4.4: logout requests by HTTP-POST and by HTTP-Redirect', () => {
  const expected = { id: 'l', ok: true, subject: 'ada', sessionIndex: '_s1', sessionIndexes: ['_s1', '_s2'] }
  const posted = signXml(logoutRequest, { id: '_logout', signer })
  const rows = [
    { xml: posted },
    { samlResponse: Buffer.from(posted).toString('base64') },
    { query: queryOf(logoutRequest, 'SAMLRequest') },
    { query: queryOf(logoutRequest, 'SAMLRequest').slice(1) },
  ]
  for (const row of rows) {
    const result = verify({ ...logout, kind: 'logoutRequest', ...row })
    assert.deepEqual(result, { ...expected, failures: [], notChecked: [] })
  }
  const unasked = verify({ ...logout, kind: 'logoutRequest', xml: posted, issuer: undefined, sloUrl: undefined })
  assert.deepEqual([unasked.ok, unasked.notChecked], [true, ['issuer', 'sloUrl']])
})

test('Profiles 4.4: logout responses by HTTP-POST and by HTTP-Redirect', () => {
  const posted = { xml: signXml(logoutResponse, { id: '_logout', signer }) }
  for (const row of [posted, { query: queryOf(logoutResponse, 'SAMLResponse') }]) {
    const result = verify({ ...logout, kind: 'logoutResponse', inResponseTo: '_request', ...row })
    assert.deepEqual(result, { id: 'l', ok: true, failures: [], notChecked: [] })
  }
  assert.deepEqual(verify({ ...logout, kind: 'logoutResponse', ...posted }).notChecked, ['inResponseTo'])
})

test('Profiles 4.4.3, 4.4.4: logout that is unsigned, altered, late, misdirected or failed is refused with its code', () => {
  const sign = (xml: string): string => signXml(xml, { id: '_logout', signer })
  const partial = { code: uris.status.responder }
  const late = { ...header, ...sessions, notOnOrAfter: new Date('2026-03-01T11:00:00Z') }
  const rows: readonly (readonly [fields: Readonly<Record<string, unknown>>, code: string])[] = [
    [{ xml: logoutRequest }, 'signature-present'],
    [{ xml: sign(logoutRequest).replace('>ada<', '>eve<') }, 'signature-digest'],
    [{ query: encodeRedirect({ url: '', parameter: 'SAMLRequest', xml: logoutRequest }) }, 'signature-present'],
    [{ query: queryOf(logoutRequest, 'SAMLRequest').replace('=state', '=other') }, 'signature-key'],
    [{ query: queryOf(logoutRequest, 'SAMLResponse') }, 'query'],
    [{ query: 'SAMLRequest=%' }, 'query'],
    [{ query: '' }, 'query'],
    [{ xml: sign(logoutRequest), certificates: [readKey('other-idp.crt')] }, 'signature-key'],
    [{ xml: sign(logoutRequest), sloUrl: 'https://other.example' }, 'destination'],
    [{ xml: sign(logoutRequest), issuer: 'https://other.example' }, 'response-issuer'],
    [{ xml: sign(writeLogoutRequest(late)) }, 'request-expiry'],
    [{ kind: 'logoutResponse', xml: sign(logoutResponse), inResponseTo: '_other' }, 'in-response-to'],
    [
      {
        kind: 'logoutResponse',
        xml: sign(writeLogoutResponse({ ...header, inResponseTo: '_request', status: partial })),
      },
      'status',
    ],
    [{ kind: 'logoutResponse', xml: sign(logoutRequest) }, 'message-type'],
    [{ xml: undefined }, 'message-base64'],
  ]
  for (const [fields, code] of rows) {
    const { ok, failures, subject } = verify({ ...logout, kind: 'logoutRequest', ...fields })
    assert.deepEqual([ok, subject, failures.map((failure) => failure.code)], [false, undefined, [code]], code)
  }
})

test('an encrypted assertion is opened with the keys that are given, and not without', () => {
  const encrypted = readCases('good').filter(({ case: it }) => it.decryptionKeys !== undefined)
  assert.ok(encrypted.length > 0)
  for (const { name, case: it, message } of encrypted) {
    const { title: _t, expect, ...rest } = it
    const fields = { id: 'e', ...rest, xml: message.toString('utf8') }
    const { ok, subject } = verify(fields)
    assert.deepEqual([ok, subject], [true, expect.subject?.value], name)
    const without = verify({ ...fields, decryptionKeys: [] })
    assert.deepEqual([without.ok, without.failures.map(({ code }) => code)], [false, ['assertion-readable']], name)
  }
})

test('Metadata 3: where certificates are given, the signature of metadata must be theirs', () => {
  const unsigned = metadata.xml.replace('entityID', 'ID="_m" entityID')
  const issuer = 'https://idp.example/metadata'
  const fields = { ...metadata, issuer, certificates: [readKey('idp.crt')] }
  const result = verify({ ...fields, xml: signXml(unsigned, { id: '_m', signer }) })
  assert.deepEqual(result, { id: 'm', ok: true, subject: issuer, failures: [], notChecked: [] })
  assert.deepEqual(
    verify({ ...fields, xml: unsigned }).failures.map(({ code }) => code),
    ['signature-present'],
  )
})

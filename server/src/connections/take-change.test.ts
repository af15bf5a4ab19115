import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionSettings, draftSettings } from '#connections/settings.ts'
import { missingIn, takeChange } from '#connections/take-change.ts'
import { warningsOf } from '#connections/warnings.ts'
import { readKey } from '../../../saml/cases/case.ts'

const now = new Date('2026-03-01T12:00:00Z')
const tooLate = new Date('2100-01-01')
const [certificate, other] = [readKey('idp.crt'), readKey('other-idp.crt')]
const current = connectionSettings.parse({
  issuer: 'https://idp.example/metadata',
  thirdPartyAuthenticationUrl: 'https://idp.example/sso',
  issuerCertificates: [certificate],
  singleLogout: { enabled: true, url: 'https://idp.example/slo' },
})
const change = (given: object, at = now, state: 'draft' | 'live' = 'live') =>
  takeChange({ ...given }, { current, state, now: at })

test('a group changes field by field, null empties one, and the rest stays', async () => {
  const taken = await change({
    singleLogout: { method: 'back-channel' },
    createUsers: { attributes: { team: 'team' } },
  })
  assert.ok(taken.ok)
  assert.deepEqual(taken.settings.singleLogout, { ...current.singleLogout, method: 'back-channel' })
  assert.deepEqual(taken.settings.createUsers.attributes, { team: 'team' })
  const without = await change({ singleLogout: { url: null } })
  assert.deepEqual(without, {
    ok: false,
    problems: [{ path: ['singleLogout', 'url'], message: 'is needed, because single logout is enabled' }],
  })
})

test('a certificate that expired while it was here hinders no change, and is not taken anew', async () => {
  assert.ok((await change({ signRequests: true }, tooLate)).ok)
  assert.ok((await change({ issuerCertificates: [certificate] }, tooLate)).ok)
  const taken = await change({ issuerCertificates: [certificate, other] }, tooLate)
  assert.ok(!taken.ok)
  assert.deepEqual(
    taken.problems.map(({ path }) => path),
    [['issuerCertificates', 1]],
  )
  assert.match(taken.problems[0]?.message ?? '', /expired on/)
})

test('each certificate is there once, whatever form it is given in', async () => {
  const bare = other.replaceAll(/-----.*-----|\s/g, '')
  const taken = await change({ issuerCertificates: [certificate, other, bare] })
  assert.deepEqual(taken.ok && taken.settings.issuerCertificates, [certificate, other])
})

test('a draft may lack what only the identity provider knows; a live connection may not', async () => {
  const nothing = { issuer: null, thirdPartyAuthenticationUrl: '', issuerCertificates: [] }
  const draft = await change(nothing, now, 'draft')
  assert.ok(draft.ok)
  assert.deepEqual(missingIn(draft.settings), ['issuer', 'thirdPartyAuthenticationUrl', 'issuerCertificates'])
  const live = await change(nothing)
  assert.ok(!live.ok)
  assert.deepEqual(
    live.problems.map(({ path }) => path[0]),
    ['issuer', 'thirdPartyAuthenticationUrl', 'issuerCertificates'],
  )
  assert.deepEqual(missingIn(current), [])
})

test('what no settings are is refused, not passed on', async () => {
  for (const given of [{ issuerCertificates: 'x' }, { issuerCertificates: [5] }, { createUsers: 5 }, { issuer: {} }])
    assert.ok(!(await change(given)).ok, JSON.stringify(given))
})

test('warnings tell what is missing, what expires, and what is less safe than it could be', () => {
  const codes = (settings: typeof current, at = now) => warningsOf({ settings }, at).map(({ code }) => code)
  assert.deepEqual(codes(current), [])
  assert.deepEqual(codes(draftSettings.parse({})), ['incomplete'])
  assert.deepEqual(codes(current, new Date('2099-12-02')), ['certificate-expiring'])
  assert.deepEqual(codes(current, new Date('2099-11-30')), [])
  assert.deepEqual(codes(current, tooLate), ['certificate-expired'])
  assert.deepEqual(codes(current, new Date('2019-01-01')), ['certificate-not-yet-valid'])
  assert.deepEqual(codes({ ...current, issuerCertificates: ['…'] }), ['certificate-unusable'])
  const risky = { dangerouslyAllowSha1: true, dangerouslyAllowCbc: true, idpInitiated: true }
  assert.deepEqual(codes({ ...current, ...risky, thirdPartyAuthenticationUrl: 'http://idp.example/' }), [
    'sha1-allowed',
    'cbc-allowed',
    'unsolicited-allowed',
    'plain-http',
  ])
  const [soon] = warningsOf({ settings: current }, new Date('2099-12-31T00:00:00Z'))
  assert.equal(soon?.sentence, 'The certificate “CN=idp” expires in a day, on 2099-12-31.')
})

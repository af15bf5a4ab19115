import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import { assertProblem, made, startApi } from '#admin/test-api.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { readKey } from '../../../../saml/cases/case.ts'

const certificate = readKey('idp.crt')
const xml = writeIdentityProviderMetadata({
  entityId: 'https://idp.example/metadata',
  singleSignOn: [{ binding: 'redirect', location: 'https://idp.example/sso' }],
  singleLogout: [{ binding: 'post', location: 'https://idp.example/slo' }],
  signingCertificates: [certificate],
  wantAuthnRequestsSigned: true,
})

onEveryDatabase((kind, openFresh) => {
  test(`metadata is read, tells what it would fill in, and fits a change (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    const read = await api.post('connections/read-metadata', { xml })
    assert.equal(read.statusCode, 200, read.body)
    const { settings, certificates, warnings } = read.data
    assert.deepEqual(settings, {
      issuer: 'https://idp.example/metadata',
      thirdPartyAuthenticationUrl: 'https://idp.example/sso',
      requestBinding: 'redirect',
      signRequests: true,
      issuerCertificates: [certificate],
      singleLogout: { url: 'https://idp.example/slo', binding: 'post' },
    })
    assert.deepEqual([certificates[0].subject, warnings], ['CN=idp', []])
    const id = await made(api.post('connections', { name: 'Draft' }))
    const filled = await api.patch(`connections/${id}`, { ...settings, state: 'live' })
    assert.equal(filled.statusCode, 200, filled.body)
    assert.equal((await api.get('connections')).data.items.length, 2, 'reading stores nothing')
  })

  test(`metadata and certificates that cannot be read are refused in words (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    const cases: readonly (readonly [object, string, RegExp])[] = [
      [{}, 'url', /must be given/],
      [{ url: 'https://idp.example/', xml }, 'url', /must be given/],
      [{ url: 'x y' }, 'url', /not an address/],
      [{ url: 'http://idp.example/metadata' }, 'url', /must begin with https/],
      [{ url: 'https://127.0.0.1/metadata' }, 'url', /private address/],
      [{ xml: 'nothing' }, 'xml', /\S/],
      [{ xml: '<!DOCTYPE x><x/>' }, 'xml', /\S/],
    ]
    for (const [body, path, message] of cases) {
      const refused = await api.post('connections/read-metadata', body)
      assertProblem(refused, 400, 'invalid-input')
      assert.equal(refused.data.problems[0].path, path, refused.body)
      assert.match(refused.data.problems[0].message, message)
    }
    for (const [text, message] of [
      ['x', /neither PEM, DER nor base64/],
      [readKey('idp.key'), /private key/],
    ] as const) {
      const refused = await api.post('connections/read-certificate', { certificate: text })
      assertProblem(refused, 400, 'invalid-input')
      assert.match(refused.data.problems[0].message, message)
    }
  })

  test(`certificates are read from PEM and from base64, several at once (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    const bare = certificate.replaceAll(/-----.*-----|\s/g, '')
    for (const [text, subjects] of [
      [bare, ['CN=idp']],
      [certificate + readKey('other-idp.crt'), ['CN=idp', 'CN=other-idp']],
    ] as const) {
      const { data } = await api.post('connections/read-certificate', { certificate: text })
      assert.deepEqual(
        data.items.map(({ subject }: { subject: string }) => subject),
        subjects,
      )
    }
  })
})

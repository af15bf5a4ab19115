import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { assertProblem, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { readKeyFile } from '#keys/read-key-file.ts'
import { keytoolFile, twoKeysFile } from '#keys/test-key-files.ts'
import { now, the } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const password = 'changeit'
const { privateKey, certificatePem } = readKeyFile({ bytes: keytoolFile, password }, now)
const pkcs12 = keytoolFile.toString('base64')

onEveryDatabase((kind, openFresh) => {
  test(`a next key is made, shown, activated and retired, each with its entry in the audit (${kind})`, async (t) => {
    const { api, tokenId } = await startApi(t, openFresh)
    assert.deepEqual((await api.get('keys')).data, { items: [] })
    const first = await api.post('keys')
    assert.deepEqual([first.statusCode, first.data.state, first.data.origin], [201, 'next', 'made'], first.body)
    assert.ok(String(first.headers.location).endsWith(`/keys/${first.data.id}`))
    assert.deepEqual((await api.get(`keys/${first.data.id}`)).data, first.data)
    const certificate = new X509Certificate(first.data.certificatePem)
    assert.equal(certificate.subject, 'CN=Sallyport acme/production')
    assert.equal(first.data.fingerprint, certificate.fingerprint256)
    assertProblem(await api.post('keys'), 409, 'key-next-exists')
    assert.equal((await api.post(`keys/${first.data.id}/activate`)).data.state, 'active')
    assertProblem(await api.post(`keys/${first.data.id}/activate`), 409, 'key-not-next')
    assertProblem(await api.post(`keys/${first.data.id}/retire`), 409, 'key-active')

    const second = the((await api.post('keys')).data)
    await api.post(`keys/${second.id}/activate`)
    const retired = await api.post(`keys/${first.data.id}/retire`)
    assert.deepEqual([retired.statusCode, retired.data.state], [200, 'retired'])
    assertProblem(await api.post(`keys/${first.data.id}/retire`), 409, 'key-retired')
    const { items } = (await api.get('keys')).data
    assert.deepEqual(Object.fromEntries(items.map((key: { id: string; state: string }) => [key.id, key.state])), {
      [first.data.id]: 'retired',
      [second.id]: 'active',
    })
    const audit = (await api.get(`audit?filter[subjectId]=${first.data.id}`)).data.items
    const state = (from: string | null, to: string) => ({ state: { from, to } })
    assert.deepEqual(
      Object.fromEntries(audit.map((entry: { action: string; changes: unknown }) => [entry.action, entry.changes])),
      {
        'key.made': { ...state(null, 'next'), fingerprint: { from: null, to: first.data.fingerprint } },
        'key.activated': state('next', 'active'),
        'key.replaced': state('active', 'previous'),
        'key.retired': state('previous', 'retired'),
      },
    )
    assert.deepEqual(audit[0].actor, { by: 'api', tokenId })
    assert.equal(audit[0].subject.name, 'CN=Sallyport acme/production')
  })

  test(`a key is imported from PKCS#12 and from PEM, and no answer and no row has its private part (${kind})`, async (t) => {
    const { api, db } = await startApi(t, openFresh)
    const alias = 'sso'
    const passphrase = 'open sesame'
    const key = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }) as string
    for (const body of [
      { pkcs12, password },
      { pkcs12: twoKeysFile.toString('base64'), password, alias },
      { pem: key + certificatePem, passphrase },
    ]) {
      const imported = await api.post('keys/import', body)
      assert.deepEqual([imported.statusCode, imported.data.state, imported.data.origin], [201, 'next', 'imported'])
      assert.equal(imported.data.subject, 'O=Acme, CN=AgileApps SSO')
      assert.equal(imported.data.certificatePem, certificatePem)
      const everything = JSON.stringify([
        imported.data,
        await db.read.selectFrom('audit_entries').selectAll().execute(),
      ])
      assert.doesNotMatch(everything, /PRIVATE|changeit|sesame/)
      assertProblem(await api.post('keys/import', body), 409, 'key-there-already')
      await api.post(`keys/${imported.data.id}/retire`)
    }
    const rows = await db.read.selectFrom('signing_keys').selectAll().execute()
    assert.ok(rows.every(({ private_key_sealed }) => private_key_sealed === ''))
  })

  test(`what cannot be imported is refused with its reason, and nothing is kept (${kind})`, async (t) => {
    const { api, db } = await startApi(t, openFresh)
    const jks = Buffer.concat([Buffer.from('feedfeed', 'hex'), Buffer.alloc(20)]).toString('base64')
    for (const [body, status, code] of [
      [{ pkcs12, password: 'wrong' }, 400, 'key-password-wrong'],
      [{ pkcs12 }, 400, 'key-password-missing'],
      [{ pkcs12, password, alias: 'nobody' }, 400, 'key-alias-unknown'],
      [{ pkcs12: twoKeysFile.toString('base64'), password }, 400, 'key-alias-needed'],
      [{ pkcs12: jks, password }, 400, 'key-file-old-keystore'],
      [{ pem: certificatePem }, 400, 'key-missing'],
      [{ pem: 'x' }, 400, 'key-file-unreadable'],
      [{ pkcs12: '' }, 400, 'key-file-unreadable'],
      [{ pkcs12: '-' }, 400, 'invalid-input'],
      [{}, 400, 'invalid-input'],
      [{ pem: 'x', pkcs12 }, 400, 'invalid-input'],
      [{ pem: 'x', password }, 400, 'invalid-input'],
      [{ pkcs12, passphrase: password }, 400, 'invalid-input'],
      [{ pkcs12, pasword: password }, 400, 'invalid-input'],
      [{ pem: 'x'.repeat(1024 * 1024) }, 413, 'body-too-large'],
    ] as const) {
      const refused = await api.post('keys/import', body)
      assertProblem(refused, status, code)
      assert.doesNotMatch(refused.body, /"changeit"|PRIVATE KEY-/)
    }
    assert.deepEqual(await db.read.selectFrom('signing_keys').selectAll().execute(), [])
    assert.deepEqual(await db.read.selectFrom('audit_entries').selectAll().execute(), [])
  })

  test(`a neighbour’s keys are not there, and a token needs the scope (${kind})`, async (t) => {
    const { api, neighbour, app, db, world, place } = await startApi(t, openFresh)
    const { id } = (await api.post('keys')).data
    assert.deepEqual((await neighbour.get('keys')).data, { items: [] })
    assertProblem(await neighbour.get(`keys/${id}`), 404, 'not-found')
    for (const change of ['activate', 'retire'])
      assertProblem(await neighbour.post(`keys/${id}/${change}`), 404, 'not-found')
    assert.equal((await api.get(`keys/${id}`)).data.state, 'next')
    const reach = { companyId: place.company.id, environmentId: place.environment.id }
    const reader = await makeSecret(db, world, reach, ['keys:read'])
    const reading = testApi(app, place.environment.id, reader.secret)
    assert.equal((await reading.get(`keys/${id}`)).statusCode, 200)
    for (const path of ['keys', `keys/${id}/activate`, `keys/${id}/retire`])
      assertProblem(await reading.post(path), 403, 'scope-missing')
    assertProblem(await reading.post('keys/import', { pkcs12, password }), 403, 'scope-missing')
    const other = await makeSecret(db, world, reach, ['users:write', 'directory:write'])
    assertProblem(await testApi(app, place.environment.id, other.secret).get('keys'), 403, 'scope-missing')
  })
})

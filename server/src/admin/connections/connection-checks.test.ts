import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { writeIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import { checkCodes, checkConnection } from '#admin/connections/connection-checks.ts'
import { assertProblem, startApi } from '#admin/test-api.ts'
import { type Connection, updateConnection } from '#connections/connections.ts'
import { draftSettings } from '#connections/settings.ts'
import { makePlace, now, publicUrl, testWorld } from '#login/test-place.ts'
import { finishRecord, startRecord } from '#signin-records/signin-records.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { readKey } from '../../../../saml/cases/case.ts'

const world = testWorld()
const made = { chance: world.chance, now }
type Answered = { attributeNames: string[]; outcome: 'passed' | 'failed' }

async function answer(db: Database, { environmentId, id }: Connection, { attributeNames, outcome }: Answered) {
  const client = { address: '2001:db8::1' }
  const begun = { connectionId: id, details: { checks: [], client, startedAt: 'here' } } as const
  const record = await startRecord(db.write, environmentId, begun, made)
  const checks = [{ code: 'user-id', outcome, about: 'assertion' }]
  const how =
    outcome === 'passed' ? { outcome: 'signed-in' as const } : { outcome: 'refused' as const, reason: 'user-id' }
  await finishRecord(db.write, environmentId, record.id, { ...how, checks, answer: { attributeNames } }, now)
}

onEveryDatabase((kind, openFresh) => {
  test(`checks say what is right, what is wrong and what is not known yet (${kind})`, async (t) => {
    const db = await openFresh(t)
    const certificate = readKey('idp.crt')
    const state = { certificate, entityId: '' }
    const server = createServer((request, response) => {
      if (request.url === '/sso') return response.writeHead(400).end()
      const metadata = writeIdentityProviderMetadata({
        entityId: state.entityId,
        singleSignOn: [{ binding: 'redirect', location: 'https://idp.example/sso' }],
        signingCertificates: [state.certificate],
        wantAuthnRequestsSigned: false,
      })
      return response.end(metadata)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const at = server.address()
    assert.ok(at !== null && typeof at === 'object')
    const base = `http://127.0.0.1:${at.port}`
    state.entityId = `${base}/metadata`
    const attributes = { email: 'mail', team: 'team' }
    const settings = {
      issuer: `${base}/metadata`,
      thirdPartyAuthenticationUrl: `${base}/sso`,
      createUsers: { enabled: true, attributes, defaults: { team: 'Agents' } },
    }
    const place = await makePlace(db, world, { connections: [{ settings }] })
    const connection = { ...place.connection, identityProviderMetadataUrl: `${base}/metadata` }
    const config = { publicUrl, allowPrivateHosts: ['127.0.0.1'] }
    const look = async (changed: Connection = connection, allowed = config) => {
      const checks = await checkConnection({ db: db.read, now, config: allowed }, changed)
      for (const { ok, sentence, cure } of checks) {
        assert.match(sentence, /[.]$/)
        if (ok === true) continue
        assert.match(cure ?? '', /\S[.]$/)
      }
      assert.deepEqual(
        checks.map(({ code }) => code),
        checkCodes,
      )
      return checks.map(({ ok }) => ok)
    }
    assert.deepEqual(await look(), [true, true, true, true, true, null, null, null])
    await answer(db, connection, { attributeNames: ['mail'], outcome: 'failed' })
    assert.deepEqual((await look()).slice(5), [false, false, false])
    state.certificate = readKey('other-idp.crt')
    state.entityId = 'https://other.example'
    assert.deepEqual((await look()).slice(0, 3), [true, false, false])
    const elsewhere = { ...connection, identityProviderMetadataUrl: `${base}/sso` }
    assert.deepEqual((await look(elsewhere)).slice(0, 3), [false, null, null])
    assert.deepEqual((await look(connection, { publicUrl, allowPrivateHosts: [] })).slice(0, 5), [
      ...[false, null, null, true, null],
    ])
    const { identityProviderMetadataUrl: _, ...unpublished } = connection
    const nothing = { ...unpublished, settings: draftSettings.parse({}) }
    assert.deepEqual((await look(nothing)).slice(0, 5), [null, null, null, false, false])
  })

  test(`the last answer counts, and only of this connection (${kind})`, async (t) => {
    const { api, neighbour, db, place, other } = await startApi(t, openFresh)
    const path = `connections/${place.connection.id}/checks`
    // An address that is not looked at, so that no name server is asked.
    const settings = { ...place.connection.settings, thirdPartyAuthenticationUrl: 'https://127.0.0.1/sso' }
    await updateConnection(db.write, place.environment.id, { ...place.connection, settings }, now)
    await answer(db, other.connection, { attributeNames: ['email'], outcome: 'passed' })
    const ok = async () => (await api.post(path)).data.items.slice(5).map((one: { ok: boolean | null }) => one.ok)
    assert.deepEqual(await ok(), [null, null, null])
    await answer(db, place.connection, { attributeNames: ['email', 'more'], outcome: 'passed' })
    assert.deepEqual(await ok(), [true, true, true])
    assertProblem(await neighbour.post(path), 404, 'not-found')
    await updateConnection(db.write, place.environment.id, { ...place.connection, settings, state: 'draft' }, now)
    assert.deepEqual(await ok(), [true, true, true])
  })
})

import assert from 'node:assert/strict'
import { createPrivateKey, verify } from 'node:crypto'
import { test } from 'node:test'
import { decodePost, decodeRedirect, encodePost } from '@sallyport/saml'
import { endpointsOf } from '#connections/endpoints.ts'
import { activateKey, addNextKey, retireKey } from '#keys/change-keys.ts'
import { type KeyPair, makeKeyPair } from '#keys/make-key-pair.ts'
import { keyOfPlace } from '#keys/place-keys.ts'
import { referenceOn, signedAnswer, startApp, testBrowser } from '#login/test-browser.ts'
import { contextOf, makePlace, publicUrl, testWorld, the } from '#login/test-place.ts'
import { findRecord } from '#signin-records/signin-records.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { readKey } from '../../../saml/cases/case.ts'
import { encryptAssertion } from '../../../saml/cases/encrypt.ts'

/** The key that the encryption of saml/cases encrypts to. */
const known: KeyPair = { privateKey: createPrivateKey(readKey('sp.key')), certificatePem: readKey('sp.crt') }
const base64Of = (pem: string): string => pem.replaceAll(/-----[^-]+-----|\s/g, '')

onEveryDatabase((kind, openFresh) => {
  test(`from one key to the next: published before it signs, and the old one decrypts until it is retired (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const ctx = contextOf(db, world)
    const app = await startApp(t, ctx)
    const place = await makePlace(db, world, { connections: [{ settings: { signRequests: true } }] })
    const environmentId = place.environment.id
    const { acs, metadata } = endpointsOf(publicUrl, place.connection.ticket)
    const add = async (pair: KeyPair): Promise<string> => {
      const added = { pair, origin: 'imported' } as const
      return (await db.transaction((tx) => addNextKey(tx, environmentId, added, ctx))).id
    }
    const activate = (id: string) => db.transaction((tx) => activateKey(tx, environmentId, id, world.clock()))
    const retire = (id: string) => db.transaction((tx) => retireKey(tx, environmentId, id, world.clock()))

    /** The certificates of the metadata for a use, in their order. */
    const published = async (use: 'signing' | 'encryption') => {
      const { body } = await app.inject({ url: metadata.replace(publicUrl, '') })
      const descriptors = body.matchAll(/<md:KeyDescriptor use="(\w+)">.*?<ds:X509Certificate>([^<]+)</gs)
      return [...descriptors].filter(([, of]) => of === use).map(([, , text]) => the(text).replaceAll(/\s/g, ''))
    }
    /** A sign-in whose answer is encrypted to `known`. */
    const signIn = async () => {
      const browser = testBrowser(app, world)
      const { requestId, relayState: RelayState } = await browser.begin(place)
      const plain = Buffer.from(decodePost(signedAnswer(place, world, { inResponseTo: requestId }))).toString()
      return browser.post(acs, { SAMLResponse: encodePost(encryptAssertion(plain)), RelayState })
    }
    const refusedBy = async () => {
      const response = await signIn()
      assert.equal(response.statusCode, 403, response.body)
      const record = the(await findRecord(db.read, environmentId, referenceOn(response)))
      const check = record.details.checks.find(({ outcome }) => outcome === 'failed')
      return [record.reason, check?.received]
    }

    const first = await keyOfPlace(ctx, place)
    assert.deepEqual(await published('signing'), [base64Of(first.certificatePem)])
    assert.deepEqual(await refusedBy(), ['assertion-readable', 'none of our keys decrypts it'])

    const id = await add(known)
    const both = [first, known].map(({ certificatePem }) => base64Of(certificatePem))
    assert.deepEqual([await published('signing'), await published('encryption')], [both, both])
    assert.equal((await keyOfPlace(ctx, place)).id, first.id, 'it is published, and signs nothing yet')
    assert.equal((await signIn()).statusCode, 303, 'and it decrypts')

    await activate(id)
    assert.equal((await keyOfPlace(ctx, place)).id, id)
    assert.deepEqual(await published('signing'), both.toReversed())
    assert.equal((await signIn()).statusCode, 303)
    await retire(first.id)

    const last = await makeKeyPair({ companySlug: 'acme', environmentSlug: 'production' }, world)
    await activate(await add(last))
    const after = [last, known].map(({ certificatePem }) => base64Of(certificatePem))
    assert.deepEqual(
      [await published('signing'), await published('encryption')],
      [after, [base64Of(last.certificatePem)]],
    )
    assert.equal((await signIn()).statusCode, 303, 'what was encrypted to the previous key still decrypts')

    await retire(id)
    assert.deepEqual(await published('signing'), [base64Of(last.certificatePem)])
    assert.deepEqual(await refusedBy(), ['assertion-readable', 'none of our keys decrypts it'])
  })

  test(`a request is signed with the active key, also after it changed (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const ctx = contextOf(db, world)
    const app = await startApp(t, ctx)
    const place = await makePlace(db, world, { connections: [{ settings: { signRequests: true } }] })
    const { ssoRequest } = endpointsOf(publicUrl, place.connection.ticket)
    const signs = async (certificatePem: string): Promise<boolean> => {
      const { headers } = await app.inject({ url: ssoRequest.replace(publicUrl, '') })
      const query = new URL(the(headers.location)).search.slice(1)
      const { signedText, value } = the(decodeRedirect(query).signature)
      return verify('sha256', Buffer.from(signedText), certificatePem, value)
    }
    const { certificatePem } = await keyOfPlace(ctx, place)
    assert.deepEqual([await signs(certificatePem), await signs(known.certificatePem)], [true, false])
    const { id } = await db.transaction((tx) =>
      addNextKey(tx, place.environment.id, { pair: known, origin: 'imported' }, ctx),
    )
    assert.deepEqual([await signs(certificatePem), await signs(known.certificatePem)], [true, false])
    await db.transaction((tx) => activateKey(tx, place.environment.id, id, world.clock()))
    assert.deepEqual([await signs(certificatePem), await signs(known.certificatePem)], [false, true])
  })
})

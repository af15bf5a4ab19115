import assert from 'node:assert/strict'
import { createPublicKey, randomBytes, sign, verify, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import type { Kysely } from 'kysely'
import { insertCompany } from '#companies/companies.ts'
import { insertEnvironment } from '#companies/environments.ts'
import { Secret } from '#config/secret.ts'
import type { World } from '#config/world.ts'
import { listKeys, newRow, signingKeyOf } from '#keys/keys.ts'
import { makeKeyPair } from '#keys/make-key-pair.ts'
import { migrate, migrateWith, migrations } from '#storage/migrate.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { SealError } from '#storage/seal.ts'

const world: World = {
  clock: () => new Date('2026-01-02T03:04:05Z'),
  chance: { bytes: (size) => new Uint8Array(randomBytes(size)) },
}
const secret = new Secret('a secret of more than thirty-two characters')
const owner = { environmentId: 'env_a', companySlug: 'acme', environmentSlug: 'production' } as const

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`an Environment has one signing key, whoever asks first (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    await insertCompany(db.write, { id: 'comp_a', slug: 'acme', name: 'Acme' }, world.clock())
    const environment = { id: 'env_a', companyId: 'comp_a', slug: 'production', name: 'P', targets: [] } as const
    await insertEnvironment(db.write, environment, world.clock())
    const other = await openAgain()
    const asking = [db, other, db].map((handle) => signingKeyOf(handle, owner, { secret, world }))
    const [key, ...rest] = await Promise.all(asking)
    for (const { id, certificatePem } of rest)
      assert.deepEqual({ id, certificatePem }, { id: key!.id, certificatePem: key!.certificatePem })

    const certificate = new X509Certificate(key!.certificatePem)
    assert.equal(certificate.subject, 'CN=Sallyport acme/production')
    assert.equal(certificate.issuer, certificate.subject)
    assert.ok(certificate.verify(certificate.publicKey))
    assert.ok(certificate.checkPrivateKey(key!.privateKey))
    assert.equal(certificate.publicKey.asymmetricKeyDetails?.modulusLength, 2048)
    assert.equal(certificate.validFromDate.toISOString(), '2026-01-01T03:04:05.000Z')
    assert.equal(certificate.validToDate.getUTCFullYear(), 2036)
    const signature = sign('sha256', Buffer.from('x'), key!.privateKey)
    assert.ok(verify('sha256', Buffer.from('x'), createPublicKey(key!.certificatePem), signature))

    await insertEnvironment(db.write, { ...environment, id: 'env_b', slug: 'test' }, world.clock())
    const neighbour = await signingKeyOf(db, { ...owner, environmentId: 'env_b' }, { secret, world })
    assert.notEqual(neighbour.certificatePem, key!.certificatePem)

    const row = await db.read.selectFrom('signing_keys').selectAll().where('id', '=', key!.id).executeTakeFirstOrThrow()
    assert.match(row.private_key_sealed, /^v1\.[\w-]+$/)
    const wrong = new Secret('another secret of more than thirty-two characters')
    await assert.rejects(
      signingKeyOf(db, owner, { secret: wrong, world }),
      (error) => error instanceof SealError && error.code === 'wrong-secret',
    )
  })

  test(`0006-signing-keys: the key that was there before is still the active one (${kind})`, async (t) => {
    const { db } = await makeFresh(t, { migrated: false })
    await migrateWith(db, { '0001-first': migrations['0001-first']! })
    const write = db.write as unknown as Kysely<Record<string, Record<string, unknown>>>
    const times = { created_at: 7, updated_at: 7 }
    const company = { id: 'comp_a', slug: 'acme', name: 'Acme', ...times }
    const environment = { id: 'env_a', company_id: 'comp_a', slug: 'production', name: 'P', targets: '[]', ...times }
    await write.insertInto('companies').values(company).execute()
    await write.insertInto('environments').values(environment).execute()
    const pair = await makeKeyPair(owner, world)
    const row = { ...newRow('env_a', { pair, state: 'active', origin: 'made' }, { secret, ...world }), created_at: 7 }
    const { origin: _, changed_at: __, ...former } = row
    await write.insertInto('signing_keys').values(former).execute()
    await migrate(db)
    const [key, ...more] = await listKeys(db.read, 'env_a')
    assert.deepEqual(more, [])
    assert.deepEqual([key?.id, key?.state, key?.origin, key?.changedAt.getTime()], [row.id, 'active', 'made', 7])
    assert.equal((await signingKeyOf(db, owner, { secret, world })).id, row.id)
  })
})

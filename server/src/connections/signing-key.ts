import 'reflect-metadata' // @peculiar/x509 refuses to load without it
import { createPrivateKey, KeyObject, webcrypto } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'
import { sql } from 'kysely'
import type { Secret } from '#config/secret.ts'
import { type Id, newId, type World } from '#config/world.ts'
import type { Database, Handle } from '#storage/database.ts'
import { seal, unseal } from '#storage/seal.ts'
import type { SigningKeyRow } from '#storage/tables.ts'

/** What an Environment signs its SAML messages with. */
export type SigningKey = {
  readonly id: Id<'key'>
  readonly privateKey: KeyObject
  readonly certificatePem: string
}

type Owner = { readonly environmentId: Id<'env'>; readonly companySlug: string; readonly environmentSlug: string }

const YEARS = 10
const YEAR_MS = 365.25 * 24 * 60 * 60 * 1000

/** Identity providers with a slow clock should not meet a certificate from the future. */
const BACKDATED_MS = 24 * 60 * 60 * 1000

/**
 * The active signing key of an Environment, made when it is first needed. Everyone who asks gets the same one, also when
 * several processes ask for the first time at the same moment.
 *
 * @throws SealError when the secret is not the one the key was encrypted with
 */
export async function signingKeyOf(
  db: Database,
  owner: Owner,
  { secret, world }: { readonly secret: Secret; readonly world: World },
): Promise<SigningKey> {
  const known = await findActive(db.read, owner.environmentId)
  if (known !== undefined) return open(known, secret)
  const made = await make(owner, secret, world)
  await db.write
    .insertInto('signing_keys')
    .values(made)
    .onConflict((conflict) =>
      // Written out, because a parameter would not show SQLite that this is the condition of the index.
      conflict
        .column('environment_id')
        .where('state', '=', sql.lit('active' as const))
        .doNothing(),
    )
    .execute()
  return open((await findActive(db.read, owner.environmentId))!, secret)
}

async function findActive(db: Handle, environmentId: Id<'env'>): Promise<SigningKeyRow | undefined> {
  return db
    .selectFrom('signing_keys')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('state', '=', 'active')
    .executeTakeFirst()
}

function open(row: SigningKeyRow, secret: Secret): SigningKey {
  const privateKey = createPrivateKey(unseal(row.private_key_sealed, row.id, { secret }))
  return Object.freeze({ id: row.id, privateKey, certificatePem: row.certificate_pem })
}

async function make(owner: Owner, secret: Secret, { clock, chance }: World): Promise<SigningKeyRow> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(
    { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  )
  const now = clock()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(chance.bytes(16)),
    name: `CN=Sallyport ${owner.companySlug}/${owner.environmentSlug}`,
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter: new Date(now.getTime() + YEARS * YEAR_MS),
    signingAlgorithm: algorithm,
    keys,
  })
  const id = newId(chance, 'key')
  const privateKeyPem = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }) as string
  return {
    id,
    environment_id: owner.environmentId,
    state: 'active',
    private_key_sealed: seal(privateKeyPem, id, { secret, chance }),
    certificate_pem: certificate.toString('pem'),
    created_at: now.getTime(),
  }
}

/** A positive number, as RFC 5280 section 4.1.2.2 wants: the first bit is 0, and the first byte is not. */
function serialNumber(bytes: Uint8Array): string {
  const [first = 0, ...rest] = bytes
  return Buffer.from([(first & 0x7f) | 0x40, ...rest]).toString('hex')
}

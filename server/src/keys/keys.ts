/**
 * Keys: what an Environment signs its SAML messages with, and what others encrypt to.
 *
 * Owns the table `signing_keys` and the life of a key: next → active → previous → retired. Must not know signing in,
 * logging out or who asks: place-keys.ts gives the keys to whoever has an Environment in hand.
 */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { sql } from 'kysely'
import type { Secret } from '#config/secret.ts'
import { type Chance, type Id, newId, type World } from '#config/world.ts'
import { type KeyPair, makeKeyPair } from '#keys/make-key-pair.ts'
import type { Database, Handle } from '#storage/database.ts'
import { seal, unseal } from '#storage/seal.ts'
import type { SigningKeyRow } from '#storage/tables.ts'

/** What an Environment signs its SAML messages with. */
export type SigningKey = {
  readonly id: Id<'key'>
  readonly privateKey: KeyObject
  readonly certificatePem: string
}

/**
 * `next` is published and decrypts, so that others can learn it before it signs. `active` signs. `previous` was active:
 * it still decrypts, and others may still find it. `retired` is a line of the history, without its private key.
 */
export type KeyState = SigningKeyRow['state']
export type KeyOrigin = SigningKeyRow['origin']

/** What may be shown of a key. */
export type KeyInfo = {
  readonly id: Id<'key'>
  readonly state: KeyState
  readonly origin: KeyOrigin
  readonly subject: string
  /** SHA-256, `AA:BB:…` */
  readonly fingerprint: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly createdAt: Date
  readonly changedAt: Date
  readonly certificatePem: string
}

export type Owner = {
  readonly environmentId: Id<'env'>
  readonly companySlug: string
  readonly environmentSlug: string
}

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
  if (known !== undefined) return signingKey(known, secret)
  const pair = await makeKeyPair(owner, world)
  const made = newRow(owner.environmentId, { pair, state: 'active', origin: 'made' }, { secret, ...world })
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
  return signingKey((await findActive(db.read, owner.environmentId))!, secret)
}

/** All that decrypt, the active one first: it is the one that most messages are encrypted to. */
export async function decryptionKeysOf(
  db: Handle,
  environmentId: Id<'env'>,
  { secret }: { readonly secret: Secret },
): Promise<readonly KeyObject[]> {
  const rows = await livingKeys(db, environmentId)
  return rows.map((row) => signingKey(row, secret).privateKey)
}

export type PublishedKeys = { readonly signing: readonly string[]; readonly encryption: readonly string[] }

/**
 * The certificates for metadata (PEM), the active one first. A previous key is published for what it may have signed; who
 * reads the metadata now is not to encrypt to a key that is about to go.
 */
export async function publishedKeysOf(db: Handle, environmentId: Id<'env'>): Promise<PublishedKeys> {
  const rows = await livingKeys(db, environmentId)
  const open = rows.filter(({ state }) => state !== 'previous')
  return {
    signing: rows.map(({ certificate_pem }) => certificate_pem),
    encryption: open.map(({ certificate_pem }) => certificate_pem),
  }
}

/** Retired ones, too; the newest first. */
export async function listKeys(db: Handle, environmentId: Id<'env'>): Promise<readonly KeyInfo[]> {
  const rows = await db
    .selectFrom('signing_keys')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(keyInfo)
}

export async function findKey(db: Handle, environmentId: Id<'env'>, id: string): Promise<KeyInfo | undefined> {
  const row = await db
    .selectFrom('signing_keys')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id as Id<'key'>)
    .executeTakeFirst()
  return row && keyInfo(row)
}

/** A row with the private key encrypted. */
export function newRow(
  environmentId: Id<'env'>,
  { pair, state, origin }: { readonly pair: KeyPair; readonly state: KeyState; readonly origin: KeyOrigin },
  { secret, chance, clock }: World & { readonly secret: Secret; readonly chance: Chance },
): SigningKeyRow {
  const id = newId(chance, 'key')
  const privateKeyPem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  const now = clock().getTime()
  return {
    id,
    environment_id: environmentId,
    state,
    origin,
    private_key_sealed: seal(privateKeyPem, id, { secret, chance }),
    certificate_pem: pair.certificatePem,
    created_at: now,
    changed_at: now,
  }
}

export function keyInfo(row: SigningKeyRow): KeyInfo {
  const { subject, fingerprint256, validFromDate, validToDate } = new X509Certificate(row.certificate_pem)
  return Object.freeze({
    id: row.id,
    state: row.state,
    origin: row.origin,
    subject: (subject ?? '').replaceAll('\n', ', '),
    fingerprint: fingerprint256,
    notBefore: validFromDate,
    notAfter: validToDate,
    createdAt: new Date(row.created_at),
    changedAt: new Date(row.changed_at),
    certificatePem: row.certificate_pem,
  })
}

const order = ['active', 'next', 'previous', 'retired'] as const satisfies readonly KeyState[]

async function livingKeys(db: Handle, environmentId: Id<'env'>): Promise<readonly SigningKeyRow[]> {
  const rows = await db
    .selectFrom('signing_keys')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('state', '!=', 'retired')
    .orderBy('changed_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state))
}

async function findActive(db: Handle, environmentId: Id<'env'>): Promise<SigningKeyRow | undefined> {
  return db
    .selectFrom('signing_keys')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('state', '=', 'active')
    .executeTakeFirst()
}

function signingKey(row: SigningKeyRow, secret: Secret): SigningKey {
  const privateKey = createPrivateKey(unseal(row.private_key_sealed, row.id, { secret }))
  return Object.freeze({ id: row.id, privateKey, certificatePem: row.certificate_pem })
}

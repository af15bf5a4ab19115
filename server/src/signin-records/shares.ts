import { type Chance, type Id, newId, newToken } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import type { RecordShareRow } from '#storage/record-tables.ts'
import { tokenHash } from '#storage/token-hash.ts'

/** A link that shows one record, without values, to whoever has it. */
export type Share = {
  readonly id: Id<'share'>
  readonly environmentId: Id<'env'>
  readonly recordId: Id<'rec'>
  readonly createdAt: Date
  readonly expiresAt: Date
}

export type ShareToMake = {
  readonly recordId: Id<'rec'>
  readonly expiresAt: Date
  /** JSON, who made it. */
  readonly madeBy: string
}

/** Returns the token, which nobody can show again. */
export async function insertShare(
  db: Handle,
  environmentId: Id<'env'>,
  { recordId, expiresAt, madeBy }: ShareToMake,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<{ readonly share: Share; readonly token: string }> {
  const token = newToken(chance)
  const row: RecordShareRow = {
    id: newId(chance, 'share'),
    environment_id: environmentId,
    record_id: recordId,
    token_hash: tokenHash(token),
    made_by: madeBy,
    created_at: now.getTime(),
    expires_at: expiresAt.getTime(),
    revoked_at: null,
  }
  await db.insertInto('record_shares').values(row).execute()
  return { share: shareOf(row), token }
}

/** The way in from a link: its token alone says which record of which Environment is meant. */
export async function findShare(db: Handle, token: string, now: Date): Promise<Share | undefined> {
  const row = await db
    .selectFrom('record_shares')
    .selectAll()
    .where('token_hash', '=', tokenHash(token))
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now.getTime())
    .executeTakeFirst()
  return row && shareOf(row)
}

/** Those of a record that still lead somewhere, the newest first. */
export async function listShares(
  db: Handle,
  environmentId: Id<'env'>,
  recordId: Id<'rec'>,
  now: Date,
): Promise<readonly Share[]> {
  const rows = await db
    .selectFrom('record_shares')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('record_id', '=', recordId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now.getTime())
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(shareOf)
}

/** False where there was no such link of this record any more. */
export async function revokeShare(
  db: Handle,
  environmentId: Id<'env'>,
  { recordId, id }: { readonly recordId: Id<'rec'>; readonly id: string },
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('record_shares')
    .set({ revoked_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('record_id', '=', recordId)
    .where('id', '=', id as Id<'share'>)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now.getTime())
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

function shareOf({ id, environment_id, record_id, created_at, expires_at }: RecordShareRow): Share {
  return {
    id,
    environmentId: environment_id,
    recordId: record_id,
    createdAt: new Date(created_at),
    expiresAt: new Date(expires_at),
  }
}

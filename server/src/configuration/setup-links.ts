// Set-up links: an address that lets somebody without an account set up one connection, for a while. The token is shown
// once, when the link is made; the table has its hash.

import { type Chance, type Id, newId, newToken } from '#config/world.ts'
import type { SetupLinkRow } from '#storage/configuration-tables.ts'
import type { Handle } from '#storage/database.ts'
import { tokenHash } from '#storage/token-hash.ts'
import { type Source, source, storedSource } from '#users/source.ts'

export type SetupLink = {
  readonly id: Id<'setup'>
  readonly environmentId: Id<'env'>
  readonly connectionId: Id<'conn'>
  readonly madeBy: Source
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly revokedAt: Date | undefined
  readonly lastUsedAt: Date | undefined
}

type Whose = { readonly environmentId: Id<'env'>; readonly id: Id<'conn'> }

/** When a link was used last is good to know; to the minute is enough. */
const NOTE_USE_AFTER_MS = 60 * 1000

export async function insertSetupLink(
  db: Handle,
  { environmentId, id: connectionId }: Whose,
  { madeBy, expiresAt }: Pick<SetupLink, 'madeBy' | 'expiresAt'>,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<{ readonly link: SetupLink; readonly token: string }> {
  const token = newToken(chance)
  const row: SetupLinkRow = {
    id: newId(chance, 'setup'),
    environment_id: environmentId,
    connection_id: connectionId,
    token_hash: tokenHash(token),
    made_by: storedSource(madeBy),
    created_at: now.getTime(),
    expires_at: expiresAt.getTime(),
    revoked_at: null,
    last_used_at: null,
  }
  await db.insertInto('setup_links').values(row).execute()
  return { link: linkOf(row), token }
}

/** Expired and revoked ones, too: who asks decides what to say of them. The token alone says whose it is. */
export async function findSetupLink(db: Handle, token: string): Promise<SetupLink | undefined> {
  const row = await db
    .selectFrom('setup_links')
    .selectAll()
    .where('token_hash', '=', tokenHash(token))
    .executeTakeFirst()
  return row && linkOf(row)
}

/** The newest first. */
export async function listSetupLinks(db: Handle, { environmentId, id }: Whose): Promise<readonly SetupLink[]> {
  const rows = await db
    .selectFrom('setup_links')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('connection_id', '=', id)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(linkOf)
}

/** False where there is no such link, or it was revoked before. */
export async function revokeSetupLink(
  db: Handle,
  { environmentId, id }: Whose,
  linkId: string,
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('setup_links')
    .set({ revoked_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('connection_id', '=', id)
    .where('id', '=', linkId as Id<'setup'>)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function noteSetupLinkUse(db: Handle, link: SetupLink, now: Date): Promise<void> {
  if (link.lastUsedAt !== undefined && now.getTime() - link.lastUsedAt.getTime() < NOTE_USE_AFTER_MS) return
  await db
    .updateTable('setup_links')
    .set({ last_used_at: now.getTime() })
    .where('environment_id', '=', link.environmentId)
    .where('id', '=', link.id)
    .execute()
}

/** 256 random bits need no salt and no slow hash. */
function linkOf(row: SetupLinkRow): SetupLink {
  return Object.freeze({
    id: row.id,
    environmentId: row.environment_id,
    connectionId: row.connection_id,
    madeBy: source.parse(JSON.parse(row.made_by)),
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    revokedAt: row.revoked_at === null ? undefined : new Date(row.revoked_at),
    lastUsedAt: row.last_used_at === null ? undefined : new Date(row.last_used_at),
  })
}

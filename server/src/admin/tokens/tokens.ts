/**
 * Administration tokens: what a program needs to use the API.
 *
 * Owns the table `api_tokens`. A token is shown once, when it is made; the table has its hash.
 */

import { z } from 'zod'
import { type Chance, type Id, newId, newToken } from '#config/world.ts'
import type { ApiTokenRow } from '#storage/administration-tables.ts'
import type { Handle } from '#storage/database.ts'
import { tokenHash } from '#storage/token-hash.ts'

export const scopes = [
  'users:read',
  'users:write',
  'directory:read',
  'directory:write',
  'keys:read',
  'keys:write',
  'sessions:read',
  'sessions:write',
  'session-settings:write',
  'clients:read',
  'clients:write',
  'access:read',
  'access:write',
  'amazon-connect:read',
  'amazon-connect:write',
  'connections:read',
  'connections:write',
  'records:read',
  'records:values',
  'records:write',
  'company:read',
  'company:write',
  'metrics:read',
] as const
export type Scope = (typeof scopes)[number]

/** So that programs which look for leaked secrets know one. */
const PREFIX = 'sallyport_'

/** When a token was used last is good to know; to the minute is enough, and saves a write for most requests. */
const NOTE_USE_AFTER_MS = 60 * 1000

/** Where a token is good: in one Environment, in all of a Company, or everywhere. */
export type Reach = { readonly companyId?: Id<'comp'> | undefined; readonly environmentId?: Id<'env'> | undefined }

export type ApiToken = Reach & {
  readonly id: Id<'tok'>
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly revokedAt: Date | undefined
  readonly lastUsedAt: Date | undefined
}

export type TokenToMake = Reach & {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly expiresAt: Date
}

/** Makes a token and returns it with its secret, which nobody can show again. */
export async function insertToken(
  db: Handle,
  token: TokenToMake,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<{ readonly token: ApiToken; readonly secret: string }> {
  const secret = `${PREFIX}${newToken(chance)}`
  const row: ApiTokenRow = {
    id: newId(chance, 'tok'),
    environment_id: token.environmentId ?? null,
    company_id: token.companyId ?? null,
    name: token.name,
    scopes: JSON.stringify(token.scopes),
    token_hash: tokenHash(secret),
    created_at: now.getTime(),
    expires_at: token.expiresAt.getTime(),
    revoked_at: null,
    last_used_at: null,
  }
  await db.insertInto('api_tokens').values(row).execute()
  return { token: tokenOf(row), secret }
}

/** Expired and revoked ones, too: who asks decides what to say of them. */
export async function findToken(db: Handle, secret: string): Promise<ApiToken | undefined> {
  const row = await db
    .selectFrom('api_tokens')
    .selectAll()
    .where('token_hash', '=', tokenHash(secret))
    .executeTakeFirst()
  return row && tokenOf(row)
}

/** The newest first. */
export async function listTokens(db: Handle): Promise<readonly ApiToken[]> {
  const rows = await db.selectFrom('api_tokens').selectAll().orderBy('created_at', 'desc').orderBy('id').execute()
  return rows.map(tokenOf)
}

/** Of a token that may be gone; for telling where something came from. */
export async function findTokenNames(db: Handle, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('api_tokens')
    .select(['id', 'name'])
    .where('id', 'in', [...ids] as Id<'tok'>[])
    .execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** True where there was such a token, and it was not revoked before. */
export async function revokeToken(db: Handle, id: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('api_tokens')
    .set({ revoked_at: now.getTime() })
    .where('id', '=', id as Id<'tok'>)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function noteUse(db: Handle, token: ApiToken, now: Date): Promise<void> {
  if (token.lastUsedAt !== undefined && now.getTime() - token.lastUsedAt.getTime() < NOTE_USE_AFTER_MS) return
  await db.updateTable('api_tokens').set({ last_used_at: now.getTime() }).where('id', '=', token.id).execute()
}

/** Whether the token is good in this Environment. */
export function reaches(token: Reach, place: { readonly id: Id<'env'>; readonly companyId: Id<'comp'> }): boolean {
  if (token.environmentId !== undefined) return token.environmentId === place.id
  return token.companyId === undefined || token.companyId === place.companyId
}

const storedScopes = z.array(z.enum(scopes))

function tokenOf(row: ApiTokenRow): ApiToken {
  return Object.freeze({
    id: row.id,
    companyId: row.company_id ?? undefined,
    environmentId: row.environment_id ?? undefined,
    name: row.name,
    scopes: storedScopes.parse(JSON.parse(row.scopes)),
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    revokedAt: row.revoked_at === null ? undefined : new Date(row.revoked_at),
    lastUsedAt: row.last_used_at === null ? undefined : new Date(row.last_used_at),
  })
}

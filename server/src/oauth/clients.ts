// The clients of an Environment: applications that may ask for tokens, and their secrets.

import { timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { AccessClient } from '#access/request.ts'
import { type Chance, type Id, newId, newToken } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import type { ClientKind, OauthClientRow, OauthClientSecretRow } from '#storage/oauth-tables.ts'
import { tokenHash } from '#storage/token-hash.ts'

const uri = z.string().min(1, 'must not be empty').max(2048, 'is too long: 2048 characters at most')
const uris = z.array(uri).max(50, 'are too many: 50 at most')

/** What may be said of a client, beside id, name and kind. Whether it fits the kind is client-rules.ts's. */
export const clientSettings = z.strictObject({
  active: z.boolean().default(true).describe('an inactive client gets no tokens'),
  redirectUris: uris.default([]).describe('where people come back to after signing in; compared exactly'),
  postLogoutRedirectUris: uris.default([]).describe('where people come back to after logging out; compared exactly'),
  backChannelLogoutUri: uri.optional().describe('where the client is told that a session has ended'),
  grants: z
    .array(z.enum(['device-code', 'client-credentials', 'saml-bearer']))
    .max(10, 'are too many: each once')
    .default([])
    .describe('ways to get tokens beyond those that its kind has anyway'),
  accessTokenSeconds: z
    .int()
    .min(300, 'must be at least 300 seconds')
    .max(172_800, 'must be at most 172800 seconds')
    .default(3600)
    .describe('how long an access token is good'),
  accessTokenFormat: z.enum(['opaque', 'jwt']).default('opaque').describe('jwt: applications can read it themselves'),
  purpose: z
    .enum(['media-helper', 'mobile'])
    .optional()
    .describe('exempt from Allowed IP Addresses, as WebRTC Media Helper and the mobile application are'),
  dangerouslyAllowImplicit: z
    .boolean()
    .default(false)
    .describe('tokens in addresses, where others can see them; only for an application that cannot be changed yet'),
})

export type ClientSettings = z.output<typeof clientSettings>

export type Client = {
  readonly environmentId: Id<'env'>
  readonly id: string
  readonly name: string
  readonly kind: ClientKind
  readonly settings: Readonly<ClientSettings>
  /** Grows with every change. */
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type NewClient = Pick<Client, 'id' | 'name' | 'kind' | 'settings'>

export async function findClient(db: Handle, environmentId: Id<'env'>, id: string): Promise<Client | undefined> {
  const row = await db
    .selectFrom('oauth_clients')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && clientOf(row)
}

/** By name. */
export async function listClients(db: Handle, environmentId: Id<'env'>): Promise<readonly Client[]> {
  const rows = await db
    .selectFrom('oauth_clients')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('name')
    .orderBy('id')
    .execute()
  return rows.map(clientOf)
}

/** @throws where the id or the name is taken (isUniqueViolation) */
export async function insertClient(
  db: Handle,
  environmentId: Id<'env'>,
  { id, name, kind, settings }: NewClient,
  now: Date,
): Promise<Client> {
  const row: OauthClientRow = {
    environment_id: environmentId,
    id,
    name,
    kind,
    settings: JSON.stringify(settings),
    version: 1,
    created_at: now.getTime(),
    updated_at: now.getTime(),
  }
  await db.insertInto('oauth_clients').values(row).execute()
  return clientOf(row)
}

/** Undefined where it has changed since it was read, or is gone. @throws where the name is taken (isUniqueViolation) */
export async function updateClient(
  db: Handle,
  { environmentId, id, version }: Client,
  change: Partial<Pick<Client, 'name' | 'settings'>>,
  now: Date,
): Promise<Client | undefined> {
  const { name, settings } = change
  const row = await db
    .updateTable('oauth_clients')
    .set({
      ...(name === undefined ? {} : { name }),
      ...(settings === undefined ? {} : { settings: JSON.stringify(settings) }),
      version: version + 1,
      updated_at: now.getTime(),
    })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('version', '=', version)
    .returningAll()
    .executeTakeFirst()
  return row && clientOf(row)
}

/** Until it gets its new one: clients that exchange their names would collide half-way. No client can have this one. */
export async function freeClientName(db: Handle, environmentId: Id<'env'>, id: string): Promise<void> {
  await db
    .updateTable('oauth_clients')
    .set({ name: `\u0001${id}` })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .execute()
}

/** With its secrets and whatever was given out to it: nothing of that may be good for a later client with its id. */
export async function deleteClient(db: Handle, environmentId: Id<'env'>, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('oauth_clients')
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .executeTakeFirst()
  await db
    .deleteFrom('oauth_artifacts')
    .where('environment_id', '=', environmentId)
    .where('client_id', '=', id)
    .execute()
  return numDeletedRows === 1n
}

export type ClientSecret = {
  readonly id: Id<'secret'>
  readonly hint: string
  readonly createdAt: Date
  readonly expiresAt: Date | undefined
  readonly lastUsedAt: Date | undefined
}

/** A further secret; the text is known this once. */
export async function addSecret(
  db: Handle,
  { environmentId, id }: Pick<Client, 'environmentId' | 'id'>,
  { chance, now, expiresAt }: { readonly chance: Chance; readonly now: Date; readonly expiresAt?: Date | undefined },
): Promise<{ readonly secret: ClientSecret; readonly text: string }> {
  const text = newToken(chance)
  const row: OauthClientSecretRow = {
    id: newId(chance, 'secret'),
    environment_id: environmentId,
    client_id: id,
    secret_hash: tokenHash(text),
    hint: text.slice(-4),
    created_at: now.getTime(),
    expires_at: expiresAt?.getTime() ?? null,
    last_used_at: null,
  }
  await db.insertInto('oauth_client_secrets').values(row).execute()
  return { secret: secretOf(row), text }
}

export async function listSecrets(
  db: Handle,
  { environmentId, id }: Pick<Client, 'environmentId' | 'id'>,
): Promise<readonly ClientSecret[]> {
  const rows = await db
    .selectFrom('oauth_client_secrets')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('client_id', '=', id)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(secretOf)
}

export async function revokeSecret(
  db: Handle,
  { environmentId, id }: Pick<Client, 'environmentId' | 'id'>,
  secretId: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('oauth_client_secrets')
    .where('environment_id', '=', environmentId)
    .where('client_id', '=', id)
    .where('id', '=', secretId as Id<'secret'>)
    .executeTakeFirst()
  return numDeletedRows === 1n
}

/** Whether it is one of the client's that has not expired. */
export async function verifySecret(
  db: Handle,
  { environmentId, id }: Pick<Client, 'environmentId' | 'id'>,
  text: string,
  now: Date,
): Promise<ClientSecret | undefined> {
  const rows = await db
    .selectFrom('oauth_client_secrets')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('client_id', '=', id)
    .where((either) => either.or([either('expires_at', 'is', null), either('expires_at', '>', now.getTime())]))
    .execute()
  const hash = Buffer.from(tokenHash(text))
  const row = rows.find(({ secret_hash }) => timingSafeEqual(Buffer.from(secret_hash), hash))
  return row && secretOf(row)
}

const NOTE_USE_AFTER_MS = 60 * 1000

/** When a secret was used last tells whether it can be revoked; to the minute is enough, and saves most writes. */
export async function noteSecretUse(
  db: Handle,
  environmentId: Id<'env'>,
  { id, lastUsedAt }: Pick<ClientSecret, 'id' | 'lastUsedAt'>,
  now: Date,
): Promise<void> {
  if (lastUsedAt !== undefined && now.getTime() - lastUsedAt.getTime() < NOTE_USE_AFTER_MS) return
  await db
    .updateTable('oauth_client_secrets')
    .set({ last_used_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .execute()
}

/** A client is public that cannot keep a secret (RFC 6749 section 2.1). */
export function isPublic({ kind }: Pick<Client, 'kind'>): boolean {
  return kind === 'native' || kind === 'single-page'
}

/** No database takes a NUL, and no client has an id of another form. */
export function isClientId(id: string): boolean {
  return /^[\x21-\x7e]{1,128}$/.test(id)
}

/** As access decisions know a client. */
export function accessClientOf({ id, kind, settings }: Client): AccessClient {
  return { id, kind, purpose: settings.purpose }
}

export function clientOf(row: OauthClientRow): Client {
  return Object.freeze({
    environmentId: row.environment_id,
    id: row.id,
    name: row.name,
    kind: row.kind,
    settings: Object.freeze(clientSettings.parse(JSON.parse(row.settings))),
    version: row.version,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  })
}

function secretOf(row: OauthClientSecretRow): ClientSecret {
  return Object.freeze({
    id: row.id,
    hint: row.hint,
    createdAt: new Date(row.created_at),
    expiresAt: row.expires_at === null ? undefined : new Date(row.expires_at),
    lastUsedAt: row.last_used_at === null ? undefined : new Date(row.last_used_at),
  })
}

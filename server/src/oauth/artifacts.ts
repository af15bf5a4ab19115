// What oidc-provider keeps, in our tables: one adapter for each of its models and each Environment.

import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Id } from '#config/world.ts'
import { tokenHash } from '#http/token-hash.ts'
import { metadataOf } from '#oauth/client-metadata.ts'
import { findClient } from '#oauth/clients.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import type { OauthArtifactRow } from '#storage/oauth-tables.ts'

type Context = Pick<OauthContext, 'db' | 'world'>

/** Those with which new tokens are had: they need a session that still allows the client. */
const GIVES_TOKENS: ReadonlySet<string> = new Set(['RefreshToken', 'AuthorizationCode', 'DeviceCode'])

/**
 * Ids are bearer secrets, so only their hashes are kept. What belongs to a grant belongs to the chain of sessions in which
 * it was given: without one of them alive it is not found, so the end of a session ends all of it at once.
 */
export function adapterFor(ctx: Context, environmentId: Id<'env'>, model: string): Adapter {
  if (model === 'Client') return clientsAdapter(ctx, environmentId)
  const now = (): number => ctx.world.clock().getTime()
  const own = () =>
    ctx.db.read
      .selectFrom('oauth_artifacts as one')
      .leftJoin('sessions', (join) =>
        join
          .onRef('sessions.environment_id', '=', 'one.environment_id')
          .onRef('sessions.chain_id', '=', 'one.chain_id')
          .on('sessions.ended_at', 'is', null)
          .on('sessions.expires_at', '>', now()),
      )
      .selectAll('one')
      .select(['sessions.id as living', 'sessions.authorized_client_ids as allowed'])
      .where('one.environment_id', '=', environmentId)
      .where('one.model', '=', model)
      .where('one.expires_at', '>', now())
  const change = () =>
    ctx.db.write.updateTable('oauth_artifacts').where('environment_id', '=', environmentId).where('model', '=', model)
  const remove = () => ctx.db.write.deleteFrom('oauth_artifacts').where('environment_id', '=', environmentId)
  return {
    upsert: async (id, payload, expiresIn) => {
      // The id is the token itself. That of a device code, good for ten minutes, is needed where the person's code leads.
      const { jti, ...rest } = payload
      const kept = model === 'DeviceCode' ? { ...rest, jti } : rest
      const row: OauthArtifactRow = {
        environment_id: environmentId,
        model,
        id_hash: tokenHash(id),
        payload: JSON.stringify(kept),
        grant_id: payload.grantId ?? null,
        chain_id: await chainOf(ctx, environmentId, payload.grantId),
        client_id: payload.clientId ?? null,
        uid: payload.uid ?? null,
        user_code: payload.userCode ?? null,
        consumed_at: null,
        expires_at: now() + (expiresIn ?? DAY_SECONDS) * 1000,
      }
      const { payload: text, expires_at, uid, grant_id, chain_id } = row
      // A grant is tied to its chain after it is written, and stays so.
      const tied = grant_id === null ? {} : { grant_id, chain_id }
      await ctx.db.write
        .insertInto('oauth_artifacts')
        .values(row)
        .onConflict((conflict) =>
          conflict
            .columns(['environment_id', 'model', 'id_hash'])
            .doUpdateSet({ payload: text, expires_at, uid, ...tied }),
        )
        .execute()
    },
    find: async (id) => {
      const row = await own().where('one.id_hash', '=', tokenHash(id)).executeTakeFirst()
      return row && alive(row, model, id)
    },
    findByUid: async (uid) => {
      const row = await own().where('one.uid', '=', uid).executeTakeFirst()
      return row && alive(row, model, row.id_hash)
    },
    findByUserCode: async (userCode) => {
      const row = await own().where('one.user_code', '=', userCode).executeTakeFirst()
      return row && alive(row, model, row.id_hash)
    },
    consume: async (id) => {
      const { numUpdatedRows } = await change()
        .set({ consumed_at: now() })
        .where('id_hash', '=', tokenHash(id))
        .where('consumed_at', 'is', null)
        .executeTakeFirst()
      // RFC 6749 section 4.1.2: a code is good once. Of several at the same moment the first has it.
      if (numUpdatedRows === 0n) {
        const { errors } = await import('oidc-provider')
        throw new errors.InvalidGrant('it was used before')
      }
    },
    destroy: async (id) => {
      await remove().where('model', '=', model).where('id_hash', '=', tokenHash(id)).execute()
    },
    revokeByGrantId: async (grantId) => {
      await remove().where('grant_id', '=', grantId).execute()
    },
  }
}

const DAY_SECONDS = 24 * 60 * 60

type Found = OauthArtifactRow & { readonly living: Id<'sess'> | null; readonly allowed: string | null }

function alive(row: Found, model: string, id: string): AdapterPayload | undefined {
  // What belongs to a grant belongs to a chain of sessions, and one of them must live.
  if ((row.grant_id !== null || row.chain_id !== null) && row.living === null) return undefined
  const payload: AdapterPayload = { jti: id, ...JSON.parse(row.payload) }
  if (row.consumed_at !== null) payload.consumed = Math.floor(row.consumed_at / 1000)
  // Genesys Cloud, AuthorizedClientIDs: a set that no longer holds the client gives no further tokens.
  const allowed: readonly string[] | undefined = row.allowed === null ? undefined : JSON.parse(row.allowed)
  const isLost = GIVES_TOKENS.has(model) && allowed !== undefined && !allowed.includes(payload.clientId ?? '')
  return isLost ? undefined : payload
}

/** The chain of the grant; tokens without a grant are a client's own. */
async function chainOf({ db }: Context, environmentId: Id<'env'>, grantId: string | undefined): Promise<string | null> {
  if (grantId === undefined) return null
  const row = await db.read
    .selectFrom('oauth_artifacts')
    .select('chain_id')
    .where('environment_id', '=', environmentId)
    .where('model', '=', 'Grant')
    .where('id_hash', '=', tokenHash(grantId))
    .executeTakeFirst()
  return row?.chain_id ?? null
}

/** Says in which chain of sessions a grant was given, from then on. */
export async function tieGrant(
  { db }: Context,
  environmentId: Id<'env'>,
  { grantId, chainId }: { readonly grantId: string; readonly chainId: string },
): Promise<void> {
  await db.write
    .updateTable('oauth_artifacts')
    .set({ chain_id: chainId })
    .where('environment_id', '=', environmentId)
    .where('model', '=', 'Grant')
    .where('id_hash', '=', tokenHash(grantId))
    .execute()
}

function clientsAdapter({ db }: Context, environmentId: Id<'env'>): Adapter {
  const refuse = async (): Promise<never> => {
    throw new Error('clients are changed by administrators only')
  }
  return {
    find: async (id) => {
      const client = isReadable(id) ? await findClient(db.read, environmentId, id) : undefined
      return client?.settings.active ? (metadataOf(client) as AdapterPayload) : undefined
    },
    upsert: refuse,
    findByUid: refuse,
    findByUserCode: refuse,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: refuse,
  }
}

/** No database takes a NUL, and no client has such an id. */
function isReadable(id: string): boolean {
  return /^[\x21-\x7e]{1,128}$/.test(id)
}

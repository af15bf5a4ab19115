// What oidc-provider keeps, in our tables: one adapter for each of its models and each Environment.

import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Id } from '#config/world.ts'
import { metadataOf } from '#oauth/client-metadata.ts'
import { findClient, isClientId } from '#oauth/clients.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import { noteSession, UsedBefore, write } from '#oauth/token-request.ts'
import type { Handle } from '#storage/database.ts'
import type { OauthArtifactRow } from '#storage/oauth-tables.ts'
import { hole, prepared } from '#storage/prepared.ts'
import { tokenHash } from '#storage/token-hash.ts'

type Context = Pick<OauthContext, 'db' | 'world'>

/** What a token request ends with. */
const isGivenOut: ReadonlySet<string> = new Set(['AccessToken', 'RefreshToken', 'ClientCredentials'])

/** Those with which new tokens are had: they need a session that still allows the client. */
const GIVES_TOKENS: ReadonlySet<string> = new Set(['RefreshToken', 'AuthorizationCode', 'DeviceCode'])

/**
 * Ids are bearer secrets, so only their hashes are kept. What belongs to a grant belongs to the chain of sessions in which
 * it was given: without one of them alive it is not found, so the end of a session ends all of it at once.
 */
export function adapterFor(ctx: Context, environmentId: Id<'env'>, model: string): Adapter {
  if (model === 'Client') return clientsAdapter(ctx, environmentId)
  const now = (): number => ctx.world.clock().getTime()
  const where = (value: string) => ({ environmentId, model, value, now: now() })
  const remove = () => ctx.db.write.deleteFrom('oauth_artifacts').where('environment_id', '=', environmentId)
  return {
    upsert: async (id, payload, expiresIn) => {
      // The id is the token itself. That of a device code, good for ten minutes, is needed where the person's code leads.
      const { jti, ...rest } = payload
      const kept = model === 'DeviceCode' ? { ...rest, jti } : rest
      const row = {
        environment_id: environmentId,
        model,
        id_hash: tokenHash(id),
        payload: JSON.stringify(kept),
        grant_id: payload.grantId ?? null,
        client_id: payload.clientId ?? null,
        uid: payload.uid ?? null,
        user_code: payload.userCode ?? null,
        expires_at: now() + (expiresIn ?? DAY_SECONDS) * 1000,
      }
      const save = (db: Handle): Promise<void> => saveArtifact(db, row)
      // What is given out at the end of a token request waits for what it uses up; what is only on the way does not.
      await (isGivenOut.has(model) ? write(ctx.db.write, save) : save(ctx.db.write))
    },
    find: async (id) => {
      const [row] = await byIdHash(ctx.db.read, where(tokenHash(id)))
      return row && alive(row, model, id)
    },
    findByUid: async (uid) => {
      const [row] = await byUid(ctx.db.read, where(uid))
      return row && alive(row, model, row.id_hash)
    },
    findByUserCode: async (userCode) => {
      const [row] = await byUserCode(ctx.db.read, where(userCode))
      return row && alive(row, model, row.id_hash)
    },
    consume: (id) =>
      write(ctx.db.write, async (db) => {
        const { numUpdatedRows } = await db
          .updateTable('oauth_artifacts')
          .set({ consumed_at: now() })
          .where('environment_id', '=', environmentId)
          .where('model', '=', model)
          .where('id_hash', '=', tokenHash(id))
          .where('consumed_at', 'is', null)
          .executeTakeFirst()
        // RFC 6749 section 4.1.2: a code is good once. Of several at the same moment the first has it.
        if (numUpdatedRows === 0n) throw new UsedBefore()
      }),
    destroy: async (id) => {
      await remove().where('model', '=', model).where('id_hash', '=', tokenHash(id)).execute()
    },
    revokeByGrantId: async (grantId) => {
      await remove().where('grant_id', '=', grantId).execute()
    },
  }
}

const DAY_SECONDS = 24 * 60 * 60

type Found = Awaited<ReturnType<typeof byIdHash>>[number]

const byIdHash = artifactBy('id_hash')
const byUid = artifactBy('uid')
const byUserCode = artifactBy('user_code')

/** With the session that it hangs on. */
function artifactBy(column: 'id_hash' | 'uid' | 'user_code') {
  return prepared((db) =>
    db
      .selectFrom('oauth_artifacts as one')
      .leftJoin('sessions', (join) =>
        join
          .onRef('sessions.environment_id', '=', 'one.environment_id')
          .onRef('sessions.chain_id', '=', 'one.chain_id')
          .on('sessions.ended_at', 'is', null)
          .on('sessions.expires_at', '>', hole('now')),
      )
      .selectAll('one')
      .select(['sessions.id as living', 'sessions.user_id', 'sessions.opened_at', 'sessions.authn_context'])
      .select('sessions.authorized_client_ids as allowed')
      .where('one.environment_id', '=', hole('environmentId'))
      .where('one.model', '=', hole('model'))
      .where(`one.${column}`, '=', hole('value'))
      .where('one.expires_at', '>', hole('now'))
      .orderBy('sessions.opened_at', 'desc')
      .limit(1),
  )
}

function alive(row: Found, model: string, id: string): AdapterPayload | undefined {
  // What belongs to a grant belongs to a chain of sessions, and one of them must live.
  if ((row.grant_id !== null || row.chain_id !== null) && row.living === null) return undefined
  const payload: AdapterPayload = { jti: id, ...JSON.parse(row.payload) }
  if (row.consumed_at !== null) payload.consumed = Math.floor(row.consumed_at / 1000)
  // Genesys Cloud, AuthorizedClientIDs: a set that no longer holds the client gives no further tokens.
  const allowed: readonly string[] | undefined = row.allowed === null ? undefined : JSON.parse(row.allowed)
  const isLost = GIVES_TOKENS.has(model) && allowed !== undefined && !allowed.includes(payload.clientId ?? '')
  if (isLost) return undefined
  const session = sessionIn(row, allowed)
  if (row.grant_id !== null && session !== undefined) noteSession(row.grant_id, session)
  return payload
}

function sessionIn({ living, user_id, opened_at, authn_context }: Found, allowed: readonly string[] | undefined) {
  if (living === null || user_id === null || opened_at === null) return undefined
  const asked = { authnContext: authn_context ?? undefined, authorizedClientIds: allowed }
  return { id: living, userId: user_id, openedAt: new Date(opened_at), ...asked }
}

type NewArtifact = Omit<OauthArtifactRow, 'chain_id' | 'consumed_at'>

const insertArtifact = artifactInsert(false)
const insertArtifactOfGrant = artifactInsert(true)

/** In the chain of its grant; tokens without a grant are a client's own. */
async function saveArtifact(db: Handle, row: NewArtifact): Promise<void> {
  if (row.grant_id === null) await insertArtifact(db, row)
  else await insertArtifactOfGrant(db, { ...row, grantHash: tokenHash(row.grant_id) })
}

/** A grant is tied to its chain after it is written, and stays so. */
function artifactInsert(ofGrant: boolean) {
  return prepared((db) => {
    const chain = ofGrant
      ? db
          .selectFrom('oauth_artifacts')
          .select('chain_id')
          .where('environment_id', '=', hole('environment_id'))
          .where('model', '=', 'Grant')
          .where('id_hash', '=', hole('grantHash'))
      : null
    const changed = { payload: hole('payload'), expires_at: hole('expires_at'), uid: hole('uid') }
    return db
      .insertInto('oauth_artifacts')
      .values({
        environment_id: hole('environment_id'),
        model: hole('model'),
        id_hash: hole('id_hash'),
        grant_id: hole('grant_id'),
        client_id: hole('client_id'),
        user_code: hole('user_code'),
        consumed_at: null,
        chain_id: chain,
        ...changed,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['environment_id', 'model', 'id_hash'])
          .doUpdateSet({ ...changed, ...(ofGrant ? { grant_id: hole('grant_id'), chain_id: chain } : {}) }),
      )
  })
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
      const client = isClientId(id) ? await findClient(db.read, environmentId, id) : undefined
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

import { createPrivateKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWK } from 'oidc-provider'
import type { Secret } from '#config/secret.ts'
import { type Id, newId, type World } from '#config/world.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import type { OauthKeyRow } from '#storage/oauth-tables.ts'
import { seal, unseal } from '#storage/seal.ts'

export type SealWith = { readonly secret: Secret; readonly world: World }
type Context = Pick<OauthContext, 'db' | 'secret' | 'world'>

const makePair = promisify(generateKeyPair)

export type SigningKeys = {
  readonly jwks: { keys: JWK[] }
  /** Another one wherever another key signs, or another list of them is published. */
  readonly version: string
}

/** The keys that sign tokens, private parts and all, the active one first; made when they are first needed. */
export async function signingJwks(ctx: Context, environmentId: Id<'env'>): Promise<{ keys: JWK[] }> {
  return (await signingKeys(ctx, environmentId)).jwks
}

export async function signingKeys(ctx: Context, environmentId: Id<'env'>): Promise<SigningKeys> {
  const rows = await demandActive(ctx, environmentId)
  return { jwks: { keys: rows.map((row) => jwkOf(row, ctx)) }, version: keysVersion(rows) }
}

/** Of the keys that are not retired, in whatever order. */
export function keysVersion(rows: readonly Pick<OauthKeyRow, 'id' | 'state'>[]): string {
  return rows
    .map(({ id, state }) => `${id}:${state}`)
    .sort()
    .join()
}

/** Makes the first key where there is none. Gives all that are not retired, the active one first. */
export async function demandActive(ctx: Context, environmentId: Id<'env'>): Promise<readonly OauthKeyRow[]> {
  const rows = await livingKeys(ctx, environmentId)
  if (rows.some(({ state }) => state === 'active')) return rows
  await makeFirst(ctx, environmentId)
  return livingKeys(ctx, environmentId)
}

async function livingKeys({ db }: Pick<Context, 'db'>, environmentId: Id<'env'>): Promise<readonly OauthKeyRow[]> {
  return (
    db.read
      .selectFrom('oauth_keys')
      .selectAll()
      .where('environment_id', '=', environmentId)
      .where('state', 'in', ['active', 'next', 'previous'])
      // By the letter, which is the order that is wanted: oidc-provider signs with the first.
      .orderBy('state')
      .orderBy('created_at')
      .execute()
  )
}

/** Of several processes that make one at the same moment, the first wins. */
async function makeFirst({ db, secret, world }: Context, environmentId: Id<'env'>): Promise<void> {
  const made = { id: newId(world.chance, 'key'), state: 'active', privateKey: await makePrivateKey() } as const
  await db.write
    .insertInto('oauth_keys')
    .values(sealedKeyRow(environmentId, made, { secret, world }))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * As a JWK, which is what oidc-provider takes: so nothing is converted when it is read. Takes a while: not to be called in
 * a transaction.
 */
export async function makePrivateKey(): Promise<string> {
  const { privateKey } = await makePair('rsa', { modulusLength: 2048 })
  return JSON.stringify(privateKey.export({ format: 'jwk' }))
}

export function sealedKeyRow(
  environmentId: Id<'env'>,
  {
    id,
    state,
    privateKey,
  }: { readonly id: Id<'key'>; readonly state: OauthKeyRow['state']; readonly privateKey: string },
  { secret, world }: SealWith,
): OauthKeyRow {
  const now = world.clock().getTime()
  return {
    id,
    environment_id: environmentId,
    state,
    private_key_sealed: seal(privateKey, id, { secret, chance: world.chance }),
    created_at: now,
    changed_at: now,
  }
}

function jwkOf(row: OauthKeyRow, { secret }: Pick<Context, 'secret'>): JWK {
  const text = unseal(row.private_key_sealed, row.id, { secret })
  // The first ones were kept as PEM.
  const jwk = text.startsWith('{') ? JSON.parse(text) : createPrivateKey(text).export({ format: 'jwk' })
  return { ...jwk, kty: 'RSA', kid: row.id, use: 'sig', alg: 'RS256' } as JWK
}

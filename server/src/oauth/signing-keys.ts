import { createPrivateKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWK } from 'oidc-provider'
import { type Id, newId } from '#config/world.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import type { OauthKeyRow } from '#storage/oauth-tables.ts'
import { seal, unseal } from '#storage/seal.ts'

const makePair = promisify(generateKeyPair)

/** The keys that sign tokens, private parts and all, the active one first; made when they are first needed. */
export async function signingJwks(
  ctx: Pick<OauthContext, 'db' | 'secret' | 'world'>,
  environmentId: Id<'env'>,
): Promise<{ keys: JWK[] }> {
  let rows = await livingKeys(ctx, environmentId)
  if (rows.length === 0) {
    await makeFirst(ctx, environmentId)
    rows = await livingKeys(ctx, environmentId)
  }
  return { keys: rows.map((row) => jwkOf(row, ctx)) }
}

async function livingKeys({ db }: Pick<OauthContext, 'db'>, environmentId: Id<'env'>): Promise<readonly OauthKeyRow[]> {
  return db.read
    .selectFrom('oauth_keys')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('state', 'in', ['active', 'next', 'previous'])
    .orderBy('state')
    .orderBy('created_at')
    .execute()
}

/** Of several processes that make one at the same moment, the first wins. */
async function makeFirst(
  { db, secret, world }: Pick<OauthContext, 'db' | 'secret' | 'world'>,
  environmentId: Id<'env'>,
): Promise<void> {
  const { privateKey } = await makePair('rsa', { modulusLength: 2048 })
  const id = newId(world.chance, 'key')
  const now = world.clock().getTime()
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  await db.write
    .insertInto('oauth_keys')
    .values({
      id,
      environment_id: environmentId,
      state: 'active',
      private_key_sealed: seal(pem, id, { secret, chance: world.chance }),
      created_at: now,
      changed_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

function jwkOf(row: OauthKeyRow, { secret }: Pick<OauthContext, 'secret'>): JWK {
  const key = createPrivateKey(unseal(row.private_key_sealed, row.id, { secret }))
  const jwk = key.export({ format: 'jwk' })
  return { ...jwk, kty: 'RSA', kid: row.id, use: 'sig', alg: 'RS256' } as JWK
}

// How a key that signs tokens goes from one state to the next: next → active → previous → retired. The changes are to be
// called in a transaction; those of one Environment wait for each other, whichever process makes them.

import { type Id, newId } from '#config/world.ts'
import { type SealWith, sealedKeyRow } from '#oauth/signing-keys.ts'
import { TokenKeyRefused } from '#oauth/token-key-refusal.ts'
import { type Handle, holdKey } from '#storage/database.ts'
import type { OauthKeyRow } from '#storage/oauth-tables.ts'

/**
 * `next` is published, so that applications can read it before it signs. `active` signs. `previous` was active: it is
 * still published, for the tokens that it has signed. `retired` is a line of the history, without its private key.
 */
export type TokenKeyState = OauthKeyRow['state']

/** What may be shown of a key. Its id is the `kid` in tokens and in the list that is published. */
export type TokenKeyInfo = {
  readonly id: Id<'key'>
  readonly state: TokenKeyState
  readonly createdAt: Date
  readonly changedAt: Date
  /** From when on its next step harms nobody: activating a next key, retiring a previous one. */
  readonly readyAt: Date | undefined
}

const SECOND = 1000
/** So long do applications keep what they have read of the published keys; most read them anew when they meet another. */
const KEYS_KEPT_MS = 60 * 60 * SECOND
/** The longest that an access token may live; an ID token lives for an hour. */
const LONGEST_TOKEN_MS = 172_800 * SECOND

/** Retired ones, too; the newest first. */
export async function listTokenKeys(db: Handle, environmentId: Id<'env'>): Promise<readonly TokenKeyInfo[]> {
  const rows = await db
    .selectFrom('oauth_keys')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(tokenKeyInfo)
}

export async function findTokenKey(
  db: Handle,
  environmentId: Id<'env'>,
  id: string,
): Promise<TokenKeyInfo | undefined> {
  const row = await db
    .selectFrom('oauth_keys')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id as Id<'key'>)
    .executeTakeFirst()
  return row && tokenKeyInfo(row)
}

/**
 * @param privateKey as `makePrivateKey` makes it
 * @throws TokenKeyRefused where there is a next key already
 */
export async function addNextTokenKey(
  tx: Handle,
  environmentId: Id<'env'>,
  privateKey: string,
  { secret, world }: SealWith,
): Promise<TokenKeyInfo> {
  await hold(tx, environmentId)
  const there = await listTokenKeys(tx, environmentId)
  if (there.some(({ state }) => state === 'next')) throw new TokenKeyRefused('token-key-next-exists')
  const row = sealedKeyRow(
    environmentId,
    { id: newId(world.chance, 'key'), state: 'next', privateKey },
    { secret, world },
  )
  await tx.insertInto('oauth_keys').values(row).execute()
  return tokenKeyInfo(row)
}

type Step = { readonly now: Date; readonly confirmed: boolean }
type Activated = {
  readonly active: TokenKeyInfo
  readonly former: TokenKeyInfo | undefined
  /** Previous ones, all of whose tokens have run out. */
  readonly retired: readonly TokenKeyInfo[]
}

/**
 * The next key becomes the active one, the active one a previous one, and those previous ones are retired that nobody
 * needs any more. Undefined for a key that there is not.
 *
 * @throws TokenKeyRefused where it is not the next key, or, unless confirmed, applications may not know it yet
 */
export async function activateTokenKey(
  tx: Handle,
  environmentId: Id<'env'>,
  id: string,
  { now, confirmed }: Step,
): Promise<Activated | undefined> {
  await hold(tx, environmentId)
  const known = await findTokenKey(tx, environmentId, id)
  if (known === undefined) return undefined
  if (known.state !== 'next') throw new TokenKeyRefused('token-key-not-next', known.state)
  demandReady(known, 'token-key-unread', { now, confirmed })
  const there = await listTokenKeys(tx, environmentId)
  const retired: TokenKeyInfo[] = []
  for (const { id, state, readyAt } of there) {
    if (state !== 'previous' || readyAt === undefined || readyAt > now) continue
    retired.push(await move(tx, environmentId, id, { to: 'retired', now }))
  }
  // Before the other, because the index allows one active key at any moment.
  const signing = there.find(({ state }) => state === 'active')
  const former = signing && (await move(tx, environmentId, signing.id, { to: 'previous', now }))
  return { active: await move(tx, environmentId, known.id, { to: 'active', now }), former, retired }
}

/**
 * The key is not published any more, and its private part is gone for good. Undefined for a key that there is not.
 *
 * @throws TokenKeyRefused where it is active, was retired before, or, unless confirmed, tokens of it may still be good
 */
export async function retireTokenKey(
  tx: Handle,
  environmentId: Id<'env'>,
  id: string,
  { now, confirmed }: Step,
): Promise<{ readonly retired: TokenKeyInfo; readonly was: TokenKeyState } | undefined> {
  await hold(tx, environmentId)
  const known = await findTokenKey(tx, environmentId, id)
  if (known === undefined) return undefined
  if (known.state === 'active') throw new TokenKeyRefused('token-key-active')
  if (known.state === 'retired') throw new TokenKeyRefused('token-key-retired')
  // A next key has signed nothing.
  if (known.state === 'previous') demandReady(known, 'token-key-in-use', { now, confirmed })
  return { retired: await move(tx, environmentId, known.id, { to: 'retired', now }), was: known.state }
}

function demandReady(
  { readyAt }: TokenKeyInfo,
  fault: 'token-key-unread' | 'token-key-in-use',
  { now, confirmed }: Step,
): void {
  if (confirmed || readyAt === undefined || readyAt <= now) return
  throw new TokenKeyRefused(fault, readyAt.toISOString())
}

async function move(
  tx: Handle,
  environmentId: Id<'env'>,
  id: Id<'key'>,
  { to, now }: { readonly to: TokenKeyState; readonly now: Date },
): Promise<TokenKeyInfo> {
  const erased = to === 'retired' ? { private_key_sealed: '' } : {}
  const row = await tx
    .updateTable('oauth_keys')
    .set({ state: to, changed_at: now.getTime(), ...erased })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return tokenKeyInfo(row)
}

/** One change after the other: what the next one finds is then what this one has left. */
function hold(tx: Handle, environmentId: Id<'env'>): Promise<void> {
  return holdKey(tx, `token keys ${environmentId}`)
}

function tokenKeyInfo({ id, state, created_at, changed_at }: OauthKeyRow): TokenKeyInfo {
  const readyAt =
    state === 'next' ? created_at + KEYS_KEPT_MS : state === 'previous' ? changed_at + LONGEST_TOKEN_MS : undefined
  return Object.freeze({
    id,
    state,
    createdAt: new Date(created_at),
    changedAt: new Date(changed_at),
    readyAt: readyAt === undefined ? undefined : new Date(readyAt),
  })
}

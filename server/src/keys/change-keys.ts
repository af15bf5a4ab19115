// How a key goes from one state to the next. Each of these is to be called in a transaction. What another process does at
// the same moment is seen by the rows: each statement names the state that it starts from, and the indexes allow one active
// key and one next key.

import { sql } from 'kysely'
import type { Secret } from '#config/secret.ts'
import type { Id, World } from '#config/world.ts'
import { findKey, type KeyInfo, type KeyOrigin, type KeyState, keyInfo, listKeys, newRow } from '#keys/keys.ts'
import type { KeyPair } from '#keys/make-key-pair.ts'
import { KeyRefused } from '#keys/refusal.ts'
import type { Handle } from '#storage/database.ts'

/** @throws KeyRefused where there is a next key already, or this very key is there */
export async function addNextKey(
  tx: Handle,
  environmentId: Id<'env'>,
  { pair, origin }: { readonly pair: KeyPair; readonly origin: KeyOrigin },
  { secret, world }: { readonly secret: Secret; readonly world: World },
): Promise<KeyInfo> {
  const row = newRow(environmentId, { pair, state: 'next', origin }, { secret, ...world })
  const added = keyInfo(row)
  for (const { id, state, fingerprint } of await listKeys(tx, environmentId)) {
    if (state !== 'retired' && fingerprint === added.fingerprint) throw new KeyRefused('key-there-already', id)
  }
  const { numInsertedOrUpdatedRows = 0n } = await tx
    .insertInto('signing_keys')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .column('environment_id')
        .where('state', '=', sql.lit('next' as const))
        .doNothing(),
    )
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows === 0n) throw new KeyRefused('key-next-exists')
  return added
}

/**
 * The next key becomes the active one, and the former active one becomes a previous one. Undefined for a key that there
 * is not.
 *
 * @throws KeyRefused where it is not the next key
 */
export async function activateKey(
  tx: Handle,
  environmentId: Id<'env'>,
  id: string,
  now: Date,
): Promise<{ readonly active: KeyInfo; readonly former: KeyInfo | undefined } | undefined> {
  const known = await findKey(tx, environmentId, id)
  if (known === undefined) return undefined
  if (known.state !== 'next') throw new KeyRefused('key-not-next', known.state)
  // First of all, because the index allows one active key at any moment.
  const former = await tx
    .updateTable('signing_keys')
    .set({ state: 'previous', changed_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('state', '=', 'active')
    .returningAll()
    .executeTakeFirst()
  const active = await tx
    .updateTable('signing_keys')
    .set({ state: 'active', changed_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('id', '=', known.id)
    .where('state', '=', 'next')
    .returningAll()
    .executeTakeFirst()
  // Another process was faster: what this one did is undone with its transaction.
  if (active === undefined) throw new KeyRefused('key-not-next', await stateOf(tx, environmentId, known))
  return { active: keyInfo(active), former: former && keyInfo(former) }
}

/**
 * The key decrypts nothing and is published nowhere from now on, and its private key is gone for good. Undefined for a key
 * that there is not.
 *
 * @throws KeyRefused where it is active, or was retired before
 */
export async function retireKey(
  tx: Handle,
  environmentId: Id<'env'>,
  id: string,
  now: Date,
): Promise<{ readonly retired: KeyInfo; readonly was: KeyState } | undefined> {
  const known = await findKey(tx, environmentId, id)
  if (known === undefined) return undefined
  if (known.state === 'active') throw new KeyRefused('key-active')
  if (known.state === 'retired') throw new KeyRefused('key-retired')
  const retired = await tx
    .updateTable('signing_keys')
    .set({ state: 'retired', private_key_sealed: '', changed_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('id', '=', known.id)
    .where('state', '=', known.state)
    .returningAll()
    .executeTakeFirst()
  if (retired !== undefined) return { retired: keyInfo(retired), was: known.state }
  // Activated, or retired, in the meantime.
  throw new KeyRefused((await stateOf(tx, environmentId, known)) === 'active' ? 'key-active' : 'key-retired')
}

async function stateOf(tx: Handle, environmentId: Id<'env'>, { id, state }: KeyInfo): Promise<KeyState> {
  return (await findKey(tx, environmentId, id))?.state ?? state
}

import type { Chance, Id } from '#config/world.ts'
import { findAmazonConnect, holdAmazonConnect, removeAmazonConnect, saveAmazonConnect } from '#connect/settings.ts'
import type { AmazonConnectChange, Place } from '#declaration/change.ts'
import { keepAmazonConnect } from '#declaration/keep-version.ts'
import type { Handle } from '#storage/database.ts'

export async function carryOutConnect(
  tx: Handle,
  change: AmazonConnectChange,
  environmentIdOf: (place: Place) => Id<'env'>,
  made: { readonly chance: Chance; readonly now: Date },
): Promise<void> {
  const environmentId = environmentIdOf(change.place)
  await holdAmazonConnect(tx, environmentId)
  const before = await findAmazonConnect(tx, environmentId)
  const after = change.action === 'remove' ? undefined : change.wanted
  if (after === undefined) await removeAmazonConnect(tx, environmentId)
  else await saveAmazonConnect(tx, environmentId, after, made.now)
  await keepAmazonConnect(tx, environmentId, { before, after }, made)
}

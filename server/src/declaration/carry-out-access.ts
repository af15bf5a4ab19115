import { findAddressSettings, saveAddressSettings } from '#access/addresses.ts'
import { deletePolicy, insertPolicy, updatePolicy } from '#access/policies.ts'
import { noteRulesChanged } from '#access/rules.ts'
import { type Chance, type Id, newToken } from '#config/world.ts'
import type { AddressesChange, Place, PolicyChange } from '#declaration/change.ts'
import { keepAddresses, keepPolicy } from '#declaration/keep-version.ts'
import type { Handle } from '#storage/database.ts'

type Made = { readonly chance: Chance; readonly now: Date }

/** Somebody has changed or removed this policy since the plan was made. */
export class PolicyChangedError extends Error {
  override readonly name = 'PolicyChangedError'
}

/** Whose own address the ranges hold is not asked: a file is nobody’s browser. */
export async function carryOutAddresses(
  tx: Handle,
  { place, wanted }: AddressesChange,
  environmentIdOf: (place: Place) => Id<'env'>,
  { chance, now }: Made,
): Promise<void> {
  const environmentId = environmentIdOf(place)
  const before = await findAddressSettings(tx, environmentId)
  await saveAddressSettings(tx, environmentId, wanted, { version: newToken(chance), now })
  await keepAddresses(tx, environmentId, { before, after: wanted }, { chance, now })
}

export async function carryOutPolicy(
  tx: Handle,
  change: PolicyChange,
  environmentIdOf: (place: Place) => Id<'env'>,
  made: Made,
): Promise<void> {
  const environmentId = change.action === 'add' ? environmentIdOf(change.place) : change.current.environmentId
  const added = change.action === 'add' ? await insertPolicy(tx, environmentId, change.wanted, made) : undefined
  if (change.action === 'remove') await deletePolicy(tx, environmentId, change.current.id)
  if (change.action === 'change' && (await updatePolicy(tx, change.current, change.wanted, made.now)) === undefined)
    throw new PolicyChangedError()
  const before = change.action === 'add' ? undefined : change.current
  const after = change.action === 'remove' ? undefined : change.wanted
  await keepPolicy(tx, environmentId, added?.id ?? before?.id, { before, after }, made)
  await noteRulesChanged(tx, environmentId, { version: newToken(made.chance), now: made.now })
}

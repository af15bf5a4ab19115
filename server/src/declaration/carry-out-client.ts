import type { Chance, Id } from '#config/world.ts'
import type { ClientChange, Place, Plan } from '#declaration/change.ts'
import { keepClient } from '#declaration/keep-version.ts'
import { deleteClient, freeClientName, insertClient, updateClient } from '#oauth/clients.ts'
import type { Handle } from '#storage/database.ts'

/** Somebody has changed or removed this client since the plan was made. */
export class ClientChangedError extends Error {
  override readonly name = 'ClientChangedError'
}

export async function carryOutClient(
  tx: Handle,
  change: ClientChange,
  environmentIdOf: (place: Place) => Id<'env'>,
  made: { readonly chance: Chance; readonly now: Date },
): Promise<void> {
  if (change.action === 'add') {
    const environmentId = environmentIdOf(change.place)
    const after = await insertClient(tx, environmentId, change.wanted, made.now)
    return keepClient(tx, environmentId, { after }, made)
  }
  const { current } = change
  if (change.action === 'remove') {
    await deleteClient(tx, current.environmentId, current.id)
    return keepClient(tx, current.environmentId, { before: current }, made)
  }
  const after = await updateClient(tx, current, change.wanted, made.now)
  if (after === undefined) throw new ClientChangedError()
  await keepClient(tx, current.environmentId, { before: current, after }, made)
}

/** What carrying out the changes begins with. */
export async function freeClientNames(tx: Handle, { changes }: Plan): Promise<void> {
  for (const change of changes) {
    if (change.subject !== 'client' || change.action !== 'change' || change.current.name === change.wanted.name)
      continue
    await freeClientName(tx, change.current.environmentId, change.current.id)
  }
}

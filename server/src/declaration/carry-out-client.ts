import type { Id } from '#config/world.ts'
import type { ClientChange, Place, Plan } from '#declaration/change.ts'
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
  now: Date,
): Promise<void> {
  if (change.action === 'add') await insertClient(tx, environmentIdOf(change.place), change.wanted, now)
  else if (change.action === 'remove') await deleteClient(tx, change.current.environmentId, change.current.id)
  else if ((await updateClient(tx, change.current, change.wanted, now)) === undefined) throw new ClientChangedError()
}

/** What carrying out the changes begins with. */
export async function freeClientNames(tx: Handle, { changes }: Plan): Promise<void> {
  for (const change of changes) {
    if (change.subject !== 'client' || change.action !== 'change' || change.current.name === change.wanted.name)
      continue
    await freeClientName(tx, change.current.environmentId, change.current.id)
  }
}

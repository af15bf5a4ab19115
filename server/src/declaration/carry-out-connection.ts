import { type Chance, type Id, newId } from '#config/world.ts'
import {
  type Connection,
  deleteConnection,
  insertConnection,
  newTicket,
  updateConnection,
} from '#connections/connections.ts'
import type { ConnectionChange, Place } from '#declaration/change.ts'
import { keepConnection } from '#declaration/keep-version.ts'
import type { Handle } from '#storage/database.ts'

/** Returns the connection as it is then; undefined where it is gone. What the file names, people sign in through. */
export async function carryOutConnection(
  tx: Handle,
  change: ConnectionChange,
  environmentIdOf: (place: Place) => Id<'env'>,
  made: { readonly chance: Chance; readonly now: Date },
): Promise<Connection | undefined> {
  if (change.action === 'remove') {
    const { environmentId, id } = change.current
    await deleteConnection(tx, environmentId, id)
    await keepConnection(tx, environmentId, { before: change.current }, made)
    return undefined
  }
  const { name, settings } = change.wanted
  const { position } = change
  if (change.action === 'change') {
    const { current } = change
    const ticket = change.wanted.ticket ?? current.ticket
    const after = { ...current, ticket, name, position, state: 'live', settings } as const
    await updateConnection(tx, current.environmentId, after, made.now)
    await keepConnection(tx, current.environmentId, { before: current, after }, made)
    return after
  }
  const environmentId = environmentIdOf(change.place)
  const ticket = change.wanted.ticket ?? newTicket(made.chance)
  const id = newId(made.chance, 'conn')
  const after = { id, environmentId, ticket, name, position, state: 'live', settings } as const
  await insertConnection(tx, environmentId, after, made.now)
  await keepConnection(tx, environmentId, { after }, made)
  return after
}

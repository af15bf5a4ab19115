import type { Id } from '#config/world.ts'
import { listConnections } from '#connections/connections.ts'
import type { ConnectionSettings } from '#connections/settings.ts'
import type { Handle } from '#storage/database.ts'
import { type Entry, findEntry } from '#users/directory-pages.ts'

/** The names of the connections whose settings give this entry to new users. */
export async function usesAsDefault(db: Handle, environmentId: Id<'env'>, entry: Entry): Promise<readonly string[]> {
  const of = entry.applicationId
  const application = of && (await findEntry(db, environmentId, { kind: 'application', id: of }))
  const connections = await listConnections(db, environmentId)
  return connections
    .filter(({ settings }) => names(settings.createUsers.defaults, entry, application?.name))
    .map(({ name }) => name)
}

type Defaults = ConnectionSettings['createUsers']['defaults']

function names(defaults: Defaults, { kind, id, name }: Entry, applicationOfRole: string | undefined): boolean {
  if (kind === 'team') return defaults.team === name
  if (kind === 'access-profile') return defaults.accessProfile === id || defaults.accessProfile === name
  if (kind === 'application') return defaults.application === name
  return defaults.application === applicationOfRole && defaults.roles.includes(name)
}

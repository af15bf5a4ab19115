import type { Chance, Id } from '#config/world.ts'
import type { Entry, EntryChange, Place, StoredEntry } from '#declaration/change.ts'
import type { Handle } from '#storage/database.ts'
import {
  findApplication,
  insertAccessProfile,
  insertApplication,
  insertRole,
  insertTeam,
  setUserManagement,
} from '#users/directory.ts'
import { deleteAccessProfile, deleteApplication, deleteRole, deleteTeam } from '#users/directory-use.ts'

type Made = { readonly chance: Chance; readonly now: Date }

export async function carryOutEntry(
  tx: Handle,
  change: EntryChange,
  environmentIdOf: (place: Place) => Id<'env'>,
  made: Made,
): Promise<void> {
  if (change.action === 'change')
    await setUserManagement(tx, change.environmentId, { ...change, ...change.stored }, made.now)
  else if (change.action === 'remove') await remove(tx, change.environmentId, change.stored)
  else await add(tx, environmentIdOf(change.place), change.entry, made)
}

async function add(tx: Handle, environmentId: Id<'env'>, entry: Entry, made: Made): Promise<unknown> {
  const { kind, name } = entry
  if (kind === 'role') {
    // The plan adds an application before its roles.
    const application = (await findApplication(tx, environmentId, entry.application))!
    return insertRole(tx, environmentId, { applicationId: application.id, name }, made)
  }
  if (kind === 'team') return insertTeam(tx, environmentId, name, made)
  if (kind === 'access profile') return insertAccessProfile(tx, environmentId, entry, made)
  return insertApplication(tx, environmentId, name, made)
}

async function remove(tx: Handle, environmentId: Id<'env'>, stored: StoredEntry): Promise<boolean> {
  if (stored.kind === 'team') return deleteTeam(tx, environmentId, stored.id)
  if (stored.kind === 'access profile') return deleteAccessProfile(tx, environmentId, stored.id)
  if (stored.kind === 'application') return deleteApplication(tx, environmentId, stored.id)
  return deleteRole(tx, environmentId, stored.id)
}

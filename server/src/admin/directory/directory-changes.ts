// Teams, Access Profiles, Applications and Roles in the API. Their rules are `users`'; this folder must not have its own.

import { changesBetween } from '#admin/audit/audit.ts'
import { noteChange } from '#admin/audit/note-change.ts'
import { etagOf, kindOf, shown } from '#admin/directory/directory-shapes.ts'
import type { Answer, Call } from '#admin/operations.ts'
import { ApiProblem, invalid, notFoundProblem } from '#admin/problems.ts'
import { changedMeanwhile, demandMatch } from '#admin/serve-operation.ts'
import { usesAsDefault } from '#admin/users/used-as-default.ts'
import type { Id } from '#config/world.ts'
import { insertAccessProfile, insertApplication, insertRole, insertTeam } from '#users/directory.ts'
import {
  countMembers,
  type Entry,
  type EntryKind,
  findEntry,
  listEntries,
  changeEntry as saveEntry,
} from '#users/directory-pages.ts'
import { deleteAccessProfile, deleteApplication, deleteRole, deleteTeam } from '#users/directory-use.ts'

type Wanted = {
  readonly name: string
  readonly applicationId?: string | undefined
  /** Of an Access Profile. */
  readonly userManagement?: boolean | undefined
}
type Change = Pick<Call<unknown, unknown, unknown>, 'db' | 'environment' | 'source' | 'world' | 'now' | 'ifMatch'>

export async function createEntry(call: Change, kind: EntryKind, wanted: Wanted): Promise<Answer> {
  const { db, environment } = call
  if (kind === 'role') await demandApplication(call, wanted.applicationId)
  await refuseTaken(call, kind, wanted)
  const id = await insertEntry(call, kind, wanted)
  const entry = await findEntry(db, environment.id, { kind, id })
  if (entry === undefined) throw notFoundProblem()
  const permission = entry.userManagement ? { userManagement: { from: null, to: true } } : {}
  await noteChange(call, `${kind}.created`, entry, { name: { from: null, to: entry.name }, ...permission })
  return { body: shown(entry), etag: etagOf(entry), location: `${kindOf(kind).path}/${id}` }
}

export async function changeEntry(
  call: Change,
  kind: EntryKind,
  id: string,
  wanted: { readonly name?: string | undefined; readonly userManagement?: boolean | undefined },
): Promise<Answer> {
  const entry = await findCurrent(call, kind, id)
  const { name = entry.name, userManagement = entry.userManagement } = wanted
  const changes = changesBetween({ name: entry.name, userManagement: entry.userManagement }, { name, userManagement })
  if (Object.keys(changes).length === 0) return { body: shown(entry), etag: etagOf(entry) }
  refuseStandard(entry)
  if (name !== entry.name) {
    await refuseDefault(call, entry)
    await refuseTaken(call, kind, { name, applicationId: entry.applicationId })
  }
  const changed = await saveEntry(call.db, call.environment.id, entry, { name, userManagement }, call.now)
  if (changed === undefined) throw changedMeanwhile()
  await noteChange(call, `${kind}.${'userManagement' in changes ? 'changed' : 'renamed'}`, changed, changes)
  return { body: shown(changed), etag: etagOf(changed) }
}

export async function removeEntry(call: Change, kind: EntryKind, id: string): Promise<Answer> {
  const entry = await findCurrent(call, kind, id)
  refuseStandard(entry)
  await refuseMembers(call, entry)
  await refuseDefault(call, entry)
  await deletions[kind](call.db, call.environment.id, entry.id as never)
  await noteChange(call, `${kind}.removed`, entry, { name: { from: entry.name, to: null } })
  return {}
}

const deletions = {
  team: deleteTeam,
  'access-profile': deleteAccessProfile,
  application: deleteApplication,
  role: deleteRole,
}

async function insertEntry(call: Change, kind: EntryKind, wanted: Wanted): Promise<string> {
  const { db, environment, world, now } = call
  const made = { chance: world.chance, now }
  const { name, userManagement = false } = wanted
  if (kind === 'team') return (await insertTeam(db, environment.id, name, made)).id
  if (kind === 'access-profile')
    return (await insertAccessProfile(db, environment.id, { name, userManagement }, made)).id
  if (kind === 'application') return (await insertApplication(db, environment.id, name, made)).id
  return (await insertRole(db, environment.id, { applicationId: wanted.applicationId as Id<'app'>, name }, made)).id
}

async function findCurrent({ db, environment, ifMatch }: Change, kind: EntryKind, id: string): Promise<Entry> {
  const entry = await findEntry(db, environment.id, { kind, id })
  if (entry === undefined) throw notFoundProblem()
  demandMatch(ifMatch, etagOf(entry))
  return entry
}

/** A neighbour's Application is none. */
async function demandApplication({ db, environment }: Change, id: string | undefined): Promise<void> {
  const application = await findEntry(db, environment.id, { kind: 'application', id: id ?? '' })
  if (application === undefined)
    throw invalid([{ path: 'applicationId', message: 'is no Application of this Environment' }])
}

async function refuseTaken({ db, environment }: Change, kind: EntryKind, wanted: Wanted): Promise<void> {
  const { name, applicationId } = wanted
  const page = { kind, name, applicationId, descending: false, limit: 1 }
  const [taken] = await listEntries(db, environment.id, page)
  if (taken === undefined) return
  const { noun } = kindOf(kind)
  const where = kind === 'role' ? ' in this Application' : ''
  throw new ApiProblem(
    'value-taken',
    `There is ${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun} “${name}”${where} already. Choose another name.`,
    {
      problems: [{ path: 'name', message: 'is taken' }],
    },
  )
}

function refuseStandard({ kind, name, standard }: Entry): void {
  if (!standard) return
  throw new ApiProblem(
    'standard-entry',
    `Every Environment has the ${kindOf(kind).noun} “${name}”, and it stays as it is. Make one of your own beside it.`,
  )
}

const COUNTED = 1000

async function refuseMembers({ db, environment }: Change, entry: Entry): Promise<void> {
  const count = await countMembers(db, environment.id, entry, COUNTED)
  if (count === 0) return
  const who = count === 1 ? 'One user has' : `${count === COUNTED ? 'At least ' : ''}${count} users have`
  throw new ApiProblem(
    'in-use',
    `${who} the ${kindOf(entry.kind).noun} “${entry.name}”. Give them another one first, then remove it.`,
  )
}

/** Connections name their defaults: renamed or removed, a default would name nothing. */
async function refuseDefault({ db, environment }: Change, entry: Entry): Promise<void> {
  const connections = await usesAsDefault(db, environment.id, entry)
  if (connections.length === 0) return
  const names = connections.map((name) => `“${name}”`).join(', ')
  throw new ApiProblem(
    'in-use',
    `The ${kindOf(entry.kind).noun} “${entry.name}” is a default of the connection ${names}. Change that setting first.`,
  )
}

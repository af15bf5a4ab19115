/**
 * The directory as administrators go through it: page by page, and one entry at a time.
 *
 * Reads and changes the rows of `teams`, `access_profiles`, `applications` and `roles` alike; what is particular to
 * each is in directory.ts.
 */

import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

const tables = {
  team: 'teams',
  'access-profile': 'access_profiles',
  application: 'applications',
  role: 'roles',
} as const

export type EntryKind = keyof typeof tables

export type Entry = {
  readonly kind: EntryKind
  readonly id: string
  readonly name: string
  /** Of a role. */
  readonly applicationId: Id<'app'> | undefined
  /** Made by Sallyport, and neither renamed nor removed. */
  readonly standard: boolean
  /** Of an access profile. */
  readonly userManagement: boolean | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type EntryPage = {
  readonly kind: EntryKind
  readonly name?: string | undefined
  /** Part of the name, in capitals or not. */
  readonly contains?: string | undefined
  readonly applicationId?: string | undefined
  readonly descending: boolean
  readonly after?: { readonly name: string; readonly id: string } | undefined
  readonly limit: number
}

/** By name, and by id where Roles of several Applications have one name. */
export async function listEntries(db: Handle, environmentId: Id<'env'>, page: EntryPage): Promise<readonly Entry[]> {
  const { kind, name, contains, applicationId, descending, after, limit } = page
  let all = db.selectFrom(tableOf(kind)).selectAll().where('environment_id', '=', environmentId)
  if (name !== undefined) all = all.where('name', '=', name)
  if (contains !== undefined) {
    // Not LIKE, whose wildcards are escaped differently in each database.
    all = all.where((e) => {
      const lower = e.fn<string>('lower', ['name'])
      return e(e.fn<string>('replace', [lower, e.fn('lower', [e.val(contains)]), e.val('')]), '!=', lower)
    })
  }
  if (kind === 'role' && applicationId !== undefined) all = all.where(applicationColumn, '=', applicationId as never)
  if (after !== undefined) {
    const id = after.id as Id<'team'>
    const beyond = descending ? ('<' as const) : ('>' as const)
    all = all.where((e) =>
      e.or([e('name', beyond, after.name), e.and([e('name', '=', after.name), e('id', beyond, id)])]),
    )
  }
  const direction = descending ? 'desc' : 'asc'
  const rows = await all.orderBy('name', direction).orderBy('id', direction).limit(limit).execute()
  return rows.map((row) => entryOf(kind, row))
}

export async function findEntry(
  db: Handle,
  environmentId: Id<'env'>,
  { kind, id }: { readonly kind: EntryKind; readonly id: string },
): Promise<Entry | undefined> {
  const row = await db
    .selectFrom(tableOf(kind))
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id as Id<'team'>)
    .executeTakeFirst()
  return row && entryOf(kind, row)
}

/** By id, or else by name; a Role's within its Application. */
export async function findEntryByReference(
  db: Handle,
  environmentId: Id<'env'>,
  wanted: { readonly kind: EntryKind; readonly reference: string; readonly applicationId?: Id<'app'> | undefined },
): Promise<Entry | undefined> {
  const { kind, reference, applicationId } = wanted
  const byId = await findEntry(db, environmentId, { kind, id: reference })
  const found =
    byId ?? (await listEntries(db, environmentId, { ...wanted, name: reference, descending: false, limit: 1 }))[0]
  return kind === 'role' && found?.applicationId !== applicationId ? undefined : found
}

/** Undefined where it is not any more as the caller read it. Throws where the name is taken (isUniqueViolation). */
export async function changeEntry(
  db: Handle,
  environmentId: Id<'env'>,
  entry: Entry,
  { name, userManagement }: Pick<Entry, 'name' | 'userManagement'>,
  now: Date,
): Promise<Entry | undefined> {
  const permission = entry.kind === 'access-profile' ? { [permissionColumn]: userManagement ? 1 : 0 } : {}
  const row = await db
    .updateTable(tableOf(entry.kind))
    .set({ name, ...permission, updated_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('id', '=', entry.id as Id<'team'>)
    .where('name', '=', entry.name)
    .where('updated_at', '=', entry.updatedAt.getTime())
    .returningAll()
    .executeTakeFirst()
  return row && entryOf(entry.kind, row)
}

/** How many users have it, counted no further than `most`. */
export async function countMembers(
  db: Handle,
  environmentId: Id<'env'>,
  { kind, id }: Pick<Entry, 'kind' | 'id'>,
  most: number,
): Promise<number> {
  if (kind === 'team') {
    const all = db.selectFrom('user_teams').select('user_id').where('environment_id', '=', environmentId)
    return lengthOf(all.where('team_id', '=', id as Id<'team'>).limit(most))
  }
  if (kind === 'access-profile') {
    const all = db.selectFrom('users').select('id').where('environment_id', '=', environmentId)
    return lengthOf(all.where('access_profile_id', '=', id as Id<'prof'>).limit(most))
  }
  if (kind === 'application') {
    const all = db.selectFrom('user_applications').select('user_id').where('environment_id', '=', environmentId)
    return lengthOf(all.where('application_id', '=', id as Id<'app'>).limit(most))
  }
  const all = db.selectFrom('user_roles').select('user_id').where('environment_id', '=', environmentId)
  return lengthOf(all.where('role_id', '=', id as Id<'role'>).limit(most))
}

async function lengthOf(query: { readonly execute: () => Promise<readonly unknown[]> }): Promise<number> {
  return (await query.execute()).length
}

/** The tables share all columns that are used here; for the types, one of them stands for all. */
function tableOf(kind: EntryKind): 'teams' {
  return tables[kind] as 'teams'
}

/** Of roles alone. */
const applicationColumn = 'application_id' as 'id'

/** Of access profiles alone. */
const permissionColumn = 'user_management'

type StoredEntry = {
  readonly id: string
  readonly name: string
  readonly created_at: number
  readonly updated_at: number
  readonly application_id?: Id<'app'>
  readonly standard?: string | null
  readonly user_management?: 0 | 1
}

function entryOf(kind: EntryKind, row: StoredEntry): Entry {
  return Object.freeze({
    kind,
    id: row.id,
    name: row.name,
    applicationId: row.application_id,
    standard: typeof row.standard === 'string',
    userManagement: row.user_management === undefined ? undefined : row.user_management === 1,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  })
}

import { kindOf } from '#admin/directory/directory-shapes.ts'
import type { FieldProblem } from '#admin/problems.ts'
import { nearest } from '#config/nearest.ts'
import type { Id } from '#config/world.ts'
import { findConnection } from '#connections/connections.ts'
import type { Handle } from '#storage/database.ts'
import { type Entry, type EntryKind, findEntryByReference, listEntries } from '#users/directory-pages.ts'

/** Finds what inputs refer to, each thing once, and gathers what is not there. */
export type References = {
  readonly problems: FieldProblem[]
  readonly find: (kind: EntryKind, reference: string, at: At) => Promise<Entry | undefined>
  readonly findConnection: (id: string, path: string) => Promise<Id<'conn'> | undefined>
}

type At = { readonly path: string; readonly applicationId?: Id<'app'> | undefined }
type Found = { readonly entry: Entry } | { readonly message: string }

const SUGGESTED_FROM = 1000

/** `known` may be shared by many inputs, such as the lines of a file, as long as the directory does not change. */
export function referencesIn(db: Handle, environmentId: Id<'env'>, known: Map<string, Found> = new Map()): References {
  const problems: FieldProblem[] = []
  const look = async (kind: EntryKind, reference: string, applicationId: At['applicationId']): Promise<Found> => {
    const entry = await findEntryByReference(db, environmentId, { kind, reference, applicationId })
    if (entry !== undefined) return { entry }
    const page = { kind, applicationId, descending: false, limit: SUGGESTED_FROM }
    const names = (await listEntries(db, environmentId, page)).map(({ name }) => name)
    const meant = nearest(reference, names)
    const none = `there is no ${kindOf(kind).noun} “${reference}”${kind === 'role' ? ' in this Application' : ''}`
    return { message: meant === undefined ? none : `${none}; did you mean “${meant}”?` }
  }
  return {
    problems,
    find: async (kind, reference, { path, applicationId }) => {
      const key = JSON.stringify([kind, reference, applicationId])
      const found = known.get(key) ?? (await look(kind, reference, applicationId))
      known.set(key, found)
      if ('entry' in found) return found.entry
      problems.push({ path, message: found.message })
      return undefined
    },
    findConnection: async (id, path) => {
      const found = await findConnection(db, environmentId, id as Id<'conn'>)
      if (found === undefined) problems.push({ path, message: 'is no connection of this Environment' })
      return found?.id
    },
  }
}

export type KnownEntries = Map<string, Found>

// Pages of lists whose order is a time, the newest first, and then the id.

import { readCursor, writeCursor } from '#admin/cursor.ts'
import { invalid } from '#admin/problems.ts'

/** @throws ApiProblem where it is no cursor of this list */
export function timedPlace(
  sort: string,
  cursor: string | undefined,
): { readonly at: Date; readonly id: string } | undefined {
  const after = readCursor(sort, cursor)
  if (after === undefined) return undefined
  const at = new Date(after.value)
  if (typeof after.value === 'number' && !Number.isNaN(at.getTime())) return { at, id: after.id }
  throw invalid([{ path: 'query.cursor', message: 'is not a cursor that this list gave out' }])
}

/** Of one more than `limit`, where there is one. */
export function timedPage<T, S>(
  found: readonly T[],
  {
    sort,
    limit,
    place,
    shown,
  }: {
    readonly sort: string
    readonly limit: number
    readonly place: (item: T) => { readonly at: Date; readonly id: string }
    readonly shown: (item: T) => S
  },
): { readonly items: readonly S[]; readonly next: string | null } {
  const items = found.slice(0, limit)
  const last = found.length > limit ? items.at(-1) : undefined
  return { items: items.map(shown), next: last === undefined ? null : cursorOf(sort, place(last)) }
}

function cursorOf(sort: string, { at, id }: { readonly at: Date; readonly id: string }): string {
  return writeCursor(sort, { value: at.getTime(), id })
}

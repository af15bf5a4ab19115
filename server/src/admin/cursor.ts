import { z } from 'zod'
import { invalid } from '#admin/problems.ts'

const stored = z.tuple([z.string(), z.union([z.string(), z.int()]), z.string()])

/** Where a page ended: the sort, the value that it sorts by, and the id, which decides among equals. */
export type Place = { readonly value: string | number; readonly id: string }

/** Opaque to callers, so that it may change; it holds nothing that its reader has not just been shown. */
export function writeCursor(sort: string, { value, id }: Place): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url')
}

/** @throws ApiProblem where it is none of this list in this order */
export function readCursor(sort: string, cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined
  const [of, value, id] = parse(cursor) ?? []
  if (of === sort && value !== undefined && id !== undefined) return { value, id }
  throw invalid([{ path: 'query.cursor', message: 'is not a cursor that this list gave out for this order' }])
}

function parse(cursor: string): z.output<typeof stored> | undefined {
  try {
    const text = Buffer.from(cursor, 'base64url').toString('utf8')
    // No database takes a NUL, and none of our values has one.
    return text.includes('\\u0000') ? undefined : stored.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

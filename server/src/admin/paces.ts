// For work that costs much: so many times a minute for each who asks, whatever they ask of us.

import { ApiProblem } from '#admin/problems.ts'
import type { Database } from '#storage/database.ts'

const MINUTE_MS = 60 * 1000

/** Of one process and one database; whoever asks is known by then, so there are not many. */
const counts = new WeakMap<Database, Map<string, { readonly minute: number; count: number }>>()

/** @throws ApiProblem where there were too many in this minute */
export function demandPace(
  {
    database,
    token,
    now,
  }: { readonly database: Database; readonly token: { readonly id: string }; readonly now: Date },
  { what, most }: { readonly what: string; readonly most: number },
): void {
  const known = counts.get(database) ?? new Map()
  counts.set(database, known)
  const minute = Math.floor(now.getTime() / MINUTE_MS)
  for (const [key, entry] of known) if (entry.minute !== minute) known.delete(key)
  const key = `${what} ${token.id}`
  const entry = known.get(key) ?? { minute, count: 0 }
  known.set(key, entry)
  entry.count += 1
  if (entry.count <= most) return
  const wait = Math.ceil(((minute + 1) * MINUTE_MS - now.getTime()) / 1000)
  throw new ApiProblem('too-many-requests', `This may be asked ${most} times a minute. Wait ${wait} seconds.`, {
    headers: { 'retry-after': `${wait}` },
  })
}

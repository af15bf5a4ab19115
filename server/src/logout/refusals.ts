import type { Id } from '#config/world.ts'
import type { Database } from '#storage/database.ts'

/** So many refused requests of a connection are written down in a minute; anybody can send more. The log has them all. */
const MOST_A_MINUTE = 30
const MINUTE_MS = 60 * 1000

type Window = { readonly minute: number; readonly counts: Map<Id<'conn'>, number> }

const windows = new WeakMap<Database, Window>()

export function mayNoteRefusal(db: Database, connectionId: Id<'conn'>, now: Date): boolean {
  const minute = Math.floor(now.getTime() / MINUTE_MS)
  const known = windows.get(db)
  const window = known?.minute === minute ? known : { minute, counts: new Map<Id<'conn'>, number>() }
  windows.set(db, window)
  const count = (window.counts.get(connectionId) ?? 0) + 1
  window.counts.set(connectionId, count)
  return count <= MOST_A_MINUTE
}

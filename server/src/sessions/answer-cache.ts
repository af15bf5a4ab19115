import type { Clock } from '#config/world.ts'
import type { Database } from '#storage/database.ts'

/** An answer may be given again for so long without asking the database. */
export const KEPT_MS = 3000
const AT_MOST = 10_000

/** What was read, and the last moment at which it may be given where that comes earlier. */
export type Read<Value> = { readonly value: Value; readonly until?: Date }

/** Gives what is kept under the key, or else reads it. Only what was found is kept: guessed keys take no room. */
export type AnswerCache<Value> = (
  key: string,
  read: () => Promise<Read<Value> | undefined>,
) => Promise<Value | undefined>

/**
 * Answers of this process, kept for a moment, because a proxy asks about one browser many times a second. All are dropped
 * at once when this process ends a session. What another process ends, or what changes about a person, is seen when the
 * moment is over.
 */
export function answerCache<Value>(db: Pick<Database, 'listen'>, clock: Clock): AnswerCache<Value> {
  const kept = new Map<string, { readonly value: Value; readonly from: number; readonly until: number }>()
  let dropped = 0
  db.listen((signal) => {
    if (signal !== 'sessions-ended') return
    dropped++
    kept.clear()
  })
  return async (key, read) => {
    const from = clock().getTime()
    const known = kept.get(key)
    // A clock that was set back makes nothing live longer.
    if (known !== undefined && known.from <= from && from < known.until) return known.value
    kept.delete(key)
    const before = dropped
    const found = await read()
    if (found === undefined) return undefined
    const until = Math.min(from + KEPT_MS, found.until?.getTime() ?? Number.POSITIVE_INFINITY)
    // A session may have ended while this was read: then it may be the state before.
    if (before === dropped) {
      if (kept.size >= AT_MOST) kept.delete(kept.keys().next().value ?? '')
      kept.set(key, { value: found.value, from, until })
    }
    return found.value
  }
}

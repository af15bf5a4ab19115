import type { Clock } from '#config/world.ts'
import type { Database } from '#storage/database.ts'

/** An answer may be given again for so long without asking the database. */
export const KEPT_MS = 3000
const AT_MOST = 10_000

export type AnswerCache<Value> = {
  readonly known: (key: string) => Value | undefined
  /** To be called before the database is asked. What is given back keeps what was read, at most until `until`. */
  readonly reading: () => (key: string, value: Value, until?: Date) => void
}

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
  return { known, reading }

  function known(key: string): Value | undefined {
    const now = clock().getTime()
    const answer = kept.get(key)
    // A clock that was set back makes nothing live longer.
    if (answer !== undefined && answer.from <= now && now < answer.until) return answer.value
    kept.delete(key)
    return undefined
  }

  function reading() {
    const from = clock().getTime()
    const before = dropped
    return (key: string, value: Value, until?: Date): void => {
      // A session may have ended while this was read: then it may be the state before.
      if (before !== dropped) return
      kept.delete(key)
      if (kept.size >= AT_MOST) kept.delete(kept.keys().next().value ?? '')
      kept.set(key, { value, from, until: Math.min(from + KEPT_MS, until?.getTime() ?? Number.POSITIVE_INFINITY) })
    }
  }
}

/** So many wrong tokens from one address, and it has to wait: guessing is hopeless, but it shall cost us nothing. */
export const FAILURES_ALLOWED = 20
const WINDOW_MS = 5 * 60 * 1000

/** More addresses are not remembered: the oldest are forgotten, so that nobody can fill the memory. */
const ADDRESSES = 10_000

export type Failures = {
  /** Seconds to wait; undefined for an address that may try. */
  readonly waitOf: (address: string, now: Date) => number | undefined
  readonly note: (address: string, now: Date) => void
}

export function countFailures(): Failures {
  const known = new Map<string, { count: number; readonly until: number }>()
  const current = (address: string, now: Date) => {
    const found = known.get(address)
    return found !== undefined && found.until > now.getTime() ? found : undefined
  }
  return {
    waitOf: (address, now) => {
      const found = current(address, now)
      if (found === undefined || found.count < FAILURES_ALLOWED) return undefined
      return Math.ceil((found.until - now.getTime()) / 1000)
    },
    note: (address, now) => {
      const found = current(address, now)
      if (found !== undefined) {
        found.count += 1
        return
      }
      known.delete(address)
      known.set(address, { count: 1, until: now.getTime() + WINDOW_MS })
      if (known.size > ADDRESSES) known.delete(known.keys().next().value!)
    },
  }
}

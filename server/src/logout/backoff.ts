const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS

/** How long a LogoutRequest is tried. */
export const GIVE_UP_AFTER_MS = 24 * 60 * MINUTE_MS

/** Never longer than this, so that whoever comes back after an hour soon hears what happened. */
const LONGEST_MS = 10 * MINUTE_MS

/** How long to wait after so many failures: from five seconds, twice as long each time. */
export function backoffMs(failures: number): number {
  return Math.min(LONGEST_MS, 5 * SECOND_MS * 2 ** Math.min(failures - 1, 20))
}

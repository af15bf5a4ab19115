export type Level = 'good' | 'weak' | 'lost' | 'offline'

/** Milliseconds. The panel answers the library every second. */
const WEAK_AFTER = 4_000
const LOST_AFTER = 15_000

/** @param silence how long the panel has not answered */
export function levelOf({ silence, online }: { readonly silence: number; readonly online: boolean }): Level {
  if (!online) return 'offline'
  if (silence >= LOST_AFTER) return 'lost'
  return silence >= WEAK_AFTER ? 'weak' : 'good'
}

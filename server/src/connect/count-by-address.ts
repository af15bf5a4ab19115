import type { World } from '#config/world.ts'

const MINUTE_MS = 60 * 1000
/** More addresses are not told apart in one minute, so that nobody can fill the memory. */
const ADDRESSES = 10_000

/** Whether an address has asked too often in this minute. In this process alone. */
export function countByAddress({ clock }: Pick<World, 'clock'>, most: number): (address: string) => boolean {
  let minute = 0
  const counts = new Map<string, number>()
  return (address) => {
    const current = Math.floor(clock().getTime() / MINUTE_MS)
    if (current !== minute) counts.clear()
    minute = current
    const key = counts.has(address) || counts.size < ADDRESSES ? address : 'all others'
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count > most
  }
}

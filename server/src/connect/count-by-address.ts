import type { World } from '#config/world.ts'

const MINUTE_MS = 60 * 1000

/** Whether an address has asked too often in this minute. In this process alone. */
export function countByAddress({ clock }: Pick<World, 'clock'>, most: number): (address: string) => boolean {
  let minute = 0
  const counts = new Map<string, number>()
  return (address) => {
    const current = Math.floor(clock().getTime() / MINUTE_MS)
    if (current !== minute) counts.clear()
    minute = current
    const count = (counts.get(address) ?? 0) + 1
    counts.set(address, count)
    return count > most
  }
}

/**
 * A memory that does not grow for ever: the oldest entry goes when there are too many. It knows nothing of what it keeps.
 */

const mostRemembered = 1000

/** Maps keep the order of insertion: the first key is the oldest. */
export function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > mostRemembered && oldest !== undefined) map.delete(oldest)
}

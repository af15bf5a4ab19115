import { nearest } from '#config/nearest.ts'

/** Why an account is not made, or not brought up to date. */
export type Fault = {
  readonly code: 'user-name' | 'user-email' | 'user-team' | 'user-sync'
  readonly expected: string
  /** What the assertion names: completes “the assertion names …”. The person is told this too. */
  readonly received: string
}

/** `“Agnets” (is “Agents” meant?)`, for every name. */
export function withNearMatches(names: readonly string[], existing: readonly string[]): string {
  return names
    .map((name) => {
      const near = nearMatches(name, existing)
      return near.length === 0 ? quoted(name) : `${quoted(name)} (is ${near.map(quoted).join(' or ')} meant?)`
    })
    .join(', ')
}

function nearMatches(name: string, existing: readonly string[]): readonly string[] {
  const found: string[] = []
  let left = existing
  while (found.length < 3) {
    const near = nearest(name, left)
    if (near === undefined) break
    found.push(near)
    left = left.filter((one) => one !== near)
  }
  return found
}

function quoted(name: string): string {
  return `“${name}”`
}

import { nearest } from '#config/nearest.ts'

/** Why an account is not made, or not brought up to date. */
export type Fault = {
  readonly code: 'user-name' | 'user-email' | 'user-team' | 'user-sync'
  readonly expected: string
  /** What the assertion names: completes “the assertion names …”. The person is told this too. */
  readonly received: string
}

// Names come from outside, as many and as long as a message holds, and looking for near ones is the dearest thing here.
const MOST_NAMES = 3
const MOST_NEAR = 3
const LONGEST_NAME = 100
const MOST_COMPARED = 2000

/** `“Agnets” (is “Agents” meant?)`, for the first few names. */
export function withNearMatches(names: readonly string[], existing: readonly string[]): string {
  const compared = existing.slice(0, MOST_COMPARED)
  const shown = names.slice(0, MOST_NAMES).map((name) => {
    const near = name.length > LONGEST_NAME ? [] : nearMatches(name, compared)
    return near.length === 0 ? quoted(name) : `${quoted(name)} (is ${near.map(quoted).join(' or ')} meant?)`
  })
  const more = names.length - shown.length
  return shown.join(', ') + (more === 0 ? '' : ` and ${more} more`)
}

function nearMatches(name: string, existing: readonly string[]): readonly string[] {
  const found: string[] = []
  let left = existing
  while (found.length < MOST_NEAR) {
    const near = nearest(name, left)
    if (near === undefined) break
    found.push(near)
    left = left.filter((one) => one !== near)
  }
  return found
}

function quoted(name: string): string {
  return `“${name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME).toWellFormed()}…` : name}”`
}

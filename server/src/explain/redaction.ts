// What is hidden from whoever may not see the values of attributes, and from whoever has a link to a record: whom a sign-in
// was about, and what the identity provider said of them.

import type { RecordedCheck } from '#signin-records/signin-records.ts'

export const hidden = '[redacted]'

type Side = 'expected' | 'received'

/** Where checks say what the assertion said. What is not listed holds addresses, times and names of attributes. */
const personal: Readonly<Record<string, readonly Side[]>> = {
  subject: ['received'],
  'user-id': ['received'],
  'user-known': ['expected', 'received'],
  'user-name': ['received'],
  'user-email': ['expected', 'received'],
  'user-team': ['received'],
  'user-sync': ['received'],
  'client-ids': ['received'],
  'client-allowed': ['received'],
  'access-allowed': ['received'],
  'password-user': ['received'],
}

/** Hides what is known of the person wherever it stands, and every e-mail address. */
export type Hide = (text: string) => string

// Shorter ones stand in words that have nothing to do with the person.
const SHORTEST = 4

export function hiding(known: readonly (string | undefined)[]): Hide {
  const values = known.filter((value) => value !== undefined && value.trim().length >= SHORTEST) as readonly string[]
  const longestFirst = [...new Set(values)].sort((one, other) => other.length - one.length)
  return (text) => longestFirst.reduce((rest, value) => rest.replaceAll(value, hidden), withoutAddresses(text))
}

/** In one pass over the words: a pattern for addresses would take long for texts that are made for it. */
function withoutAddresses(text: string): string {
  if (!text.includes('@')) return text
  return text.replace(/[^\s<>"'(),;:[\]]+/g, (word) => {
    const at = word.indexOf('@')
    return at > 0 && at < word.length - 1 && !word.startsWith('@') ? hidden : word
  })
}

export function redactedCheck(check: RecordedCheck, hide: Hide): RecordedCheck {
  const shown = (side: Side) => {
    const value = check[side]
    if (value === undefined) return {}
    return { [side]: personal[check.code]?.includes(side) === true ? hidden : hide(value) }
  }
  const { expected: _expected, received: _received, ...rest } = check
  return { ...rest, ...shown('expected'), ...shown('received') }
}

/** A page’s address may carry anything behind its question mark. */
export function withoutQuery(address: string): string {
  const end = address.search(/[?#]/)
  return end === -1 ? address : `${address.slice(0, end)}${address[end]}…`
}

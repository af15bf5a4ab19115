// Finding users by how their username, e-mail address, first or last name begins.

import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely'
import type { Tables } from '#storage/tables.ts'

/** Longer beginnings are compared no further: nobody types more. */
const LONGEST = 40
const MOST_WORDS = 5

const columns = ['username_start', 'email_start', 'first_name_start', 'last_name_start'] as const

/**
 * A beginning in the form in which it is stored: small letters, as hexadecimal digits of their bytes. Databases sort
 * those alike whatever their locale, so that one range in an index holds all that begin in the same way.
 */
export function startKey(text: string): string
export function startKey(text: string | undefined): string | null
export function startKey(text: string | undefined): string | null {
  if (text === undefined) return null
  return Buffer.from([...text.toLowerCase()].slice(0, LONGEST).join(''), 'utf8').toString('hex')
}

/** Each word is the beginning of something of the user. Nothing but spaces: everybody. */
export function beginsWith(
  e: ExpressionBuilder<Tables, 'users'>,
  search: string,
): ExpressionWrapper<Tables, 'users', SqlBool> {
  const words = search.trim().split(/\s+/).filter(Boolean).slice(0, MOST_WORDS)
  return e.and(
    words.map((word) => {
      const from = startKey(word)
      // “g” comes after all the digits.
      return e.or(columns.map((column) => e.and([e(column, '>=', from), e(column, '<', `${from}g`)])))
    }),
  )
}

/**
 * The outside world as the rest of the program receives it: what time it is, and chance.
 *
 * Owns the two ports and the making of ids and tokens from them. Must not know a clock or a random source itself:
 * main.ts makes the real ones, tests make their own.
 */

export type Clock = () => Date

/** Cryptographically random bytes. */
export type Chance = { readonly bytes: (size: number) => Uint8Array }

export type World = { readonly clock: Clock; readonly chance: Chance }

/** An id carries its kind, so that a user's id cannot be given where a session's is wanted. */
export type Id<K extends string> = `${K}_${string}`

export type IdKind =
  | 'comp'
  | 'env'
  | 'conn'
  | 'user'
  | 'team'
  | 'prof'
  | 'app'
  | 'role'
  | 'sess'
  | 'rec'
  | 'key'
  | 'tok'
  | 'audit'
  | 'imp'
  | 'logout'
  | 'ending'
  | 'secret'
  | 'policy'
  | 'dec'
  | 'ver'
  | 'setup'
  | 'admin'
  | 'asess'
  | 'inv'
  | 'pass'
  | 'share'
  | 'test'
  | 'insp'
  | 'report'

// RFC 4648 section 6, in lower case: no character that needs escaping in a URL, a file name or an XML ID.
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const ID_LENGTH = 20

/** 100 random bits behind the kind: `user_k4vq…`. */
export function newId<K extends IdKind>(chance: Chance, kind: K): Id<K> {
  let text = ''
  // 32 divides 256, so the low five bits of a random byte are evenly spread.
  for (const byte of chance.bytes(ID_LENGTH)) text += BASE32[byte & 31]
  return `${kind}_${text}`
}

/** 256 random bits in base64url, for codes, cookies and tokens. */
export function newToken(chance: Chance): string {
  return Buffer.from(chance.bytes(32)).toString('base64url')
}

/**
 * Signing in: from the link that somebody follows to the page they asked for.
 *
 * Owns the three steps (start-login.ts, receive-response.ts, complete-login.ts), what is kept between them (the tables
 * `pending_logins`, `used_assertions`, `verified_responses`), the decisions (decide.ts) and the words for what failed.
 * Judging messages is the library's; who a person is, is `users`'; what a browser holds in the end, is `sessions`'.
 * Must not know OAuth: the two meet in `sessions`.
 */

import type { Config } from '#config/config.ts'
import type { Secret } from '#config/secret.ts'
import type { World } from '#config/world.ts'
import type { ClientsOfLogin } from '#login/clients.ts'
import type { Database } from '#storage/database.ts'

/** What the steps need of the world. */
export type LoginContext = {
  readonly db: Database
  readonly world: World
  readonly config: Pick<Config, 'publicUrl'>
  /** Opens the signing keys. */
  readonly secret: Secret
  readonly clients: ClientsOfLogin
}

/** Who asked, for the sign-in record. */
export type Client = { readonly address: string; readonly userAgent?: string }

/** A sign-in that takes longer has been forgotten by the person, too. */
export const LOGIN_LIFETIME_MS = 10 * 60 * 1000

/** `continue` follows at once: it is the browser that is sent there, not the person. */
export const CODE_LIFETIME_MS = 60 * 1000

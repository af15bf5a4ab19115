/**
 * Logging out: here first, always; then at the identity provider, as the connection says; and the other way round, when
 * an identity provider asks for it (single logout, Profiles 4.4). Applications may ask for it, and are told of it.
 *
 * Owns whom the end of a session is told (telling.ts), the ledger of it (tables `logouts`, `logout_attempts`,
 * `logout_pauses`), its delivery, and the pages that say what was and was not logged out. Must not know how people sign
 * in, nor what sessions are good for.
 */

import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '#config/config.ts'
import type { Secret } from '#config/secret.ts'
import type { World } from '#config/world.ts'
import type { AttemptCounts } from '#logout/attempt-counts.ts'
import type { Database } from '#storage/database.ts'

export type LogoutContext = {
  readonly db: Database
  readonly world: World
  readonly config: Pick<Config, 'publicUrl'>
  /** Opens the signing keys. */
  readonly secret: Secret
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  readonly attempts: AttemptCounts
}

/** The time in which a LogoutRequest that we send may be acted on. */
export const REQUEST_LIFETIME_MS = 5 * 60 * 1000

/** Whoever does not come back from the identity provider until then, does not. */
export const ANSWER_WITHIN_MS = 10 * 60 * 1000

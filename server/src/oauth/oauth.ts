/**
 * The authorization server: OAuth 2.0 and OpenID Connect for the applications of an Environment.
 *
 * Owns the clients, their secrets, the keys that sign tokens, and what was given out (tables `oauth_…`). The protocol is
 * oidc-provider's. Whatever it gives out hangs on a session of ours, and is good only as long as that lives. Must not know
 * how people sign in: it sends them there, and finds a session when they come back.
 */

import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '#config/config.ts'
import type { Secret } from '#config/secret.ts'
import type { World } from '#config/world.ts'
import type { Database } from '#storage/database.ts'

export type OauthContext = {
  readonly db: Database
  readonly world: World
  readonly config: Pick<Config, 'publicUrl'>
  readonly secret: Secret
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
}

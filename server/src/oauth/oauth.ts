/**
 * The authorization server: OAuth 2.0 and OpenID Connect for the applications of an Environment.
 *
 * Owns the clients, their secrets, the keys that sign tokens, and what was given out (tables `oauth_…`). The protocol is
 * oidc-provider's. Whatever it gives out hangs on a session of ours, and is good only as long as that lives. Must not know
 * how people sign in: it sends them there, and finds a session when they come back.
 */

import type { FastifyBaseLogger } from 'fastify'
import type { AccessClient } from '#access/request.ts'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import type { Config } from '#config/config.ts'
import type { Secret } from '#config/secret.ts'
import type { World } from '#config/world.ts'
import type { Session } from '#sessions/sessions.ts'
import type { Database } from '#storage/database.ts'

export type OauthContext = {
  readonly db: Database
  readonly world: World
  readonly config: Pick<Config, 'publicUrl'>
  readonly secret: Secret
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  readonly signInByAssertion: SignInByAssertion
}

/** Brought by whoever signs people in (RFC 7522): judges the assertion of a person, and opens their session. */
export type SignInByAssertion = (
  place: EnvironmentOfCompany,
  attempt: {
    readonly assertion: Uint8Array
    readonly accessClient: AccessClient
    readonly address: string
    readonly userAgent?: string | undefined
    readonly issuer: string
    readonly tokenEndpoint: string
  },
) => Promise<
  | { readonly session: Session }
  /** The sentence is fit for anybody; what is behind it stands under the reference. */
  | { readonly refused: { readonly sentence: string; readonly reference: string } }
>

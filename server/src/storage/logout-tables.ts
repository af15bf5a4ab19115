// The tables of sessions' settings and of single logout; the conventions are those of tables.ts.

import type { Id } from '#config/world.ts'

export type EnvironmentSessionsRow = {
  environment_id: Id<'env'>
  idle_minutes: number
  lifetime_minutes: number
  limit_enabled: 0 | 1
  limit_maximum: number
  updated_at: number
}

export type LogoutRow = {
  id: Id<'logout'>
  environment_id: Id<'env'>
  /** Of the identity provider; null where a client is told. */
  connection_id: Id<'conn'> | null
  /** Whom it is told, or who tells it: the connection's id, or the Environment's and the client's (logout/partner.ts). */
  partner: string
  client_id: string | null
  /** Which chain of sessions the client is told of. */
  chain_id: string | null
  user_id: Id<'user'> | null
  session_id: Id<'sess'> | null
  direction: 'to-provider' | 'from-provider' | 'to-client'
  binding: 'soap' | 'post' | 'redirect' | 'logout-token'
  /** The ID of the LogoutRequest, or the jti of the logout token. Null until one of ours is sent. */
  message_id: string | null
  relay_state_hash: string | null
  why: string
  name_id_key: string | null
  /** JSON, see logout/subject.ts */
  subject: string
  state: 'waiting' | 'sent' | 'done' | 'partial' | 'refused' | 'given-up' | 'unanswered' | 'not-sent'
  /** How many sessions here it ended. */
  ended_sessions: number
  attempts: number
  created_at: number
  /** Null: nothing more is to be done. */
  next_attempt_at: number | null
  /** Until then one process is at it. */
  leased_until: number | null
  finished_at: number | null
  /** Not to be swept before: its id must not be taken again. */
  kept_until: number | null
  /** Where the browser goes when it comes back from the identity provider: an address of the application's. */
  done: string | null
}

export type LogoutAttemptRow = {
  environment_id: Id<'env'>
  logout_id: Id<'logout'>
  number: number
  at: number
  outcome: 'done' | 'partial' | 'refused' | 'failed'
  /** JSON, see logout/attempts.ts */
  details: string
}

/** An identity provider or a client that does not answer is left alone for a while, whatever waits for it. */
export type LogoutPauseRow = {
  /** As in the ledger. */
  partner: string
  environment_id: Id<'env'>
  connection_id: Id<'conn'> | null
  client_id: string | null
  failures: number
  paused_until: number
}

/** All sessions of an Environment, ended batch by batch. */
export type SessionEndingRow = {
  id: Id<'ending'>
  environment_id: Id<'env'>
  /** JSON, see users/source.ts */
  actor: string
  total: number
  ended: number
  opened_before: number
  started_at: number
  leased_until: number | null
  finished_at: number | null
}

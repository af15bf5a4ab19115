/**
 * The tables as the queries see them. The migrations make them; each folder of the domain owns the SQL of its own.
 *
 * Conventions: times are integer milliseconds since the epoch and named `…_at`; JSON is text, parsed where it is read;
 * truth values are 0 and 1. A `null` in a type is a NULL in the column.
 */

import type { Id } from '#config/world.ts'

export type Tables = {
  companies: CompanyRow
  environments: EnvironmentRow
  connections: ConnectionRow
  signing_keys: SigningKeyRow
  users: UserRow
  sessions: SessionRow
  pending_logins: PendingLoginRow
  used_assertions: UsedAssertionRow
  verified_responses: VerifiedResponseRow
  signin_records: SigninRecordRow
}

export type CompanyRow = {
  id: Id<'comp'>
  slug: string
  name: string
  created_at: number
  updated_at: number
}

export type EnvironmentRow = {
  id: Id<'env'>
  company_id: Id<'comp'>
  slug: string
  name: string
  /** JSON list of URLs, see companies/targets.ts */
  targets: string
  created_at: number
  updated_at: number
}

export type ConnectionRow = {
  id: Id<'conn'>
  environment_id: Id<'env'>
  ticket: string
  name: string
  position: number
  /** JSON, see connections/settings.ts */
  settings: string
  created_at: number
  updated_at: number
}

export type SigningKeyRow = {
  id: Id<'key'>
  environment_id: Id<'env'>
  state: 'active' | 'next' | 'retired'
  private_key_sealed: string
  certificate_pem: string
  created_at: number
}

export type UserRow = {
  id: Id<'user'>
  environment_id: Id<'env'>
  connection_id: Id<'conn'> | null
  username: string
  federated_id: string | null
  user_type: 'platform' | 'site'
  first_name: string | null
  last_name: string | null
  email: string | null
  created_through: 'sso' | 'api' | 'portal'
  created_at: number
  updated_at: number
  last_sign_in_at: number | null
}

export type SessionRow = {
  id: Id<'sess'>
  environment_id: Id<'env'>
  user_id: Id<'user'>
  connection_id: Id<'conn'> | null
  token_hash: string
  name_id: string | null
  name_id_format: string | null
  name_qualifier: string | null
  sp_name_qualifier: string | null
  session_index: string | null
  authn_context: string | null
  opened_at: number
  last_seen_at: number
  expires_at: number
  ended_at: number | null
  ended_why: string | null
}

export type PendingLoginRow = {
  request_id: string
  environment_id: Id<'env'>
  connection_id: Id<'conn'>
  relay_state_hash: string
  browser_hash: string
  done: string | null
  record_id: Id<'rec'>
  created_at: number
  expires_at: number
  taken_at: number | null
}

export type UsedAssertionRow = {
  connection_id: Id<'conn'>
  assertion_id: string
  environment_id: Id<'env'>
  expires_at: number
}

export type VerifiedResponseRow = {
  code_hash: string
  environment_id: Id<'env'>
  connection_id: Id<'conn'>
  record_id: Id<'rec'>
  browser_hash: string | null
  done: string | null
  claims: string
  created_at: number
  expires_at: number
}

export type SigninRecordRow = {
  id: Id<'rec'>
  reference: string
  environment_id: Id<'env'>
  connection_id: Id<'conn'> | null
  started_at: number
  finished_at: number | null
  outcome: 'started' | 'signed-in' | 'refused'
  reason: string | null
  user_id: Id<'user'> | null
  subject: string | null
  request_id: string | null
  details: string
}

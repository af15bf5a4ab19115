// The tables of what is kept of sign-ins; the conventions are those of tables.ts.

import type { Id } from '#config/world.ts'

export type RecordTables = {
  environment_records: EnvironmentRecordsRow
  signin_messages: SigninMessageRow
  record_shares: RecordShareRow
  signin_tests: SigninTestRow
}

/** How long an Environment keeps what; without a row, the defaults of signin-records/settings.ts. */
export type EnvironmentRecordsRow = {
  environment_id: Id<'env'>
  message_days: number
  record_days: number
  updated_at: number
}

export type SigninMessageRow = {
  record_id: Id<'rec'>
  kind: 'request' | 'response' | 'claims'
  environment_id: Id<'env'>
  at: number
  /** In characters, before it was sealed. */
  size: number
  /** 0 where anybody may have sent it. */
  verified: 0 | 1
  sealed: string
}

export type RecordShareRow = {
  id: Id<'share'>
  environment_id: Id<'env'>
  record_id: Id<'rec'>
  token_hash: string
  /** JSON, see users/source.ts */
  made_by: string
  created_at: number
  expires_at: number
  revoked_at: number | null
}

export type SigninTestRow = {
  id: Id<'test'>
  environment_id: Id<'env'>
  connection_id: Id<'conn'>
  token_hash: string
  /** Of the settings that it was a test of. */
  settings_hash: string
  /** JSON, see users/source.ts */
  made_by: string
  created_at: number
  /** Until then it can be begun. */
  expires_at: number
  finished_at: number | null
  outcome: 'waiting' | 'passed' | 'failed'
  record_id: Id<'rec'> | null
  /** Sealed JSON, see login/signin-tests.ts */
  result: string | null
}

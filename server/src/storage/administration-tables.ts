// The tables of the administration API; the conventions are those of tables.ts.

import type { Id } from '#config/world.ts'

export type ApiTokenRow = {
  id: Id<'tok'>
  /** Null: all Environments of the Company. */
  environment_id: Id<'env'> | null
  /** Null: all Companies. */
  company_id: Id<'comp'> | null
  name: string
  /** JSON list, see admin/tokens/tokens.ts */
  scopes: string
  token_hash: string
  created_at: number
  expires_at: number
  revoked_at: number | null
  last_used_at: number | null
}

export type AuditEntryRow = {
  id: Id<'audit'>
  environment_id: Id<'env'>
  at: number
  /** JSON, see users/source.ts */
  actor: string
  action: string
  subject_id: string
  subject_name: string
  /** JSON, see admin/audit/audit.ts */
  changes: string
}

export type IdempotentAnswerRow = {
  environment_id: Id<'env'>
  /** Of a token, or of an administrator. */
  token_id: Id<'tok'> | Id<'admin'>
  idempotency_key: string
  request_hash: string
  /** JSON, see admin/idempotency.ts */
  answer: string
  expires_at: number
}

export type ImportRow = {
  id: Id<'imp'>
  environment_id: Id<'env'>
  checksum: string
  /** So many lines of the file are committed, or refused. */
  lines_done: number
  created: number
  refused: number
  started_at: number
  finished_at: number | null
}

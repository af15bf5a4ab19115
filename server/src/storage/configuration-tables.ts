// The tables of configuring in the portal; the conventions are those of tables.ts.

import type { Id } from '#config/world.ts'

export type ConfigurationVersionRow = {
  id: Id<'ver'>
  environment_id: Id<'env'>
  /** See configuration/configuration.ts */
  kind: string
  subject_id: string
  /** Its name at that time. */
  subject_name: string
  /** From 1, of this subject. */
  number: number
  /** JSON; null where it was not there. */
  before: string | null
  /** JSON; null where it is gone. */
  after: string | null
  /** JSON, see users/source.ts */
  actor: string
  at: number
}

export type SetupLinkRow = {
  id: Id<'setup'>
  environment_id: Id<'env'>
  connection_id: Id<'conn'>
  token_hash: string
  /** JSON, see users/source.ts */
  made_by: string
  created_at: number
  expires_at: number
  revoked_at: number | null
  last_used_at: number | null
}

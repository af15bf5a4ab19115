// The tables of who administers; the conventions are those of tables.ts.

import type { Id } from '#config/world.ts'

export type AdministratorTables = {
  administrators: AdministratorRow
  administrator_memberships: AdministratorMembershipRow
  administrator_sessions: AdministratorSessionRow
  administrator_links: AdministratorLinkRow
  administrator_challenges: AdministratorChallengeRow
  administrator_attempts: AdministratorAttemptRow
  administrator_recovery_codes: AdministratorRecoveryCodeRow
  administrator_passkeys: AdministratorPasskeyRow
  administrator_sign_ins: AdministratorSignInRow
  company_audit_entries: CompanyAuditEntryRow
}

export type AdministratorRow = {
  id: Id<'admin'>
  email: string
  /** The address in the form in which it is compared. */
  email_key: string
  name: string
  /** May make Companies, and sees all of them. */
  operator: 0 | 1
  /** PHC string format, see passwords/hash.ts; null until the invitation was accepted. */
  password_hash: string | null
  /** Null: no second step. */
  totp_sealed: string | null
  /** Shown, and not yet confirmed with a code. */
  totp_next_sealed: string | null
  /** The time step of the code that was taken last: each is good once. */
  totp_step: number | null
  created_at: number
  updated_at: number
  last_sign_in_at: number | null
}

export type AdministratorMembershipRow = {
  administrator_id: Id<'admin'>
  company_id: Id<'comp'>
  role: 'owner' | 'administrator' | 'support' | 'auditor'
  /** JSON list of ids; null: all Environments of the Company. */
  environments: string | null
  created_at: number
  updated_at: number
}

export type AdministratorSessionRow = {
  id: Id<'asess'>
  administrator_id: Id<'admin'>
  token_hash: string
  through: 'password' | 'code' | 'passkey' | 'link' | 'single-sign-on'
  /** Whose single sign-on opened it: it reaches this Company alone. */
  company_id: Id<'comp'> | null
  opened_at: number
  last_seen_at: number
  expires_at: number
  address: string | null
  user_agent: string | null
}

export type AdministratorLinkRow = {
  id: Id<'inv'>
  token_hash: string
  purpose: 'first-run' | 'invitation' | 'recover'
  /** Whose password it sets; null where it makes or joins an account. */
  administrator_id: Id<'admin'> | null
  /** Of a Company's invitation: who is to be what there, once it is accepted. */
  company_id: Id<'comp'> | null
  email: string | null
  email_key: string | null
  role: AdministratorMembershipRow['role'] | null
  environments: string | null
  created_at: number
  expires_at: number
  used_at: number | null
}

export type AdministratorChallengeRow = {
  token_hash: string
  purpose: 'code' | 'passkey-sign-in' | 'passkey-new'
  administrator_id: Id<'admin'> | null
  expires_at: number
  attempts: number
}

/** How often something was tried within a while; see administrators/attempts.ts */
export type AdministratorAttemptRow = { subject: string; window_at: number; count: number }

export type AdministratorRecoveryCodeRow = { administrator_id: Id<'admin'>; code_hash: string }

export type AdministratorPasskeyRow = {
  id: Id<'pass'>
  administrator_id: Id<'admin'>
  credential_id: string
  /** base64url, COSE */
  public_key: string
  counter: number
  /** JSON list */
  transports: string
  name: string
  created_at: number
  last_used_at: number | null
}

/** The Company's own single sign-on for its administrators. */
export type AdministratorSignInRow = {
  company_id: Id<'comp'>
  environment_id: Id<'env'>
  connection_id: Id<'conn'>
  updated_at: number
}

/** What was changed beside the Environments. */
export type CompanyAuditEntryRow = {
  id: Id<'audit'>
  /** Null: it concerns no Company alone. */
  company_id: Id<'comp'> | null
  at: number
  /** JSON, see users/source.ts */
  actor: string
  action: string
  subject_id: string
  subject_name: string
  /** JSON, see admin/audit/audit.ts */
  changes: string
}

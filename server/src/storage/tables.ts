/**
 * The tables as the queries see them. The migrations make them; each folder of the domain owns the SQL of its own.
 *
 * Conventions: times are integer milliseconds since the epoch and named `…_at`; JSON is text, parsed where it is read;
 * truth values are 0 and 1. A `null` in a type is a NULL in the column.
 */

import type { Id } from '#config/world.ts'
import type { AccessTables } from '#storage/access-tables.ts'
import type { ApiTokenRow, AuditEntryRow, IdempotentAnswerRow, ImportRow } from '#storage/administration-tables.ts'
import type { AdministratorTables } from '#storage/administrator-tables.ts'
import type { ConfigurationVersionRow, SetupLinkRow } from '#storage/configuration-tables.ts'
import type { ConnectTables } from '#storage/connect-tables.ts'
import type {
  EnvironmentSessionsRow,
  LogoutAttemptRow,
  LogoutPauseRow,
  LogoutRow,
  SessionEndingRow,
} from '#storage/logout-tables.ts'
import type { OauthArtifactRow, OauthClientRow, OauthClientSecretRow, OauthKeyRow } from '#storage/oauth-tables.ts'
import type { PasswordTables } from '#storage/password-tables.ts'
import type { RecordTables } from '#storage/record-tables.ts'

export type Tables = AccessTables &
  AdministratorTables &
  ConnectTables &
  PasswordTables &
  RecordTables & {
    companies: CompanyRow
    environments: EnvironmentRow
    connections: ConnectionRow
    signing_keys: SigningKeyRow
    users: UserRow
    user_fields: UserFieldRow
    teams: TeamRow
    access_profiles: AccessProfileRow
    applications: ApplicationRow
    roles: RoleRow
    user_teams: UserTeamRow
    user_applications: UserApplicationRow
    user_roles: UserRoleRow
    sessions: SessionRow
    environment_sessions: EnvironmentSessionsRow
    session_endings: SessionEndingRow
    logouts: LogoutRow
    logout_attempts: LogoutAttemptRow
    logout_pauses: LogoutPauseRow
    pending_logins: PendingLoginRow
    used_assertions: UsedAssertionRow
    verified_responses: VerifiedResponseRow
    signin_records: SigninRecordRow
    api_tokens: ApiTokenRow
    audit_entries: AuditEntryRow
    idempotent_answers: IdempotentAnswerRow
    imports: ImportRow
    oauth_clients: OauthClientRow
    oauth_client_secrets: OauthClientSecretRow
    oauth_artifacts: OauthArtifactRow
    oauth_keys: OauthKeyRow
    configuration_versions: ConfigurationVersionRow
    setup_links: SetupLinkRow
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
  state: 'draft' | 'live'
  /** Where the identity provider publishes its metadata. */
  metadata_url: string | null
  created_at: number
  updated_at: number
}

export type SigningKeyRow = {
  id: Id<'key'>
  environment_id: Id<'env'>
  state: 'next' | 'active' | 'previous' | 'retired'
  origin: 'made' | 'imported'
  /** Empty where the key is retired. */
  private_key_sealed: string
  certificate_pem: string
  created_at: number
  /** Since when it has this state. */
  changed_at: number
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
  created_through: 'sso' | 'api' | 'portal' | 'declaration' | 'import'
  created_at: number
  updated_at: number
  last_sign_in_at: number | null
  access_profile_id: Id<'prof'> | null
  default_application_id: Id<'app'> | null
  /** The NameID of its connection that it is known by, where it has no user id; see users/users.ts */
  name_id_key: string | null
  /** The e-mail address in the form in which it is compared. */
  email_key: string | null
  /** How they begin, in the form in which they are searched for; see users/search.ts */
  username_start: string | null
  email_start: string | null
  first_name_start: string | null
  last_name_start: string | null
  deactivated_at: number | null
  version: number
}

/** Where something came from, JSON (users/source.ts), and since when. */
type WithSource = { source: string; since: number }

export type UserFieldRow = WithSource & { environment_id: Id<'env'>; user_id: Id<'user'>; field: string }

export type TeamRow = {
  id: Id<'team'>
  environment_id: Id<'env'>
  name: string
  standard: 'portal' | null
  created_at: number
  updated_at: number
}

export type AccessProfileRow = {
  id: Id<'prof'>
  environment_id: Id<'env'>
  name: string
  standard: 'portal' | 'regular' | 'administrator' | null
  /** Whether it has the permission User Management. */
  user_management: 0 | 1
  created_at: number
  updated_at: number
}

export type ApplicationRow = {
  id: Id<'app'>
  environment_id: Id<'env'>
  name: string
  created_at: number
  updated_at: number
}

export type RoleRow = {
  id: Id<'role'>
  environment_id: Id<'env'>
  application_id: Id<'app'>
  name: string
  created_at: number
  updated_at: number
}

export type UserTeamRow = WithSource & {
  environment_id: Id<'env'>
  user_id: Id<'user'>
  team_id: Id<'team'>
  is_primary: 0 | 1
}

export type UserApplicationRow = WithSource & {
  environment_id: Id<'env'>
  user_id: Id<'user'>
  application_id: Id<'app'>
  active_role_id: Id<'role'> | null
}

export type UserRoleRow = WithSource & {
  environment_id: Id<'env'>
  user_id: Id<'user'>
  application_id: Id<'app'>
  role_id: Id<'role'>
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
  /** See sessions/ends.ts */
  ended_why: string | null
  /** JSON list; null where the assertion said nothing of clients. */
  authorized_client_ids: string | null
  address: string | null
  user_agent: string | null
  /** See sessions/name-id.ts */
  name_id_key: string | null
  /** Whether the Environment's settings or the identity provider's SessionNotOnOrAfter made `expires_at`. */
  expires_why: 'lifetime' | 'identity-provider' | null
  /** The same in all sessions that followed one another in a browser, of one person. */
  chain_id: string | null
  /** Of the sign-in that opened it. */
  record_id: Id<'rec'> | null
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
  /** Of a test: then it leads to no session. */
  test_id: Id<'test'> | null
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
  test_id: Id<'test'> | null
}

export type SigninRecordRow = {
  id: Id<'rec'>
  reference: string
  environment_id: Id<'env'>
  connection_id: Id<'conn'> | null
  started_at: number
  finished_at: number | null
  outcome: 'started' | 'signed-in' | 'tested' | 'refused'
  reason: string | null
  user_id: Id<'user'> | null
  subject: string | null
  /** The subject in the form in which it is searched. */
  subject_key: string | null
  test_id: Id<'test'> | null
  request_id: string | null
  details: string
}

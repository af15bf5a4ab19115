// The tables of people's passwords; the conventions are those of tables.ts.

import type { Id } from '#config/world.ts'

export type PasswordTables = {
  environment_passwords: EnvironmentPasswordsRow
  user_passwords: UserPasswordRow
  password_resets: PasswordResetRow
  password_attempts: PasswordAttemptRow
}

export type EnvironmentPasswordsRow = {
  environment_id: Id<'env'>
  /** JSON, see passwords/settings.ts */
  settings: string
  updated_at: number
}

export type UserPasswordRow = {
  user_id: Id<'user'>
  environment_id: Id<'env'>
  /** PHC string format, see passwords/hash.ts */
  hash: string
  set_at: number
  must_change: 0 | 1
  failed_attempts: number
  locked_until: number | null
}

export type PasswordResetRow = {
  token_hash: string
  environment_id: Id<'env'>
  user_id: Id<'user'>
  expires_at: number
  used_at: number | null
}

/** How often something was tried within a while; see passwords/attempts.ts */
export type PasswordAttemptRow = {
  environment_id: Id<'env'>
  subject: string
  window_at: number
  count: number
}

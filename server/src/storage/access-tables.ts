// The tables of access decisions; the conventions are those of tables.ts.

import type { Id } from '#config/world.ts'

export type AccessTables = {
  environment_access: EnvironmentAccessRow
  access_policies: AccessPolicyRow
  session_attributes: SessionAttributesRow
  access_decisions: AccessDecisionRow
}

export type EnvironmentAccessRow = {
  environment_id: Id<'env'>
  /** JSON, see access/addresses.ts */
  addresses: string
  /** Another one after every change of the addresses or of a policy; chance, so that none comes twice. */
  version: string
  updated_at: number
}

export type AccessPolicyRow = {
  id: Id<'policy'>
  environment_id: Id<'env'>
  name: string
  /** Cedar */
  text: string
  mode: 'enforced' | 'shadow' | 'off'
  version: number
  created_at: number
  updated_at: number
}

/** What the assertion said of the person, for policies that ask later. */
export type SessionAttributesRow = {
  session_id: Id<'sess'>
  environment_id: Id<'env'>
  /** JSON, values by name */
  attributes: string
}

export type AccessDecisionRow = {
  id: Id<'dec'>
  environment_id: Id<'env'>
  at: number
  action: 'sign-in' | 'authorize' | 'call'
  user_id: string | null
  client_id: string | null
  address: string
  effect: 'allow' | 'reauthenticate' | 'deny'
  /** What it would be if the policies in shadow mode were enforced; null where that is the same. */
  shadow_effect: 'allow' | 'reauthenticate' | 'deny' | null
  /** JSON, names by id */
  policies: string
  /** JSON, see access/recorded.ts */
  request: string
}

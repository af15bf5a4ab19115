// The tables of the authorization server; the conventions are those of tables.ts.

import type { Id } from '#config/world.ts'

export type ClientKind = 'web' | 'native' | 'single-page' | 'machine'

export type OauthClientRow = {
  environment_id: Id<'env'>
  /** As the world knows it; unique within the Environment. */
  id: string
  name: string
  kind: ClientKind
  /** JSON, see oauth/clients.ts */
  settings: string
  version: number
  created_at: number
  updated_at: number
}

export type OauthClientSecretRow = {
  id: Id<'secret'>
  environment_id: Id<'env'>
  client_id: string
  secret_hash: string
  /** Its last four characters. */
  hint: string
  created_at: number
  expires_at: number | null
  last_used_at: number | null
}

/** Whatever oidc-provider keeps: codes, tokens, grants, its sessions and interactions. */
export type OauthArtifactRow = {
  environment_id: Id<'env'>
  model: string
  id_hash: string
  /** JSON */
  payload: string
  grant_id: string | null
  /** The chain of sessions that it hangs on: it is good only as long as one of them lives. */
  chain_id: string | null
  /** To whom it was given. */
  client_id: string | null
  uid: string | null
  user_code: string | null
  consumed_at: number | null
  expires_at: number
}

export type OauthKeyRow = {
  id: Id<'key'>
  environment_id: Id<'env'>
  state: 'next' | 'active' | 'previous' | 'retired'
  private_key_sealed: string
  created_at: number
  changed_at: number
}

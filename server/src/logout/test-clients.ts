// For tests: clients that want to hear of logouts, and what they were given.

import { randomBytes } from 'node:crypto'
import type {} from 'node:test' // marks this file as one for tests
import type { Id } from '#config/world.ts'
import { now } from '#login/test-place.ts'
import { clientSettings, insertClient } from '#oauth/clients.ts'
import type { Database } from '#storage/database.ts'
import type { OauthArtifactRow } from '#storage/oauth-tables.ts'

/** A web client with these settings. Told at `https://<id>.example/told`, unless they say otherwise. */
export async function insertToldClient(
  db: Database,
  environmentId: Id<'env'>,
  id: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const whole = clientSettings.parse({ backChannelLogoutUri: `https://${id}.example/told`, ...settings })
  await insertClient(db.write, environmentId, { id, name: `The ${id}`, kind: 'web', settings: whole }, now)
}

type Given = { readonly chainId: string | null; readonly clientId: string; readonly model?: string }

/** What the clients were given in chains of sessions. */
export async function give(db: Database, environmentId: Id<'env'>, ...given: readonly Given[]): Promise<void> {
  const rows = given.map(({ chainId, clientId, model = 'Grant' }): OauthArtifactRow => {
    const none = { grant_id: null, uid: null, user_code: null, consumed_at: null }
    const id_hash = randomBytes(32).toString('base64url')
    const expires_at = now.getTime() + 86_400_000
    return {
      environment_id: environmentId,
      model,
      id_hash,
      payload: '{}',
      chain_id: chainId,
      client_id: clientId,
      expires_at,
      ...none,
    }
  })
  for (let start = 0; start < rows.length; start += 500) {
    await db.write
      .insertInto('oauth_artifacts')
      .values(rows.slice(start, start + 500))
      .execute()
  }
}

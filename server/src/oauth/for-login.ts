// What signing in must know of clients, without knowing of OAuth: handed to it by app.ts.

import type { AccessClient } from '#access/request.ts'
import type { Id } from '#config/world.ts'
import { accessClientOf, findClient, isClientId } from '#oauth/clients.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import type { Handle } from '#storage/database.ts'
import { tokenHash } from '#storage/token-hash.ts'

const IDS_AT_ONCE = 500

export function clientsForLogin({ config, world }: Pick<OauthContext, 'config' | 'world'>) {
  return { askedFor, known }

  /**
   * The client of the interaction that a sign-in leads back to. Read from the interaction and not from the address, so
   * that nobody names a client that did not ask.
   */
  async function askedFor(
    db: Handle,
    environmentId: Id<'env'>,
    done: string | undefined,
  ): Promise<{ readonly client: AccessClient; readonly giveUpUrl: string } | undefined> {
    const url = done?.startsWith(`${config.publicUrl}/`) ? URL.parse(done) : null
    const uid = url && /\/oauth\/interaction\/([\w-]{1,64})$/.exec(url.pathname)?.[1]
    if (!url || !uid) return undefined
    const row = await db
      .selectFrom('oauth_artifacts')
      .select('payload')
      .where('environment_id', '=', environmentId)
      .where('model', '=', 'Interaction')
      .where('id_hash', '=', tokenHash(uid))
      .where('expires_at', '>', world.clock().getTime())
      .executeTakeFirst()
    const clientId: unknown = row && JSON.parse(row.payload).params?.client_id
    const client = typeof clientId === 'string' ? await findClient(db, environmentId, clientId) : undefined
    return client && { client: accessClientOf(client), giveUpUrl: `${url.origin}${url.pathname}?deny=1` }
  }

  /** Those of the ids that clients of the Environment have. */
  async function known(db: Handle, environmentId: Id<'env'>, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const possible = [...new Set(ids)].filter(isClientId)
    const found = new Set<string>()
    for (let start = 0; start < possible.length; start += IDS_AT_ONCE) {
      const rows = await db
        .selectFrom('oauth_clients')
        .select('id')
        .where('environment_id', '=', environmentId)
        .where('id', 'in', possible.slice(start, start + IDS_AT_ONCE))
        .execute()
      for (const { id } of rows) found.add(id)
    }
    return found
  }
}

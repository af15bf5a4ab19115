import type { Chance, Id } from '#config/world.ts'
import { insertLogouts, newLogout } from '#logout/logouts.ts'
import { clientsToTell } from '#oauth/clients-to-tell.ts'
import { livingChains } from '#sessions/chains.ts'
import type { EndedSession } from '#sessions/ends.ts'
import type { Handle } from '#storage/database.ts'

/**
 * Writes down which clients are told that sessions have ended (OpenID Connect Back-Channel Logout 1.0). Whyever they
 * have: what was given out in them is good no more. The tokens are sent after the transaction (deliveries.ts).
 *
 * Clients know a chain of sessions as one. The end of the last of them is the end; `replaced` by the next is none.
 */
export async function tellClients(
  tx: Handle,
  environmentId: Id<'env'>,
  ended: readonly EndedSession[],
  made: { readonly chance: Chance; readonly now: Date },
): Promise<void> {
  const lastOf = new Map(ended.map((session) => [session.chainId, session]))
  const toTell = await clientsToTell(tx, environmentId, [...lastOf.keys()])
  if (toTell.length === 0) return
  const chains = [...new Set(toTell.map(({ chainId }) => chainId))]
  const living = await livingChains(tx, environmentId, chains, made.now)
  const rows = toTell.flatMap(({ chainId, clientId }) => {
    const session = lastOf.get(chainId)
    if (session === undefined || living.has(chainId)) return []
    const { id: sessionId, userId, why } = session
    const about = { clientId, userId, sessionId, binding: 'logout-token', why, subject: undefined } as const
    return [newLogout(environmentId, { ...about, direction: 'to-client', chain_id: chainId }, made)]
  })
  await insertLogouts(tx, rows)
}

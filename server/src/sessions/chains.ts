import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

const IDS_AT_ONCE = 500

/** Those of the chains in which a session lives: one that was replaced by the next is no end for what hangs on them. */
export async function livingChains(
  db: Handle,
  environmentId: Id<'env'>,
  chainIds: readonly string[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const living = new Set<string>()
  for (let start = 0; start < chainIds.length; start += IDS_AT_ONCE) {
    const rows = await db
      .selectFrom('sessions')
      .select('chain_id')
      .where('environment_id', '=', environmentId)
      .where('chain_id', 'in', chainIds.slice(start, start + IDS_AT_ONCE))
      .where('ended_at', 'is', null)
      .where('expires_at', '>', now.getTime())
      .execute()
    for (const { chain_id } of rows) if (chain_id !== null) living.add(chain_id)
  }
  return living
}

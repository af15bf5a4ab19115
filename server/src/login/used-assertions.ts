import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

/**
 * Remembers an assertion until it could not be presented any more. False where it was there already: this is the only
 * place that knows, and one statement, so that two presenters at the same moment cannot both be first (Profiles 4.1.4.5).
 */
export async function useAssertion(
  db: Handle,
  environmentId: Id<'env'>,
  assertion: { readonly connectionId: Id<'conn'>; readonly id: string; readonly until: Date },
): Promise<boolean> {
  const { connectionId, id, until } = assertion
  const inserted = await db
    .insertInto('used_assertions')
    .values({
      connection_id: connectionId,
      assertion_id: id,
      environment_id: environmentId,
      expires_at: until.getTime(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('assertion_id')
    .executeTakeFirst()
  return inserted !== undefined
}

import { sql } from 'kysely'
import type { Connection } from '#connections/connections.ts'
import { backoffMs } from '#logout/backoff.ts'
import type { Handle } from '#storage/database.ts'

/** Lets everything wait that an identity provider is to be told: it has not answered. */
export async function pause(db: Handle, { id, environmentId }: Connection, now: Date): Promise<void> {
  const row = await db
    .insertInto('logout_pauses')
    .values({
      connection_id: id,
      environment_id: environmentId,
      failures: 1,
      paused_until: now.getTime() + backoffMs(1),
    })
    .onConflict((conflict) =>
      conflict.column('connection_id').doUpdateSet({ failures: sql<number>`logout_pauses.failures + 1` }),
    )
    .returning('failures')
    .executeTakeFirstOrThrow()
  if (row.failures === 1) return
  await db
    .updateTable('logout_pauses')
    .set({ paused_until: now.getTime() + backoffMs(row.failures) })
    .where('connection_id', '=', id)
    .where('environment_id', '=', environmentId)
    .execute()
}

/** It has answered, whatever it said. */
export async function endPause(db: Handle, { id, environmentId }: Connection): Promise<void> {
  await db
    .deleteFrom('logout_pauses')
    .where('connection_id', '=', id)
    .where('environment_id', '=', environmentId)
    .execute()
}

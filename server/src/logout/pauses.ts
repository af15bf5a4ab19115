import { sql } from 'kysely'
import { backoffMs } from '#logout/backoff.ts'
import type { Logout } from '#logout/logouts.ts'
import { partnerColumns } from '#logout/partner.ts'
import type { Handle } from '#storage/database.ts'

type Whose = Pick<Logout, 'environmentId' | 'partner'>

/** Lets everything wait that an identity provider or a client is to be told: it has not answered. */
export async function pause(db: Handle, { environmentId, partner }: Whose, now: Date): Promise<void> {
  const columns = partnerColumns(environmentId, partner)
  const row = await db
    .insertInto('logout_pauses')
    .values({
      ...columns,
      environment_id: environmentId,
      failures: 1,
      paused_until: now.getTime() + backoffMs(1),
    })
    .onConflict((conflict) =>
      conflict.column('partner').doUpdateSet({ failures: sql<number>`logout_pauses.failures + 1` }),
    )
    .returning('failures')
    .executeTakeFirstOrThrow()
  if (row.failures === 1) return
  await db
    .updateTable('logout_pauses')
    .set({ paused_until: now.getTime() + backoffMs(row.failures) })
    .where('environment_id', '=', environmentId)
    .where('partner', '=', columns.partner)
    .execute()
}

/** It has answered, whatever it said. */
export async function endPause(db: Handle, { environmentId, partner }: Whose): Promise<void> {
  await db
    .deleteFrom('logout_pauses')
    .where('environment_id', '=', environmentId)
    .where('partner', '=', partnerColumns(environmentId, partner).partner)
    .execute()
}

import type { Id } from '#config/world.ts'
import { recordOf, type SigninRecord } from '#signin-records/signin-records.ts'
import type { Handle } from '#storage/database.ts'

/** Attempts that went to the identity provider and never came back say nothing, and are passed over. */
const LOOKED_AT = 50

/** The latest sign-in through a connection in which the identity provider has answered. */
export async function findLastAnswer(
  db: Handle,
  environmentId: Id<'env'>,
  connectionId: Id<'conn'>,
): Promise<SigninRecord | undefined> {
  const rows = await db
    .selectFrom('signin_records')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('connection_id', '=', connectionId)
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(LOOKED_AT)
    .execute()
  return rows.map(recordOf).find(({ details }) => details.answer !== undefined)
}

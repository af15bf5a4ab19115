// Sign-in records as administrators go through them: by person, reason, connection, outcome and time, page by page.

import type { Id } from '#config/world.ts'
import { recordOf, type SigninRecord, subjectKey } from '#signin-records/signin-records.ts'
import type { Handle } from '#storage/database.ts'

export type RecordPage = {
  /** What the identity provider called them, in capitals or not, or one of these users. */
  readonly person?: { readonly subject: string; readonly userIds: readonly Id<'user'>[] } | undefined
  readonly reason?: string | undefined
  readonly connectionId?: string | undefined
  readonly outcome?: SigninRecord['outcome'] | undefined
  readonly from?: Date | undefined
  /** Not this instant itself. */
  readonly to?: Date | undefined
  readonly after?: { readonly startedAt: Date; readonly id: string } | undefined
  readonly limit: number
}

/** The newest first. Each page begins in an index where the one before ended. */
export async function pageOfRecords(
  db: Handle,
  environmentId: Id<'env'>,
  { person, reason, connectionId, outcome, from, to, after, limit }: RecordPage,
): Promise<readonly SigninRecord[]> {
  let found = db.selectFrom('signin_records').selectAll().where('environment_id', '=', environmentId)
  if (person !== undefined) {
    const { subject, userIds } = person
    found = found.where((e) =>
      e.or([
        e('subject_key', '=', subjectKey(subject)),
        ...(userIds.length === 0 ? [] : [e('user_id', 'in', [...userIds])]),
      ]),
    )
  }
  if (reason !== undefined) found = found.where('reason', '=', reason)
  if (connectionId !== undefined) found = found.where('connection_id', '=', connectionId as Id<'conn'>)
  if (outcome !== undefined) found = found.where('outcome', '=', outcome)
  if (from !== undefined) found = found.where('started_at', '>=', from.getTime())
  if (to !== undefined) found = found.where('started_at', '<', to.getTime())
  if (after !== undefined) {
    const at = after.startedAt.getTime()
    const earlier = { startedAt: at, id: after.id as Id<'rec'> }
    found = found
      .where('started_at', '<=', earlier.startedAt)
      .where((e) => e.or([e('started_at', '<', earlier.startedAt), e('id', '<', earlier.id)]))
  }
  const rows = await found.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
  return rows.map(recordOf)
}

/** Those that ended at this instant or later, in that order. */
export async function finishedSince(
  db: Handle,
  environmentId: Id<'env'>,
  { since, limit }: { readonly since: Date; readonly limit: number },
): Promise<readonly SigninRecord[]> {
  const rows = await db
    .selectFrom('signin_records')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('finished_at', '>=', since.getTime())
    .orderBy('finished_at', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(recordOf).reverse()
}

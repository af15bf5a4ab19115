// Sign-in records as administrators go through them: by person, reason, connection, outcome and time, page by page.

import type { Id } from '#config/world.ts'
import { recordOf, type SigninRecord, subjectKey } from '#signin-records/signin-records.ts'
import type { Handle } from '#storage/database.ts'
import type { SigninRecordRow } from '#storage/tables.ts'

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

/** The newest first. Each page begins where the one before ended. */
export async function pageOfRecords(
  db: Handle,
  environmentId: Id<'env'>,
  page: RecordPage,
): Promise<readonly SigninRecord[]> {
  const { person, limit } = page
  if (person === undefined) return (await partOf(db, environmentId, page, undefined)).map(recordOf)
  // One by one, because each has an index of its own: in one query neither database would use them.
  const parts = [{ subject: person.subject }, ...person.userIds.map((userId) => ({ userId }))]
  const found = await Promise.all(parts.map((part) => partOf(db, environmentId, page, part)))
  const distinct = [...new Map(found.flat().map((row) => [row.id, row])).values()]
  const newestFirst = distinct.sort((one, other) => other.started_at - one.started_at || (one.id < other.id ? 1 : -1))
  return newestFirst.slice(0, limit).map(recordOf)
}

type Who = { readonly subject: string } | { readonly userId: Id<'user'> } | undefined

function partOf(
  db: Handle,
  environmentId: Id<'env'>,
  { reason, connectionId, outcome, from, to, after, limit }: RecordPage,
  who: Who,
): Promise<readonly SigninRecordRow[]> {
  let found = db.selectFrom('signin_records').selectAll().where('environment_id', '=', environmentId)
  if (who !== undefined && 'subject' in who) found = found.where('subject_key', '=', subjectKey(who.subject))
  if (who !== undefined && 'userId' in who) found = found.where('user_id', '=', who.userId)
  if (reason !== undefined) found = found.where('reason', '=', reason)
  if (connectionId !== undefined) found = found.where('connection_id', '=', connectionId as Id<'conn'>)
  if (outcome !== undefined) found = found.where('outcome', '=', outcome)
  if (from !== undefined) found = found.where('started_at', '>=', from.getTime())
  if (to !== undefined) found = found.where('started_at', '<', to.getTime())
  if (after !== undefined) {
    const at = after.startedAt.getTime()
    found = found
      .where('started_at', '<=', at)
      .where((e) => e.or([e('started_at', '<', at), e('id', '<', after.id as Id<'rec'>)]))
  }
  return found.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
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

// How sign-ins have gone lately, for the home page. Tests of connections do not count.

import { sql } from 'kysely'
import type { Id } from '#config/world.ts'
import { recordOf, type SigninRecord } from '#signin-records/signin-records.ts'
import type { Handle } from '#storage/database.ts'

const HOUR_MS = 60 * 60 * 1000
const HOURS = 24

export type Hour = { readonly from: Date; readonly signedIn: number; readonly refused: number }

/** The last 24 hours, the oldest first; the last one is under way. Hours are those of the clock in UTC. */
export async function countByHour(db: Handle, environmentId: Id<'env'>, now: Date): Promise<readonly Hour[]> {
  const last = Math.floor(now.getTime() / HOUR_MS)
  const first = last - HOURS + 1
  // A literal: SQLite binds numbers as REAL, and would not divide into whole hours.
  const hour = sql<number | string>`started_at / ${sql.lit(HOUR_MS)}`
  const rows = await db
    .selectFrom('signin_records')
    .select([hour.as('hour'), 'outcome'])
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('environment_id', '=', environmentId)
    .where('started_at', '>=', first * HOUR_MS)
    .where('started_at', '<', (last + 1) * HOUR_MS)
    .where('test_id', 'is', null)
    .where('outcome', 'in', ['signed-in', 'refused'])
    .groupBy([hour, 'outcome'])
    .execute()
  const count = (at: number, outcome: string): number =>
    Number(rows.find((row) => Number(row.hour) === at && row.outcome === outcome)?.count ?? 0)
  return Array.from({ length: HOURS }, (_, nth) => {
    const at = first + nth
    return { from: new Date(at * HOUR_MS), signedIn: count(at, 'signed-in'), refused: count(at, 'refused') }
  })
}

export type Failures = { readonly reason: string; readonly count: number; readonly newest: SigninRecord }

/** Why sign-ins were refused since then, the most frequent reason first. */
export async function countByReason(db: Handle, environmentId: Id<'env'>, since: Date): Promise<readonly Failures[]> {
  const refused = () =>
    db
      .selectFrom('signin_records')
      .where('environment_id', '=', environmentId)
      .where('started_at', '>=', since.getTime())
      .where('test_id', 'is', null)
      .where('outcome', '=', 'refused')
  const rows = await refused()
    .where('reason', 'is not', null)
    .select('reason')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .groupBy('reason')
    .execute()
  const counted = rows.map(({ reason, count }) => ({ reason: reason ?? '', count: Number(count) }))
  const sorted = counted.sort((one, other) => other.count - one.count || (one.reason < other.reason ? -1 : 1))
  const found: Failures[] = []
  for (const { reason, count } of sorted) {
    const row = await refused()
      .where('reason', '=', reason)
      .selectAll()
      .orderBy('started_at', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (row !== undefined) found.push({ reason, count, newest: recordOf(row) })
  }
  return found
}

/** The newest sign-in through a connection that went so. */
export async function newestOf(
  db: Handle,
  environmentId: Id<'env'>,
  { connectionId, outcome }: { readonly connectionId: Id<'conn'>; readonly outcome: 'signed-in' | 'refused' },
): Promise<SigninRecord | undefined> {
  const row = await db
    .selectFrom('signin_records')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('connection_id', '=', connectionId)
    .where('outcome', '=', outcome)
    .where('test_id', 'is', null)
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && recordOf(row)
}

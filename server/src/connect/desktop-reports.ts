// What agent desktops tell: what stood in an agent's way, and how long a sign-in took. Added up by the day, so that nobody
// can be found in it; gone after 90 days.

import { z } from 'zod'
import type { Id } from '#config/world.ts'
import { type DesktopTrouble, desktopTroubleCodes } from '#connect/desktop-troubles.ts'
import { strictObject } from '#connections/strict-object.ts'
import type { Handle } from '#storage/database.ts'

const DAY_MS = 24 * 60 * 60 * 1000
export const MOST_DAYS = 90
const SIGNED_IN = 'signed-in'

/** The desktop gives a sign-in up after five minutes; what takes longer was begun anew meanwhile. */
const LONGEST_MS = 10 * 60 * 1000

export const desktopReport = z.discriminatedUnion('code', [
  // In tenths of a second, which say nothing of whoever signed in.
  strictObject({ code: z.literal(SIGNED_IN), milliseconds: z.int().min(0).max(LONGEST_MS).multipleOf(100) }),
  strictObject({ code: z.enum(desktopTroubleCodes) }),
])

export type DesktopReport = z.output<typeof desktopReport>

/** Adds to the day's count. One statement, so it holds on several nodes. */
export async function noteDesktopReport(
  db: Handle,
  environmentId: Id<'env'>,
  report: DesktopReport,
  now: Date,
): Promise<void> {
  const total_ms = report.code === SIGNED_IN ? report.milliseconds : 0
  await db
    .insertInto('desktop_reports')
    .values({ environment_id: environmentId, day: dayOf(now), code: report.code, count: 1, total_ms })
    .onConflict((conflict) =>
      conflict.columns(['environment_id', 'day', 'code']).doUpdateSet((e) => ({
        count: e('desktop_reports.count', '+', 1),
        total_ms: e('desktop_reports.total_ms', '+', total_ms),
      })),
    )
    .execute()
}

export type DesktopReports = {
  readonly signIns: number
  /** From the click to the desktop; undefined where nobody signed in. */
  readonly averageMilliseconds: number | undefined
  /** The most frequent first. */
  readonly troubles: readonly { readonly code: DesktopTrouble; readonly count: number }[]
}

/** Of so many days, today among them. */
export async function readDesktopReports(
  db: Handle,
  environmentId: Id<'env'>,
  { days, now }: { readonly days: number; readonly now: Date },
): Promise<DesktopReports> {
  const rows = await db
    .selectFrom('desktop_reports')
    .select(({ fn }) => ['code', fn.sum('count').as('count'), fn.sum('total_ms').as('total_ms')])
    .where('environment_id', '=', environmentId)
    .where('day', '>=', firstDayOf(days, now))
    .groupBy('code')
    .execute()
  const counts = new Map(rows.map(({ code, count }) => [code, Number(count)]))
  const signIns = counts.get(SIGNED_IN) ?? 0
  const total = Number(rows.find(({ code }) => code === SIGNED_IN)?.total_ms ?? 0)
  return {
    signIns,
    averageMilliseconds: signIns === 0 ? undefined : Math.round(total / signIns),
    troubles: desktopTroubleCodes
      .flatMap((code) => {
        const count = counts.get(code)
        return count === undefined ? [] : [{ code, count }]
      })
      .sort((one, other) => other.count - one.count),
  }
}

/** Of all Environments, as time passes for all of them alike. */
export async function sweepDesktopReports(db: Handle, now: Date): Promise<void> {
  await db.deleteFrom('desktop_reports').where('day', '<', firstDayOf(MOST_DAYS, now)).execute()
}

function firstDayOf(days: number, now: Date): string {
  return dayOf(new Date(now.getTime() - (days - 1) * DAY_MS))
}

/** Of UTC. Texts of this form are in the order of time. */
function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10)
}

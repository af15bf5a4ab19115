// Logout All of an Environment as it is asked for and looked at; end-all.ts carries it out.

import { type Chance, type Id, newId } from '#config/world.ts'
import { idleSince } from '#sessions/sessions.ts'
import { findSessionSettings } from '#sessions/settings.ts'
import { type Handle, raise } from '#storage/database.ts'
import type { SessionEndingRow } from '#storage/logout-tables.ts'

export type Ending = {
  readonly id: Id<'ending'>
  readonly environmentId: Id<'env'>
  /** How many were open when it began. Some of them may end otherwise meanwhile. */
  readonly total: number
  /** How many it has ended so far. */
  readonly ended: number
  /** Later ones stay. */
  readonly openedBefore: Date
  readonly startedAt: Date
  readonly finishedAt: Date | undefined
}

export type ToBegin = {
  /** Who asked, JSON: users/source.ts. */
  readonly actor: string
  /** Where the process that begins it goes on with it, too. */
  readonly leasedUntil?: number
}

/** Writes down that all sessions of now are to end. The job does it. */
export async function beginEnding(
  tx: Handle,
  environmentId: Id<'env'>,
  { actor, leasedUntil }: ToBegin,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<Ending> {
  const row: SessionEndingRow = {
    id: newId(chance, 'ending'),
    environment_id: environmentId,
    actor,
    total: await countOpen(tx, environmentId, now),
    ended: 0,
    // One that was opened in this very instant may have been opened just before.
    opened_before: now.getTime() + 1,
    started_at: now.getTime(),
    leased_until: leasedUntil ?? null,
    finished_at: null,
  }
  await tx.insertInto('session_endings').values(row).execute()
  if (leasedUntil === undefined) raise(tx, 'work-waiting')
  return endingOf(row)
}

async function countOpen(db: Handle, environmentId: Id<'env'>, now: Date): Promise<number> {
  const settings = await findSessionSettings(db, environmentId)
  const { open } = await db
    .selectFrom('sessions')
    .select((e) => e.fn.countAll().as('open'))
    .where('environment_id', '=', environmentId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now.getTime())
    .where('last_seen_at', '>', idleSince(settings, now))
    .executeTakeFirstOrThrow()
  return Number(open)
}

export async function findEnding(db: Handle, environmentId: Id<'env'>, id: string): Promise<Ending | undefined> {
  const row = await db
    .selectFrom('session_endings')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id as Id<'ending'>)
    .executeTakeFirst()
  return row && endingOf(row)
}

export type EndingPage = {
  readonly after?: { readonly startedAt: Date; readonly id: string } | undefined
  readonly limit: number
}

/** The newest first. */
export async function listEndings(
  db: Handle,
  environmentId: Id<'env'>,
  { after, limit }: EndingPage,
): Promise<readonly Ending[]> {
  let all = db.selectFrom('session_endings').selectAll().where('environment_id', '=', environmentId)
  if (after !== undefined) {
    const at = after.startedAt.getTime()
    all = all
      .where('started_at', '<=', at)
      .where((e) => e.or([e('started_at', '<', at), e('id', '<', after.id as Id<'ending'>)]))
  }
  const rows = await all.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
  return rows.map(endingOf)
}

function endingOf(row: SessionEndingRow): Ending {
  return Object.freeze({
    id: row.id,
    environmentId: row.environment_id,
    total: row.total,
    ended: row.ended,
    openedBefore: new Date(row.opened_before),
    startedAt: new Date(row.started_at),
    finishedAt: row.finished_at === null ? undefined : new Date(row.finished_at),
  })
}

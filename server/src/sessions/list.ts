// Lists of sessions for administrators, page by page, the newest first.

import { type AliasedExpression, type Expression, sql } from 'kysely'
import type { Id } from '#config/world.ts'
import type { EndedWhy } from '#sessions/ends.ts'
import { endOf, idleSince, type Session, sessionOf } from '#sessions/sessions.ts'
import { findSessionSettings } from '#sessions/settings.ts'
import type { Handle } from '#storage/database.ts'
import type { SessionRow } from '#storage/tables.ts'
import { displayName, findUser } from '#users/users.ts'

const MINUTE_MS = 60 * 1000

export type SessionQuery = {
  readonly userId?: string | undefined
  readonly connectionId?: string | undefined
  readonly username?: string | undefined
  /** None is still open then. */
  readonly why?: EndedWhy | undefined
  /** What has lapsed counts as ended, whether or not that was written down yet. */
  readonly state: 'open' | 'ended' | 'all'
  /** The last one of the page before. */
  readonly after?: { readonly openedAt: Date; readonly id: string } | undefined
  readonly limit: number
}

export type ListedSession = {
  readonly session: Session
  readonly username: string
  /** Undefined where it would be the username again. */
  readonly displayName: string | undefined
  readonly connectionName: string | undefined
  /** Of the assertion, where there was one. */
  readonly nameIdFormat: string | undefined
  readonly sessionIndex: string | undefined
  readonly ended: { readonly why: EndedWhy; readonly at: Date } | undefined
}

/** Each has indexes of its own, so that no page reads past what it does not show. */
type Part = 'living' | 'expired' | 'idle' | 'ended'

const parts: Readonly<Record<SessionQuery['state'], readonly Part[]>> = {
  open: ['living'],
  ended: ['expired', 'idle', 'ended'],
  all: ['living', 'expired', 'idle', 'ended'],
}

/** The query with what it takes to answer it. */
type Resolved = Omit<SessionQuery, 'username'> & {
  readonly environmentId: Id<'env'>
  readonly idleMinutes: number
  readonly now: Date
}

/** Each page costs the same, however many sessions there are. */
export async function listSessions(
  db: Handle,
  environmentId: Id<'env'>,
  { username, ...asked }: SessionQuery,
  now: Date,
): Promise<readonly ListedSession[]> {
  // Not within the query: PostgreSQL chooses the index by how many sessions this very person has.
  const named =
    username === undefined ? undefined : await findUser(db, environmentId, { kind: 'username', value: username })
  if (username !== undefined && named === undefined) return []
  if (named !== undefined && asked.userId !== undefined && named.id !== asked.userId) return []
  const { idleMinutes } = await findSessionSettings(db, environmentId)
  const query = { ...asked, userId: named?.id ?? asked.userId, environmentId, idleMinutes, now }
  const [first, ...more] = parts[query.state].map((part) => pageOf(db, part, query))
  if (first === undefined) return []
  const page = more.reduce((all, one) => all.unionAll(one), first)
  return listed(db, page.as('sessions'), query)
}

/** One of them, open or over. */
export async function findListedSession(
  db: Handle,
  environmentId: Id<'env'>,
  id: string,
  now: Date,
): Promise<ListedSession | undefined> {
  const { idleMinutes } = await findSessionSettings(db, environmentId)
  const all = db.selectFrom('sessions').selectAll().where('environment_id', '=', environmentId)
  const one = all.where('id', '=', id as Id<'sess'>)
  const [found] = await listed(db, one.as('sessions'), { idleMinutes, now, limit: 1 })
  return found
}

async function listed(
  db: Handle,
  sessions: AliasedExpression<SessionRow, 'sessions'>,
  { idleMinutes, now, limit }: Pick<Resolved, 'idleMinutes' | 'now' | 'limit'>,
): Promise<readonly ListedSession[]> {
  const rows = await db
    .selectFrom(sessions)
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .leftJoin('connections', 'connections.id', 'sessions.connection_id')
    .selectAll('sessions')
    .select(['username', 'first_name', 'last_name', 'connections.name as connection_name'])
    .orderBy('sessions.opened_at', 'desc')
    .orderBy('sessions.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => {
    const { username, first_name: firstName, last_name: lastName } = row
    const name = displayName({ username, firstName: firstName ?? undefined, lastName: lastName ?? undefined })
    return {
      session: sessionOf(row),
      username,
      displayName: name === username ? undefined : name,
      connectionName: row.connection_name ?? undefined,
      nameIdFormat: row.name_id_format ?? undefined,
      sessionIndex: row.session_index ?? undefined,
      ended: endOf(row, idleMinutes, now),
    }
  })
}

/** As much of one part as the page could need. */
function pageOf(db: Handle, part: Part, query: Resolved) {
  const { userId, connectionId, why, after, limit } = query
  let page = partOf(db, part, query)
  const lapsed = part === 'expired' || part === 'idle'
  if (userId !== undefined) page = page.where(lapsed ? unindexed('user_id') : sql.ref('user_id'), '=', userId)
  // SQLite does not know which of two indexes leads to fewer, so it is left one of them.
  const plain = userId === undefined && why === undefined && !lapsed
  if (connectionId !== undefined)
    page = page.where(plain ? sql.ref('connection_id') : unindexed('connection_id'), '=', connectionId)
  if (why !== undefined) page = page.where(whyOf(part, query), '=', why)
  const openedAt = lapsed ? sql<number>`+opened_at` : sql.ref<number>('opened_at')
  if (after !== undefined) {
    const at = after.openedAt.getTime()
    // The first condition is the one that an index answers.
    page = page
      .where(openedAt, '<=', at)
      .where((e) => e.or([e(openedAt, '<', at), e('id', '<', after.id as Id<'sess'>)]))
  }
  const ordered = page.orderBy(openedAt, 'desc').orderBy('id', 'desc').limit(limit)
  // SQLite takes an order within a union only from inside a query of its own.
  return db.selectFrom(ordered.as(part)).selectAll()
}

/**
 * Those that have lapsed are few, because the sweep writes them down as ended: they are found by when they lapsed, and
 * sorted, and all others in the order in which they are shown. A plus or `unindexed` keeps SQLite from other indexes.
 */
function partOf(db: Handle, part: Part, { environmentId, idleMinutes, now }: Resolved) {
  const all = db.selectFrom('sessions').selectAll('sessions')
  if (part === 'expired') {
    const expired = all.where('ended_at', 'is', null).where('expires_at', '<=', now.getTime())
    return expired.where(unindexed('environment_id'), '=', environmentId)
  }
  const inside = all.where('environment_id', '=', environmentId)
  if (part === 'ended') return inside.where('ended_at', 'is not', null)
  const open = inside.where('ended_at', 'is', null)
  const unexpired = open.where(sql<number>`+expires_at`, '>', now.getTime())
  const idle = idleSince({ idleMinutes }, now)
  return part === 'idle'
    ? unexpired.where('last_seen_at', '<=', idle)
    : unexpired.where(sql<number>`+last_seen_at`, '>', idle)
}

/** `endOf` of sessions.ts in SQL. */
function whyOf(part: Part, { userId, idleMinutes }: Resolved): Expression<string | null> {
  if (part === 'living') return sql.lit(null)
  if (part === 'idle') return sql.lit('idle')
  if (part === 'ended') return userId === undefined ? sql.ref('ended_why') : unindexed('ended_why')
  const idleFirst =
    idleMinutes === 0 ? sql`1 = 0` : sql`last_seen_at + ${sql.lit(idleMinutes * MINUTE_MS)} < expires_at`
  const byProvider = sql`expires_why = 'identity-provider'`
  return sql<string>`case when ${idleFirst} then 'idle' when ${byProvider} then 'identity-provider-time' else 'lifetime' end`
}

function unindexed(column: 'environment_id' | 'user_id' | 'connection_id' | 'ended_why'): Expression<string | null> {
  return sql<string | null>`${sql.ref(column)} || ''`
}

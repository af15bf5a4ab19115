// What people are told of their own sessions.

import type { Id } from '#config/world.ts'
import { idleSince, type Session } from '#sessions/sessions.ts'
import type { SessionSettings } from '#sessions/settings.ts'
import type { Handle } from '#storage/database.ts'

const MINUTE_MS = 60 * 1000

/** Open sessions of a person that came in the same way. */
export type OpenThrough = {
  /** None: with a password. */
  readonly connectionId: Id<'conn'> | undefined
  readonly sessions: number
  /** Those among them whose assertion named the person, so that the identity provider can be told which they are. */
  readonly named: number
}

export async function countOpenSessions(
  db: Handle,
  { environmentId, userId }: Pick<Session, 'environmentId' | 'userId'>,
  { settings, now }: { readonly settings: SessionSettings; readonly now: Date },
): Promise<readonly OpenThrough[]> {
  const rows = await db
    .selectFrom('sessions')
    .select((e) => ['connection_id', e.fn.countAll().as('sessions'), e.fn.count('name_id').as('named')])
    .where('environment_id', '=', environmentId)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now.getTime())
    .where('last_seen_at', '>', idleSince(settings, now))
    .groupBy('connection_id')
    .execute()
  return rows.map(({ connection_id, sessions, named }) => ({
    connectionId: connection_id ?? undefined,
    sessions: Number(sessions),
    named: Number(named),
  }))
}

/** When a session ends if nothing more is done in it, where that is before it ends anyway. */
export function idleEndOf(
  { lastSeenAt, expiresAt }: Pick<Session, 'lastSeenAt' | 'expiresAt'>,
  { idleMinutes }: Pick<SessionSettings, 'idleMinutes'>,
): Date | undefined {
  const end = lastSeenAt.getTime() + idleMinutes * MINUTE_MS
  return idleMinutes === 0 || end >= expiresAt.getTime() ? undefined : new Date(end)
}

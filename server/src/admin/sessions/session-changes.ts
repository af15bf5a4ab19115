// Changes of sessions with their entries in the audit, for the API and for the command line.

import { type AuditChanges, changesBetween, insertAuditEntry } from '#admin/audit/audit.ts'
import type { Id, World } from '#config/world.ts'
import { noteVersion } from '#configuration/configuration.ts'
import { beginEnding, type Ending } from '#logout/endings.ts'
import { countToTell } from '#logout/ledger.ts'
import { endAndTell } from '#logout/tell.ts'
import { findListedSession, type ListedSession, listSessions } from '#sessions/list.ts'
import { findSessionSettings, type SessionSettings, saveSessionSettings } from '#sessions/settings.ts'
import type { Handle } from '#storage/database.ts'
import { holdAccount } from '#users/accounts.ts'
import { type Source, storedSource } from '#users/source.ts'
import type { User } from '#users/users.ts'

/** Whose sessions, and who changes them. */
export type SessionChange = {
  readonly environmentId: Id<'env'>
  readonly source: Source
  readonly world: World
  readonly now: Date
}

export type Ended = { readonly ended: number; readonly told: number }

const why = 'ended-by-administrator'
const AT_ONCE = 500

/** What it is afterwards; one that has ended already stays as it is. Undefined where there is no such session. */
export async function endOneSession(
  tx: Handle,
  change: SessionChange,
  id: string,
): Promise<(Ended & { readonly session: ListedSession }) | undefined> {
  const { environmentId, now, world } = change
  const found = await findListedSession(tx, environmentId, id, now)
  if (found === undefined) return undefined
  if (found.ended !== undefined) return { ended: 0, told: 0, session: found }
  const { userId, id: sessionId } = found.session
  const ended = await endAndTell(tx, environmentId, { ids: [sessionId] }, { why, now, chance: world.chance })
  const changes = { ended: { from: null, to: why }, user: { from: null, to: userId } }
  if (ended.length > 0) await note(tx, change, 'session.ended', { id: sessionId, name: found.username, changes })
  const session = (await findListedSession(tx, environmentId, id, now)) ?? found
  const told = await countToTell(tx, environmentId, { userId, ids: [sessionId] })
  return { ended: ended.length, told, session }
}

/** Logout All of one person. What has lapsed ended by itself, and nobody is told of it. */
export async function endSessionsOf(
  tx: Handle,
  change: SessionChange,
  { id, username }: Pick<User, 'id' | 'username'>,
): Promise<Ended> {
  const { environmentId, now, world } = change
  // Whoever signs in at this moment waits, and so does this for whoever was first: opening a session begins so, too.
  await holdAccount(tx, environmentId, id)
  const done = { ended: 0, told: 0 }
  for (let more = true; more; ) {
    const open = await listSessions(tx, environmentId, { userId: id, state: 'open', limit: AT_ONCE }, now)
    const ids = open.map(({ session }) => session.id)
    const ended = await endAndTell(tx, environmentId, { ids }, { why, now, chance: world.chance })
    done.ended += ended.length
    done.told += await countToTell(tx, environmentId, { userId: id, ids })
    more = open.length === AT_ONCE
  }
  const changes = { sessions: { from: `${done.ended}`, to: '0' } }
  if (done.ended > 0) await note(tx, change, 'user.sessions-ended', { id, name: username, changes })
  return done
}

/** Logout All of the Environment: what begins here goes on in end-all.ts of `logout`. */
export async function beginEndingAll(tx: Handle, change: SessionChange, leasedUntil?: number): Promise<Ending> {
  const { environmentId, source, world, now } = change
  const toBegin = { actor: storedSource(source), ...(leasedUntil === undefined ? {} : { leasedUntil }) }
  const ending = await beginEnding(tx, environmentId, toBegin, { chance: world.chance, now })
  const changes = { sessions: { from: `${ending.total}`, to: '0' } }
  await note(tx, change, 'sessions.ending-all', { id: ending.id, name: '', changes })
  return ending
}

export async function changeSessionSettings(
  tx: Handle,
  change: SessionChange,
  settings: SessionSettings,
): Promise<SessionSettings> {
  const { environmentId, now } = change
  const former = await findSessionSettings(tx, environmentId)
  await saveSessionSettings(tx, environmentId, settings, now)
  const changes = changesBetween(audited(former), audited(settings))
  const subject = { id: environmentId, name: '', changes }
  if (Object.keys(changes).length === 0) return settings
  await note(tx, change, 'session-settings.changed', subject)
  const about = { kind: 'session-settings', subjectId: environmentId, subjectName: '' } as const
  const by = { source: change.source, chance: change.world.chance, now }
  await noteVersion(tx, environmentId, { ...about, before: former, after: settings }, by)
  return settings
}

function audited({ idleMinutes, lifetimeMinutes, limit }: SessionSettings) {
  return {
    idleMinutes: `${idleMinutes}`,
    lifetimeMinutes: `${lifetimeMinutes}`,
    'limit.enabled': limit.enabled,
    'limit.maximum': `${limit.maximum}`,
  }
}

async function note(
  tx: Handle,
  { environmentId, source, world, now }: SessionChange,
  action: string,
  { id, name, changes }: { readonly id: string; readonly name: string; readonly changes: AuditChanges },
): Promise<void> {
  const entry = { actor: source, action, subjectId: id, subjectName: name, changes }
  await insertAuditEntry(tx, environmentId, entry, { chance: world.chance, now })
}

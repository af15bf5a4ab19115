import type { Chance, Id } from '#config/world.ts'
import { listConnections } from '#connections/connections.ts'
import { endAndTell } from '#logout/tell.ts'
import { tellingOf } from '#logout/telling.ts'
import type { EndedCount } from '#sessions/ended-words.ts'
import { countOpenSessions, type OpenThrough } from '#sessions/own-sessions.ts'
import type { Session } from '#sessions/sessions.ts'
import { findSessionSettings } from '#sessions/settings.ts'
import type { Handle } from '#storage/database.ts'

type Whose = Pick<Session, 'environmentId' | 'userId'>
type Made = { readonly chance: Chance; readonly now: Date }

/** Ends one session of the person. Undefined where it is not theirs, or over. */
export async function endOne(
  tx: Handle,
  { environmentId, userId }: Whose,
  id: Id<'sess'>,
  made: Made,
): Promise<EndedCount | undefined> {
  const [ended] = await endAndTell(tx, environmentId, { id, userId }, { why: 'ended-by-person', ...made })
  if (ended === undefined) return undefined
  const { connectionId, nameId } = ended
  return countTold(tx, environmentId, [{ connectionId, sessions: 1, named: nameId === undefined ? 0 : 1 }])
}

export async function endAll(tx: Handle, whose: Whose, made: Made): Promise<EndedCount> {
  const count = await countAll(tx, whose, made.now)
  const { environmentId, userId } = whose
  await endAndTell(tx, environmentId, { userId }, { why: 'ended-by-person', ...made })
  return count
}

/** How many there are to end, and of how many an identity provider would be told. */
export async function countAll(db: Handle, whose: Whose, now: Date): Promise<EndedCount> {
  const settings = await findSessionSettings(db, whose.environmentId)
  return countTold(db, whose.environmentId, await countOpenSessions(db, whose, { settings, now }))
}

async function countTold(db: Handle, environmentId: Id<'env'>, through: readonly OpenThrough[]): Promise<EndedCount> {
  const connections = new Map((await listConnections(db, environmentId)).map((one) => [one.id, one]))
  const count = { sessions: 0, ofProvider: 0, told: 0 }
  for (const { connectionId, sessions, named } of through) {
    count.sessions += sessions
    if (connectionId === undefined) continue
    count.ofProvider += sessions
    const settings = connections.get(connectionId)?.settings.singleLogout
    if (settings !== undefined && tellingOf(settings, 'ended-by-person') === 'by-soap') count.told += named
  }
  return count
}

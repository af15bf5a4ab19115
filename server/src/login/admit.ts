import type { World } from '#config/world.ts'
import type { Connection } from '#connections/connections.ts'
import { type AfterRecognising, afterRecognising } from '#login/decide.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import { syncSentence } from '#login/sync-fault.ts'
import type { Person } from '#login/verified-responses.ts'
import { createAccount, type Identity } from '#provisioning/create-account.ts'
import type { Fault } from '#provisioning/fault.ts'
import { type Given, givenBy } from '#provisioning/given.ts'
import { isSynced, syncAccount } from '#provisioning/sync-account.ts'
import type { Handle } from '#storage/database.ts'
import { findUser, type User, type UserKey, updateUser } from '#users/users.ts'

export type Admitting = { readonly person: Person; readonly key: UserKey; readonly identity: Identity }

export type Admitted = {
  readonly checks: readonly AnyCheck[]
  /** Absent where nobody may come in. */
  readonly user?: User
  /** Why the account was not brought up to date, in a sentence. */
  readonly syncFault?: string
}

/** Finds the person, or makes the account, or brings it up to date. */
export async function admit(
  tx: Handle,
  world: World,
  connection: Connection,
  { person, key, identity }: Admitting,
): Promise<Admitted> {
  const given = givenBy(person.attributes, connection.settings.createUsers.attributes)
  const step = await recognise(tx, connection, key)
  if (step.next === 'refuse') return step
  if (step.next === 'open-session') return welcome(tx, world, connection, { step, given })
  const created = await createAccount(tx, world, connection, { identity, given })
  if (created === 'somebody-was-faster') {
    const again = await recognise(tx, connection, key)
    return again.next === 'open-session'
      ? welcome(tx, world, connection, { step: again, given })
      : { checks: again.checks }
  }
  if ('fault' in created) return { checks: [...step.checks, failedCheck(created.fault)] }
  return { checks: step.checks, user: created.user }
}

async function recognise(tx: Handle, connection: Connection, key: UserKey): Promise<AfterRecognising> {
  return afterRecognising(await findUser(tx, connection.environmentId, key), key, connection)
}

type Welcome = { readonly step: Extract<AfterRecognising, { next: 'open-session' }>; readonly given: Given }

async function welcome(
  tx: Handle,
  world: World,
  connection: Connection,
  { step: { user: found, bind, checks }, given }: Welcome,
): Promise<Admitted> {
  const now = world.clock()
  const source = () => ({ by: 'rule' }) as const
  const user = bind ? await updateUser(tx, found, { connectionId: connection.id }, { source, now }) : found
  if (!isSynced(user, connection)) return { checks, user }
  const synced = await syncAccount(tx, { user, connection, given }, now)
  if ('user' in synced) return { checks: [...checks, upToDate], user: synced.user }
  const { fault } = synced
  const all = [...checks, { ...failedCheck(fault), code: 'user-sync' as const }]
  const syncFault = syncSentence(fault.received)
  return connection.settings.createUsers.onSyncFailure === 'refuse'
    ? { checks: all, syncFault }
    : { checks: all, user, syncFault }
}

const upToDate: AnyCheck = { code: 'user-sync', outcome: 'passed', about: 'assertion' }

function failedCheck({ code, expected, received }: Fault): AnyCheck {
  return { code, outcome: 'failed', about: 'assertion', expected, received }
}

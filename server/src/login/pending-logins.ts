import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import type { PendingLoginRow } from '#storage/tables.ts'

/** A sign-in that was begun here and waits for its answer. */
export type PendingLogin = {
  readonly requestId: string
  readonly connectionId: Id<'conn'>
  readonly browserHash: string
  readonly done: string | undefined
  readonly recordId: Id<'rec'>
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly takenAt: Date | undefined
  /** Of a test of the connection. */
  readonly testId?: Id<'test'> | undefined
}

export async function insertPendingLogin(
  db: Handle,
  environmentId: Id<'env'>,
  login: Omit<PendingLogin, 'takenAt'> & { readonly relayStateHash: string },
): Promise<void> {
  await db
    .insertInto('pending_logins')
    .values({
      request_id: login.requestId,
      environment_id: environmentId,
      connection_id: login.connectionId,
      relay_state_hash: login.relayStateHash,
      browser_hash: login.browserHash,
      done: login.done ?? null,
      record_id: login.recordId,
      created_at: login.createdAt.getTime(),
      expires_at: login.expiresAt.getTime(),
      taken_at: null,
      test_id: login.testId ?? null,
    })
    .execute()
}

/** Also one that has been answered or has expired: the caller says so. */
export async function findPendingLogin(
  db: Handle,
  environmentId: Id<'env'>,
  relayStateHash: string,
): Promise<PendingLogin | undefined> {
  const row = await db
    .selectFrom('pending_logins')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('relay_state_hash', '=', relayStateHash)
    .executeTakeFirst()
  return row && pendingLoginOf(row)
}

/** Takes the request: true for exactly one of all who try (Profiles 4.1.4.5, one answer for one request). */
export async function takePendingLogin(
  db: Handle,
  environmentId: Id<'env'>,
  requestId: string,
  now: Date,
): Promise<boolean> {
  const taken = await db
    .updateTable('pending_logins')
    .set({ taken_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('request_id', '=', requestId)
    .where('taken_at', 'is', null)
    .where('expires_at', '>', now.getTime())
    .returning('request_id')
    .executeTakeFirst()
  return taken !== undefined
}

function pendingLoginOf(row: PendingLoginRow): PendingLogin {
  return Object.freeze({
    requestId: row.request_id,
    connectionId: row.connection_id,
    browserHash: row.browser_hash,
    done: row.done ?? undefined,
    recordId: row.record_id,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    takenAt: row.taken_at === null ? undefined : new Date(row.taken_at),
    ...(row.test_id === null ? {} : { testId: row.test_id }),
  })
}

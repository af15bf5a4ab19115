// For tests: sessions as rows, many at once and of any age.

import type {} from 'node:test' // marks this file as one for tests
import { type Id, newId } from '#config/world.ts'
import { newUser, now, type TestWorld, the } from '#login/test-place.ts'
import type { Database } from '#storage/database.ts'
import type { SessionRow } from '#storage/tables.ts'
import { insertUser, type NewUser, type User } from '#users/users.ts'

const HOUR_MS = 3_600_000

export async function insertPerson(
  db: Database,
  world: TestWorld,
  place: { readonly environment: { readonly id: Id<'env'> } },
  change: Partial<NewUser> = {},
): Promise<User> {
  const user = newUser({ connectionId: undefined, createdThrough: 'api', ...change })
  return the(await insertUser(db.write, place.environment.id, user, { chance: world.chance, now }))
}

type Whose = { readonly environmentId: Id<'env'>; readonly id: Id<'user'> }

/** Opened and seen just now, unless `change` says otherwise. */
export function sessionRow(world: TestWorld, user: Whose, change: Partial<SessionRow> = {}): SessionRow {
  return {
    id: newId(world.chance, 'sess'),
    environment_id: user.environmentId,
    user_id: user.id,
    connection_id: null,
    token_hash: Buffer.from(world.chance.bytes(32)).toString('base64url'),
    name_id: null,
    name_id_format: null,
    name_qualifier: null,
    sp_name_qualifier: null,
    name_id_key: null,
    session_index: null,
    authn_context: null,
    opened_at: now.getTime(),
    last_seen_at: now.getTime(),
    expires_at: now.getTime() + 12 * HOUR_MS,
    expires_why: 'lifetime',
    ended_at: null,
    ended_why: null,
    authorized_client_ids: null,
    chain_id: null,
    address: null,
    user_agent: null,
    record_id: null,
    ...change,
  }
}

const ROWS_AT_ONCE = 500

export async function insertSessionRows(db: Database, rows: readonly SessionRow[]): Promise<void> {
  await db.transaction(async (tx) => {
    for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
      await tx
        .insertInto('sessions')
        .values(rows.slice(start, start + ROWS_AT_ONCE))
        .execute()
    }
  })
}

/** Counts the statements that this database is asked for, sign-ins and all. */
export function countQueries(db: Database): () => number {
  let count = 0
  const counting = (handle: Database['read']): Database['read'] =>
    handle.withPlugin({
      // A query within a query is transformed, too, but only a statement has a result.
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        count++
        return result
      },
    })
  Object.assign(db, { read: counting(db.read), write: counting(db.write) })
  return () => count
}

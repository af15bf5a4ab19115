// Sessions that say what they are and why they ended, their settings, and single logout: what was asked of whom, and
// what came of it. As all migrations, it knows the tables as they are here.

import { createHash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { type Any, index, inEnvironment, uniqueIndex } from '#storage/migrations/columns.ts'

export async function up(db: Any): Promise<void> {
  await sessions(db)
  await settings(db)
  await logouts(db)
  await endings(db)
}

async function sessions(db: Any): Promise<void> {
  for (const column of ['authorized_client_ids', 'address', 'user_agent', 'name_id_key', 'expires_why']) {
    await db.schema.alterTable('sessions').addColumn(column, 'text').execute()
  }
  await nameExistingSessions(db as Kysely<{ sessions: NamedSession }>)
  await indexSessions(db)
}

/**
 * Lists go through the open ones or through those that are over, newest first: each has indexes of its own, because what
 * has few of the one kind may have a million of the other.
 */
async function indexSessions(db: Any): Promise<void> {
  const half = (kind: 'open' | 'ended', name: string, columns: readonly string[]): Promise<void> =>
    db.schema
      .createIndex(`sessions_${kind}_${name}`)
      .on('sessions')
      .columns([...columns])
      .where(sql.ref('ended_at'), kind === 'open' ? 'is' : 'is not', null)
      .execute()
  for (const kind of ['open', 'ended'] as const) {
    await half(kind, 'by_opened', ['environment_id', 'opened_at', 'id'])
    await half(kind, 'of_user', ['environment_id', 'user_id', 'opened_at', 'id'])
    await half(kind, 'of_connection', ['environment_id', 'connection_id', 'opened_at', 'id'])
  }
  await half('open', 'by_name', ['environment_id', 'name_id_key'])
  await half('open', 'by_expiry', ['expires_at'])
  await half('open', 'by_last_seen', ['environment_id', 'last_seen_at'])
  await half('ended', 'by_why', ['environment_id', 'ended_why', 'opened_at', 'id'])
  await half('ended', 'by_ended', ['ended_at'])
  for (const former of ['environment_id_name_id', 'environment_id_user_id', 'expires_at']) {
    await db.schema.dropIndex(`sessions_by_${former}`).execute()
  }
}

type NamedSession = {
  id: string
  name_id: string | null
  name_id_format: string | null
  name_id_key: string | null
  ended_at: number | null
}

/** Those that are open go on, so that an identity provider can still end them. */
async function nameExistingSessions(db: Kysely<{ sessions: NamedSession }>): Promise<void> {
  const open = await db
    .selectFrom('sessions')
    .select(['id', 'name_id', 'name_id_format'])
    .where('ended_at', 'is', null)
    .where('name_id', 'is not', null)
    .execute()
  for (const { id, name_id, name_id_format } of open) {
    const format = name_id_format ?? 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'
    const key = createHash('sha256')
      .update(JSON.stringify([name_id, format]))
      .digest('base64url')
    await db.updateTable('sessions').set({ name_id_key: key }).where('id', '=', id).execute()
  }
}

async function settings(db: Any): Promise<void> {
  await db.schema
    .createTable('environment_sessions')
    .addColumn('environment_id', 'text', (column) =>
      column.primaryKey().references('environments.id').onDelete('cascade'),
    )
    .addColumn('idle_minutes', 'integer', (column) => column.notNull())
    .addColumn('lifetime_minutes', 'integer', (column) => column.notNull())
    .addColumn('limit_enabled', 'integer', (column) => column.notNull())
    .addColumn('limit_maximum', 'integer', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .alterTable('access_profiles')
    .addColumn('user_management', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  await sql`update access_profiles set user_management = 1 where standard = 'administrator'`.execute(db)
}

async function logouts(db: Any): Promise<void> {
  await db.schema
    .createTable('logouts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    // Kept when they are gone: what was said to whom stays true. A connection that is gone has nobody to tell, though.
    .addColumn('connection_id', 'text', (column) => column.notNull().references('connections.id').onDelete('cascade'))
    .addColumn('user_id', 'text')
    .addColumn('session_id', 'text')
    .addColumn('direction', 'text', (column) => column.notNull())
    .addColumn('binding', 'text', (column) => column.notNull())
    .addColumn('message_id', 'text')
    .addColumn('relay_state_hash', 'text')
    .addColumn('why', 'text', (column) => column.notNull())
    .addColumn('name_id_key', 'text')
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('ended_sessions', 'integer', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('next_attempt_at', 'bigint')
    .addColumn('leased_until', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addColumn('kept_until', 'bigint')
    .execute()
  await uniqueIndex(db, 'logouts', ['connection_id', 'direction', 'message_id'])
  await uniqueIndex(db, 'logouts', ['relay_state_hash'])
  await index(db, 'logouts', ['environment_id', 'created_at', 'id'])
  await index(db, 'logouts', ['environment_id', 'name_id_key'])
  await index(db, 'logouts', ['environment_id', 'user_id', 'created_at', 'id'])
  await index(db, 'logouts', ['environment_id', 'state', 'created_at', 'id'])
  await db.schema
    .createIndex('logouts_waiting')
    .on('logouts')
    .columns(['next_attempt_at', 'connection_id'])
    .where(sql.ref('next_attempt_at'), 'is not', null)
    .execute()
  await db.schema
    .createIndex('logouts_finished')
    .on('logouts')
    .columns(['finished_at'])
    .where(sql.ref('finished_at'), 'is not', null)
    .execute()
  await db.schema
    .createTable('logout_attempts')
    .$call(inEnvironment)
    .addColumn('logout_id', 'text', (column) => column.notNull().references('logouts.id').onDelete('cascade'))
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('details', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('logout_attempts_key', ['logout_id', 'number'])
    .execute()
  await index(db, 'logout_attempts', ['environment_id', 'logout_id'])
  await db.schema
    .createTable('logout_pauses')
    .addColumn('connection_id', 'text', (column) =>
      column.primaryKey().references('connections.id').onDelete('cascade'),
    )
    .$call(inEnvironment)
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('paused_until', 'bigint', (column) => column.notNull())
    .execute()
  await index(db, 'logout_pauses', ['environment_id'])
}

async function endings(db: Any): Promise<void> {
  await db.schema
    .createTable('session_endings')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('total', 'integer', (column) => column.notNull())
    .addColumn('ended', 'integer', (column) => column.notNull())
    .addColumn('opened_before', 'bigint', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('leased_until', 'bigint')
    .addColumn('finished_at', 'bigint')
    .execute()
  await index(db, 'session_endings', ['environment_id', 'started_at', 'id'])
}

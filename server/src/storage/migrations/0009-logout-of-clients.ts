// Clients are told that a session has ended: an entry of the ledger, and a pause, is of a connection or of a client. As
// all migrations, it knows the tables as they are here.

import { type CreateTableBuilder, type Kysely, sql } from 'kysely'
import { type Handle, isPostgres } from '#storage/database.ts'
import { type Any, index, inEnvironment, uniqueIndex } from '#storage/migrations/columns.ts'

export async function up(db: Any): Promise<void> {
  if (isPostgres(db as Handle)) await changeLogouts(db)
  else await remakeLogouts(db)
  await db.schema
    .createIndex('logouts_waiting')
    .on('logouts')
    .columns(['next_attempt_at', 'partner'])
    .where(sql.ref('next_attempt_at'), 'is not', null)
    .execute()
  await db.schema
    .createIndex('logouts_of_client')
    .on('logouts')
    .columns(['environment_id', 'client_id'])
    .where(sql.ref('client_id'), 'is not', null)
    .execute()
  await remakePauses(db)
  await index(db, 'oauth_artifacts', ['environment_id', 'chain_id'])
}

async function changeLogouts(db: Any): Promise<void> {
  await sql`alter table logouts alter column connection_id drop not null`.execute(db)
  for (const column of ['client_id', 'chain_id', 'done', 'partner']) {
    await db.schema.alterTable('logouts').addColumn(column, 'text').execute()
  }
  await sql`update logouts set partner = connection_id`.execute(db)
  await sql`alter table logouts alter column partner set not null`.execute(db)
  await sql`alter table logouts add constraint logouts_client foreign key (environment_id, client_id)
    references oauth_clients (environment_id, id) on delete cascade`.execute(db)
  await db.schema.dropIndex('logouts_waiting').execute()
}

/**
 * SQLite cannot take back a NOT NULL. The attempts are made anew with their logouts: dropping these would remove them, and
 * renaming a table takes the references to it along.
 */
async function remakeLogouts(db: Any): Promise<void> {
  await logoutsTable(db)
  const kept = sql.join(keptColumns.map((column) => sql.ref(column)))
  await sql`insert into logouts_anew (${kept}, partner) select ${kept}, connection_id from logouts`.execute(db)
  await attemptsTable(db)
  await sql`insert into logout_attempts_anew select * from logout_attempts`.execute(db)
  for (const table of ['logout_attempts', 'logouts']) await db.schema.dropTable(table).execute()
  for (const table of ['logouts', 'logout_attempts']) {
    await db.schema.alterTable(`${table}_anew`).renameTo(table).execute()
  }
  await uniqueIndex(db, 'logouts', ['connection_id', 'direction', 'message_id'])
  await uniqueIndex(db, 'logouts', ['relay_state_hash'])
  await index(db, 'logouts', ['environment_id', 'created_at', 'id'])
  await index(db, 'logouts', ['environment_id', 'name_id_key'])
  await index(db, 'logouts', ['environment_id', 'user_id', 'created_at', 'id'])
  await index(db, 'logouts', ['environment_id', 'state', 'created_at', 'id'])
  await db.schema
    .createIndex('logouts_finished')
    .on('logouts')
    .columns(['finished_at'])
    .where(sql.ref('finished_at'), 'is not', null)
    .execute()
  await index(db, 'logout_attempts', ['environment_id', 'logout_id'])
}

const keptColumns = [
  ...['id', 'environment_id', 'connection_id', 'user_id', 'session_id', 'direction', 'binding', 'message_id'],
  ...['relay_state_hash', 'why', 'name_id_key', 'subject', 'state', 'ended_sessions', 'attempts', 'created_at'],
  ...['next_attempt_at', 'leased_until', 'finished_at', 'kept_until'],
]

async function logoutsTable(db: Any): Promise<void> {
  await db.schema
    .createTable('logouts_anew')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('connection_id', 'text', (column) => column.references('connections.id').onDelete('cascade'))
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
    .addColumn('client_id', 'text')
    .addColumn('chain_id', 'text')
    .addColumn('done', 'text')
    .addColumn('partner', 'text', (column) => column.notNull())
    .$call((table) => ofClient(table, 'logouts_client'))
    .execute()
}

async function attemptsTable(db: Any): Promise<void> {
  await db.schema
    .createTable('logout_attempts_anew')
    .$call(inEnvironment)
    .addColumn('logout_id', 'text', (column) => column.notNull().references('logouts_anew.id').onDelete('cascade'))
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('details', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('logout_attempts_key', ['logout_id', 'number'])
    .execute()
}

type Pause = { connection_id: string; environment_id: string; failures: number; paused_until: number }

/** There are hardly more of them than connections. */
async function remakePauses(db: Any): Promise<void> {
  const known = db as Kysely<{ logout_pauses: Pause & { partner: string } }>
  const pauses = await known
    .selectFrom('logout_pauses')
    .select(['connection_id', 'environment_id', 'failures', 'paused_until'])
    .execute()
  await db.schema.dropTable('logout_pauses').execute()
  await db.schema
    .createTable('logout_pauses')
    .addColumn('partner', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('connection_id', 'text', (column) => column.references('connections.id').onDelete('cascade'))
    .addColumn('client_id', 'text')
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('paused_until', 'bigint', (column) => column.notNull())
    .$call((table) => ofClient(table, 'logout_pauses_client'))
    .execute()
  for (const pause of pauses) {
    await known
      .insertInto('logout_pauses')
      .values({ ...pause, partner: pause.connection_id })
      .execute()
  }
  await index(db, 'logout_pauses', ['environment_id'])
}

/** A client that is gone has nobody to tell, as a connection. */
function ofClient(table: CreateTableBuilder<string, string>, name: string): CreateTableBuilder<string, string> {
  return table.addForeignKeyConstraint(
    name,
    ['environment_id', 'client_id'],
    'oauth_clients',
    ['environment_id', 'id'],
    (constraint) => constraint.onDelete('cascade'),
  )
}

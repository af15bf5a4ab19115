// The authorization server: its clients and their secrets, its keys, and what it has given out. As all migrations, it
// knows the tables as they are here.

import { sql } from 'kysely'
import { type Any, index, inEnvironment, madeAndChanged } from '#storage/migrations/columns.ts'

export async function up(db: Any): Promise<void> {
  await chains(db)
  await clients(db)
  await artifacts(db)
  await keys(db)
}

/** A session that the same person opens in the same browser goes on where the one before was. */
async function chains(db: Any): Promise<void> {
  await db.schema.alterTable('sessions').addColumn('chain_id', 'text').execute()
  await sql`update sessions set chain_id = id`.execute(db)
  await db.schema
    .createIndex('sessions_open_of_chain')
    .on('sessions')
    .columns(['environment_id', 'chain_id'])
    .where(sql.ref('ended_at'), 'is', null)
    .execute()
}

async function clients(db: Any): Promise<void> {
  await db.schema
    .createTable('oauth_clients')
    .$call(inEnvironment)
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .$call(madeAndChanged)
    .addPrimaryKeyConstraint('oauth_clients_key', ['environment_id', 'id'])
    .addUniqueConstraint('oauth_clients_name', ['environment_id', 'name'])
    .execute()
  await db.schema
    .createTable('oauth_client_secrets')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('secret_hash', 'text', (column) => column.notNull())
    .addColumn('hint', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('last_used_at', 'bigint')
    .addForeignKeyConstraint(
      'oauth_client_secrets_client',
      ['environment_id', 'client_id'],
      'oauth_clients',
      ['environment_id', 'id'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .execute()
  await index(db, 'oauth_client_secrets', ['environment_id', 'client_id'])
}

async function artifacts(db: Any): Promise<void> {
  await db.schema
    .createTable('oauth_artifacts')
    .$call(inEnvironment)
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('id_hash', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('grant_id', 'text')
    .addColumn('chain_id', 'text')
    .addColumn('client_id', 'text')
    .addColumn('uid', 'text')
    .addColumn('user_code', 'text')
    .addColumn('consumed_at', 'bigint')
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('oauth_artifacts_key', ['environment_id', 'model', 'id_hash'])
    .execute()
  await index(db, 'oauth_artifacts', ['environment_id', 'grant_id'])
  await index(db, 'oauth_artifacts', ['environment_id', 'client_id'])
  await index(db, 'oauth_artifacts', ['environment_id', 'uid'])
  await index(db, 'oauth_artifacts', ['environment_id', 'user_code'])
  await index(db, 'oauth_artifacts', ['expires_at'])
}

async function keys(db: Any): Promise<void> {
  await db.schema
    .createTable('oauth_keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('private_key_sealed', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('changed_at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createIndex('oauth_keys_active')
    .on('oauth_keys')
    .column('environment_id')
    .unique()
    .where(sql.ref('state'), '=', sql.lit('active'))
    .execute()
  await index(db, 'oauth_keys', ['environment_id', 'state'])
}

// The migrations, one file each. A migration is history: it never changes after a release, and speaks of the tables as
// they were then. So it must not know the types of the tables as they are now.

import { sql } from 'kysely'
import {
  type Any,
  index,
  inEnvironment,
  madeAndChanged,
  shortLived,
  throughConnection,
} from '#storage/migrations/columns.ts'

export async function up(db: Any): Promise<void> {
  await companiesAndEnvironments(db)
  await connectionsAndKeys(db)
  await users(db)
  await sessions(db)
  await signIn(db)
}

async function companiesAndEnvironments(db: Any): Promise<void> {
  await db.schema
    .createTable('companies')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('slug', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .$call(madeAndChanged)
    .execute()
  await db.schema
    .createTable('environments')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('company_id', 'text', (column) => column.notNull().references('companies.id').onDelete('cascade'))
    .addColumn('slug', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('targets', 'text', (column) => column.notNull())
    .$call(madeAndChanged)
    .addUniqueConstraint('environments_slug', ['company_id', 'slug'])
    .execute()
}

async function connectionsAndKeys(db: Any): Promise<void> {
  await db.schema
    .createTable('connections')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('ticket', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('settings', 'text', (column) => column.notNull())
    .$call(madeAndChanged)
    .addUniqueConstraint('connections_name', ['environment_id', 'name'])
    .execute()
  await db.schema
    .createTable('signing_keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('private_key_sealed', 'text', (column) => column.notNull())
    .addColumn('certificate_pem', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
  // One key signs; others wait or have been. The rest of the index serves deleting an Environment.
  await db.schema
    .createIndex('signing_keys_active')
    .on('signing_keys')
    .column('environment_id')
    .unique()
    .where(sql.ref('state'), '=', sql.lit('active'))
    .execute()
  await index(db, 'signing_keys', ['environment_id'])
}

async function users(db: Any): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('connection_id', 'text', (column) => column.references('connections.id').onDelete('set null'))
    .addColumn('username', 'text', (column) => column.notNull())
    .addColumn('federated_id', 'text')
    .addColumn('user_type', 'text', (column) => column.notNull())
    .addColumn('first_name', 'text')
    .addColumn('last_name', 'text')
    .addColumn('email', 'text')
    .addColumn('created_through', 'text', (column) => column.notNull())
    .$call(madeAndChanged)
    .addColumn('last_sign_in_at', 'bigint')
    .addUniqueConstraint('users_username', ['environment_id', 'username'])
    .addUniqueConstraint('users_federated_id', ['environment_id', 'federated_id'])
    .execute()
  await index(db, 'users', ['connection_id'])
}

async function sessions(db: Any): Promise<void> {
  await db.schema
    .createTable('sessions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('connection_id', 'text', (column) => column.references('connections.id').onDelete('set null'))
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('name_id', 'text')
    .addColumn('name_id_format', 'text')
    .addColumn('name_qualifier', 'text')
    .addColumn('sp_name_qualifier', 'text')
    .addColumn('session_index', 'text')
    .addColumn('authn_context', 'text')
    .addColumn('opened_at', 'bigint', (column) => column.notNull())
    .addColumn('last_seen_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('ended_why', 'text')
    .execute()
  await index(db, 'sessions', ['environment_id', 'user_id'])
  await index(db, 'sessions', ['environment_id', 'name_id'])
  await index(db, 'sessions', ['user_id'])
  await index(db, 'sessions', ['connection_id'])
  await index(db, 'sessions', ['expires_at'])
}

async function signIn(db: Any): Promise<void> {
  await db.schema
    .createTable('pending_logins')
    .addColumn('request_id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .$call(throughConnection)
    .addColumn('relay_state_hash', 'text', (column) => column.notNull().unique())
    .addColumn('browser_hash', 'text', (column) => column.notNull())
    .addColumn('done', 'text')
    .addColumn('record_id', 'text', (column) => column.notNull())
    .$call(shortLived)
    .addColumn('taken_at', 'bigint')
    .execute()
  await index(db, 'pending_logins', ['expires_at'])
  await db.schema
    .createTable('used_assertions')
    .$call(throughConnection)
    .addColumn('assertion_id', 'text', (column) => column.notNull())
    .$call(inEnvironment)
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('used_assertions_key', ['connection_id', 'assertion_id'])
    .execute()
  await index(db, 'used_assertions', ['expires_at'])
  await db.schema
    .createTable('verified_responses')
    .addColumn('code_hash', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .$call(throughConnection)
    .addColumn('record_id', 'text', (column) => column.notNull())
    .addColumn('browser_hash', 'text')
    .addColumn('done', 'text')
    .addColumn('claims', 'text', (column) => column.notNull())
    .$call(shortLived)
    .execute()
  await index(db, 'verified_responses', ['expires_at'])
  await db.schema
    .createTable('signin_records')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('reference', 'text', (column) => column.notNull().unique())
    .$call(inEnvironment)
    .addColumn('connection_id', 'text', (column) => column.references('connections.id').onDelete('set null'))
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('finished_at', 'bigint')
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('user_id', 'text', (column) => column.references('users.id').onDelete('set null'))
    .addColumn('subject', 'text')
    .addColumn('request_id', 'text')
    .addColumn('details', 'text', (column) => column.notNull())
    .execute()
  await index(db, 'signin_records', ['environment_id', 'started_at'])
  await index(db, 'signin_records', ['environment_id', 'request_id'])
  await index(db, 'signin_records', ['connection_id'])
  await index(db, 'signin_records', ['user_id'])
}

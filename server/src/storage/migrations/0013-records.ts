// What is kept of sign-ins for those who look into them: their messages for a while, links that show one record, and
// tests of a connection. As all migrations, it knows the tables as they are here.

import { sql } from 'kysely'
import { type Any, index, inEnvironment, shortLived, throughConnection } from '#storage/migrations/columns.ts'

export async function up(db: Any): Promise<void> {
  await records(db)
  await messages(db)
  await shares(db)
  await tests(db)
}

async function records(db: Any): Promise<void> {
  const table = () => db.schema.alterTable('signin_records')
  await table().addColumn('subject_key', 'text').execute()
  await table().addColumn('test_id', 'text').execute()
  await sql`update signin_records set subject_key = substr(lower(subject), 1, 200) where subject is not null`.execute(
    db,
  )
  await db.schema
    .createIndex('signin_records_by_reason')
    .on('signin_records')
    .columns(['environment_id', 'reason', 'started_at'])
    .where(sql.ref('reason'), 'is not', null)
    .execute()
  await db.schema
    .createIndex('signin_records_by_subject')
    .on('signin_records')
    .columns(['environment_id', 'subject_key', 'started_at'])
    .where(sql.ref('subject_key'), 'is not', null)
    .execute()
  await db.schema
    .createIndex('signin_records_by_user')
    .on('signin_records')
    .columns(['environment_id', 'user_id', 'started_at'])
    .where(sql.ref('user_id'), 'is not', null)
    .execute()
  await index(db, 'signin_records', ['environment_id', 'connection_id', 'outcome', 'started_at'])
  await index(db, 'signin_records', ['environment_id', 'finished_at'])
  await db.schema
    .createTable('environment_records')
    .addColumn('environment_id', 'text', (column) =>
      column.primaryKey().references('environments.id').onDelete('cascade'),
    )
    .addColumn('message_days', 'integer', (column) => column.notNull())
    .addColumn('record_days', 'integer', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
}

async function messages(db: Any): Promise<void> {
  await db.schema
    .createTable('signin_messages')
    .addColumn('record_id', 'text', (column) => column.notNull().references('signin_records.id').onDelete('cascade'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .$call(inEnvironment)
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('size', 'integer', (column) => column.notNull())
    .addColumn('verified', 'integer', (column) => column.notNull())
    .addColumn('sealed', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('signin_messages_key', ['record_id', 'kind'])
    .execute()
  await index(db, 'signin_messages', ['environment_id', 'at'])
  await db.schema
    .createIndex('signin_messages_unverified')
    .on('signin_messages')
    .columns(['environment_id', 'at', 'size'])
    .where(sql.ref('verified'), '=', sql.lit(0))
    .execute()
}

async function shares(db: Any): Promise<void> {
  await db.schema
    .createTable('record_shares')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('record_id', 'text', (column) => column.notNull().references('signin_records.id').onDelete('cascade'))
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('made_by', 'text', (column) => column.notNull())
    .$call(shortLived)
    .addColumn('revoked_at', 'bigint')
    .execute()
  await index(db, 'record_shares', ['record_id'])
  await index(db, 'record_shares', ['expires_at'])
}

async function tests(db: Any): Promise<void> {
  await db.schema.alterTable('pending_logins').addColumn('test_id', 'text').execute()
  await db.schema.alterTable('verified_responses').addColumn('test_id', 'text').execute()
  await db.schema
    .createTable('signin_tests')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .$call(throughConnection)
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('settings_hash', 'text', (column) => column.notNull())
    .addColumn('made_by', 'text', (column) => column.notNull())
    .$call(shortLived)
    .addColumn('finished_at', 'bigint')
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('record_id', 'text')
    // Sealed JSON: it holds what the assertion said of a person.
    .addColumn('result', 'text')
    .execute()
  await index(db, 'signin_tests', ['environment_id', 'connection_id', 'created_at'])
  await index(db, 'signin_tests', ['created_at'])
}

// Administering by program: tokens, what was changed by whom, answers that are given twice, imports, and the indexes
// that keep lists of users fast. As all migrations, it knows the tables as they are here.

import { sql } from 'kysely'
import { type Any, index, inEnvironment } from '#storage/migrations/columns.ts'

export async function up(db: Any): Promise<void> {
  await tokens(db)
  await auditAndAnswers(db)
  await imports(db)
  await listsOfUsers(db)
}

async function tokens(db: Any): Promise<void> {
  await db.schema
    .createTable('api_tokens')
    .addColumn('id', 'text', (column) => column.primaryKey())
    // Neither: the token is good everywhere. A company alone: in all of its Environments.
    .addColumn('environment_id', 'text', (column) => column.references('environments.id').onDelete('cascade'))
    .addColumn('company_id', 'text', (column) => column.references('companies.id').onDelete('cascade'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('revoked_at', 'bigint')
    .addColumn('last_used_at', 'bigint')
    .execute()
  await index(db, 'api_tokens', ['environment_id'])
  await index(db, 'api_tokens', ['company_id'])
}

async function auditAndAnswers(db: Any): Promise<void> {
  await db.schema
    .createTable('audit_entries')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    // No foreign key: what happened stays written down when its subject is gone.
    .addColumn('subject_id', 'text', (column) => column.notNull())
    .addColumn('subject_name', 'text', (column) => column.notNull())
    .addColumn('changes', 'text', (column) => column.notNull())
    .execute()
  await index(db, 'audit_entries', ['environment_id', 'at', 'id'])
  await index(db, 'audit_entries', ['environment_id', 'subject_id', 'at', 'id'])
  await db.schema
    .createTable('idempotent_answers')
    .$call(inEnvironment)
    .addColumn('token_id', 'text', (column) => column.notNull().references('api_tokens.id').onDelete('cascade'))
    .addColumn('idempotency_key', 'text', (column) => column.notNull())
    .addColumn('request_hash', 'text', (column) => column.notNull())
    .addColumn('answer', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('idempotent_answers_key', ['environment_id', 'token_id', 'idempotency_key'])
    .execute()
  await index(db, 'idempotent_answers', ['token_id'])
  await index(db, 'idempotent_answers', ['expires_at'])
}

async function imports(db: Any): Promise<void> {
  await db.schema
    .createTable('imports')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('checksum', 'text', (column) => column.notNull())
    .addColumn('lines_done', 'integer', (column) => column.notNull())
    .addColumn('created', 'integer', (column) => column.notNull())
    .addColumn('refused', 'integer', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('finished_at', 'bigint')
    .addUniqueConstraint('imports_checksum', ['environment_id', 'checksum'])
    .execute()
}

async function listsOfUsers(db: Any): Promise<void> {
  await index(db, 'users', ['environment_id', 'created_at', 'id'])
  await index(db, 'users', ['environment_id', 'user_type', 'username'])
  await index(db, 'users', ['environment_id', 'connection_id', 'username'])
  // Few are, so an index of them alone costs nothing.
  await db.schema
    .createIndex('users_deactivated')
    .on('users')
    .columns(['environment_id', 'username'])
    .where(sql.ref('deactivated_at'), 'is not', sql.lit(null))
    .execute()
}

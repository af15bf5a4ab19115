// Who administers, and how they sign in to the portal. As all migrations, it knows the tables as they are here.

import { type ColumnDefinitionBuilder, type CreateTableBuilder, sql } from 'kysely'
import { type Any, index, madeAndChanged, uniqueIndex } from '#storage/migrations/columns.ts'

export async function up(db: Any): Promise<void> {
  await administrators(db)
  await signingIn(db)
  await factors(db)
  await companyAudit(db)
  await answersOfAnybody(db)
}

type Table = CreateTableBuilder<string, string>
const needed = (column: ColumnDefinitionBuilder) => column.notNull()

function ofAdministrator(table: Table): Table {
  return table.addColumn('administrator_id', 'text', (column) =>
    column.notNull().references('administrators.id').onDelete('cascade'),
  )
}

async function administrators(db: Any): Promise<void> {
  await db.schema
    .createTable('administrators')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('email', 'text', needed)
    .addColumn('email_key', 'text', needed)
    .addColumn('name', 'text', needed)
    .addColumn('operator', 'integer', needed)
    .addColumn('password_hash', 'text')
    .addColumn('totp_sealed', 'text')
    .addColumn('totp_next_sealed', 'text')
    .addColumn('totp_step', 'bigint')
    .$call(madeAndChanged)
    .addColumn('last_sign_in_at', 'bigint')
    .execute()
  await uniqueIndex(db, 'administrators', ['email_key'])
  await db.schema
    .createTable('administrator_memberships')
    .$call(ofAdministrator)
    .addColumn('company_id', 'text', (column) => column.notNull().references('companies.id').onDelete('cascade'))
    .addColumn('role', 'text', needed)
    // Null: all Environments of the Company.
    .addColumn('environments', 'text')
    .$call(madeAndChanged)
    .addPrimaryKeyConstraint('administrator_memberships_key', ['administrator_id', 'company_id'])
    .execute()
  await index(db, 'administrator_memberships', ['company_id'])
}

async function signingIn(db: Any): Promise<void> {
  await db.schema
    .createTable('administrator_sessions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(ofAdministrator)
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('through', 'text', needed)
    .addColumn('company_id', 'text', (column) => column.references('companies.id').onDelete('cascade'))
    .addColumn('opened_at', 'bigint', needed)
    .addColumn('last_seen_at', 'bigint', needed)
    .addColumn('expires_at', 'bigint', needed)
    .addColumn('address', 'text')
    .addColumn('user_agent', 'text')
    .execute()
  await index(db, 'administrator_sessions', ['administrator_id'])
  await index(db, 'administrator_sessions', ['company_id'])
  await index(db, 'administrator_sessions', ['expires_at'])
  await db.schema
    .createTable('administrator_links')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('purpose', 'text', needed)
    .addColumn('administrator_id', 'text', (column) => column.references('administrators.id').onDelete('cascade'))
    .addColumn('company_id', 'text', (column) => column.references('companies.id').onDelete('cascade'))
    .addColumn('email', 'text')
    .addColumn('email_key', 'text')
    .addColumn('role', 'text')
    .addColumn('environments', 'text')
    .addColumn('created_at', 'bigint', needed)
    .addColumn('expires_at', 'bigint', needed)
    .addColumn('used_at', 'bigint')
    .execute()
  await index(db, 'administrator_links', ['administrator_id'])
  await index(db, 'administrator_links', ['company_id', 'email_key'])
  await index(db, 'administrator_links', ['expires_at'])
  await db.schema
    .createTable('administrator_challenges')
    .addColumn('token_hash', 'text', (column) => column.primaryKey())
    .addColumn('purpose', 'text', needed)
    .addColumn('administrator_id', 'text', (column) => column.references('administrators.id').onDelete('cascade'))
    .addColumn('expires_at', 'bigint', needed)
    .addColumn('attempts', 'integer', needed)
    .execute()
  await index(db, 'administrator_challenges', ['expires_at'])
  await db.schema
    .createTable('administrator_attempts')
    .addColumn('subject', 'text', needed)
    .addColumn('window_at', 'bigint', needed)
    .addColumn('count', 'integer', needed)
    .addPrimaryKeyConstraint('administrator_attempts_key', ['subject', 'window_at'])
    .execute()
  await index(db, 'administrator_attempts', ['window_at'])
}

async function factors(db: Any): Promise<void> {
  await db.schema
    .createTable('administrator_recovery_codes')
    .$call(ofAdministrator)
    .addColumn('code_hash', 'text', needed)
    .addPrimaryKeyConstraint('administrator_recovery_codes_key', ['administrator_id', 'code_hash'])
    .execute()
  await db.schema
    .createTable('administrator_passkeys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(ofAdministrator)
    .addColumn('credential_id', 'text', (column) => column.notNull().unique())
    .addColumn('public_key', 'text', needed)
    .addColumn('counter', 'bigint', needed)
    .addColumn('transports', 'text', needed)
    .addColumn('name', 'text', needed)
    .addColumn('created_at', 'bigint', needed)
    .addColumn('last_used_at', 'bigint')
    .execute()
  await index(db, 'administrator_passkeys', ['administrator_id'])
  await db.schema
    .createTable('administrator_sign_ins')
    .addColumn('company_id', 'text', (column) => column.primaryKey().references('companies.id').onDelete('cascade'))
    .addColumn('environment_id', 'text', (column) => column.notNull().references('environments.id').onDelete('cascade'))
    .addColumn('connection_id', 'text', (column) => column.notNull().references('connections.id').onDelete('cascade'))
    .addColumn('updated_at', 'bigint', needed)
    .execute()
}

async function companyAudit(db: Any): Promise<void> {
  await db.schema
    .createTable('company_audit_entries')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('company_id', 'text', (column) => column.references('companies.id').onDelete('cascade'))
    .addColumn('at', 'bigint', needed)
    .addColumn('actor', 'text', needed)
    .addColumn('action', 'text', needed)
    // No foreign key: what happened stays written down when its subject is gone.
    .addColumn('subject_id', 'text', needed)
    .addColumn('subject_name', 'text', needed)
    .addColumn('changes', 'text', needed)
    .execute()
  await index(db, 'company_audit_entries', ['company_id', 'at', 'id'])
}

/** Administrators may send a request again, too, so `token_id` is no longer of a token alone. */
async function answersOfAnybody(db: Any): Promise<void> {
  await db.schema
    .createTable('idempotent_answers_anew')
    .addColumn('environment_id', 'text', (column) => column.notNull().references('environments.id').onDelete('cascade'))
    .addColumn('token_id', 'text', needed)
    .addColumn('idempotency_key', 'text', needed)
    .addColumn('request_hash', 'text', needed)
    .addColumn('answer', 'text', needed)
    .addColumn('expires_at', 'bigint', needed)
    .addPrimaryKeyConstraint('idempotent_answers_of', ['environment_id', 'token_id', 'idempotency_key'])
    .execute()
  const columns = sql.raw('environment_id, token_id, idempotency_key, request_hash, answer, expires_at')
  await sql`insert into idempotent_answers_anew (${columns}) select ${columns} from idempotent_answers`.execute(db)
  await db.schema.dropTable('idempotent_answers').execute()
  await db.schema.alterTable('idempotent_answers_anew').renameTo('idempotent_answers').execute()
  await index(db, 'idempotent_answers', ['expires_at'])
}

// Passwords of people who do not come through an identity provider. As all migrations, it knows the tables as they are
// here.

import { type Any, index, inEnvironment } from '#storage/migrations/columns.ts'

export async function up(db: Any): Promise<void> {
  await db.schema
    .createTable('environment_passwords')
    .addColumn('environment_id', 'text', (column) =>
      column.primaryKey().references('environments.id').onDelete('cascade'),
    )
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('user_passwords')
    .addColumn('user_id', 'text', (column) => column.primaryKey().references('users.id').onDelete('cascade'))
    .$call(inEnvironment)
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('set_at', 'bigint', (column) => column.notNull())
    .addColumn('must_change', 'integer', (column) => column.notNull())
    .addColumn('failed_attempts', 'integer', (column) => column.notNull())
    .addColumn('locked_until', 'bigint')
    .execute()
  await index(db, 'user_passwords', ['environment_id'])
  await db.schema
    .createTable('password_resets')
    .addColumn('token_hash', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint')
    .execute()
  await index(db, 'password_resets', ['environment_id'])
  await index(db, 'password_resets', ['user_id'])
  await index(db, 'password_resets', ['expires_at'])
  await db.schema
    .createTable('password_attempts')
    .$call(inEnvironment)
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('window_at', 'bigint', (column) => column.notNull())
    .addColumn('count', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('password_attempts_key', ['environment_id', 'subject', 'window_at'])
    .execute()
  await index(db, 'password_attempts', ['window_at'])
}

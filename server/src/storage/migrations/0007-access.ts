// Who may come in from where and under which conditions: ranges of addresses, policies, and what was decided lately. As
// all migrations, it knows the tables as they are here.

import { type Any, index, inEnvironment, madeAndChanged } from '#storage/migrations/columns.ts'

export async function up(db: Any): Promise<void> {
  await settings(db)
  await policies(db)
  await attributes(db)
  await decisions(db)
}

async function settings(db: Any): Promise<void> {
  await db.schema
    .createTable('environment_access')
    .addColumn('environment_id', 'text', (column) =>
      column.primaryKey().references('environments.id').onDelete('cascade'),
    )
    .addColumn('addresses', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
}

async function policies(db: Any): Promise<void> {
  await db.schema
    .createTable('access_policies')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('mode', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .$call(madeAndChanged)
    .addUniqueConstraint('access_policies_name', ['environment_id', 'name'])
    .execute()
}

async function attributes(db: Any): Promise<void> {
  await db.schema
    .createTable('session_attributes')
    .addColumn('session_id', 'text', (column) => column.primaryKey().references('sessions.id').onDelete('cascade'))
    .$call(inEnvironment)
    .addColumn('attributes', 'text', (column) => column.notNull())
    .execute()
  await index(db, 'session_attributes', ['environment_id'])
}

async function decisions(db: Any): Promise<void> {
  await db.schema
    .createTable('access_decisions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text')
    .addColumn('client_id', 'text')
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('effect', 'text', (column) => column.notNull())
    .addColumn('shadow_effect', 'text')
    .addColumn('policies', 'text', (column) => column.notNull())
    .addColumn('request', 'text', (column) => column.notNull())
    .execute()
  await index(db, 'access_decisions', ['environment_id', 'at', 'id'])
  await index(db, 'access_decisions', ['at'])
}

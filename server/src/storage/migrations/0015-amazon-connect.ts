// What an Environment says of its Amazon Connect instance, and what identity providers sent to be looked at in place of
// AWS. As all migrations, it knows the tables as they are here.

import { type Any, index, inEnvironment, shortLived } from '#storage/migrations/columns.ts'

export async function up(db: Any): Promise<void> {
  await settings(db)
  await inspections(db)
  await reports(db)
}

async function settings(db: Any): Promise<void> {
  await db.schema
    .createTable('amazon_connect')
    .addColumn('environment_id', 'text', (column) =>
      column.primaryKey().references('environments.id').onDelete('cascade'),
    )
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
}

async function inspections(db: Any): Promise<void> {
  await db.schema
    .createTable('aws_inspections')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .$call(shortLived)
    .execute()
  await index(db, 'aws_inspections', ['environment_id', 'created_at'])
  await index(db, 'aws_inspections', ['expires_at'])
}

async function reports(db: Any): Promise<void> {
  await db.schema
    .createTable('aws_inspection_reports')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('inspection_id', 'text', (column) =>
      column.notNull().references('aws_inspections.id').onDelete('cascade'),
    )
    .$call(inEnvironment)
    .addColumn('at', 'bigint', (column) => column.notNull())
    // Sealed JSON: it holds what a response said of a person.
    .addColumn('sealed', 'text', (column) => column.notNull())
    .execute()
  await index(db, 'aws_inspection_reports', ['inspection_id', 'at'])
}

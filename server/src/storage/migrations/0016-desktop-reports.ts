// What stood in agents' way at the desktop, and how long their sign-ins took: counted by the day, and nothing of anybody.
// As all migrations, it knows the table as it is here.

import { type Any, index, inEnvironment } from '#storage/migrations/columns.ts'

export async function up(db: Any): Promise<void> {
  await db.schema
    .createTable('desktop_reports')
    .$call(inEnvironment)
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('code', 'text', (column) => column.notNull())
    .addColumn('count', 'bigint', (column) => column.notNull())
    .addColumn('total_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('desktop_reports_key', ['environment_id', 'day', 'code'])
    .execute()
  await index(db, 'desktop_reports', ['day'])
}

// The life of signing keys: where one came from, since when it is what it is, and at most one that comes next. As all
// migrations, it knows the tables as they are here.

import { sql } from 'kysely'
import type { Any } from '#storage/migrations/columns.ts'

export async function up(db: Any): Promise<void> {
  await db.schema
    .alterTable('signing_keys')
    .addColumn('origin', 'text', (column) => column.notNull().defaultTo('made'))
    .execute()
  await db.schema
    .alterTable('signing_keys')
    .addColumn('changed_at', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
  await sql`update signing_keys set changed_at = created_at`.execute(db)
  await db.schema
    .createIndex('signing_keys_next')
    .on('signing_keys')
    .column('environment_id')
    .unique()
    .where(sql.ref('state'), '=', sql.lit('next'))
    .execute()
}

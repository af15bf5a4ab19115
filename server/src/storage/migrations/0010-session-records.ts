// A session names the record of the sign-in that opened it. As all migrations, it knows the tables as they are here.

import type { Any } from '#storage/migrations/columns.ts'

export async function up(db: Any): Promise<void> {
  await db.schema.alterTable('sessions').addColumn('record_id', 'text').execute()
}

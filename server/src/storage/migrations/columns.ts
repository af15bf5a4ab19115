// What the migrations write again and again. They are history, so nothing here may ever change: what is needed in another
// form gets another name.

import type { CreateTableBuilder, Kysely } from 'kysely'

/** A database whose tables are nobody's types. */
export type Any = Kysely<unknown>

type Table = CreateTableBuilder<string, string>

export function madeAndChanged(table: Table): Table {
  return table
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
}

export function inEnvironment(table: Table): Table {
  return table.addColumn('environment_id', 'text', (column) =>
    column.notNull().references('environments.id').onDelete('cascade'),
  )
}

export function ofUser(table: Table): Table {
  return table.addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
}

export function withSource(table: Table): Table {
  return table
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('since', 'bigint', (column) => column.notNull())
}

export function throughConnection(table: Table): Table {
  return table.addColumn('connection_id', 'text', (column) =>
    column.notNull().references('connections.id').onDelete('cascade'),
  )
}

export function shortLived(table: Table): Table {
  return table
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
}

export async function index(db: Any, table: string, columns: readonly string[]): Promise<void> {
  await db.schema
    .createIndex(`${table}_by_${columns.join('_')}`)
    .on(table)
    .columns([...columns])
    .execute()
}

export async function uniqueIndex(db: Any, table: string, columns: readonly string[]): Promise<void> {
  await db.schema
    .createIndex(`${table}_${columns.join('_')}`)
    .on(table)
    .columns([...columns])
    .unique()
    .execute()
}

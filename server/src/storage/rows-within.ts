// Rows within a row: what another query finds, as one column. One statement then brings everything, and nothing twice.

import type { RawBuilder, SelectQueryBuilder } from 'kysely'
import { jsonArrayFrom as postgresArray } from 'kysely/helpers/postgres'
import { jsonArrayFrom as sqliteArray } from 'kysely/helpers/sqlite'
import { type Handle, isPostgres } from '#storage/database.ts'

/** SQLite gives the text, PostgreSQL's driver what it says. */
export type RowsWithin<Row> = string | readonly Row[]

/** In the order of `query`, which names each of its columns. They hold text, numbers or nothing. */
export function rowsWithin<DB, TB extends keyof DB, Row>(
  db: Handle,
  query: SelectQueryBuilder<DB, TB, Row>,
): RawBuilder<RowsWithin<Row>> {
  const array = isPostgres(db) ? postgresArray(query) : sqliteArray(query)
  return array as unknown as RawBuilder<RowsWithin<Row>>
}

export function readRows<Row>(rows: RowsWithin<Row>): readonly Row[] {
  return typeof rows === 'string' ? JSON.parse(rows) : rows
}

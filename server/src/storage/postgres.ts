/**
 * Kysely over PostgreSQL, or an engine that speaks its protocol.
 *
 * Owns everything that is particular to PostgreSQL. Must not know the tables.
 */

import { type Dialect, PostgresDialect } from 'kysely'
import pg from 'pg'

const INT8 = 20

/** As much of a logger as storage needs; Fastify's and pino's fit. */
export type StorageLog = { readonly warn: (fields: object, message: string) => void }

/** A dialect with a pool of connections to the server at `url`. */
export function postgresDialect(url: string, log: StorageLog): Dialect {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'sallyport',
    max: 10,
    connectionTimeoutMillis: 10_000,
    types: {
      getTypeParser: ((oid, format) =>
        oid === INT8 ? wholeNumber : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  })
  // A connection that breaks while it lies idle is replaced by the pool; unheard, the event would end the process.
  pool.on('error', (error) => log.warn({ error: error.message }, 'a database connection was lost'))
  return new PostgresDialect({ pool })
}

/** Our times, positions and counts all lie far below 2^53; beyond it a number would silently be another. */
function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`The database returned ${text}, which is too large`)
  return value
}

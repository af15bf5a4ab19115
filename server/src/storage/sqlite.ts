/**
 * Kysely over Node's own SQLite: one connection, statements kept prepared, commits that survive a power cut.
 *
 * Owns everything that is particular to SQLite. Must not know the tables.
 */

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'

/** Kept prepared: preparing costs more than most of our statements. */
const PREPARED_STATEMENTS = 200

const SQLITE_BUSY = 5
const BUSY_WAIT_MS = 25
const BUSY_ATTEMPTS = 200

export type SqliteMode = 'write' | 'read'

/** A dialect with one connection to `file`. A writer must have made the file before a reader opens it. */
export function sqliteDialect(file: string, mode: SqliteMode): Dialect {
  return {
    createAdapter: () => new SallyportSqliteAdapter(mode),
    createDriver: () => new SqliteDriver(file, mode),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

class SallyportSqliteAdapter extends SqliteAdapter {
  readonly #mode: SqliteMode

  constructor(mode: SqliteMode) {
    super()
    this.#mode = mode
  }

  // The reader runs each select whole and without waiting, so its queries need no turn to wait for.
  override get supportsMultipleConnections(): boolean {
    return this.#mode === 'read'
  }

  // True of SQLite: a migration that fails takes its CREATE TABLEs back.
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class SqliteDriver implements Driver {
  readonly #file: string
  readonly #mode: SqliteMode
  #connection: SqliteConnection | undefined

  constructor(file: string, mode: SqliteMode) {
    this.#file = file
    this.#mode = mode
  }

  async init(): Promise<void> {
    this.#connection = new SqliteConnection(
      new DatabaseSync(this.#file, {
        readOnly: this.#mode === 'read',
        // The writer waits without blocking the process, see `patiently`; the reader meets a lock only while another
        // process recovers the file after a crash.
        timeout: this.#mode === 'read' ? 1000 : 0,
        enableForeignKeyConstraints: true,
        enableDoubleQuotedStringLiterals: false,
      }),
    )
    if (this.#mode === 'write') {
      for (const pragma of ['journal_mode = wal', 'synchronous = full']) {
        await this.#connection.executeQuery(CompiledQuery.raw(`pragma ${pragma}`))
      }
    }
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection!
  }

  // Takes the write lock at once: a transaction that reads first and writes later could otherwise find that another
  // process has written in between, and fail in its middle.
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#connection?.close()
  }
}

type Prepared = { readonly statement: StatementSync; readonly returnsRows: boolean }

class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const values = parameters.map(bindable)
    return patiently(() => {
      const { statement, returnsRows } = this.#prepare(sql)
      if (returnsRows) return { rows: statement.all(...values) as R[] }
      const { changes, lastInsertRowid } = statement.run(...values)
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
    })
  }

  async *streamQuery<R>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    // A statement of its own: the kept ones may be run again while this one is still being read.
    for (const row of this.#database.prepare(sql).iterate(...parameters.map(bindable))) yield { rows: [row as R] }
  }

  close(): void {
    this.#prepared.clear()
    this.#database.close()
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql)
    if (known !== undefined) {
      // The map keeps the order of insertion: what was used last goes to its end, what was not used falls off its front.
      this.#prepared.delete(sql)
      this.#prepared.set(sql, known)
      return known
    }
    const statement = this.#database.prepare(sql)
    const made = { statement, returnsRows: statement.columns().length > 0 }
    this.#prepared.set(sql, made)
    if (this.#prepared.size > PREPARED_STATEMENTS) this.#prepared.delete(this.#prepared.keys().next().value!)
    return made
  }
}

/**
 * Another process (the command line beside the service) may hold the write lock for a moment. SQLite's own waiting
 * would stop this whole process, so it waits here, for five seconds at most.
 */
async function patiently<T>(attempt: () => T): Promise<T> {
  for (let left = BUSY_ATTEMPTS; ; left--) {
    try {
      return attempt()
    } catch (error) {
      if (left === 0 || !isBusy(error)) throw error
      await delay(BUSY_WAIT_MS)
    }
  }
}

function isBusy(error: unknown): boolean {
  // The low byte is the primary code; the rest says which kind of busy.
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY
}

/** node:sqlite would take an object for named parameters and bind nothing: what is not plain is refused. */
function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'bigint' || value instanceof Uint8Array)
    return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  const kind = value instanceof Date ? 'a Date' : typeof value === 'object' ? 'an object' : String(value)
  throw new TypeError(`The database takes text, numbers, bytes and null, not ${kind}`)
}

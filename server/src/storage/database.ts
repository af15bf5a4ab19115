/**
 * The database: opening it, reading, writing, transactions, and the errors that mean something to callers.
 *
 * Owns the connections. Must not know any table: the SQL lies in the folders of the domain, in functions that take one
 * of the handles below.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Kysely, type KyselyPlugin, PostgresAdapter, sql, type Transaction } from 'kysely'
import { postgresDialect, type StorageLog } from '#storage/postgres.ts'
import { sqliteDialect } from '#storage/sqlite.ts'
import type { Tables } from '#storage/tables.ts'

/** What a function with SQL takes: the reading or writing handle, or a transaction. */
export type Handle = Kysely<Tables>

export type Database = {
  readonly kind: 'sqlite' | 'postgres'
  /** Selects only. Sees every change that was committed before. */
  readonly read: Kysely<Tables>
  /** A single statement that changes something. */
  readonly write: Kysely<Tables>
  /**
   * Several statements that happen together or not at all. Keep it short: on SQLite it is the only writer meanwhile, so
   * no network and no password hashing inside. It may be run again when PostgreSQL asks for that, so `work` changes
   * nothing but the database. Inside, use only the handle it was given.
   */
  readonly transaction: <T>(work: (tx: Transaction<Tables>) => Promise<T>) => Promise<T>
  /** Hears of what this process has committed and somebody raised (`raise`). Returns how to stop. */
  readonly listen: (listener: (signal: Signal) => void) => () => void
  readonly close: () => Promise<void>
}

/** What others in this process may wait for: it is only a hint to look, the truth is in the tables. */
export type Signal = 'sessions-ended' | 'work-waiting' | 'sign-in-finished'

const TRANSACTION_ATTEMPTS = 5

/** The database cannot be reached. The message is a sentence for the operator, without the password. */
export class DatabaseOpenError extends Error {
  override readonly name = 'DatabaseOpenError'
}

/**
 * @param url `sqlite:` and a path, or `postgres://…`
 * @throws DatabaseOpenError
 */
export async function openDatabase(url: string, { log }: { readonly log: StorageLog }): Promise<Database> {
  const inTransaction = new AsyncLocalStorage<true>()
  const open = (dialect: ConstructorParameters<typeof Kysely>[0]['dialect']): Kysely<Tables> => new Kysely({ dialect })
  const guarded = (handle: Kysely<Tables>): Kysely<Tables> => handle.withPlugin(outsideTransactions(inTransaction))
  const listeners = new Set<(signal: Signal) => void>()
  const emit = (signal: Signal): void => {
    for (const listener of listeners) listener(signal)
  }
  const listen: Database['listen'] = (listener) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const transactionOn = (handle: Kysely<Tables>): Database['transaction'] => {
    return async (work) => {
      if (inTransaction.getStore()) throw nestedUse()
      let raised = new Set<Signal>()
      const attempt = () =>
        handle.transaction().execute((tx) => {
          raised = new Set()
          raisers.set(tx, (signal) => void raised.add(signal))
          return work(tx)
        })
      const result = await inTransaction.run(true, () => withRetries(attempt))
      raised.forEach(emit)
      return result
    }
  }

  const file = sqliteFile(url)
  if (file === undefined) {
    const pool = open(postgresDialect(url, log))
    await connect(pool, `PostgreSQL at ${new URL(url).host}`)
    const handle = guarded(pool)
    raisers.set(handle, emit)
    return {
      kind: 'postgres',
      read: handle,
      write: handle,
      transaction: transactionOn(pool),
      listen,
      close: () => pool.destroy(),
    }
  }
  const writer = open(sqliteDialect(file, 'write'))
  // The writer first, so that the file is there, and in write-ahead mode, before the reader opens it.
  await connect(writer, `The file ${file}`, () => makeFile(file))
  const reader = open(sqliteDialect(file, 'read'))
  const write = guarded(writer)
  raisers.set(write, emit)
  return {
    kind: 'sqlite',
    read: guarded(reader),
    write,
    transaction: transactionOn(writer),
    listen,
    close: async () => {
      await reader.destroy()
      // Last, because the last connection to close folds the write-ahead log into the database file.
      await writer.destroy()
    },
  }
}

const raisers = new WeakMap<Handle, (signal: Signal) => void>()

/** Tells the listeners of this database, once what was done with the handle is committed. */
export function raise(handle: Handle, signal: Signal): void {
  raisers.get(handle)?.(signal)
}

/**
 * Until the transaction ends, nobody else holds this key: for what no row stands for yet. On SQLite there is only one
 * transaction that writes, so nothing is to be done.
 */
export async function holdKey(tx: Handle, key: string): Promise<void> {
  if (!isPostgres(tx)) return
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx)
}

export function isPostgres(db: Handle): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter
}

/** For its owner only; SQLite gives the files beside it the same rights. */
function makeFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
}

async function connect(handle: Kysely<Tables>, what: string, prepare: () => void = () => {}): Promise<void> {
  try {
    prepare()
    await sql`select 1`.execute(handle)
  } catch (error) {
    await handle.destroy().catch(() => {})
    const reason = error instanceof Error ? error.message || String('code' in error && error.code) : String(error)
    throw new DatabaseOpenError(`${what} cannot be opened as the database: ${reason}`, { cause: error })
  }
}

/** The path in a `sqlite:` URL, or undefined for any other. */
export function sqliteFile(url: string): string | undefined {
  return url.startsWith('sqlite:') ? url.slice('sqlite:'.length).replace(/^\/\//, '') : undefined
}

/** Something with this key is already there. */
export function isUniqueViolation(error: unknown): boolean {
  // SQLite: UNIQUE and PRIMARY KEY constraints have codes of their own. PostgreSQL: unique_violation.
  return isDatabaseError(error, [1555, 2067], '23505')
}

/** A row refers to another one that is not there. */
export function isForeignKeyViolation(error: unknown): boolean {
  return isDatabaseError(error, [787], '23503')
}

function isDatabaseError(error: unknown, sqlite: readonly number[], ...postgres: readonly string[]): boolean {
  if (!(error instanceof Error)) return false
  if ('errcode' in error) return sqlite.includes(Number(error.errcode))
  return 'code' in error && postgres.includes(String(error.code))
}

/** serialization_failure and deadlock_detected: PostgreSQL has undone everything and asks to do it again. */
async function withRetries<T>(attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt()
    } catch (error) {
      if (count === TRANSACTION_ATTEMPTS || !isDatabaseError(error, [], '40001', '40P01')) throw error
      await delay(10 * 2 ** count)
    }
  }
}

/**
 * Refuses the outer handles inside a transaction. On SQLite the query would wait for the transaction that waits for it;
 * on PostgreSQL it would not belong to the transaction, and enough of them would wait for each other's connections.
 */
function outsideTransactions(inTransaction: AsyncLocalStorage<true>): KyselyPlugin {
  return {
    transformQuery: ({ node }) => {
      if (inTransaction.getStore()) throw nestedUse()
      return node
    },
    transformResult: async ({ result }) => result,
  }
}

function nestedUse(): Error {
  return new Error('Inside a transaction only its own handle may be used')
}

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
import { Kysely, type KyselyPlugin, sql, type Transaction } from 'kysely'
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
  readonly close: () => Promise<void>
}

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
  const transactionOn = (handle: Kysely<Tables>): Database['transaction'] => {
    return (work) => {
      if (inTransaction.getStore()) throw nestedUse()
      return inTransaction.run(true, () => withRetries(() => handle.transaction().execute(work)))
    }
  }

  const file = sqliteFile(url)
  if (file === undefined) {
    const pool = open(postgresDialect(url, log))
    await connect(pool, `PostgreSQL at ${new URL(url).host}`)
    const handle = guarded(pool)
    return {
      kind: 'postgres',
      read: handle,
      write: handle,
      transaction: transactionOn(pool),
      close: () => pool.destroy(),
    }
  }
  const writer = open(sqliteDialect(file, 'write'))
  // The writer first, so that the file is there, and in write-ahead mode, before the reader opens it.
  await connect(writer, `The file ${file}`, () => makeFile(file))
  const reader = open(sqliteDialect(file, 'read'))
  return {
    kind: 'sqlite',
    read: guarded(reader),
    write: guarded(writer),
    transaction: transactionOn(writer),
    close: async () => {
      await reader.destroy()
      // Last, because the last connection to close folds the write-ahead log into the database file.
      await writer.destroy()
    },
  }
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

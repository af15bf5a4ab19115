/**
 * Runs the same tests on SQLite and on PostgreSQL. For tests only.
 *
 *     onEveryDatabase((kind, openFresh) => {
 *       test(`a user is found by name (${kind})`, async (t) => {
 *         const db = await openFresh(t)
 *         …
 *
 * Each database is empty, migrated, and closed when its test is over. PostgreSQL is the server at
 * SALLYPORT_TEST_POSTGRES_URL; without it that half is one skipped test that says so.
 */

import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import pg from 'pg'
import { type Database, openDatabase } from '#storage/database.ts'
import { migrations } from '#storage/migrate.ts'
import { makeMigrated, onServer, urlOf } from '#storage/test-templates.ts'

export type FreshDatabase = {
  /** Opens another connection to the same database, as a second process would; closed with the test. */
  readonly openAgain: () => Promise<Database>
  readonly url: string
  readonly db: Database
}

export type OpenFresh = (t: TestContext) => Promise<Database>
export type MakeFresh = (t: TestContext, options?: { readonly migrated?: boolean }) => Promise<FreshDatabase>

type Kind = Database['kind']

type Define = (kind: Kind, openFresh: OpenFresh, makeFresh: MakeFresh) => void

/**
 * On SQLite alone, and on both in the long run: for pages in a browser, which know the database only through an API whose
 * own tests run on both.
 */
export function onOneDatabase(define: Define): void {
  const both = process.env.SALLYPORT_LONG !== undefined
  onEveryDatabase((kind, ...fresh) => {
    if (both || kind === 'sqlite') define(kind, ...fresh)
  })
}

export function onEveryDatabase(define: Define): void {
  const defineOn = (kind: Kind, makeUrl: (t: TestContext, migrated: boolean) => Promise<string>): void => {
    const makeFresh: MakeFresh = async (t, { migrated = true } = {}) => {
      const url = await makeUrl(t, migrated)
      const openAgain = async (): Promise<Database> => {
        const db = await openDatabase(url, { log: { warn: () => {} } })
        closings(t).push(() => db.close())
        return db
      }
      const db = await openAgain()
      return { db, url, openAgain }
    }
    define(kind, async (t) => (await makeFresh(t)).db, makeFresh)
  }

  defineOn('sqlite', async (t, migrated) => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
    closings(t).push(async () => rmSync(folder, { recursive: true }))
    const file = join(folder, 'sallyport.db')
    if (migrated) writeFileSync(file, await migratedFile())
    return `sqlite:${file}`
  })
  const server = process.env.SALLYPORT_TEST_POSTGRES_URL
  if (server === undefined) {
    test('the same on PostgreSQL', { skip: 'SALLYPORT_TEST_POSTGRES_URL is not set' }, () => {})
    return
  }
  defineOn('postgres', async (t, migrated) => {
    const name = migrated ? await takeMigrated(server) : `test_${randomBytes(8).toString('hex')}`
    if (!migrated) await onServer(server, `create database ${name}`)
    closings(t).push(() => (migrated ? giveBack(server, name) : drop(server, name)))
    return urlOf(server, name)
  })
}

let file: Promise<Uint8Array> | undefined

/** A database file with every table in it; made here where the run has not made one for all. */
function migratedFile(): Promise<Uint8Array> {
  const template = process.env.SALLYPORT_TEST_SQLITE_TEMPLATE
  file ??= template === undefined ? makeFile() : Promise.resolve(readFileSync(template))
  return file
}

async function makeFile(): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-template-'))
  try {
    await makeMigrated(`sqlite:${join(folder, 'sallyport.db')}`)
    return readFileSync(join(folder, 'sallyport.db'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * Databases of this process with every table and no row, to be taken again. Making one takes longer than most tests do;
 * emptying one does not.
 */
const empty: string[] = []

async function takeMigrated(server: string): Promise<string> {
  const known = empty.pop()
  if (known !== undefined) return known
  const name = `test_${randomBytes(8).toString('hex')}`
  const template = process.env.SALLYPORT_TEST_POSTGRES_TEMPLATE
  await onServer(server, `create database ${name}${template === undefined ? '' : ` template ${template}`}`)
  if (template === undefined) await makeMigrated(urlOf(server, name))
  return name
}

async function giveBack(server: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(server, name) })
  await client.connect()
  try {
    // A test may have pretended that another version was here.
    await client.query('delete from kysely_migration where not name = any($1)', [Object.keys(migrations)])
    const { rows } = await client.query("select tablename from pg_tables where schemaname = 'public'")
    const tables = rows.map(({ tablename }) => String(tablename)).filter((table) => !table.startsWith('kysely_'))
    // Without the foreign keys, so that the order does not matter.
    const statements = tables.map((table) => `delete from ${table};`).join('')
    await client.query(`set session_replication_role = replica; ${statements}`)
    empty.push(name)
  } finally {
    await client.end()
  }
}

function drop(server: string, name: string): Promise<void> {
  return onServer(server, `drop database ${name} with (force)`)
}

// The server may be one that stays.
after(async () => {
  const server = process.env.SALLYPORT_TEST_POSTGRES_URL
  for (const name of empty.splice(0)) if (server !== undefined) await drop(server, name)
})

const closingsOf = new WeakMap<TestContext, (() => Promise<void>)[]>()

/** What is to be done after the test, the last first: a database is closed before its file or its place is removed. */
function closings(t: TestContext): (() => Promise<void>)[] {
  const known = closingsOf.get(t)
  if (known !== undefined) return known
  const made: (() => Promise<void>)[] = []
  closingsOf.set(t, made)
  t.after(async () => {
    for (const close of made.reverse()) await close()
  })
  return made
}

/**
 * Runs the same tests on SQLite and on PostgreSQL. For tests only.
 *
 *     onEveryDatabase((kind, openFresh) => {
 *       test(`a user is found by name (${kind})`, async (t) => {
 *         const db = await openFresh(t)
 *         …
 *
 * Each database is new, migrated, and closed and removed when its test is over. PostgreSQL is the server at
 * SALLYPORT_TEST_POSTGRES_URL; without it that half is one skipped test that says so.
 */

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import pg from 'pg'
import { type Database, openDatabase } from '#storage/database.ts'
import { migrate } from '#storage/migrate.ts'

export type FreshDatabase = {
  /** Opens another connection to the same database, as a second process would; closed with the test. */
  readonly openAgain: () => Promise<Database>
  readonly url: string
  readonly db: Database
}

export type OpenFresh = (t: TestContext) => Promise<Database>
export type MakeFresh = (t: TestContext, options?: { readonly migrated?: boolean }) => Promise<FreshDatabase>

type Kind = Database['kind']

export function onEveryDatabase(define: (kind: Kind, openFresh: OpenFresh, makeFresh: MakeFresh) => void): void {
  const defineOn = (kind: Kind, makeUrl: (t: TestContext) => Promise<string>): void => {
    const makeFresh: MakeFresh = async (t, { migrated = true } = {}) => {
      const url = await makeUrl(t)
      const openAgain = async (): Promise<Database> => {
        const db = await openDatabase(url, { log: { warn: () => {} } })
        closings(t).push(() => db.close())
        return db
      }
      const db = await openAgain()
      if (migrated) await migrate(db)
      return { db, url, openAgain }
    }
    define(kind, async (t) => (await makeFresh(t)).db, makeFresh)
  }

  defineOn('sqlite', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
    closings(t).push(async () => rmSync(folder, { recursive: true }))
    return `sqlite:${join(folder, 'sallyport.db')}`
  })
  const server = process.env.SALLYPORT_TEST_POSTGRES_URL
  if (server === undefined) {
    test('the same on PostgreSQL', { skip: 'SALLYPORT_TEST_POSTGRES_URL is not set' }, () => {})
    return
  }
  defineOn('postgres', async (t) => {
    const name = `test_${randomBytes(8).toString('hex')}`
    await onServer(server, `create database ${name}`)
    closings(t).push(() => onServer(server, `drop database ${name} with (force)`))
    const url = new URL(server)
    url.pathname = `/${name}`
    return url.href
  })
}

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

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

// For tests: a database with every table, made once for a whole run, of which each test file makes its own by copying.
// Migrating takes longer than most tests do.

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {} from 'node:test' // marks this file as one for tests
import pg from 'pg'
import { openDatabase } from '#storage/database.ts'
import { migrate } from '#storage/migrate.ts'

export type Templates = {
  /** What test files find them by. */
  readonly variables: Readonly<Record<string, string>>
  readonly remove: () => Promise<void>
}

/** @param server the superuser's URL of a PostgreSQL server, where there is one */
export async function makeTemplates(server: string | undefined): Promise<Templates> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-template-'))
  const file = join(folder, 'sallyport.db')
  await makeMigrated(`sqlite:${file}`)
  const sqlite = { SALLYPORT_TEST_SQLITE_TEMPLATE: file }
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true })
  if (server === undefined) return { variables: sqlite, remove: async () => removeFolder() }
  const name = `template_${randomBytes(8).toString('hex')}`
  await onServer(server, `create database ${name}`)
  await makeMigrated(urlOf(server, name))
  return {
    variables: { ...sqlite, SALLYPORT_TEST_POSTGRES_TEMPLATE: name },
    remove: async () => {
      removeFolder()
      await onServer(server, `drop database ${name} with (force)`)
    },
  }
}

export async function makeMigrated(url: string): Promise<void> {
  const db = await openDatabase(url, { log: { warn: () => {} } })
  try {
    await migrate(db)
  } finally {
    await db.close()
  }
}

export function urlOf(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

export async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

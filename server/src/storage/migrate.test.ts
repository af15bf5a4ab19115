import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Kysely } from 'kysely'
import type { Database } from '#storage/database.ts'
import { MigrationError, migrate, migrateWith } from '#storage/migrate.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const adds = (table: string) => ({
  up: async (db: Kysely<never>) => db.schema.createTable(table).addColumn('id', 'text').execute(),
})

async function tableNames(db: Database): Promise<readonly string[]> {
  return (await db.read.introspection.getTables()).map(({ name }) => name).sort()
}

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`migrating makes every table, and a second time does nothing (${kind})`, async (t) => {
    const { db } = await makeFresh(t, { migrated: false })
    assert.deepEqual(await migrate(db), ['0001-first'])
    assert.deepEqual(await migrate(db), [])
    assert.deepEqual(await tableNames(db), [
      'companies',
      'connections',
      'environments',
      'pending_logins',
      'sessions',
      'signin_records',
      'signing_keys',
      'used_assertions',
      'users',
      'verified_responses',
    ])
  })

  test(`a migration that fails leaves the database as it was, and names itself (${kind})`, async (t) => {
    const { db } = await makeFresh(t, { migrated: false })
    const failing = {
      up: async (trx: Kysely<never>) => {
        await trx.schema.createTable('half').addColumn('id', 'text').execute()
        await trx.schema.createTable('one').addColumn('id', 'text').execute()
      },
    }
    await assert.rejects(
      migrateWith(db, { '0001': adds('one'), '0002-failing': failing }),
      (error) =>
        error instanceof MigrationError && /0002-failing.*nothing was changed.*already exists/.test(error.message),
    )
    assert.deepEqual(await tableNames(db), [])
    assert.deepEqual(await migrateWith(db, { '0001': adds('one') }), ['0001'])
  })

  test(`a database that a newer program has changed is refused in plain words (${kind})`, async (t) => {
    const { db } = await makeFresh(t, { migrated: false })
    await migrateWith(db, { '0001': adds('one'), '0002-later': adds('two') })
    await assert.rejects(
      migrateWith(db, { '0001': adds('one') }),
      (error) =>
        error instanceof MigrationError && error.code === 'database-is-newer' && /0002-later/.test(error.message),
    )
    assert.deepEqual(await tableNames(db), ['one', 'two'])
  })

  test(`four processes that migrate at the same time make the tables once (${kind})`, async (t) => {
    const { url } = await makeFresh(t, { migrated: false })
    const program = `
      const [{ openDatabase }, { migrate }] = await Promise.all([import('#storage/database.ts'), import('#storage/migrate.ts')])
      const db = await openDatabase(process.argv[1], { log: { warn() {} } })
      process.stdout.write((await migrate(db)).join())
      await db.close()`
    const cwd = fileURLToPath(new URL('../..', import.meta.url))
    const run = async (): Promise<string> => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', program, '--', url], { cwd })
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
      assert.equal(err, '')
      return out
    }
    const outputs = await Promise.all(Array.from({ length: 4 }, run))
    assert.deepEqual(outputs.sort(), ['', '', '', '0001-first'])
  })
})

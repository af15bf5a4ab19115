import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Id } from '#config/world.ts'
import {
  DatabaseOpenError,
  isForeignKeyViolation,
  isUniqueViolation,
  openDatabase,
  sqliteFile,
} from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import type { CompanyRow } from '#storage/tables.ts'

const company = (slug: string): CompanyRow => ({
  id: `comp_${slug}`,
  slug,
  name: slug,
  created_at: 1_700_000_000_123,
  updated_at: 1_700_000_000_123,
})

onEveryDatabase((kind, openFresh, makeFresh) => {
  test(`what is written is read back as it was, times as numbers (${kind})`, async (t) => {
    const db = await openFresh(t)
    await db.write.insertInto('companies').values(company('acme')).execute()
    const found = await db.read.selectFrom('companies').selectAll().execute()
    assert.deepEqual(
      found.map((row) => ({ ...row })),
      [company('acme')],
    )
  })

  test(`a count is a number (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { count } = await db.read
      .selectFrom('companies')
      .select((e) => e.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    assert.equal(count, 0)
  })

  test(`a second row with the same key is a unique violation (${kind})`, async (t) => {
    const db = await openFresh(t)
    await db.write.insertInto('companies').values(company('acme')).execute()
    const sameSlug = { ...company('acme'), id: 'comp_other' as Id<'comp'> }
    const sameId = { ...company('acme'), slug: 'other' }
    for (const row of [sameSlug, sameId]) {
      const insert = db.write.insertInto('companies').values(row).execute()
      await assert.rejects(insert, (error) => isUniqueViolation(error) && !isForeignKeyViolation(error))
    }
  })

  test(`a row that refers to nothing is a foreign key violation (${kind})`, async (t) => {
    const db = await openFresh(t)
    const row = { id: 'env_x', company_id: 'comp_none', slug: 'x', name: 'X', targets: '[]' } as const
    const insert = db.write
      .insertInto('environments')
      .values({ ...row, created_at: 1, updated_at: 1 })
      .execute()
    await assert.rejects(insert, (error) => isForeignKeyViolation(error) && !isUniqueViolation(error))
  })

  test(`a transaction that throws leaves nothing behind (${kind})`, async (t) => {
    const db = await openFresh(t)
    const work = db.transaction(async (tx) => {
      await tx.insertInto('companies').values(company('acme')).execute()
      throw new Error('changed my mind')
    })
    await assert.rejects(work, /changed my mind/)
    assert.equal((await db.read.selectFrom('companies').selectAll().execute()).length, 0)
    await db.write.insertInto('companies').values(company('acme')).execute()
  })

  test(`a read outside does not see an open transaction, and sees it once committed (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const other = await openAgain()
    const count = async (): Promise<number> => (await other.read.selectFrom('companies').select('id').execute()).length
    let during: number | undefined
    await db.transaction(async (tx) => {
      await tx.insertInto('companies').values(company('acme')).execute()
      during = await count()
    })
    assert.equal(during, 0)
    assert.equal(await count(), 1)
    assert.equal((await db.read.selectFrom('companies').select('id').execute()).length, 1)
  })

  test(`only the handle of the transaction may be used inside it (${kind})`, async (t) => {
    const db = await openFresh(t)
    const uses = [
      () => db.read.selectFrom('companies').selectAll().execute(),
      () => db.write.insertInto('companies').values(company('acme')).execute(),
      () => db.transaction(async () => []),
    ]
    for (const use of uses) {
      await assert.rejects(
        db.transaction(async () => use()),
        /only its own handle/,
      )
    }
  })

  test(`twenty transactions that read and then write, from two openings, lose no update (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const other = await openAgain()
    await db.write.insertInto('companies').values(company('acme')).execute()
    const addOne = (opened: typeof db): Promise<void> =>
      opened.transaction(async (tx) => {
        // PostgreSQL locks the row where it is asked to; SQLite has locked the whole database by then.
        const row = tx.selectFrom('companies').select('updated_at')
        const { updated_at } = await (opened.kind === 'postgres' ? row.forUpdate() : row).executeTakeFirstOrThrow()
        await tx
          .updateTable('companies')
          .set({ updated_at: updated_at + 1 })
          .execute()
      })
    await Promise.all(Array.from({ length: 20 }, (_, i) => addOne(i % 2 ? db : other)))
    const { updated_at } = await db.read.selectFrom('companies').select('updated_at').executeTakeFirstOrThrow()
    assert.equal(updated_at, company('acme').updated_at + 20)
  })

  test(`on conflict do nothing tells whether it was first (${kind})`, async (t) => {
    const db = await openFresh(t)
    const insert = async (): Promise<bigint | undefined> => {
      const query = db.write.insertInto('companies').values(company('acme'))
      return (await query.onConflict((c) => c.doNothing()).executeTakeFirst()).numInsertedOrUpdatedRows
    }
    assert.equal(await insert(), 1n)
    assert.equal(await insert(), 0n)
  })

  test(`a Date is not silently stored as something else (${kind})`, async (t) => {
    const db = await openFresh(t)
    const wrong = { ...company('acme'), created_at: new Date(0) as unknown as number }
    await assert.rejects(db.write.insertInto('companies').values(wrong).execute())
  })

  test(`a company takes everything that is its own with it (${kind})`, async (t) => {
    const db = await openFresh(t)
    await db.write.insertInto('companies').values(company('acme')).execute()
    const times = { created_at: 1, updated_at: 1 }
    const environment = { id: 'env_a', company_id: 'comp_acme', slug: 'a', name: 'A', targets: '[]', ...times } as const
    await db.write.insertInto('environments').values(environment).execute()
    const connection = {
      id: 'conn_a',
      environment_id: 'env_a',
      ticket: 'a',
      name: 'A',
      position: 0,
      state: 'live',
    } as const
    await db.write
      .insertInto('connections')
      .values({ ...connection, settings: '{}', ...times })
      .execute()
    await db.write.deleteFrom('companies').execute()
    assert.equal((await db.read.selectFrom('connections').selectAll().execute()).length, 0)
  })
})

onEveryDatabase((kind, openFresh) => {
  if (kind !== 'postgres') return
  test('a transaction that PostgreSQL sacrifices to end a deadlock is run again', async (t) => {
    const db = await openFresh(t)
    for (const slug of ['a', 'b']) await db.write.insertInto('companies').values(company(slug)).execute()
    let runs = 0
    let holding = 0
    const bothHold = Promise.withResolvers<void>()
    const lockInOrder = (slugs: readonly string[]): Promise<void> =>
      db.transaction(async (tx) => {
        runs++
        for (const slug of slugs) {
          await tx.updateTable('companies').set({ name: 'changed' }).where('slug', '=', slug).execute()
          if (++holding === 2) bothHold.resolve()
          await bothHold.promise
        }
      })
    await Promise.all([lockInOrder(['a', 'b']), lockInOrder(['b', 'a'])])
    assert.equal(runs, 3)
  })
})

test('a database that cannot be opened is told in a sentence, without the password', async () => {
  const log = { warn: () => {} }
  const isPlain = (error: unknown): boolean => {
    assert.ok(error instanceof DatabaseOpenError && !error.message.includes('hunter2'), String(error))
    return true
  }
  await assert.rejects(openDatabase('sqlite:/dev/null/x.db', { log }), isPlain)
  await assert.rejects(openDatabase('postgres://sallyport:hunter2@127.0.0.1:1/x', { log }), isPlain)
})

test('a new SQLite database can be read by its owner only', { skip: process.platform === 'win32' }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  const db = await openDatabase(`sqlite:${folder}/x.db`, { log: { warn: () => {} } })
  t.after(async () => {
    await db.close()
    rmSync(folder, { recursive: true })
  })
  await sql`create table x (y)`.execute(db.write)
  for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name)
})

test('the reader of a SQLite database cannot write', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  const db = await openDatabase(`sqlite:${folder}/deeper/x.db`, { log: { warn: () => {} } })
  t.after(async () => {
    await db.close()
    rmSync(folder, { recursive: true })
  })
  await assert.rejects(sql`create table x (y)`.execute(db.read), /readonly/)
  const { rows } = await sql<{ journal_mode: string }>`pragma journal_mode`.execute(db.write)
  assert.equal(rows[0]?.journal_mode, 'wal')
  const durability = await sql<{ synchronous: number }>`pragma synchronous`.execute(db.write)
  assert.equal(durability.rows[0]?.synchronous, 2)
})

test('a sqlite URL names a file, relative or absolute', () => {
  assert.equal(sqliteFile('sqlite:./data/x.db'), './data/x.db')
  assert.equal(sqliteFile('sqlite:/var/lib/x.db'), '/var/lib/x.db')
  assert.equal(sqliteFile('sqlite:///var/lib/x.db'), '/var/lib/x.db')
  assert.equal(sqliteFile('postgres://host/x'), undefined)
})

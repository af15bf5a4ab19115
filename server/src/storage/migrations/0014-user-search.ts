// How users' names begin, in the form in which they are searched for. As all migrations, it knows the tables as they are
// here, and makes the form itself.

import type { Kysely } from 'kysely'
import { type Any, index } from '#storage/migrations/columns.ts'

const LONGEST = 40
const AT_ONCE = 1000
const fields = ['username', 'email', 'first_name', 'last_name'] as const

type Names = Readonly<Record<(typeof fields)[number], string | null>> & { readonly id: string }
type Users = { readonly users: Names & Readonly<Record<string, string | null>> }

export async function up(db: Any): Promise<void> {
  for (const field of fields) await db.schema.alterTable('users').addColumn(`${field}_start`, 'text').execute()
  await fillIn(db as never)
  for (const field of fields) await index(db, 'users', ['environment_id', `${field}_start`])
}

async function fillIn(db: Kysely<Users>): Promise<void> {
  for (let after = ''; ; ) {
    const some = db
      .selectFrom('users')
      .select(['id', ...fields])
      .where('id', '>', after)
      .orderBy('id')
      .limit(AT_ONCE)
    const rows: readonly Names[] = await some.execute()
    for (const row of rows) {
      const starts = Object.fromEntries(fields.map((field) => [`${field}_start`, startOf(row[field])]))
      await db
        .updateTable('users')
        .set(starts as never)
        .where('id', '=', row.id)
        .execute()
    }
    if (rows.length < AT_ONCE) return
    after = rows.at(-1)?.id ?? ''
  }
}

function startOf(text: string | null): string | null {
  return text && Buffer.from([...text.toLowerCase()].slice(0, LONGEST).join(''), 'utf8').toString('hex')
}

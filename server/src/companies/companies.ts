/**
 * Companies and their Environments: the customers, and the worlds that everything else belongs to.
 *
 * Owns the tables `companies` and `environments`, slugs and targets. Must not know connections, users or sessions.
 */

import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import type { CompanyRow } from '#storage/tables.ts'

export type Company = { readonly id: Id<'comp'>; readonly slug: string; readonly name: string }

export async function findCompany(db: Handle, slug: string): Promise<Company | undefined> {
  const row = await db.selectFrom('companies').selectAll().where('slug', '=', slug).executeTakeFirst()
  return row && companyOf(row)
}

export async function findCompanyById(db: Handle, id: Id<'comp'>): Promise<Company | undefined> {
  const row = await db.selectFrom('companies').selectAll().where('id', '=', id).executeTakeFirst()
  return row && companyOf(row)
}

/** In the order of their slugs. */
export async function listCompanies(db: Handle): Promise<readonly Company[]> {
  const rows = await db.selectFrom('companies').selectAll().execute()
  // Sorted here because PostgreSQL would sort by the rules of the language its database was made with.
  return rows.map(companyOf).sort((a, b) => (a.slug < b.slug ? -1 : 1))
}

export async function insertCompany(db: Handle, company: Company, now: Date): Promise<void> {
  const at = now.getTime()
  await db
    .insertInto('companies')
    .values({ id: company.id, slug: company.slug, name: company.name, created_at: at, updated_at: at })
    .execute()
}

/** Whoever changes what the whole Company must keep to waits here for others who do. In a transaction. */
export async function holdCompany(tx: Handle, id: Id<'comp'>): Promise<void> {
  await tx
    .updateTable('companies')
    .set((e) => ({ updated_at: e.ref('updated_at') }))
    .where('id', '=', id)
    .execute()
}

export async function renameCompany(db: Handle, id: Id<'comp'>, name: string, now: Date): Promise<void> {
  await db.updateTable('companies').set({ name, updated_at: now.getTime() }).where('id', '=', id).execute()
}

/** With everything that belongs to it. */
export async function deleteCompany(db: Handle, id: Id<'comp'>): Promise<void> {
  await db.deleteFrom('companies').where('id', '=', id).execute()
}

export function companyOf(row: Pick<CompanyRow, 'id' | 'slug' | 'name'>): Company {
  return Object.freeze({ id: row.id, slug: row.slug, name: row.name })
}

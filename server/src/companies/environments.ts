import { z } from 'zod'
import { type Company, companyOf } from '#companies/companies.ts'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import type { EnvironmentRow } from '#storage/tables.ts'

export type Environment = {
  readonly id: Id<'env'>
  readonly companyId: Id<'comp'>
  readonly slug: string
  readonly name: string
  /** As declared; see `targetsOf` for what they mean. */
  readonly targets: readonly string[]
}

export type EnvironmentOfCompany = { readonly environment: Environment; readonly company: Company }

export async function findEnvironment(
  db: Handle,
  { companySlug, environmentSlug }: { readonly companySlug: string; readonly environmentSlug: string },
): Promise<EnvironmentOfCompany | undefined> {
  const row = await withCompany(db)
    .where('companies.slug', '=', companySlug)
    .where('environments.slug', '=', environmentSlug)
    .executeTakeFirst()
  return row && environmentOfCompany(row)
}

export async function findEnvironmentById(db: Handle, id: Id<'env'>): Promise<EnvironmentOfCompany | undefined> {
  const row = await withCompany(db).where('environments.id', '=', id).executeTakeFirst()
  return row && environmentOfCompany(row)
}

/** In the order of their slugs. */
export async function listEnvironments(db: Handle, companyId: Id<'comp'>): Promise<readonly Environment[]> {
  const rows = await db.selectFrom('environments').selectAll().where('company_id', '=', companyId).execute()
  return rows.map(environmentOf).sort((a, b) => (a.slug < b.slug ? -1 : 1))
}

export async function insertEnvironment(db: Handle, environment: Environment, now: Date): Promise<void> {
  const { id, companyId, slug, name, targets } = environment
  const times = { created_at: now.getTime(), updated_at: now.getTime() }
  const row = { id, company_id: companyId, slug, name, targets: JSON.stringify(targets), ...times }
  await db.insertInto('environments').values(row).execute()
}

export async function updateEnvironment(
  db: Handle,
  environment: Pick<Environment, 'id' | 'companyId' | 'name' | 'targets'>,
  now: Date,
): Promise<void> {
  await db
    .updateTable('environments')
    .set({ name: environment.name, targets: JSON.stringify(environment.targets), updated_at: now.getTime() })
    .where('id', '=', environment.id)
    .where('company_id', '=', environment.companyId)
    .execute()
}

/** With everything that belongs to it. */
export async function deleteEnvironment(db: Handle, companyId: Id<'comp'>, id: Id<'env'>): Promise<void> {
  await db.deleteFrom('environments').where('id', '=', id).where('company_id', '=', companyId).execute()
}

const storedTargets = z.array(z.string())

export function environmentOf(row: Omit<EnvironmentRow, 'created_at' | 'updated_at'>): Environment {
  const targets = Object.freeze(storedTargets.parse(JSON.parse(row.targets)))
  return Object.freeze({ id: row.id, companyId: row.company_id, slug: row.slug, name: row.name, targets })
}

function withCompany(db: Handle) {
  return db
    .selectFrom('environments')
    .innerJoin('companies', 'companies.id', 'environments.company_id')
    .selectAll('environments')
    .select(['companies.slug as company_slug', 'companies.name as company_name'])
}

function environmentOfCompany(
  row: EnvironmentRow & { readonly company_slug: string; readonly company_name: string },
): EnvironmentOfCompany {
  const company = companyOf({ id: row.company_id, slug: row.company_slug, name: row.company_name })
  return Object.freeze({ environment: environmentOf(row), company })
}

// Changes of Companies and their Environments with their entries in the audit.

import { changesBetween, insertAuditEntry } from '#admin/audit/audit.ts'
import { insertCompanyAuditEntry } from '#admin/audit/company-audit.ts'
import { ApiProblem } from '#admin/problems.ts'
import { type Company, findCompany, findCompanyById, insertCompany, renameCompany } from '#companies/companies.ts'
import {
  deleteEnvironment,
  type Environment,
  insertEnvironment,
  listEnvironments,
  updateEnvironment,
} from '#companies/environments.ts'
import { type Id, newId, type World } from '#config/world.ts'
import { noteVersion } from '#configuration/configuration.ts'
import type { Handle } from '#storage/database.ts'
import { insertStandardDirectory } from '#users/directory.ts'
import type { Source } from '#users/source.ts'

/** Who changes them. */
export type PlaceWork = { readonly source: Source; readonly world: World; readonly now: Date }

export type PlaceToMake = {
  readonly slug: string
  readonly name: string
  readonly targets?: readonly string[] | undefined
}

const MOST_ENVIRONMENTS = 100

/** With its first Environment. @throws ApiProblem */
export async function makeCompany(
  tx: Handle,
  work: PlaceWork,
  { slug, name, environment }: Omit<PlaceToMake, 'targets'> & { readonly environment: PlaceToMake },
): Promise<Company> {
  if ((await findCompany(tx, slug)) !== undefined) throw slugTaken('Company', slug)
  const company = { id: newId(work.world.chance, 'comp'), slug, name }
  await insertCompany(tx, company, work.now)
  const entry = { actor: work.source, action: 'company.created', subjectId: company.id, subjectName: name }
  const changes = changesBetween({}, { slug, name })
  await insertCompanyAuditEntry(tx, company.id, { ...entry, changes }, { ...work.world, now: work.now })
  await makeEnvironment(tx, work, company, environment)
  return company
}

export async function changeCompany(tx: Handle, work: PlaceWork, current: Company, name: string): Promise<Company> {
  if (name === current.name) return current
  await renameCompany(tx, current.id, name, work.now)
  const entry = { actor: work.source, action: 'company.renamed', subjectId: current.id, subjectName: name }
  const changes = changesBetween({ name: current.name }, { name })
  await insertCompanyAuditEntry(tx, current.id, { ...entry, changes }, { ...work.world, now: work.now })
  return (await findCompanyById(tx, current.id)) ?? current
}

/** With the teams and profiles that every Environment has. @throws ApiProblem */
export async function makeEnvironment(
  tx: Handle,
  work: PlaceWork,
  company: Company,
  { slug, name, targets = [] }: PlaceToMake,
): Promise<Environment> {
  const { world, now, source } = work
  const others = await listEnvironments(tx, company.id)
  if (others.some((one) => one.slug === slug)) throw slugTaken('Environment', slug)
  if (others.length >= MOST_ENVIRONMENTS) {
    throw new ApiProblem(
      'environments-full',
      `A Company has ${MOST_ENVIRONMENTS} Environments at most. Remove one that nobody uses.`,
    )
  }
  const environment = { id: newId(world.chance, 'env'), companyId: company.id, slug, name, targets: [...targets] }
  await insertEnvironment(tx, environment, now)
  await insertStandardDirectory(tx, environment.id, { chance: world.chance, now })
  const entry = { actor: source, action: 'environment.created', subjectId: environment.id, subjectName: name }
  const changes = changesBetween({}, { slug, name, targets: [...targets] })
  await insertAuditEntry(tx, environment.id, { ...entry, changes }, { chance: world.chance, now })
  await insertCompanyAuditEntry(tx, company.id, { ...entry, changes }, { chance: world.chance, now })
  return environment
}

export async function changeEnvironment(
  tx: Handle,
  work: PlaceWork,
  current: Environment,
  wanted: Pick<Environment, 'name' | 'targets'>,
): Promise<Environment> {
  const { world, now, source } = work
  const state = ({ name, targets }: Pick<Environment, 'name' | 'targets'>) => ({ name, targets: [...targets] })
  const changes = changesBetween(state(current), state(wanted))
  if (Object.keys(changes).length === 0) return current
  const changed = { ...current, ...state(wanted) }
  await updateEnvironment(tx, changed, now)
  const about = { subjectId: current.id, subjectName: changed.name }
  const made = { chance: world.chance, now }
  await insertAuditEntry(tx, current.id, { actor: source, action: 'environment.changed', ...about, changes }, made)
  const states = { before: state(current), after: state(changed) }
  await noteVersion(tx, current.id, { kind: 'targets', ...about, ...states }, { source, ...made })
  return changed
}

/** With everything that belongs to it, its own audit too; that it is gone, the Company's audit keeps. */
export async function removeEnvironment(
  tx: Handle,
  { source, world, now }: PlaceWork,
  environment: Environment,
  contents: EnvironmentContents,
): Promise<void> {
  const { id, companyId, slug, name } = environment
  await deleteEnvironment(tx, companyId, id)
  const counted = Object.entries(contents).map(([what, count]) => [what, `${count}`] as const)
  const changes = changesBetween({ slug, name, ...Object.fromEntries(counted) }, {})
  const entry = { actor: source, action: 'environment.removed', subjectId: id, subjectName: name, changes }
  await insertCompanyAuditEntry(tx, companyId, entry, { chance: world.chance, now })
}

export type EnvironmentContents = {
  readonly users: number
  readonly openSessions: number
  readonly connections: number
  readonly clients: number
}

/** What would go with the Environment. */
export async function contentsOf(db: Handle, environmentId: Id<'env'>, now: Date): Promise<EnvironmentContents> {
  const countIn = async (table: 'users' | 'connections' | 'oauth_clients'): Promise<number> => {
    const row = await db
      .selectFrom(table)
      .select((e) => e.fn.countAll().as('count'))
      .where(`${table}.environment_id`, '=', environmentId)
      .executeTakeFirst()
    return Number(row?.count ?? 0)
  }
  const sessions = await db
    .selectFrom('sessions')
    .select((e) => e.fn.countAll().as('count'))
    .where('environment_id', '=', environmentId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now.getTime())
    .executeTakeFirst()
  return {
    users: await countIn('users'),
    openSessions: Number(sessions?.count ?? 0),
    connections: await countIn('connections'),
    clients: await countIn('oauth_clients'),
  }
}

function slugTaken(what: 'Company' | 'Environment', slug: string): ApiProblem {
  const detail = `There is ${what === 'Company' ? 'a Company' : 'an Environment'} “${slug}” already. Choose another slug.`
  return new ApiProblem('value-taken', detail, { problems: [{ path: 'slug', message: 'is taken' }] })
}

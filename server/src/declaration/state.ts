import { type Company, listCompanies } from '#companies/companies.ts'
import { type Environment, listEnvironments } from '#companies/environments.ts'
import { type Connection, listConnections } from '#connections/connections.ts'
import type { Handle } from '#storage/database.ts'

/** Everything in the database that a declaration can speak of. */
export type State = { readonly companies: readonly CompanyState[] }
export type CompanyState = Company & { readonly environments: readonly EnvironmentState[] }
export type EnvironmentState = Environment & {
  readonly connections: readonly Connection[]
  /** Users would go with their Environment, so removing one says how many. */
  readonly users: number
}

export async function readState(db: Handle): Promise<State> {
  const companies: CompanyState[] = []
  for (const company of await listCompanies(db)) {
    const environments: EnvironmentState[] = []
    for (const environment of await listEnvironments(db, company.id)) {
      const connections = await listConnections(db, environment.id)
      environments.push({ ...environment, connections, users: await countUsers(db, environment) })
    }
    companies.push({ ...company, environments })
  }
  return { companies }
}

async function countUsers(db: Handle, environment: Environment): Promise<number> {
  const { count } = await db
    .selectFrom('users')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('environment_id', '=', environment.id)
    .executeTakeFirstOrThrow()
  return count
}

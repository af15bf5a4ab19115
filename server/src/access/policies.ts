// The policies that an Environment has of its own.

import { type Chance, type Id, newId } from '#config/world.ts'
import type { AccessPolicyRow } from '#storage/access-tables.ts'
import type { Handle } from '#storage/database.ts'

export const MOST_POLICIES = 200
export const policyModes = ['enforced', 'shadow', 'off'] as const

export type PolicyMode = (typeof policyModes)[number]

export type Policy = {
  readonly id: Id<'policy'>
  readonly environmentId: Id<'env'>
  readonly name: string
  readonly text: string
  readonly mode: PolicyMode
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type PolicyToSave = Pick<Policy, 'name' | 'text' | 'mode'>

/** By name. */
export async function listPolicies(db: Handle, environmentId: Id<'env'>): Promise<readonly Policy[]> {
  const rows = await db
    .selectFrom('access_policies')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .limit(MOST_POLICIES)
    .execute()
  // Sorted here because PostgreSQL would sort by the rules of the language its database was made with.
  return rows.map(policyOf).sort((a, b) => (a.name < b.name ? -1 : 1))
}

export async function findPolicy(db: Handle, environmentId: Id<'env'>, id: string): Promise<Policy | undefined> {
  const row = await db
    .selectFrom('access_policies')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id as Id<'policy'>)
    .executeTakeFirst()
  return row && policyOf(row)
}

export async function insertPolicy(
  tx: Handle,
  environmentId: Id<'env'>,
  { name, text, mode }: PolicyToSave,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<Policy> {
  const times = { created_at: now.getTime(), updated_at: now.getTime() }
  const row = { id: newId(chance, 'policy'), environment_id: environmentId, name, text, mode, version: 1, ...times }
  await tx.insertInto('access_policies').values(row).execute()
  return policyOf(row)
}

/** Undefined where it is in another state by now. */
export async function updatePolicy(
  tx: Handle,
  { environmentId, id, version }: Policy,
  { name, text, mode }: PolicyToSave,
  now: Date,
): Promise<Policy | undefined> {
  const row = await tx
    .updateTable('access_policies')
    .set({ name, text, mode, version: version + 1, updated_at: now.getTime() })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('version', '=', version)
    .returningAll()
    .executeTakeFirst()
  return row && policyOf(row)
}

export async function deletePolicy(tx: Handle, environmentId: Id<'env'>, id: Id<'policy'>): Promise<void> {
  await tx.deleteFrom('access_policies').where('environment_id', '=', environmentId).where('id', '=', id).execute()
}

function policyOf(row: AccessPolicyRow): Policy {
  return Object.freeze({
    id: row.id,
    environmentId: row.environment_id,
    name: row.name,
    text: row.text,
    mode: row.mode,
    version: row.version,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  })
}

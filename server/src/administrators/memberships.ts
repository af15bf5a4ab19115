import { z } from 'zod'
import { type Administrator, administratorOf } from '#administrators/administrators.ts'
import type { Id } from '#config/world.ts'
import type { AdministratorMembershipRow } from '#storage/administrator-tables.ts'
import type { Handle } from '#storage/database.ts'

export const roles = ['owner', 'administrator', 'support', 'auditor'] as const
export type Role = (typeof roles)[number]

/** What an administrator is in one Company. */
export type Membership = {
  readonly companyId: Id<'comp'>
  readonly role: Role
  /** Undefined: all Environments of the Company. */
  readonly environments: readonly Id<'env'>[] | undefined
}

export type Member = { readonly administrator: Administrator; readonly membership: Membership }

export async function listMemberships(db: Handle, administratorId: Id<'admin'>): Promise<readonly Membership[]> {
  const rows = await db
    .selectFrom('administrator_memberships')
    .selectAll()
    .where('administrator_id', '=', administratorId)
    .execute()
  return rows.map(membershipOf)
}

/** In the order of their addresses. */
export async function listMembers(db: Handle, companyId: Id<'comp'>): Promise<readonly Member[]> {
  const rows = await membersOf(db, companyId).execute()
  const members = rows.map((row) => ({ administrator: administratorOf(row), membership: membershipOf(memberRow(row)) }))
  return members.sort((a, b) => (a.administrator.email.toLowerCase() < b.administrator.email.toLowerCase() ? -1 : 1))
}

export async function findMember(db: Handle, companyId: Id<'comp'>, id: Id<'admin'>): Promise<Member | undefined> {
  const row = await membersOf(db, companyId).where('administrators.id', '=', id).executeTakeFirst()
  return row && { administrator: administratorOf(row), membership: membershipOf(memberRow(row)) }
}

export async function saveMembership(
  db: Handle,
  administratorId: Id<'admin'>,
  { companyId, role, environments }: Membership,
  now: Date,
): Promise<void> {
  const values = { role, environments: environments === undefined ? null : JSON.stringify(environments) }
  const times = { created_at: now.getTime(), updated_at: now.getTime() }
  await db
    .insertInto('administrator_memberships')
    .values({ administrator_id: administratorId, company_id: companyId, ...values, ...times })
    .onConflict((conflict) =>
      conflict.columns(['administrator_id', 'company_id']).doUpdateSet({ ...values, updated_at: now.getTime() }),
    )
    .execute()
}

export async function deleteMembership(db: Handle, companyId: Id<'comp'>, administratorId: Id<'admin'>): Promise<void> {
  await db
    .deleteFrom('administrator_memberships')
    .where('company_id', '=', companyId)
    .where('administrator_id', '=', administratorId)
    .execute()
}

function membersOf(db: Handle, companyId: Id<'comp'>) {
  return db
    .selectFrom('administrator_memberships')
    .innerJoin('administrators', 'administrators.id', 'administrator_memberships.administrator_id')
    .selectAll('administrators')
    .select(['company_id', 'role', 'environments'])
    .where('company_id', '=', companyId)
}

type Kept = Pick<AdministratorMembershipRow, 'company_id' | 'role' | 'environments'>
const memberRow = ({ company_id, role, environments }: Kept): Kept => ({ company_id, role, environments })

const storedEnvironments = z.array(z.string().startsWith('env_')) as unknown as z.ZodType<Id<'env'>[]>

/** Of a row of ours that names them. */
export function membershipOf({ company_id, role, environments }: Kept): Membership {
  return Object.freeze({
    companyId: company_id,
    role,
    environments: environments === null ? undefined : storedEnvironments.parse(JSON.parse(environments)),
  })
}

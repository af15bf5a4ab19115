import { shownInvitation, shownMember } from '#admin/administrators/administrator-shapes.ts'
import { changesBetween } from '#admin/audit/audit.ts'
import { insertCompanyAuditEntry } from '#admin/audit/company-audit.ts'
import { invalid, notFoundProblem } from '#admin/problems.ts'
import { findAdministratorByEmail } from '#administrators/administrators.ts'
import { insertLink, listInvitations, voidInvitations } from '#administrators/links.ts'
import {
  deleteMembership,
  findMember,
  listMembers,
  type Membership,
  saveMembership,
} from '#administrators/memberships.ts'
import { refuse } from '#administrators/refusals.ts'
import { type Company, holdCompany } from '#companies/companies.ts'
import { listEnvironments } from '#companies/environments.ts'
import type { Id, World } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import type { Source } from '#users/source.ts'

export type Changing = {
  readonly db: Handle
  readonly company: Company
  readonly world: World
  readonly now: Date
  readonly source: Source
}

type Wanted = Pick<Membership, 'role'> & { readonly environments: readonly string[] | null }

/** Members, and then those who were invited. */
export async function listAll(db: Handle, { id }: Company, now: Date) {
  const members = (await listMembers(db, id)).map(shownMember)
  return [...members, ...(await listInvitations(db, id, now)).flatMap((link) => shownInvitation(link) ?? [])]
}

/**
 * Invites somebody; what was offered to the address before is over.
 *
 * @throws AdministratorRefused where they administer the Company already; ApiProblem where an Environment is another's
 */
export async function invite(call: Changing, { email, ...wanted }: Wanted & { readonly email: string }) {
  const { db, company, world, now } = call
  const known = await findAdministratorByEmail(db, email)
  if (known !== undefined && (await findMember(db, company.id, known.id)) !== undefined) refuse('email-taken')
  const membership = await membershipOf(call, wanted)
  await voidInvitations(db, company.id, { email })
  const made = { purpose: 'invitation', offer: { email, membership } } as const
  const { token, link } = await insertLink(db, made, { chance: world.chance, now })
  await note(call, 'administrator.invited', { id: link.id, name: email }, changesBetween({}, auditOf(membership)))
  return { token, shown: shownInvitation(link) }
}

/**
 * Changes what somebody may do; their sessions go on with it from the next request.
 *
 * @throws AdministratorRefused for the last owner
 */
export async function change(
  call: Changing,
  id: Id<'admin'>,
  wanted: { readonly [K in keyof Wanted]?: Wanted[K] | undefined },
) {
  const { db, company, now } = call
  await holdCompany(db, company.id)
  const member = await findMember(db, company.id, id)
  if (member === undefined) throw notFoundProblem()
  const before = member.membership
  const environments = wanted.environments === undefined ? (before.environments ?? null) : wanted.environments
  const after = await membershipOf(call, { role: wanted.role ?? before.role, environments })
  await saveMembership(db, id, after, now)
  await demandOwner(db, company, before)
  const changes = changesBetween(auditOf(before), auditOf(after))
  await note(call, 'administrator.changed', { id, name: member.administrator.email }, changes)
  return shownMember({ administrator: member.administrator, membership: after })
}

/** @throws AdministratorRefused for the last owner */
export async function remove(call: Changing, id: string): Promise<void> {
  const { db, company, now } = call
  await holdCompany(db, company.id)
  const invitation = (await listInvitations(db, company.id, now)).find((link) => link.id === id)
  if (invitation !== undefined) {
    await voidInvitations(db, company.id, { id: invitation.id })
    return note(call, 'administrator.invitation-revoked', { id, name: invitation.offer?.email ?? id })
  }
  const member = await findMember(db, company.id, id as Id<'admin'>)
  if (member === undefined) throw notFoundProblem()
  await deleteMembership(db, company.id, member.administrator.id)
  await demandOwner(db, company, member.membership)
  const changes = changesBetween(auditOf(member.membership), {})
  await note(call, 'administrator.removed', { id, name: member.administrator.email }, changes)
}

/** After the change: nobody is left to undo it where there is no owner. */
async function demandOwner(db: Handle, { id }: Company, before: Membership): Promise<void> {
  if (before.role !== 'owner') return
  const owners = (await listMembers(db, id)).filter(({ membership }) => membership.role === 'owner')
  if (owners.length === 0) refuse('last-owner')
}

/** @throws ApiProblem where an Environment is not the Company's, or an owner is to have only some */
async function membershipOf({ db, company }: Changing, { role, environments }: Wanted): Promise<Membership> {
  if (environments === null) return { companyId: company.id, role, environments: undefined }
  if (role === 'owner')
    throw invalid([{ path: 'environments', message: 'must be null: an owner has all Environments of the Company' }])
  const known = await listEnvironments(db, company.id)
  const chosen = known.filter(({ id }) => environments.includes(id)).map(({ id }) => id)
  const unknown = environments.find((id) => !chosen.includes(id as Id<'env'>))
  if (unknown !== undefined || chosen.length === 0)
    throw invalid([{ path: 'environments', message: 'must be ids of Environments of this Company, one at least' }])
  return { companyId: company.id, role, environments: chosen }
}

function auditOf({ role, environments }: Membership) {
  return { role, environments: environments === undefined ? 'all' : [...environments] }
}

export async function note(
  { db, company, world, now, source }: Changing,
  action: string,
  { id, name }: { readonly id: string; readonly name: string },
  changes: Parameters<typeof insertCompanyAuditEntry>[2]['changes'] = {},
): Promise<void> {
  const entry = { actor: source, action, subjectId: id, subjectName: name, changes }
  await insertCompanyAuditEntry(db, company.id, entry, { chance: world.chance, now })
}

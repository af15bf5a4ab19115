import { type OpenedAdminSession, openAdminSession } from '#administrators/admin-sessions.ts'
import { findAdministratorByEmail, insertAdministrator } from '#administrators/administrators.ts'
import type { AdministratorContext } from '#administrators/context.ts'
import { listInvitations, takeLink } from '#administrators/links.ts'
import { findMember, saveMembership } from '#administrators/memberships.ts'
import type { Browser } from '#administrators/sign-in.ts'
import type { Company } from '#companies/companies.ts'
import type { Id } from '#config/world.ts'
import type { Session } from '#sessions/sessions.ts'
import type { Handle } from '#storage/database.ts'
import { findUserById, listFieldSources } from '#users/users.ts'

/** Through which connection a Company's administrators may come in. */
export type AdministratorSignIn = { readonly environmentId: Id<'env'>; readonly connectionId: Id<'conn'> }

export async function findAdministratorSignIn(
  db: Handle,
  companyId: Id<'comp'>,
): Promise<AdministratorSignIn | undefined> {
  const row = await db
    .selectFrom('administrator_sign_ins')
    .selectAll()
    .where('company_id', '=', companyId)
    .executeTakeFirst()
  return row && { environmentId: row.environment_id, connectionId: row.connection_id }
}

export async function letsAdministratorsIn(db: Handle, connectionId: Id<'conn'>): Promise<boolean> {
  const row = await db
    .selectFrom('administrator_sign_ins')
    .select('company_id')
    .where('connection_id', '=', connectionId)
    .executeTakeFirst()
  return row !== undefined
}

/** @param signIn undefined: they have passwords and passkeys alone */
export async function saveAdministratorSignIn(
  tx: Handle,
  companyId: Id<'comp'>,
  signIn: AdministratorSignIn | undefined,
  now: Date,
): Promise<void> {
  await tx.deleteFrom('administrator_sign_ins').where('company_id', '=', companyId).execute()
  if (signIn === undefined) return
  const { environmentId, connectionId } = signIn
  const row = { company_id: companyId, environment_id: environmentId, connection_id: connectionId }
  await tx
    .insertInto('administrator_sign_ins')
    .values({ ...row, updated_at: now.getTime() })
    .execute()
}

/** A session of the Environment that was opened longer ago was not opened for this. */
const FRESH_MS = 10 * 60 * 1000

export type Entered =
  | { readonly outcome: 'entered'; readonly opened: OpenedAdminSession }
  | { readonly outcome: 'not-signed-in' | 'no-email' }
  | { readonly outcome: 'not-administrator'; readonly email: string }

/**
 * Lets somebody in who was signed in through the Company's connection a moment ago, where the address that the identity
 * provider gave is one of the Company's administrators, or was invited.
 */
export async function enterThroughCompany(
  ctx: AdministratorContext,
  { company, signIn }: { readonly company: Company; readonly signIn: AdministratorSignIn },
  session: Session | undefined,
  browser: Browser,
): Promise<Entered> {
  const now = ctx.world.clock()
  const { environmentId, connectionId } = signIn
  const fresh = session !== undefined && now.getTime() - session.openedAt.getTime() < FRESH_MS
  if (!fresh || session.connectionId !== connectionId || session.environmentId !== environmentId)
    return { outcome: 'not-signed-in' }
  const email = await assertedEmail(ctx.db.read, session, connectionId)
  if (email === undefined) return { outcome: 'no-email' }
  return ctx.db.transaction(async (tx) => {
    const administratorId = await memberBy(tx, ctx, company, email)
    if (administratorId === undefined) return { outcome: 'not-administrator', email }
    const opening = { administratorId, through: 'single-sign-on', companyId: company.id, ...browser } as const
    return { outcome: 'entered', opened: await openAdminSession(tx, opening, { chance: ctx.world.chance, now }) }
  })
}

/** What the person, a program or an administrator wrote there says nothing of who they are at the Company. */
async function assertedEmail(
  db: Handle,
  { environmentId, userId }: Session,
  connectionId: Id<'conn'>,
): Promise<string | undefined> {
  const user = await findUserById(db, environmentId, userId)
  const source = user && (await listFieldSources(db, user)).get('email')?.source
  return source?.by === 'connection' && source.connectionId === connectionId ? user?.email : undefined
}

/** The identity provider proves the address, so an invitation of the same Company is accepted with it. */
async function memberBy(
  tx: Handle,
  { world }: AdministratorContext,
  { id: companyId }: Company,
  email: string,
): Promise<Id<'admin'> | undefined> {
  const now = world.clock()
  const account = await findAdministratorByEmail(tx, email)
  if (account !== undefined && (await findMember(tx, companyId, account.id)) !== undefined) return account.id
  const key = email.toLowerCase()
  const invited = (await listInvitations(tx, companyId, now)).find(({ offer }) => offer?.email.toLowerCase() === key)
  if (invited?.offer === undefined || !(await takeLink(tx, invited, now))) return undefined
  const made = { email, name: email, operator: false }
  const { id } = account ?? (await insertAdministrator(tx, made, { chance: world.chance, now }))
  await saveMembership(tx, id, invited.offer.membership, now)
  return id
}

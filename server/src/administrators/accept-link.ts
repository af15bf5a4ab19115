import { findSignedIn, type OpenedAdminSession, openAdminSession } from '#administrators/admin-sessions.ts'
import {
  changeAdministrator,
  findAdministrator,
  findAdministratorByEmail,
  hasAdministrators,
  insertAdministrator,
} from '#administrators/administrators.ts'
import { countAttempt } from '#administrators/attempts.ts'
import type { AdministratorContext } from '#administrators/context.ts'
import { findLink, type Link, type Offer, takeLink } from '#administrators/links.ts'
import { saveMembership } from '#administrators/memberships.ts'
import { newPasswordHash } from '#administrators/new-password.ts'
import { refuse } from '#administrators/refusals.ts'
import { dropSecondSteps } from '#administrators/second-steps.ts'
import type { Browser } from '#administrators/sign-in.ts'
import { type Company, findCompanyById } from '#companies/companies.ts'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

export type OpenLink = Pick<Link, 'purpose'> & {
  readonly email: string | undefined
  readonly company: Company | undefined
  /** The address has an account: its owner signs in and accepts, and no password is set. */
  readonly hasAccount: boolean
}

/**
 * What the page of the link shows.
 *
 * @throws AdministratorRefused where it is not good any more
 */
export async function readLink(ctx: AdministratorContext, token: string, address: string): Promise<OpenLink> {
  const link = await goodLink(ctx, token, address)
  const { purpose, administratorId, offer } = link
  const email = offer?.email ?? (administratorId && (await findAdministrator(ctx.db.read, administratorId)))?.email
  const company = offer && (await findCompanyById(ctx.db.read, offer.membership.companyId))
  const account = offer && (await findAdministratorByEmail(ctx.db.read, offer.email))
  return { purpose, email, company, hasAccount: account !== undefined }
}

export type Acceptance = {
  readonly email?: string | undefined
  readonly name?: string | undefined
  readonly password?: string | undefined
}

/**
 * Uses the link up: the password is set, or the account joined, and its owner is signed in.
 *
 * @throws AdministratorRefused where it is not good any more, or the password is not good enough
 */
export async function acceptLink(
  ctx: AdministratorContext,
  token: string,
  given: Acceptance,
  browser: Browser,
): Promise<OpenedAdminSession> {
  const link = await goodLink(ctx, token, browser.client.address)
  const { db, world } = ctx
  const account = await accountOf(db.read, link)
  const email = account?.email ?? link.offer?.email ?? given.email ?? ''
  const joins = link.offer !== undefined && account !== undefined
  const passwordHash = joins ? '' : await newPasswordHash(given.password ?? '', email, world.chance)
  const owner = { email, name: given.name ?? email, passwordHash }
  const times = { chance: world.chance, now: world.clock() }
  return db.transaction(async (tx) => {
    if (!(await takeLink(tx, link, times.now))) refuse('link-over')
    const administratorId = await settle(tx, link, { owner, browser, times, joins })
    const opening = { administratorId, through: 'link', companyId: undefined, ...browser } as const
    return openAdminSession(tx, opening, times)
  })
}

type Owner = { readonly email: string; readonly name: string; readonly passwordHash: string }
type Settling = {
  readonly owner: Owner
  readonly browser: Browser
  readonly times: Parameters<typeof insertAdministrator>[2]
  readonly joins: boolean
}

async function settle(tx: Handle, link: Link, settling: Settling): Promise<Id<'admin'>> {
  const { owner, times } = settling
  if (link.offer !== undefined) return join(tx, link.offer, settling)
  if (link.administratorId === undefined) return makeFirst(tx, owner, times)
  const { passwordHash, name } = owner
  const change = link.purpose === 'invitation' ? { passwordHash, name } : { passwordHash }
  await changeAdministrator(tx, link.administratorId, change, times.now)
  // Whoever recovers has lost what they had, or somebody else has it: all of it is over.
  await dropSecondSteps(tx, link.administratorId)
  return link.administratorId
}

/** The first one is the operator of the place. */
async function makeFirst(tx: Handle, owner: Owner, times: Settling['times']): Promise<Id<'admin'>> {
  if (await hasAdministrators(tx)) refuse('link-over')
  return (await insertAdministrator(tx, { ...owner, operator: true }, times)).id
}

/**
 * Whoever invites knows the link as well. So it opens no account that is there already, which may be somebody's in other
 * Companies: its owner is signed in, and not by another Company's identity provider.
 */
async function join(
  tx: Handle,
  { email, membership }: Offer,
  { owner, browser, times, joins }: Settling,
): Promise<Id<'admin'>> {
  const account = await findAdministratorByEmail(tx, email)
  if ((account !== undefined) !== joins) refuse('sign-in-first')
  if (account !== undefined) {
    const { formerToken } = browser
    const signedIn = formerToken === undefined ? undefined : await findSignedIn(tx, formerToken, times.now)
    if (signedIn?.administrator.id !== account.id || signedIn.session.companyId !== undefined) refuse('sign-in-first')
  }
  const { id } = account ?? (await insertAdministrator(tx, { ...owner, operator: false }, times))
  await saveMembership(tx, id, membership, times.now)
  return id
}

async function accountOf(db: Handle, { administratorId, offer }: Link) {
  if (administratorId !== undefined) return findAdministrator(db, administratorId)
  return offer && findAdministratorByEmail(db, offer.email)
}

async function goodLink({ db, world }: AdministratorContext, token: string, address: string): Promise<Link> {
  const now = world.clock()
  if (!(await countAttempt(db.write, 'link from', address, now))) refuse('too-many-attempts')
  return (await findLink(db.read, token, now)) ?? refuse('link-over')
}

import { emailKey } from '#administrators/administrators.ts'
import { type Membership, membershipOf } from '#administrators/memberships.ts'
import { type Chance, type Id, newId, newToken } from '#config/world.ts'
import type { AdministratorLinkRow } from '#storage/administrator-tables.ts'
import type { Handle } from '#storage/database.ts'
import { tokenHash } from '#storage/token-hash.ts'

const HOUR_MS = 60 * 60 * 1000

export type LinkPurpose = AdministratorLinkRow['purpose']

/** An invitation waits for a mail to be read; what opens an account anew is for whoever asked a moment ago. */
const lifetimes: Readonly<Record<LinkPurpose, number>> = {
  'first-run': 24 * HOUR_MS,
  invitation: 7 * 24 * HOUR_MS,
  recover: HOUR_MS,
}

/** What a Company's invitation gives to whoever accepts it. */
export type Offer = { readonly email: string; readonly membership: Membership }

/** Whom a link is for: nobody yet, an administrator whose password it sets, or somebody whom a Company invites. */
export type LinkFor =
  | { readonly purpose: 'first-run' }
  | { readonly purpose: 'invitation' | 'recover'; readonly administratorId: Id<'admin'> }
  | { readonly purpose: 'invitation'; readonly offer: Offer }

export type Link = {
  readonly id: Id<'inv'>
  readonly purpose: LinkPurpose
  readonly administratorId: Id<'admin'> | undefined
  readonly offer: Offer | undefined
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** Makes a link that is good once. Only the hash of its token is kept. */
export async function insertLink(
  db: Handle,
  made: LinkFor,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<{ readonly token: string; readonly link: Link }> {
  const token = newToken(chance)
  const offer = 'offer' in made ? made.offer : undefined
  const environments = offer?.membership.environments
  const row: AdministratorLinkRow = {
    id: newId(chance, 'inv'),
    token_hash: tokenHash(token),
    purpose: made.purpose,
    administrator_id: 'administratorId' in made ? made.administratorId : null,
    company_id: offer?.membership.companyId ?? null,
    email: offer?.email ?? null,
    email_key: offer === undefined ? null : emailKey(offer.email),
    role: offer?.membership.role ?? null,
    environments: environments === undefined ? null : JSON.stringify(environments),
    created_at: now.getTime(),
    expires_at: now.getTime() + lifetimes[made.purpose],
    used_at: null,
  }
  await db.insertInto('administrator_links').values(row).execute()
  return { token, link: linkOf(row) }
}

/** Looking does not use it up: mail programs open links on their own. */
export async function findLink(db: Handle, token: string, now: Date): Promise<Link | undefined> {
  const row = await good(db, now).where('token_hash', '=', tokenHash(token)).executeTakeFirst()
  return row && linkOf(row)
}

/** The newest first. */
export async function listInvitations(db: Handle, companyId: Id<'comp'>, now: Date): Promise<readonly Link[]> {
  const rows = await good(db, now)
    .where('company_id', '=', companyId)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(linkOf)
}

/** Uses the link up, with all others that would do the same. False where it is not good any more. */
export async function takeLink(tx: Handle, { id, purpose, administratorId, offer }: Link, now: Date): Promise<boolean> {
  const open = tx
    .updateTable('administrator_links')
    .set({ used_at: now.getTime() })
    .where('used_at', 'is', null)
    .where('expires_at', '>', now.getTime())
  const alike = (): typeof open => {
    if (administratorId !== undefined) return open.where('administrator_id', '=', administratorId)
    if (offer === undefined) return open.where('purpose', '=', purpose).where('administrator_id', 'is', null)
    const { email, membership } = offer
    return open.where('company_id', '=', membership.companyId).where('email_key', '=', emailKey(email))
  }
  // Of two at the same moment the second waits for the first, and then finds them used.
  const rows = await alike().returning('id').execute()
  return rows.some((row) => row.id === id)
}

/** Links that were made for the administrator before are good no longer. */
export async function voidLinks(db: Handle, administratorId: Id<'admin'>): Promise<void> {
  await db.deleteFrom('administrator_links').where('administrator_id', '=', administratorId).execute()
}

/** Of one Company: what it offered to this address, or under this id. */
export async function voidInvitations(
  db: Handle,
  companyId: Id<'comp'>,
  which: { readonly email: string } | { readonly id: Id<'inv'> },
): Promise<void> {
  const all = db.deleteFrom('administrator_links').where('company_id', '=', companyId)
  await ('id' in which ? all.where('id', '=', which.id) : all.where('email_key', '=', emailKey(which.email))).execute()
}

export async function sweepLinks(db: Handle, now: Date): Promise<void> {
  await db.deleteFrom('administrator_links').where('expires_at', '<=', now.getTime()).execute()
}

function good(db: Handle, now: Date) {
  return db
    .selectFrom('administrator_links')
    .selectAll()
    .where('used_at', 'is', null)
    .where('expires_at', '>', now.getTime())
}

function linkOf(row: AdministratorLinkRow): Link {
  const { company_id, email, role, environments } = row
  const offered = company_id !== null && email !== null && role !== null
  return Object.freeze({
    id: row.id,
    purpose: row.purpose,
    administratorId: row.administrator_id ?? undefined,
    offer: offered ? { email, membership: membershipOf({ company_id, role, environments }) } : undefined,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
  })
}

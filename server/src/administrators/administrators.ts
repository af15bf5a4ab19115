/**
 * Administrators: who may use the administration portal, for which Companies, and how they sign in to it.
 *
 * Owns the tables `administrators` and `administrator_…`. They are nobody's users. What a role may do in the API is
 * `admin`'s, which must be told who asks; this folder must not know any operation of it.
 */

import { type Chance, type Id, newId } from '#config/world.ts'
import type { AdministratorRow } from '#storage/administrator-tables.ts'
import type { Handle } from '#storage/database.ts'

export type Administrator = {
  readonly id: Id<'admin'>
  /** As it was given. */
  readonly email: string
  readonly name: string
  /** May make Companies, and sees all of them. */
  readonly operator: boolean
  /** Undefined until an invitation was accepted. */
  readonly passwordHash: string | undefined
  readonly totpSealed: string | undefined
  readonly createdAt: Date
  readonly lastSignInAt: Date | undefined
}

export type NewAdministrator = {
  readonly email: string
  readonly name: string
  readonly operator: boolean
  readonly passwordHash?: string
}

/** Addresses are the same in capitals. */
export function emailKey(email: string): string {
  return email.trim().normalize('NFC').toLowerCase()
}

export async function insertAdministrator(
  db: Handle,
  { email, name, operator, passwordHash }: NewAdministrator,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<Administrator> {
  const row: AdministratorRow = {
    id: newId(chance, 'admin'),
    email: email.trim(),
    email_key: emailKey(email),
    name,
    operator: operator ? 1 : 0,
    password_hash: passwordHash ?? null,
    totp_sealed: null,
    totp_next_sealed: null,
    totp_step: null,
    created_at: now.getTime(),
    updated_at: now.getTime(),
    last_sign_in_at: null,
  }
  await db.insertInto('administrators').values(row).execute()
  return administratorOf(row)
}

export async function findAdministrator(db: Handle, id: Id<'admin'>): Promise<Administrator | undefined> {
  const row = await db.selectFrom('administrators').selectAll().where('id', '=', id).executeTakeFirst()
  return row && administratorOf(row)
}

export async function findAdministratorByEmail(db: Handle, email: string): Promise<Administrator | undefined> {
  // No database takes every text.
  if (email.includes('\0') || !email.isWellFormed()) return undefined
  const row = await db
    .selectFrom('administrators')
    .selectAll()
    .where('email_key', '=', emailKey(email))
    .executeTakeFirst()
  return row && administratorOf(row)
}

export async function hasAdministrators(db: Handle): Promise<boolean> {
  return (await db.selectFrom('administrators').select('id').limit(1).executeTakeFirst()) !== undefined
}

/** In the order of their addresses. */
export async function listAdministrators(db: Handle): Promise<readonly Administrator[]> {
  const rows = await db.selectFrom('administrators').selectAll().execute()
  return rows.map(administratorOf).sort((a, b) => (emailKey(a.email) < emailKey(b.email) ? -1 : 1))
}

type Change = { readonly name?: string; readonly passwordHash?: string; readonly operator?: boolean }

export async function changeAdministrator(db: Handle, id: Id<'admin'>, change: Change, now: Date): Promise<void> {
  const { name, passwordHash, operator } = change
  await db
    .updateTable('administrators')
    .set({
      ...(name === undefined ? {} : { name }),
      ...(passwordHash === undefined ? {} : { password_hash: passwordHash }),
      ...(operator === undefined ? {} : { operator: operator ? (1 as const) : (0 as const) }),
      updated_at: now.getTime(),
    })
    .where('id', '=', id)
    .execute()
}

/** With everything that is theirs. */
export async function deleteAdministrator(db: Handle, id: Id<'admin'>): Promise<void> {
  await db.deleteFrom('administrators').where('id', '=', id).execute()
}

export function administratorOf(row: AdministratorRow): Administrator {
  return Object.freeze({
    id: row.id,
    email: row.email,
    name: row.name,
    operator: row.operator === 1,
    passwordHash: row.password_hash ?? undefined,
    totpSealed: row.totp_sealed ?? undefined,
    createdAt: new Date(row.created_at),
    lastSignInAt: row.last_sign_in_at === null ? undefined : new Date(row.last_sign_in_at),
  })
}

import { hash } from 'node:crypto'
import { type Administrator, findAdministrator } from '#administrators/administrators.ts'
import { type Chance, type Id, newId, newToken } from '#config/world.ts'
import type { AdministratorSessionRow } from '#storage/administrator-tables.ts'
import type { Handle } from '#storage/database.ts'
import { tokenHash } from '#storage/token-hash.ts'

const MINUTE_MS = 60 * 1000
/** Without a request for so long, the session is over. */
export const IDLE_MS = 30 * MINUTE_MS
/** And after so long in any case. */
export const LIFETIME_MS = 12 * 60 * MINUTE_MS
/** When a session was used last is kept to the minute; that saves a write for most requests. */
const NOTE_USE_AFTER_MS = MINUTE_MS

export type AdminSession = {
  readonly id: Id<'asess'>
  readonly administratorId: Id<'admin'>
  readonly through: AdministratorSessionRow['through']
  /** Whose single sign-on opened it: it reaches this Company alone. */
  readonly companyId: Id<'comp'> | undefined
  readonly openedAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
  readonly address: string | undefined
  readonly userAgent: string | undefined
}

export type Client = { readonly address: string; readonly userAgent?: string | undefined }

export type OpenedAdminSession = { readonly session: AdminSession; readonly token: string }

/** Opens a session; the one that this browser had is over. */
export async function openAdminSession(
  tx: Handle,
  opening: Pick<AdminSession, 'administratorId' | 'through' | 'companyId'> & {
    readonly client: Client
    readonly formerToken: string | undefined
  },
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<OpenedAdminSession> {
  const { administratorId, through, companyId, client, formerToken } = opening
  if (formerToken !== undefined) await endByToken(tx, formerToken)
  const token = newToken(chance)
  const row: AdministratorSessionRow = {
    id: newId(chance, 'asess'),
    administrator_id: administratorId,
    token_hash: tokenHash(token),
    through,
    company_id: companyId ?? null,
    opened_at: now.getTime(),
    last_seen_at: now.getTime(),
    expires_at: now.getTime() + LIFETIME_MS,
    address: client.address,
    user_agent: client.userAgent?.slice(0, 500) ?? null,
  }
  await tx.insertInto('administrator_sessions').values(row).execute()
  await tx
    .updateTable('administrators')
    .set({ last_sign_in_at: now.getTime() })
    .where('id', '=', administratorId)
    .execute()
  return { session: sessionOf(row), token }
}

export type SignedIn = { readonly administrator: Administrator; readonly session: AdminSession }

/** Who has this token, where the session is alive. */
export async function findSignedIn(db: Handle, token: string, now: Date): Promise<SignedIn | undefined> {
  const row = await alive(db, now).where('token_hash', '=', tokenHash(token)).executeTakeFirst()
  const administrator = row && (await findAdministrator(db, row.administrator_id))
  return row && administrator && { administrator, session: sessionOf(row) }
}

export async function noteAdminSessionUse(db: Handle, session: AdminSession, now: Date): Promise<void> {
  if (now.getTime() - session.lastSeenAt.getTime() < NOTE_USE_AFTER_MS) return
  await db
    .updateTable('administrator_sessions')
    .set({ last_seen_at: now.getTime() })
    .where('id', '=', session.id)
    .execute()
}

/** The newest first. */
export async function listAdminSessions(
  db: Handle,
  administratorId: Id<'admin'>,
  now: Date,
): Promise<readonly AdminSession[]> {
  const rows = await alive(db, now)
    .where('administrator_id', '=', administratorId)
    .orderBy('opened_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(sessionOf)
}

export async function endByToken(db: Handle, token: string): Promise<void> {
  await db.deleteFrom('administrator_sessions').where('token_hash', '=', tokenHash(token)).execute()
}

/** False where the administrator has no such session. */
export async function endAdminSession(db: Handle, administratorId: Id<'admin'>, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('administrator_sessions')
    .where('administrator_id', '=', administratorId)
    .where('id', '=', id as Id<'asess'>)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** All of an administrator's, but the one that is `kept`. */
export async function endAdminSessions(db: Handle, administratorId: Id<'admin'>, kept?: Id<'asess'>): Promise<void> {
  let all = db.deleteFrom('administrator_sessions').where('administrator_id', '=', administratorId)
  if (kept !== undefined) all = all.where('id', '!=', kept)
  await all.execute()
}

export async function sweepAdminSessions(db: Handle, now: Date): Promise<void> {
  await db
    .deleteFrom('administrator_sessions')
    .where((e) => e.or([e('expires_at', '<=', now.getTime()), e('last_seen_at', '<=', now.getTime() - IDLE_MS)]))
    .execute()
}

/**
 * What requests that change something must carry in a header. It is made of the cookie, which no other site can read, and
 * cannot be turned back into it.
 */
export function csrfTokenOf(token: string): string {
  return hash('sha256', `sallyport csrf ${token}`, 'base64url')
}

function alive(db: Handle, now: Date) {
  return db
    .selectFrom('administrator_sessions')
    .selectAll()
    .where('expires_at', '>', now.getTime())
    .where('last_seen_at', '>', now.getTime() - IDLE_MS)
}

function sessionOf(row: AdministratorSessionRow): AdminSession {
  return Object.freeze({
    id: row.id,
    administratorId: row.administrator_id,
    through: row.through,
    companyId: row.company_id ?? undefined,
    openedAt: new Date(row.opened_at),
    lastSeenAt: new Date(row.last_seen_at),
    expiresAt: new Date(row.expires_at),
    address: row.address ?? undefined,
    userAgent: row.user_agent ?? undefined,
  })
}

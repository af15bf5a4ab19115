import type { FastifyRequest } from 'fastify'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import type { Config } from '#config/config.ts'
import type { Id, World } from '#config/world.ts'
import { type SessionCookie, sessionToken } from '#sessions/session-cookie.ts'
import { type FoundSession, findSession, noteSeen, type Session } from '#sessions/sessions.ts'
import { findAt, type Slugs } from '#sessions/who-is-at.ts'
import type { Database } from '#storage/database.ts'
import { type Account, findAccount } from '#users/accounts.ts'
import { findUserById, type User } from '#users/users.ts'

export type SessionContext = {
  readonly db: Database
  readonly world: World
  readonly config: Pick<Config, 'publicUrl'>
}

/** What a browser's cookie leads to: a session, alive or over; undefined without a cookie that we gave. */
export async function sessionOf(
  ctx: SessionContext,
  request: FastifyRequest,
  environmentId: Id<'env'>,
): Promise<FoundSession | undefined> {
  const token = sessionToken(request, environmentId, ctx.config.publicUrl)
  if (token === undefined) return undefined
  const now = ctx.world.clock()
  const found = await findSession(ctx.db.read, environmentId, token, now)
  await wasSeen(ctx, found, now)
  return found
}

async function wasSeen({ db }: SessionContext, found: FoundSession | undefined, now: Date): Promise<void> {
  if (found?.ended === undefined && found?.seenNoted === false) await noteSeen(db.write, found.session, now)
}

/** The session of this browser, where it is alive. */
export async function livingSessionOf(
  ctx: SessionContext,
  request: FastifyRequest,
  environmentId: Id<'env'>,
): Promise<Session | undefined> {
  const found = await sessionOf(ctx, request, environmentId)
  return found?.ended === undefined ? found?.session : undefined
}

/** Whose browser this is, in this Environment. */
export async function whoIs(
  ctx: SessionContext,
  request: FastifyRequest,
  environmentId: Id<'env'>,
): Promise<{ readonly session: Session; readonly user: User } | undefined> {
  const session = await livingSessionOf(ctx, request, environmentId)
  const user = session === undefined ? undefined : await findUserById(ctx.db.read, environmentId, session.userId)
  return session === undefined || user === undefined ? undefined : { session, user }
}

export type WithAccount = { readonly session: Session; readonly account: Account }

/** The same with everything that hangs on the user: one query more. */
export async function whoIsWithAccount(
  ctx: SessionContext,
  request: FastifyRequest,
  environmentId: Id<'env'>,
): Promise<WithAccount | undefined> {
  const session = await livingSessionOf(ctx, request, environmentId)
  const account = session === undefined ? undefined : await findAccount(ctx.db.read, environmentId, session.userId)
  return session === undefined || account === undefined ? undefined : { session, account }
}

export type AtPlace = {
  readonly place: EnvironmentOfCompany
  readonly accessVersion?: string
  readonly who?: WithAccount
}

/**
 * The same with the place, which is named as in a path; undefined where there is none. One query for all of it.
 *
 * @param isUse false where a program looks by itself: that keeps no session from its idle end
 */
export async function whoIsAt(
  ctx: SessionContext,
  slugs: Slugs,
  cookies: readonly SessionCookie[],
  isUse = true,
): Promise<AtPlace | undefined> {
  const now = ctx.world.clock()
  const at = await findAt(ctx.db.read, slugs, cookies, now)
  const found = at?.found
  if (isUse) await wasSeen(ctx, found, now)
  if (at === undefined || found === undefined || found.ended !== undefined) return at && { place: at.place }
  const { place, accessVersion } = at
  const who = { session: found.session, account: found.account }
  return accessVersion === undefined ? { place, who } : { place, accessVersion, who }
}

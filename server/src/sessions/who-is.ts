import type { FastifyRequest } from 'fastify'
import type { Config } from '#config/config.ts'
import type { Id, World } from '#config/world.ts'
import { sessionToken } from '#sessions/session-cookie.ts'
import { type FoundSession, findSession, noteSeen, type Session } from '#sessions/sessions.ts'
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
  if (found !== undefined && found.ended === undefined && !found.seenNoted) {
    await noteSeen(ctx.db.write, found.session, now)
  }
  return found
}

async function livingSessionOf(ctx: SessionContext, request: FastifyRequest, environmentId: Id<'env'>) {
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

/** The same with everything that hangs on the user: three queries more. */
export async function whoIsWithAccount(
  ctx: SessionContext,
  request: FastifyRequest,
  environmentId: Id<'env'>,
): Promise<WithAccount | undefined> {
  const session = await livingSessionOf(ctx, request, environmentId)
  const account = session === undefined ? undefined : await findAccount(ctx.db.read, environmentId, session.userId)
  return session === undefined || account === undefined ? undefined : { session, account }
}

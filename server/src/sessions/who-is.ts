import type { FastifyRequest } from 'fastify'
import type { Config } from '#config/config.ts'
import type { Id, World } from '#config/world.ts'
import { sessionToken } from '#sessions/session-cookie.ts'
import { findSession, type Session } from '#sessions/sessions.ts'
import type { Database } from '#storage/database.ts'
import { type Account, findAccount } from '#users/accounts.ts'
import { findUserById, type User } from '#users/users.ts'

export type SessionContext = {
  readonly db: Database
  readonly world: World
  readonly config: Pick<Config, 'publicUrl'>
}

/** The session of this browser in this Environment: undefined without one that is alive. */
async function sessionOf(
  ctx: SessionContext,
  request: FastifyRequest,
  environmentId: Id<'env'>,
): Promise<Session | undefined> {
  const token = sessionToken(request, environmentId, ctx.config.publicUrl)
  return token === undefined ? undefined : findSession(ctx.db.read, environmentId, token, ctx.world.clock())
}

/** Whose browser this is, in this Environment. */
export async function whoIs(
  ctx: SessionContext,
  request: FastifyRequest,
  environmentId: Id<'env'>,
): Promise<{ readonly session: Session; readonly user: User } | undefined> {
  const session = await sessionOf(ctx, request, environmentId)
  const user = session === undefined ? undefined : await findUserById(ctx.db.read, environmentId, session.userId)
  return session === undefined || user === undefined ? undefined : { session, user }
}

/** The same with everything that hangs on the user: three queries more. */
export async function whoIsWithAccount(
  ctx: SessionContext,
  request: FastifyRequest,
  environmentId: Id<'env'>,
): Promise<{ readonly session: Session; readonly account: Account } | undefined> {
  const session = await sessionOf(ctx, request, environmentId)
  const account = session === undefined ? undefined : await findAccount(ctx.db.read, environmentId, session.userId)
  return session === undefined || account === undefined ? undefined : { session, account }
}

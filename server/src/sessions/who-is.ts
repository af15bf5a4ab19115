import type { FastifyRequest } from 'fastify'
import type { Config } from '#config/config.ts'
import type { Id, World } from '#config/world.ts'
import { sessionToken } from '#sessions/session-cookie.ts'
import { findSession, type Session } from '#sessions/sessions.ts'
import type { Database } from '#storage/database.ts'
import { findUserById, type User } from '#users/users.ts'

export type SessionContext = {
  readonly db: Database
  readonly world: World
  readonly config: Pick<Config, 'publicUrl'>
}

/** Whose browser this is, in this Environment: undefined without a session that is alive. */
export async function whoIs(
  ctx: SessionContext,
  request: FastifyRequest,
  environmentId: Id<'env'>,
): Promise<{ readonly session: Session; readonly user: User } | undefined> {
  const token = sessionToken(request, environmentId, ctx.config.publicUrl)
  const session =
    token === undefined ? undefined : await findSession(ctx.db.read, environmentId, token, ctx.world.clock())
  const user = session === undefined ? undefined : await findUserById(ctx.db.read, environmentId, session.userId)
  return session === undefined || user === undefined ? undefined : { session, user }
}

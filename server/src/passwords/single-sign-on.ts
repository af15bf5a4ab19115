import { findConnection } from '#connections/connections.ts'
import type { Handle } from '#storage/database.ts'
import type { User } from '#users/users.ts'

/** Whether the person may come in through their company only: made by it, or bound to a connection that demands it. */
export async function usesSingleSignOnOnly(db: Handle, user: User): Promise<boolean> {
  if (user.createdThrough === 'sso') return true
  if (user.connectionId === undefined) return false
  const connection = await findConnection(db, user.environmentId, user.connectionId)
  return connection?.settings.singleSignOnOnly === true
}

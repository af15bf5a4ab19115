// What belongs to one token request: the session it hangs on, read once, and what it uses up and gives out, which is
// written together, or not at all.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { Session } from '#sessions/sessions.ts'
import type { Database, Handle } from '#storage/database.ts'

type Write = (tx: Handle) => Promise<void>

/** What is needed of Koa's context. */
type Exchange = { readonly method: string; readonly path: string; status: number; body: unknown }

/** Of the session, what decides whether a token is given. */
export type AskingSession = Pick<Session, 'id' | 'userId' | 'openedAt' | 'authnContext' | 'authorizedClientIds'>

const requests = new AsyncLocalStorage<{
  readonly writes: Write[]
  /** By the grant that hangs on it. */
  readonly sessions: Map<string, AskingSession>
}>()

/** What a code or a refresh token says that was used before, or by somebody else at the same moment. */
export class UsedBefore extends Error {
  override readonly name = 'UsedBefore'
}

/** Around oidc-provider: what it writes while it answers a token request waits for the end, and is one transaction then. */
export async function writeTogether(
  db: Pick<Database, 'transaction'>,
  koa: Exchange,
  next: () => Promise<void>,
): Promise<void> {
  if (koa.method !== 'POST' || koa.path !== '/oauth/token') return next()
  const writes: Write[] = []
  await requests.run({ writes, sessions: new Map() }, next)
  // A request that was refused uses nothing up.
  if (koa.status !== 200 || writes.length === 0) return
  try {
    await db.transaction(async (tx) => {
      for (const write of writes) await write(tx)
    })
  } catch (error) {
    if (!(error instanceof UsedBefore)) throw error
    koa.status = 400
    koa.body = { error: 'invalid_grant', error_description: 'grant request is invalid' }
  }
}

/** With the others of the same token request, where it is one; else at once. */
export async function write(db: Handle, one: Write): Promise<void> {
  const request = requests.getStore()
  if (request === undefined) await one(db)
  else request.writes.push(one)
}

/** Found with what hangs on it. */
export function noteSession(grantId: string, session: AskingSession): void {
  requests.getStore()?.sessions.set(grantId, session)
}

/** The session that this token request hangs on, where a code or token of the grant was found in it. */
export function notedSession(grantId: string): AskingSession | undefined {
  return requests.getStore()?.sessions.get(grantId)
}

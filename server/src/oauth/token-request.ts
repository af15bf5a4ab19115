// What belongs to one token request: the session it hangs on, read once, and what it uses up and gives out, which is
// written together, or not at all.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { OauthContext } from '#oauth/oauth.ts'
import type { Session } from '#sessions/sessions.ts'
import type { Handle } from '#storage/database.ts'

type Write = (tx: Handle) => Promise<void>

/** What is needed of Koa's context. */
type Exchange = { readonly method: string; readonly path: string; status: number; body: unknown }

/** Of the session, what decides whether a token is given. */
export type AskingSession = Pick<Session, 'id' | 'userId' | 'openedAt' | 'authnContext' | 'authorizedClientIds'>

type TokenRequest = {
  readonly writes: Write[]
  /** By the grant that hangs on it. */
  readonly sessions: Map<string, AskingSession>
  readonly carryOut: () => Promise<void>
  written?: Promise<void>
}

const requests = new AsyncLocalStorage<TokenRequest>()

/** What a code or a refresh token says that was used before, or by somebody else at the same moment. */
export class UsedBefore extends Error {
  override readonly name = 'UsedBefore'
}

/** Around oidc-provider: what it writes while it answers a token request waits for the end, and is one transaction then. */
export async function writeTogether(
  { db, log }: Pick<OauthContext, 'db' | 'log'>,
  koa: Exchange,
  next: () => Promise<void>,
): Promise<void> {
  if (koa.method !== 'POST' || koa.path !== '/oauth/token') return next()
  const writes: Write[] = []
  const carryOut = () =>
    db.transaction(async (tx) => {
      for (const write of writes) await write(tx)
    })
  const request: TokenRequest = { writes, sessions: new Map(), carryOut }
  await requests.run(request, next)
  // A request that was refused uses nothing up.
  if (koa.status !== 200 || writes.length === 0) return
  try {
    await (request.written ?? carryOut())
  } catch (error) {
    const isUsed = error instanceof UsedBefore
    if (!isUsed) log.error({ err: error }, 'what a token request gives out could not be written')
    koa.status = isUsed ? 400 : 500
    koa.body = isUsed
      ? { error: 'invalid_grant', error_description: 'grant request is invalid' }
      : { error: 'server_error', error_description: 'the tokens could not be written, so none were given' }
  }
}

/** With the others of the same token request, where it is one; else at once. */
export async function write(db: Handle, one: Write): Promise<void> {
  const request = requests.getStore()
  if (request === undefined) await one(db)
  else if (request.written === undefined) request.writes.push(one)
  else throw new Error('what a token request gives out is written already')
}

/**
 * Nothing more is to come but the ID token, and nothing can be refused any more: the signature is made by another thread,
 * so both are done in the time of one.
 */
export function writeWhileSigning(): void {
  const request = requests.getStore()
  if (request === undefined || request.writes.length === 0 || request.written !== undefined) return
  request.written = new Promise((resolve) => setImmediate(resolve)).then(request.carryOut)
  // Whoever waits for it hears of it; until then it is nobody's.
  request.written.catch(() => {})
}

/** Found with what hangs on it. */
export function noteSession(grantId: string, session: AskingSession): void {
  requests.getStore()?.sessions.set(grantId, session)
}

/** The session that this token request hangs on, where a code or token of the grant was found in it. */
export function notedSession(grantId: string): AskingSession | undefined {
  return requests.getStore()?.sessions.get(grantId)
}

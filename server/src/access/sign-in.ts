import { type AccessContext, decide } from '#access/access.ts'
import type { Decision } from '#access/evaluate.ts'
import { noteDecision } from '#access/recorded.ts'
import { type AccessClient, type AccessRequest, type Attributes, accessUserOf } from '#access/request.ts'
import { decisionInWords } from '#access/words.ts'
import type { Id } from '#config/world.ts'
import { findAccount } from '#users/accounts.ts'
import { findUserById } from '#users/users.ts'

export type SignInToJudge = {
  readonly userId: Id<'user'>
  readonly address: string
  readonly at: Date
  readonly authnContext?: string | undefined
  readonly attributes?: Attributes | undefined
  /** That the sign-in is for, where it was begun for one. */
  readonly client?: AccessClient | undefined
}

/** Somebody is known now, and is to come in. In the transaction that opens the session: what it did to the account counts. */
export async function decideSignIn(
  ctx: AccessContext,
  environmentId: Id<'env'>,
  { userId, attributes = {}, client, address, at, authnContext }: SignInToJudge,
): Promise<{ readonly request: AccessRequest; readonly decision: Decision }> {
  const account = await findAccount(ctx.db.read, environmentId, userId)
  const user = account && { ...accessUserOf(account), attributes }
  const context = { address, at, authnContext }
  const request: AccessRequest = { action: 'sign-in', user, client, context }
  return { request, decision: await decide(ctx, environmentId, request) }
}

/** Thrown to undo what was done to the account of somebody who may not come in. */
export class SignInForbidden extends Error {
  override readonly name = 'SignInForbidden'
  readonly request: AccessRequest
  readonly decision: Decision

  constructor({ request, decision }: { readonly request: AccessRequest; readonly decision: Decision }) {
    super('a policy forbids this sign-in')
    this.request = request
    this.decision = decision
  }
}

/** After the transaction was undone, and the note with it. An account that was just made is gone, too. */
export async function noteForbidden(
  ctx: AccessContext,
  environmentId: Id<'env'>,
  { request, decision }: Pick<SignInForbidden, 'request' | 'decision'>,
): Promise<void> {
  const { user } = request
  const there = user && (await findUserById(ctx.db.read, environmentId, user.id as Id<'user'>))
  const known = user === undefined || there !== undefined ? request : { ...request, user: { ...user, id: '' } }
  await noteDecision(ctx, environmentId, { request: known, decision })
}

/** Of a sign-in, for its record. To come in again is what the person has just done: it does not help. */
export function accessCheck<Code extends string>(code: Code, decision: Decision) {
  const expected = 'a sign-in that no policy of the Environment forbids'
  const check = { code, expected } as const
  return decision.effect === 'allow'
    ? ({ ...check, outcome: 'passed' } as const)
    : ({ ...check, outcome: 'failed', received: decisionInWords(decision) } as const)
}

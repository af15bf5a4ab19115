import { type AccessContext, judgeBy } from '#access/access.ts'
import type { Effect } from '#access/compile.ts'
import { noteDecision } from '#access/recorded.ts'
import { type AccessRequest, accessUserOf } from '#access/request.ts'
import { rulesOfVersion } from '#access/rules.ts'
import type { Clock, Id, World } from '#config/world.ts'
import type { Account } from '#users/accounts.ts'

/** Somebody who is signed in does something in an application that asks who they are. */
export type CallToJudge = {
  readonly place: { readonly environment: { readonly id: Id<'env'> } }
  readonly who: {
    readonly account: Account
    readonly session: {
      readonly id: Id<'sess'>
      readonly openedAt: Date
      readonly authnContext: string | undefined
      readonly authorizedClientIds: readonly string[] | undefined
    }
  }
  readonly address: string
  /** Whoever asks has read it, so it need not be read again. */
  readonly accessVersion: string
}

type CallContext = AccessContext & { readonly world: World & { readonly clock: Clock } }

export function callsOf(ctx: CallContext): (call: CallToJudge) => Promise<Effect> {
  return async ({ place, who, address, accessVersion }) => {
    const { id } = place.environment
    const rules = await rulesOfVersion(ctx.db.read, id, accessVersion)
    if (rules === undefined) return 'allow'
    const { openedAt, authnContext, authorizedClientIds } = who.session
    const at = ctx.world.clock()
    const sessionAgeSeconds = Math.max(0, (at.getTime() - openedAt.getTime()) / 1000)
    const request: AccessRequest = {
      action: 'call',
      user: accessUserOf(who.account),
      sessionId: who.session.id,
      context: { address, at, authnContext, sessionAgeSeconds, authorizedClientIds },
    }
    const decision = await judgeBy(rules, ctx.db.read, id, request)
    await noteDecision(ctx, id, { request, decision })
    return decision.effect
  }
}

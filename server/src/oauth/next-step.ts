import type { Effect } from '#access/compile.ts'

/** Where an interaction stands: what the browser brings, and what was decided of it. */
export type Standing = {
  /** The person has read that they may not, and goes back. */
  readonly goesBack: boolean
  readonly session: { readonly openedAt: Date; readonly effect: Effect } | undefined
  /** The identity provider was asked once more already. */
  readonly again: boolean
  readonly reasons: readonly string[]
  /** In seconds, where the application wants a sign-in that is no older (OpenID Connect Core 3.1.2.1). */
  readonly maxAge: number | undefined
  /** Seconds since the epoch. */
  readonly begunAt: number
}

/**
 * - `refuse`: the application gets access_denied
 * - `sign-in`: somebody has to sign in
 * - `sign-in-anew`: the person has to authenticate again, whatever the identity provider remembers
 * - `ask-again`: the identity provider is asked whether it allows the client by now
 * - `tell`: the person reads that they may not use the client
 * - `finish`: the application gets its answer
 */
export type Step = 'refuse' | 'sign-in' | 'sign-in-anew' | 'ask-again' | 'tell' | 'finish'

/** Genesys Cloud: the identity provider decides once more about a client; one that says the same again has decided. */
export function nextStep({ goesBack, session, again, reasons, maxAge, begunAt }: Standing): Step {
  if (goesBack) return 'refuse'
  if (session === undefined) return 'sign-in'
  if (session.effect === 'reauthenticate') return again ? 'tell' : 'ask-again'
  if (session.effect === 'deny') return 'tell'
  const age = begunAt - session.openedAt.getTime() / 1000
  // OpenID Connect Core 3.1.2.1: prompt=login asks for somebody who signs in now, whoever has before.
  if (reasons.includes('login_prompt') && age > 0) return 'sign-in-anew'
  return maxAge !== undefined && age > maxAge ? 'sign-in-anew' : 'finish'
}

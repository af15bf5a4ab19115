import type { AnyCheck, AnyCheckCode } from '#login/login-checks.ts'

/** A sign-in that was refused. Its record has been written; the browser is shown a sentence and the reference. */
export class SigninRefused extends Error {
  /** The check that decides what the browser is told. */
  readonly reason: AnyCheckCode
  readonly checks: readonly AnyCheck[]
  readonly reference: string
  /** Where the person can start anew. */
  readonly startUrl: string | undefined
  /** Where the application that it was begun for hears of it. */
  readonly giveUpUrl: string | undefined
  /** The Company whose page this is; unknown where the ticket is. */
  readonly owner: string | undefined

  constructor(refusal: {
    readonly checks: readonly AnyCheck[]
    readonly reference: string
    readonly startUrl?: string
    readonly giveUpUrl?: string | undefined
    readonly owner?: string
  }) {
    const reason = decidingCheck(refusal.checks)
    super(`sign-in refused: ${reason}`)
    this.name = 'SigninRefused'
    this.reason = reason
    this.checks = refusal.checks
    this.reference = refusal.reference
    this.startUrl = refusal.startUrl
    this.giveUpUrl = refusal.giveUpUrl
    this.owner = refusal.owner
  }
}

/**
 * The first failure in the order of the report, which goes from the outside in. An identity provider that says no comes
 * before all that its answer then lacks.
 */
export function decidingCheck(checks: readonly AnyCheck[]): AnyCheckCode {
  const failures = checks.filter(({ outcome }) => outcome === 'failed')
  const [first] = failures
  if (first === undefined) throw new TypeError('refused without a failed check')
  return failures.some(({ code }) => code === 'status') && first.about !== 'message' ? 'status' : first.code
}

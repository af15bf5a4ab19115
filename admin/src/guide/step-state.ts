// How far a step is, told by the checks alone: nobody ticks anything off.

import { type Check, isFine, type SetUpConnection, type Step } from '#guide/setting-up.ts'

/** Later: nothing can be seen of it from here before somebody signs in. Free: nobody has to. */
export type StepState = 'done' | 'wrong' | 'open' | 'later' | 'free'

const ofMetadata = ['metadata-readable', 'issuer-equals', 'certificate-in-metadata'] as const
const together: Readonly<Record<string, readonly Check['code'][]>> = {
  'certificate-valid': [...ofMetadata, 'certificate-valid', 'sign-in-address'],
  'attributes-arrived': ['first-answer', 'user-id-found', 'attributes-arrived'],
}

/** Those that belong to a step; what tells nothing that another has not told is left out. */
export function checksOf(step: Step, checks: readonly Check[], { missing }: Missing): readonly Check[] {
  if (step.check === null) return []
  const own = checks.filter(({ code }) => code === step.check)
  // Nothing was given yet: one sentence is enough.
  if (step.brings.length > 0 && missing.length === VALUES) return own
  const answered = checks.some(({ code, ok }) => code === 'first-answer' && ok !== null)
  if (step.check === 'attributes-arrived' && !answered) return checks.filter(({ code }) => code === 'first-answer')
  const codes = together[step.check] ?? [step.check]
  const isIdle = ({ code, ok }: Check) =>
    ok === null && (code === 'issuer-equals' || code === 'certificate-in-metadata')
  return checks.filter((check) => codes.includes(check.code) && !isIdle(check))
}

type Missing = Pick<SetUpConnection, 'missing'>

export function stateOf(step: Step, checks: readonly Check[], connection: Missing): StepState {
  if (step.check === null) return isFine(checks, 'first-answer') ? 'done' : 'later'
  const mine = checksOf(step, checks, connection)
  const takesValues = step.brings.length > 0
  // What was never given is not wrong.
  if (takesValues && connection.missing.length === VALUES) return 'open'
  if (mine.some(({ ok }) => ok === false)) return 'wrong'
  if (takesValues && connection.missing.length > 0) return 'open'
  const isDone = mine.every(({ code, ok }) => ok === true || (takesValues && code !== 'certificate-valid'))
  return isDone && mine.length > 0 ? 'done' : 'open'
}

/** Issuer, sign-in address, certificate. */
const VALUES = 3

import type { EnvironmentOfCompany } from '#companies/environments.ts'
import type { AtPlace, WithAccount } from '#sessions/who-is.ts'

/** Whether whoever is signed in may do what they are about to do, from this address. */
export type Verdict = 'allow' | 'reauthenticate' | 'deny'

export type Asked = {
  readonly place: EnvironmentOfCompany
  readonly who: WithAccount
  readonly address: string
  readonly accessVersion: string
}

/** Is passed in: who decides is not known here. */
export type MayCall = (asked: Asked) => Promise<Verdict>

const ADDRESSES_AT_ONCE = 100

/** Keeps a verdict as long as the answer that it belongs to, and for each address its own. */
export function verdicts(mayCall: MayCall): (answer: AtPlace, address: string) => Promise<Verdict> {
  const kept = new WeakMap<AtPlace, Map<string, Verdict>>()
  return async (answer, address) => {
    const { place, who, accessVersion } = answer
    if (who === undefined || accessVersion === undefined) return 'allow'
    const known = kept.get(answer) ?? new Map<string, Verdict>()
    kept.set(answer, known)
    const verdict = known.get(address) ?? (await mayCall({ place, who, address, accessVersion }))
    if (known.size >= ADDRESSES_AT_ONCE) known.clear()
    known.set(address, verdict)
    return verdict
  }
}

/** Whoever is sent to sign in again although they are signed in sees the way in all the same. */
export const AGAIN = 'again=1'

export const deniedWords = {
  code: 'access-denied',
  sentence: 'Your company does not allow this from where you are, or at this time.',
  cure: 'Try again from your company’s network, or ask your administrator.',
} as const

import type { EnvironmentOfCompany } from '#companies/environments.ts'
import { resolveDone, targetsOf } from '#companies/targets.ts'
import { landingOf } from '#login/landing-url.ts'
import type { AnyCheck } from '#login/login-checks.ts'

/** Whether `done` may be followed, as a check of a sign-in. */
export function checkDone(place: EnvironmentOfCompany, done: string | undefined, publicUrl: string): AnyCheck {
  const targets = targetsOf(place.environment, publicUrl)
  const check = {
    code: 'done',
    about: 'message',
    expected: `an address under ${targets.base}, or of ${targets.origins.join(' or ')}`,
    received: JSON.stringify((done ?? '').slice(0, 200)),
  } as const
  const url = resolveDone(done, targets, landingOf(place, publicUrl))
  return { ...check, outcome: url === undefined ? 'failed' : 'passed' }
}

/** Where the browser goes at the end; the landing page where the target has been taken from the list meanwhile. */
export function destinationOf(place: EnvironmentOfCompany, done: string | undefined, publicUrl: string): string {
  const landing = landingOf(place, publicUrl)
  return resolveDone(done, targetsOf(place.environment, publicUrl), landing) ?? landing
}

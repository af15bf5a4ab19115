import type { EnvironmentOfCompany } from '#companies/environments.ts'
import { type Targets, targetsOf } from '#companies/targets.ts'
import { landingOf } from '#login/landing-url.ts'
import type { AnyCheck } from '#login/login-checks.ts'

/**
 * Where `done` leads, or undefined where it must not: it is relative to the base of the Environment's targets, or
 * absolute with the origin of one of them. Fragments are kept. No `done` leads to `landing`.
 *
 * What a browser would make of the text is what is compared: the URL parser is the same one (WHATWG URL), so that
 * `//evil`, `/\evil`, a user name before an @ and hidden line breaks all show their true origin.
 */
export function resolveDone(done: string | undefined, targets: Targets, landing: string): string | undefined {
  if (done === undefined || done === '') return landing
  // NUL cannot be kept: PostgreSQL has no text with it.
  if (done.length > 2048 || done.includes('\0') || !URL.canParse(done, targets.base)) return undefined
  const url = new URL(done, targets.base)
  // A blob: URL has the origin of the address in it (URL Standard 4.7), and is no page.
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined
  if (url.username !== '' || url.password !== '') return undefined
  return targets.origins.includes(url.origin) || url.origin === new URL(landing).origin ? url.href : undefined
}

/** The same as a check of a sign-in. */
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

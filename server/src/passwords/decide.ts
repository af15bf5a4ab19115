import type { PasswordCheck } from '#passwords/checks.ts'
import type { StoredPassword } from '#passwords/passwords.ts'
import type { User } from '#users/users.ts'

export type BeforeVerifying =
  | { readonly next: 'verify'; readonly hash: string; readonly checks: readonly PasswordCheck[] }
  /** The same work is done for nobody. */
  | { readonly next: 'refuse'; readonly checks: readonly PasswordCheck[] }

/** Whether there is a password to be looked at; the first thing that is wrong decides. */
export function beforeVerifying(
  user: User | undefined,
  password: StoredPassword | undefined,
  { singleSignOnOnly, now }: { readonly singleSignOnOnly: boolean; readonly now: Date },
): BeforeVerifying {
  // What somebody typed as a name may be their password, so it is not written down.
  if (user === undefined) return refused('password-user', { expected: 'the name of a user', received: 'another one' })
  if (singleSignOnOnly)
    return refused('password-sso', { expected: 'a user who may have a password', received: user.username })
  if (user.deactivatedAt !== undefined)
    return refused('password-active', {
      expected: 'a user who is active',
      received: `deactivated on ${user.deactivatedAt.toISOString()}`,
    })
  if (password === undefined)
    return refused('password-set', { expected: 'a user with a password', received: user.username })
  const { lockedUntil } = password
  if (lockedUntil !== undefined && lockedUntil > now) return { next: 'refuse', checks: [lockedCheck(lockedUntil)] }
  return { next: 'verify', hash: password.hash, checks: [{ ...check('password-user'), outcome: 'passed' }] }
}

export function lockedCheck(lockedUntil: Date | undefined): PasswordCheck {
  const received = `locked until ${lockedUntil?.toISOString() ?? 'a moment from now'}`
  return { ...check('password-open'), outcome: 'failed', expected: 'a password that is not locked', received }
}

export function check(code: PasswordCheck['code']): Pick<PasswordCheck, 'code' | 'about'> & { code: typeof code } {
  return { code, about: 'password' }
}

function refused(
  code: PasswordCheck['code'],
  what: { readonly expected: string; readonly received: string },
): BeforeVerifying {
  return { next: 'refuse', checks: [{ ...check(code), outcome: 'failed', ...what }] }
}

import { ApiProblem, type ProblemCode } from '#admin/problems.ts'
import { secondsToWait } from '#administrators/attempts.ts'
import type { AdministratorFault } from '#administrators/refusals.ts'

const details: Readonly<Record<AdministratorFault & ProblemCode, string>> = {
  'sign-in-refused':
    'The e-mail address or the password is wrong. Try again; if you have lost the password, let whoever runs Sallyport ' +
    'make you a link with “sallyport admin recover”.',
  'too-many-attempts': 'There were too many attempts in the last minutes. Wait ten minutes, and try again.',
  'challenge-over': 'It took too long, or was tried too often. Begin again with your e-mail address and password.',
  'code-wrong': 'This is not the code of this moment, or it was used already. Wait for the next one, and type it here.',
  'passkey-refused':
    'The passkey is not one of this place, or its answer is not right. Try again, or sign in with your password.',
  'link-over': 'The link was used already, or is too old. Ask for a new one.',
  'sign-in-first':
    'There is an account with this address already, so the link sets no password. Sign in with the account’s own password, ' +
    'and open the link again; if it has none, let whoever runs Sallyport make it one with “sallyport admin recover”.',
  'password-short':
    'The password must have at least 12 characters. Choose a longer one; several words are easy to remember.',
  'password-long': 'The password may have at most 256 characters. Choose a shorter one.',
  'password-obvious':
    'The password is the e-mail address, or one character over and over. Choose one that nobody who knows you would guess.',
  'password-wrong': 'This is not your present password. Type the one that you signed in with.',
  'email-taken': 'This person administers the Company already. Change what they may do instead.',
  'totp-there-already': 'Codes are set up for your account already. Remove them first to set up another device.',
  'totp-not-begun': 'There is nothing to confirm. Begin setting up codes, then type the first one.',
  'last-owner': 'This is the last owner of the Company, which needs one. Make somebody else an owner first.',
  'passkeys-full': 'An account has at most 20 passkeys. Remove one that you use no more.',
}

/** Where the form shows it: beside the first of these fields that the request has. */
const fields: Readonly<Partial<Record<AdministratorFault, readonly string[]>>> = {
  'password-short': ['next', 'password'],
  'password-long': ['next', 'password'],
  'password-obvious': ['next', 'password'],
  'password-wrong': ['current', 'password'],
  'code-wrong': ['code'],
  'email-taken': ['email'],
}

export function problemOfFault(
  fault: AdministratorFault,
  { now, body }: { readonly now: Date; readonly body: unknown },
) {
  const detail = details[fault]
  const path = fields[fault]?.find((field) => typeof body === 'object' && body !== null && field in body)
  const [message = ''] = detail.split('. ')
  return new ApiProblem(fault, detail, {
    ...(path === undefined ? {} : { problems: [{ path, message }] }),
    ...(fault === 'too-many-attempts' ? { headers: { 'retry-after': `${secondsToWait(now)}` } } : {}),
  })
}

import type { RecordedCheck } from '#signin-records/signin-records.ts'

/** What must be true of a sign-in with a password. */
export const passwordChecks = [
  'password-form',
  'password-rate',
  'password-user',
  'password-sso',
  'password-set',
  'password-active',
  'password-open',
  'password',
  'password-current',
  'password-access',
] as const

export type PasswordCheckCode = (typeof passwordChecks)[number]
export type PasswordCheck = RecordedCheck & { readonly code: PasswordCheckCode }

type Explanation = {
  readonly title: string
  readonly section: string
  readonly sentence: string
  readonly cure: string
}

/** For administrators, who read the record. The person is told less. */
export const passwordExplanations: Readonly<Record<PasswordCheckCode, Explanation>> = {
  'password-form': {
    title: 'The form comes from our page, in the same browser',
    section: 'Passwords',
    sentence: 'The form did not come from our own page, or the browser did not bring the page’s cookie along.',
    cure: 'Let the person open the sign-in page anew, and allow cookies for this address.',
  },
  'password-rate': {
    title: 'There were not too many attempts',
    section: 'Passwords',
    sentence: 'There were too many attempts from this address, or for this user name, within ten minutes.',
    cure: 'Wait ten minutes. If nobody of yours was trying, somebody is guessing; see the addresses in the records.',
  },
  'password-user': {
    title: 'The user name is known',
    section: 'Passwords',
    sentence: 'No user of this Environment has this user name.',
    cure: 'See how the user name is written, in capitals or not, or make the user.',
  },
  'password-sso': {
    title: 'The person may sign in with a password',
    section: 'Passwords',
    sentence:
      'The user was made by single sign-on, or belongs to a connection that demands it, and has no password here.',
    cure: 'Let the person sign in through their company, or turn off singleSignOnOnly of the connection.',
  },
  'password-set': {
    title: 'The user has a password',
    section: 'Passwords',
    sentence: 'The user never had a password.',
    cure: 'Let the person choose “Forgot your password?”, or set one with sallyport users set-password.',
  },
  'password-active': {
    title: 'The account is active',
    section: 'Users',
    sentence: 'The user was deactivated.',
    cure: 'Activate the user if the person may come in again.',
  },
  'password-open': {
    title: 'The password is not locked',
    section: 'Passwords',
    sentence: 'After several wrong passwords in a row none is accepted for a while.',
    cure: 'Wait until the time that is given here, or let the person choose a new password by mail, which unlocks it.',
  },
  password: {
    title: 'The password is right',
    section: 'Passwords',
    sentence: 'It is not the password of this user.',
    cure: 'Let the person try again, or choose a new one by “Forgot your password?”.',
  },
  'password-current': {
    title: 'The password need not be changed',
    section: 'Passwords',
    sentence: 'The password was right, but is too old, or was set by somebody else.',
    cure: 'Nothing is to be done: the person was asked for a new one.',
  },
  'password-access': {
    title: 'The Environment lets the person in from here',
    section: 'Allowed IP Addresses, access policies',
    sentence: 'The password was right, but a policy of the Environment forbids this sign-in.',
    cure: 'The policy and the values that it saw are given here. If the person should come in, add the address to the Allowed IP Addresses or change the policy.',
  },
}

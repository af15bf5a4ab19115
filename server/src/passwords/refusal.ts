/** Why a password cannot be set. */
export type PasswordFault =
  | { readonly code: 'password-sso' }
  | { readonly code: 'password-inactive' }
  | { readonly code: 'password-short'; readonly minimumLength: number }
  | { readonly code: 'password-long' }
  | { readonly code: 'password-obvious' }
  | { readonly code: 'password-same' }
  | { readonly code: 'password-differs' }
  | { readonly code: 'password-link' }

export type PasswordFaultCode = PasswordFault['code']

export class PasswordRefused extends Error {
  readonly fault: PasswordFault

  constructor(fault: PasswordFault) {
    super(sentenceOf(fault).sentence)
    this.name = 'PasswordRefused'
    this.fault = fault
  }
}

export type FaultSentence = { readonly status: 409 | 422 | 410; readonly sentence: string; readonly cure: string }

type Sentences = {
  readonly [C in PasswordFaultCode]: (fault: Extract<PasswordFault, { readonly code: C }>) => FaultSentence
}

const sentences: Sentences = {
  'password-sso': () => ({
    status: 409,
    sentence: 'This person signs in through their company and has no password here.',
    cure: 'Change the password at the company’s identity provider.',
  }),
  'password-inactive': () => ({
    status: 409,
    sentence: 'The user was deactivated.',
    cure: 'Activate the user first.',
  }),
  'password-short': ({ minimumLength }) => ({
    status: 422,
    sentence: `The password must have at least ${minimumLength} characters.`,
    cure: 'Choose a longer one; several words are easy to remember.',
  }),
  'password-long': () => ({
    status: 422,
    sentence: `The password may have at most ${LONGEST} characters.`,
    cure: 'Choose a shorter one.',
  }),
  'password-obvious': () => ({
    status: 422,
    sentence: 'The password is the user name, the e-mail address, or one character over and over.',
    cure: 'Choose one that nobody who knows the person would guess.',
  }),
  'password-same': () => ({
    status: 422,
    sentence: 'The new password is the old one.',
    cure: 'Choose another one.',
  }),
  'password-differs': () => ({
    status: 422,
    sentence: 'The two passwords are not the same.',
    cure: 'Type the new password twice.',
  }),
  'password-link': () => ({
    status: 410,
    sentence: 'This link was used already, or is too old.',
    cure: 'Ask for a new one.',
  }),
}

export function sentenceOf(fault: PasswordFault): FaultSentence {
  const sentence = sentences[fault.code] as (fault: PasswordFault) => FaultSentence
  return sentence(fault)
}

/** In characters. Nobody types more, and hashing takes longer with every one. */
const LONGEST = 256

/** The rules for a new password: none about kinds of characters, which make them worse (NIST SP 800-63B 3.1.1.2). */
export function faultOf(
  password: string,
  user: { readonly username: string; readonly email?: string | undefined },
  { minimumLength }: { readonly minimumLength: number },
): PasswordFault | undefined {
  const characters = [...password]
  if (characters.length < minimumLength) return { code: 'password-short', minimumLength }
  if (characters.length > LONGEST) return { code: 'password-long' }
  const plain = password.toLowerCase()
  const known = [user.username, user.email ?? user.username].map((name) => name.toLowerCase())
  return known.includes(plain) || new Set(characters).size === 1 ? { code: 'password-obvious' } : undefined
}

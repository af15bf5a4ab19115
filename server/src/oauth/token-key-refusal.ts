/** Why a change of the keys that sign tokens is refused. */
export const tokenKeyFaults = [
  'token-key-next-exists',
  'token-key-not-next',
  'token-key-unread',
  'token-key-active',
  'token-key-in-use',
  'token-key-retired',
] as const

export type TokenKeyFault = (typeof tokenKeyFaults)[number]

export class TokenKeyRefused extends Error {
  override readonly name = 'TokenKeyRefused'
  readonly fault: TokenKeyFault
  /** What was found: a state, or a time. */
  readonly found: string

  constructor(fault: TokenKeyFault, found = '') {
    super(fault)
    this.fault = fault
    this.found = found
  }
}

type Words = { readonly sentence: string; readonly cure: string }

export function sentenceOf({ fault, found }: Pick<TokenKeyRefused, 'fault' | 'found'>): Words {
  const [sentence, cure] = words[fault](found)
  return { sentence, cure }
}

const confirm = '--confirmed on the command line, “confirmed”: true in the API'

const words: Readonly<Record<TokenKeyFault, (found: string) => readonly [sentence: string, cure: string]>> = {
  'token-key-next-exists': () => [
    'There is a next key already, and there can only be one.',
    'Activate it, or retire it, before you make another.',
  ],
  'token-key-not-next': (found) => [
    `Only the next key can be activated, and this one is ${found}.`,
    'Look at the list of keys; make a next key where there is none.',
  ],
  'token-key-unread': (found) => [
    'Applications keep the list of keys for up to an hour. Those that have not read this key yet would refuse what it signs.',
    `Activate it from ${found} on, or say that it shall sign at once: ${confirm}.`,
  ],
  'token-key-active': () => [
    'The active key cannot be retired: it signs.',
    'Activate another key first; this one is then a previous one.',
  ],
  'token-key-in-use': (found) => [
    `Tokens that this key has signed may be good until ${found}. Applications would refuse them at once.`,
    `Retire it from then on, or say that they shall be refused: ${confirm}.`,
  ],
  'token-key-retired': () => [
    'This key was retired before, and nothing of it is left but its line in the list.',
    'Nothing needs to be done.',
  ],
}

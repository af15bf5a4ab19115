// Why a change of clients or their secrets is refused, and the words for it.

/** More would slow down whatever lists or exports them; nobody has so many. */
export const MOST_CLIENTS = 1000
/** Two are enough to change from one to the other; each has to be compared when a client authenticates. */
export const MOST_SECRETS = 10

export const clientRefusals = [
  'client-id-taken',
  'client-name-taken',
  'clients-full',
  'client-public',
  'secrets-full',
] as const

export type ClientRefusal = (typeof clientRefusals)[number]

export class ClientRefused extends Error {
  override readonly name = 'ClientRefused'
  readonly refusal: ClientRefusal
  /** The id or the name that it is about. */
  readonly about: string

  constructor(refusal: ClientRefusal, about = '') {
    super(refusal)
    this.refusal = refusal
    this.about = about
  }
}

const words: Readonly<Record<ClientRefusal, (about: string) => readonly [sentence: string, cure: string]>> = {
  'client-id-taken': (id) => [
    `There is a client with the id ${id} already.`,
    'Choose another id, or change that client.',
  ],
  'client-name-taken': (name) => [`There is a client “${name}” already.`, 'Choose another name.'],
  'clients-full': () => [
    `This Environment has ${MOST_CLIENTS} clients, and has no room for more.`,
    'Remove one first.',
  ],
  'client-public': (name) => [
    `“${name}” runs on people’s own machines, where a secret is none.`,
    'It needs no secret: it uses PKCE instead.',
  ],
  'secrets-full': (name) => [`“${name}” has ${MOST_SECRETS} secrets, and has no room for more.`, 'Revoke one first.'],
}

export function sentenceOf({ refusal, about }: ClientRefused): { readonly sentence: string; readonly cure: string } {
  const [sentence, cure] = words[refusal](about)
  return { sentence, cure }
}

/** What the API answers when it does not do what was asked (RFC 9457). The list is closed: a new code needs its row. */

import { z } from 'zod'

const rows = {
  'token-missing': [401, 'An administration token is needed'],
  'token-unknown': [401, 'This administration token is not known'],
  'token-expired': [401, 'This administration token has expired'],
  'token-revoked': [401, 'This administration token was revoked'],
  'not-signed-in': [401, 'Nobody is signed in'],
  'csrf-token-wrong': [403, 'The request has not the token of the session'],
  'foreign-page': [403, 'Another site made this request'],
  'sign-in-refused': [401, 'The sign-in was refused'],
  'too-many-attempts': [429, 'Too many attempts'],
  'challenge-over': [410, 'The sign-in took too long'],
  'code-wrong': [401, 'The code is not right'],
  'passkey-refused': [401, 'The passkey was refused'],
  'link-over': [410, 'The link is not good any more'],
  'sign-in-first': [409, 'The account is to be signed in first'],
  'password-short': [400, 'The password is too short'],
  'password-long': [400, 'The password is too long'],
  'password-obvious': [400, 'The password is too easy to guess'],
  'password-wrong': [400, 'The password is not right'],
  'email-taken': [409, 'There is an administrator with this address'],
  'totp-there-already': [409, 'Codes are set up already'],
  'totp-not-begun': [409, 'Setting up codes was not begun'],
  'last-owner': [409, 'The Company needs an owner'],
  'passkeys-full': [409, 'There is no room for more passkeys'],
  'session-of-company': [403, 'The session was opened by the single sign-on of a Company'],
  'too-many-failures': [429, 'Too many requests with wrong tokens'],
  'too-many-requests': [429, 'Too many requests'],
  'connection-of-administrators': [403, 'Administrators sign in through this connection'],
  'scope-missing': [403, 'The token may not do this'],
  'reach-missing': [403, 'The token is not for all Environments'],
  'not-found': [404, 'There is nothing here'],
  'invalid-input': [400, 'The request has mistakes'],
  'body-unreadable': [400, 'The body cannot be read'],
  'body-too-large': [413, 'The body is too large'],
  'body-type': [415, 'The body has another type than this address takes'],
  'if-match-needed': [428, 'The request must say which state it changes'],
  'changed-meanwhile': [412, 'Somebody else changed this in the meantime'],
  'key-reused': [409, 'The Idempotency-Key was used for something else'],
  'value-taken': [409, 'The name or address belongs to another one'],
  'standard-entry': [409, 'This entry is part of every Environment'],
  'in-use': [409, 'This is still in use'],
  'from-identity-provider': [409, 'The identity provider decides this'],
  'import-under-way': [409, 'This file is being imported already'],
  'key-file-too-large': [400, 'The key file is too large'],
  'key-file-unreadable': [400, 'The key file cannot be read'],
  'key-file-old-keystore': [400, 'The key file is a keystore of the old kind'],
  'key-file-too-costly': [400, 'Opening the key file would take too long'],
  'key-file-encryption': [400, 'The key file is encrypted in an unknown way'],
  'key-password-missing': [400, 'The key file needs its password'],
  'key-password-wrong': [400, 'The password does not open the key file'],
  'key-missing': [400, 'The key file has no private key'],
  'key-several': [400, 'The key file has several private keys'],
  'key-alias-needed': [400, 'The alias is needed'],
  'key-alias-unknown': [400, 'The key file has no such alias'],
  'key-kind': [400, 'The key is of another kind than RSA'],
  'key-size': [400, 'The key is too short or too long'],
  'certificate-missing': [400, 'The key file has no certificate'],
  'certificate-unreadable': [400, 'A certificate cannot be read'],
  'certificate-of-another-key': [400, 'The certificate does not fit the key'],
  'certificate-expired': [400, 'The certificate has expired'],
  'certificate-not-yet-valid': [400, 'The certificate is not valid yet'],
  'key-there-already': [409, 'This key is here already'],
  'key-next-exists': [409, 'There is a next key already'],
  'key-not-next': [409, 'This is not the next key'],
  'key-active': [409, 'This key is active'],
  'key-retired': [409, 'This key was retired'],
  'token-key-next-exists': [409, 'There is a next key already'],
  'token-key-not-next': [409, 'This is not the next key'],
  'token-key-unread': [409, 'Applications may not know this key yet'],
  'token-key-active': [409, 'This key is active'],
  'token-key-in-use': [409, 'Tokens of this key may still be good'],
  'token-key-retired': [409, 'This key was retired'],
  'confirm-needed': [409, 'This must be confirmed'],
  'environments-full': [409, 'The Company has no room for more Environments'],
  'setup-links-full': [409, 'The connection has no room for more set-up links'],
  'inspections-full': [409, 'There is no room for more inspections'],
  'setup-link-over': [410, 'The set-up link is not good any more'],
  'version-empty': [409, 'There is no such state'],
  'connection-name-taken': [409, 'There is a connection with this name'],
  'connection-incomplete': [409, 'The connection lacks something'],
  'test-needed': [409, 'A test sign-in is needed first'],
  'message-missing': [400, 'There is no SAML message'],
  'connections-full': [409, 'The Environment has no room for more connections'],
  'client-id-taken': [409, 'There is a client with this id'],
  'client-name-taken': [409, 'There is a client with this name'],
  'clients-full': [409, 'The Environment has no room for more clients'],
  'client-public': [409, 'This client has no secrets'],
  'secrets-full': [409, 'The client has no room for more secrets'],
  'own-address-missing': [409, 'Your own address is not among the allowed ones'],
  'policy-refused': [400, 'The policy cannot be saved'],
  'policies-full': [409, 'The Environment has no room for more policies'],
  fault: [500, 'Something went wrong on our side'],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>

export type ProblemCode = keyof typeof rows

export const problemCodes = Object.keys(rows) as readonly ProblemCode[]

/** The code is there where the field has rules of its own, such as those of clients. */
export type FieldProblem = { readonly path: string; readonly message: string; readonly code?: string }

/** The answer, application/problem+json. */
export const problem = z
  .object({
    type: z.string().describe('A URI that is the same for all problems of this code'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What is wrong here, and what to do about it'),
    code: z.enum(problemCodes),
    problems: z.array(z.object({ path: z.string(), message: z.string(), code: z.string().optional() })).optional(),
  })
  .meta({ id: 'Problem' })

export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly code: ProblemCode
  readonly problems: readonly FieldProblem[]
  readonly headers: Readonly<Record<string, string>>

  /** @param detail what is wrong, and the cure, in whole sentences */
  constructor(
    code: ProblemCode,
    detail: string,
    more: { readonly problems?: readonly FieldProblem[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail)
    this.code = code
    this.problems = more.problems ?? []
    this.headers = more.headers ?? {}
  }
}

export function statusOf(code: ProblemCode): number {
  return rows[code][0]
}

export function titleOf(code: ProblemCode): string {
  return rows[code][1]
}

export function bodyOf({ code, message, problems }: ApiProblem): z.output<typeof problem> {
  const [status, title] = rows[code]
  const shown = problems.length === 0 ? {} : { problems: problems.map((one) => ({ ...one })) }
  return { type: `urn:sallyport:problem:${code}`, title, status, detail: message, code, ...shown }
}

export function notFoundProblem(): ApiProblem {
  return new ApiProblem(
    'not-found',
    'There is nothing at this address that the token may see. Check the address, and which Environments the token is for.',
  )
}

/** What a schema found, a problem for each field; `inside` is the part of the request that was judged. */
export function invalidInput({ issues }: z.ZodError, inside?: string): ApiProblem {
  const problems = issues.map((issue) => ({
    path: [...(inside === undefined ? [] : [inside]), ...issue.path.map(String)].join('.'),
    message: issue.message,
    ...(issue.code === 'custom' && issue.params !== undefined ? { code: String(issue.params.code) } : {}),
  }))
  return invalid(problems)
}

export function invalid(problems: readonly FieldProblem[]): ApiProblem {
  const [first] = problems
  const more = problems.length > 1 ? ` And ${problems.length - 1} more, listed under “problems”.` : ''
  const what =
    first === undefined
      ? 'The request is wrong.'
      : `${first.path || 'The body'}: ${first.message}${first.message.endsWith('?') ? '' : '.'}${more}`
  return new ApiProblem('invalid-input', `${what} Mend the request and send it again.`, { problems })
}

/** What went wrong between an application and Sallyport, and what it means, in words. */
import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'

export type Trouble = {
  /** What the application wanted, as the end of “… did not work”. */
  readonly wanted: string
  /** As the standards name it, or a word of our own for what the application found out by itself. */
  readonly error: string
  readonly description: string | undefined
  readonly meaning: string
}

const meanings: Readonly<Record<string, string>> = {
  access_denied:
    'This person may not use this application: the identity provider did not name it, also when it was asked again, or a rule of the Environment refuses it. Nothing was given out.',
  invalid_grant:
    'What was handed in is good no more: it was used before, it has expired, the session has ended, or the identity provider does not allow this application any longer. Sign in again.',
  invalid_token:
    'The access token is good no more: it has expired, it was revoked, or the session that it hangs on has ended. Sign in again.',
  invalid_client: 'Sallyport has no active client with this id in this Environment.',
  invalid_request: 'The request is not as it must be. The description says what is wrong.',
  invalid_scope: 'The application asked for more than there is.',
  unauthorized_client: 'This client may not ask in this way.',
  login_required: 'Nobody is signed in, and the application wanted nobody to be asked.',
  server_error: 'Sallyport has a fault of its own; its log says more.',
  temporarily_unavailable: 'Sallyport is too busy, or being looked after. Try again later.',
  'answer-refused':
    'The application does not believe the answer: it belongs to another sign-in or to another issuer, or was changed on its way.',
  'no-answer': 'Sallyport does not answer, or answers something else. Is it running?',
}

export function troubleOf(error: unknown, wanted: string): Trouble {
  const { code, description } = read(error)
  const meaning = meanings[code] ?? 'Sallyport says no. The description says why.'
  return { wanted, error: code, description, meaning }
}

function read(error: unknown): { readonly code: string; readonly description: string | undefined } {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    return { code: error.error, description: error.error_description }
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    // RFC 6750 section 3: why a token was refused stands in a header.
    const { error: code, error_description: description } = error.cause[0]?.parameters ?? {}
    return { code: code ?? `status ${error.status}`, description }
  }
  if (!(error instanceof Error)) return { code: 'no-answer', description: undefined }
  const { cause } = error
  const description = cause instanceof Error ? `${error.message}: ${cause.message}` : error.message
  return { code: isAboutAnswer(error) ? 'answer-refused' : 'no-answer', description }
}

/** Anything else that the library throws is about a connection, or about something that is no OAuth at all. */
function isAboutAnswer(error: Error): boolean {
  return error instanceof ClientError && /^OAUTH_(INVALID_RESPONSE|JWT|JSON_ATTRIBUTE|KEY_SEL)/.test(error.code ?? '')
}

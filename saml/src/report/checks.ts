// A check is one thing that must be true of a message. Its code is stable: administrators search for it, tests name it.
// What a code means, for people, is in explanations.ts.

export type CheckCode =
  // the message as it came
  | 'message-base64'
  | 'message-size'
  | 'message-encoding'
  | 'message-deflate'
  | 'query'
  // XML
  | 'xml-well-formed'
  | 'xml-namespaces'
  | 'xml-doctype'
  | 'xml-processing-instruction'
  | 'xml-limits'
  // the shape of the message
  | 'soap-envelope'
  | 'message-type'
  | 'structure'
  | 'id-unique'
  | 'version'
  | 'assertion-single'
  | 'assertion-readable'
  // signatures
  | 'signature-present'
  | 'signature-form'
  | 'signature-algorithm'
  | 'signature-reference'
  | 'signature-digest'
  | 'signature-key'
  | 'certificate-current'
  // the response
  | 'status'
  | 'response-issuer'
  | 'destination'
  | 'in-response-to'
  // the assertion
  | 'assertion-issuer'
  | 'subject'
  | 'confirmation-bearer'
  | 'confirmation-recipient'
  | 'confirmation-expiry'
  | 'conditions-not-before'
  | 'conditions-not-on-or-after'
  | 'audience'
  | 'authn-statement'
  | 'session-expiry'
  // logout
  | 'request-expiry'
  // metadata
  | 'metadata-unreadable'
  | 'metadata-several-entities'
  | 'metadata-role-missing'
  | 'metadata-entity-id'
  | 'metadata-expired'
  | 'metadata-no-endpoint'
  | 'metadata-no-certificate'
  | 'metadata-endpoint-url'
  | 'metadata-certificate'

/** `not-reached`: an earlier check failed in a way that leaves nothing to look at. `not-checked`: no expectation was given. */
export type Outcome = 'passed' | 'failed' | 'not-reached' | 'not-checked'

export type Check<Code extends string = CheckCode> = {
  readonly code: Code
  readonly outcome: Outcome
  /** Which part of the message it is about. */
  readonly about: 'message' | 'response' | 'assertion'
  readonly expected?: string
  readonly received?: string
}

export function passed(code: CheckCode, about: Check['about'], received?: string): Check {
  return received === undefined ? { code, outcome: 'passed', about } : { code, outcome: 'passed', about, received }
}

export function failed(code: CheckCode, about: Check['about'], expected: string, received: string): Check {
  return {
    code,
    outcome: 'failed',
    about,
    expected,
    // The cut may go through a surrogate pair, and half of one is no text that could be stored.
    received: received.length > 500 ? `${received.slice(0, 500).toWellFormed()}…` : received,
  }
}

/** Compares exactly: SAML's names and URIs have no case folding, no prefixes, no trailing slash to forgive. */
export function compared(
  code: CheckCode,
  about: Check['about'],
  expected: Expected,
  received: string | undefined,
): Check {
  if (expected === dangerouslyUnchecked) return { code, outcome: 'not-checked', about, received: received ?? 'nothing' }
  return expected === received
    ? { code, outcome: 'passed', about, expected, received }
    : failed(code, about, expected, received ?? 'nothing')
}

/** What a message must say, exactly. */
export type Expected = string | typeof dangerouslyUnchecked

/** Given instead of an expectation, it leaves that check out, and the report says so. For tools that explain, never for sign-in. */
export const dangerouslyUnchecked: unique symbol = Symbol('dangerouslyUnchecked')

export function allPassed(checks: readonly Check<string>[]): boolean {
  return checks.every((check) => check.outcome === 'passed' || check.outcome === 'not-checked')
}

// What must be true of an assertion for Web Browser SSO (Profiles 4.1.4.2, 4.1.4.3; Core 2.4, 2.5, 2.7). The same checks
// run whether its signature verified or not, so that a report is whole; only a signed one ever yields claims.

import { type Check, compared, dangerouslyUnchecked, type Expected, failed, passed } from '../report/checks.ts'
import { readMilliseconds } from '../time.ts'
import { namespaces, uris } from '../uris.ts'
import { attributeOf, childrenNamed, onlyChild, type XmlElement } from '../xml/tree.ts'
import { unverifiedNameId, unverifiedText } from './claims.ts'
import { checkIssuer } from './message.ts'

/** What an assertion must say. */
export type AssertionExpectations = {
  readonly now: Date
  /** The identity provider's entity id. */
  readonly expectedIssuer: Expected
  /** The service provider's entity id. */
  readonly expectedAudience: Expected
  /** The Assertion Consumer Service URL, from configuration and not from the request's headers. */
  readonly expectedRecipient: Expected
  /** The ID of the request that is open; undefined: none is, so the response must be unsolicited (Profiles 4.1.5). */
  readonly expectedInResponseTo: Expected | undefined
  /** How far the clocks may differ; default 60. */
  readonly clockSkewSeconds?: number
}

/** What the profiles differ in. */
export type AssertionRules = {
  /** Whether the assertion must say that the person signed in. */
  readonly authnStatement: 'needed' | 'optional'
  /** Where the end stands until which it may be presented: on the confirmation, or else on the Conditions too. */
  readonly expiry: 'confirmation' | 'confirmation-or-conditions'
}

/** Profiles 4.1.4.2 */
const webBrowserSso: AssertionRules = { authnStatement: 'needed', expiry: 'confirmation' }

/** RFC 7522 section 3, items 4 to 7 */
export const bearerGrant: AssertionRules = { authnStatement: 'optional', expiry: 'confirmation-or-conditions' }

/** As a profile gives them; of several audiences any one is good. */
type Expectations = Omit<AssertionExpectations, 'expectedAudience'> & {
  readonly expectedAudience: Expected | readonly string[]
}

export type AssertionFindings = {
  readonly checks: readonly Check[]
  readonly inResponseTo: string | undefined
  /** The latest instant at which the assertion would still be taken. */
  readonly replayableUntil: Date | undefined
}

const LONGEST_NAME_ID = 512

type Window = {
  readonly now: number
  readonly skew: number
  /** The end that counts for a confirmation without one of its own. */
  readonly end: string | undefined
}

export function checkAssertion(
  assertion: XmlElement,
  input: Expectations,
  rules: AssertionRules = webBrowserSso,
): AssertionFindings {
  const end = rules.expiry === 'confirmation' ? undefined : endOfConditions(assertion)
  const window = { now: input.now.getTime(), skew: (input.clockSkewSeconds ?? 60) * 1000, end }
  const subject = onlyChild(assertion, namespaces.assertion, 'Subject')
  const confirmation = checkConfirmations(subject, input, window)
  const checks = [checkIssuer(assertion, 'assertion-issuer', 'assertion', input.expectedIssuer), checkSubject(subject)]
  checks.push(...confirmation.checks)
  checks.push(...checkConditions(assertion, input, window))
  checks.push(...checkStatements(assertion, rules, window))
  const { inResponseTo, expiry } = confirmation
  return {
    checks,
    inResponseTo,
    replayableUntil: expiry === undefined ? undefined : new Date(expiry + window.skew),
  }
}

// Profiles 4.1.4.2 wants a Subject. A NameID may be missing (the person may be known by an attribute), an empty one may not stand.
function checkSubject(subject: XmlElement | undefined): Check {
  if (subject === undefined) return failed('subject', 'assertion', 'a Subject', 'none')
  // It is opened only once a signature covers it; where that failed, there is a check that says so.
  if (childrenNamed(subject, namespaces.assertion, 'EncryptedID').length > 0) {
    return { code: 'subject', outcome: 'not-reached', about: 'assertion' }
  }
  const written = childrenNamed(subject, namespaces.assertion, 'NameID')
  const nameId = unverifiedNameId(subject)
  if (written.length > 0 && nameId === undefined)
    return failed('subject', 'assertion', 'a NameID with a value', 'an empty NameID')
  // Core 8.3.7 and 8.3.8 allow 256 characters to identifiers made by machines; names of people are not longer.
  if (nameId !== undefined && nameId.value.length > LONGEST_NAME_ID) {
    return failed('subject', 'assertion', `a NameID of at most ${LONGEST_NAME_ID} characters`, `${nameId.value.length}`)
  }
  return passed('subject', 'assertion', nameId?.value ?? 'no NameID')
}

type ConfirmationFindings = {
  readonly checks: Check[]
  readonly inResponseTo: string | undefined
  /** Milliseconds since the epoch. */
  readonly expiry: number | undefined
}

// Profiles 4.1.4.2: at least one bearer confirmation, and a single one must meet all conditions; halves of two do not add up.
function checkConfirmations(
  subject: XmlElement | undefined,
  input: Expectations,
  window: Window,
): ConfirmationFindings {
  const all = subject === undefined ? [] : childrenNamed(subject, namespaces.assertion, 'SubjectConfirmation')
  let reported: ConfirmationFindings | undefined
  let soundYet = false
  let expiry: number | undefined
  for (const confirmation of all) {
    if (attributeOf(confirmation, 'Method') !== uris.confirmation.bearer) continue
    const findings = checkConfirmation(confirmation, input, window)
    // What one no longer allows, another may still: the assertion is remembered until the last of them has ended.
    if (findings.expiry !== undefined && (expiry === undefined || findings.expiry > expiry)) expiry = findings.expiry
    if (soundYet) continue
    soundYet = findings.checks.every(({ outcome }) => outcome !== 'failed')
    if (soundYet || reported === undefined) reported = findings
  }
  if (reported !== undefined) return reported.expiry === expiry ? reported : { ...reported, expiry }
  const received = all.map((confirmation) => attributeOf(confirmation, 'Method') ?? 'no method').join(', ') || 'none'
  const missing = failed('confirmation-bearer', 'assertion', uris.confirmation.bearer, received)
  return { checks: [missing], inResponseTo: undefined, expiry: undefined }
}

function checkConfirmation(confirmation: XmlElement, input: Expectations, window: Window): ConfirmationFindings {
  const data = onlyChild(confirmation, namespaces.assertion, 'SubjectConfirmationData')
  const recipient = data && attributeOf(data, 'Recipient')
  const inResponseTo = data && attributeOf(data, 'InResponseTo')
  const notOnOrAfter = (data && attributeOf(data, 'NotOnOrAfter')) ?? window.end
  const expiry = notOnOrAfter === undefined ? undefined : readMilliseconds(notOnOrAfter)
  const checks = [
    passed('confirmation-bearer', 'assertion'),
    compared('confirmation-recipient', 'assertion', input.expectedRecipient, recipient),
    checkExpiry({ notOnOrAfter, expiry, notBefore: data && attributeOf(data, 'NotBefore') }, window),
    checkConfirmedRequest(inResponseTo, input),
  ]
  return { checks, inResponseTo, expiry }
}

type Expiry = {
  readonly notOnOrAfter: string | undefined
  /** The same as read. */
  readonly expiry: number | undefined
  readonly notBefore: string | undefined
}

// A bearer confirmation has a NotOnOrAfter and no NotBefore (Profiles 4.1.4.2); one that has it must at least be true.
function checkExpiry({ notOnOrAfter, expiry, notBefore }: Expiry, window: Window): Check {
  const before = notBefore === undefined ? undefined : notYet('confirmation-expiry', notBefore, window)
  if (before?.outcome === 'failed') return before
  if (notOnOrAfter === undefined) return failed('confirmation-expiry', 'assertion', 'a NotOnOrAfter', 'none')
  return past('confirmation-expiry', notOnOrAfter, expiry, window)
}

// Inside the signature the request is named once more, which the outer attribute of an unsigned Response cannot replace.
function checkConfirmedRequest(received: string | undefined, input: Expectations): Check {
  const expected = input.expectedInResponseTo
  if (expected === undefined) {
    return received === undefined
      ? passed('in-response-to', 'assertion', 'unsolicited')
      : failed('in-response-to', 'assertion', 'no request: none is open for this answer', received)
  }
  return compared('in-response-to', 'assertion', expected, received)
}

function endOfConditions(assertion: XmlElement): string | undefined {
  const conditions = onlyChild(assertion, namespaces.assertion, 'Conditions')
  return conditions && attributeOf(conditions, 'NotOnOrAfter')
}

function checkConditions(assertion: XmlElement, input: Expectations, window: Window): Check[] {
  const conditions = onlyChild(assertion, namespaces.assertion, 'Conditions')
  const notBefore = conditions && attributeOf(conditions, 'NotBefore')
  const notOnOrAfter = conditions && attributeOf(conditions, 'NotOnOrAfter')
  const restrictions =
    conditions === undefined ? [] : childrenNamed(conditions, namespaces.assertion, 'AudienceRestriction')
  return [
    notBefore === undefined
      ? passed('conditions-not-before', 'assertion', 'left out')
      : notYet('conditions-not-before', notBefore, window),
    notOnOrAfter === undefined
      ? passed('conditions-not-on-or-after', 'assertion', 'left out')
      : past('conditions-not-on-or-after', notOnOrAfter, readMilliseconds(notOnOrAfter), window),
    checkAudience(restrictions, input),
  ]
}

// Profiles 4.1.4.2 wants a restriction that names us; Core 2.5.1.4: the audiences of one are ORed, several restrictions ANDed.
function checkAudience(restrictions: readonly XmlElement[], { expectedAudience }: Expectations): Check {
  const lists = restrictions.map((restriction) =>
    childrenNamed(restriction, namespaces.assertion, 'Audience').map((audience) => unverifiedText(audience) ?? ''),
  )
  const received = lists.map((list) => list.join(' or ')).join(' and ') || 'no audience restriction'
  if (expectedAudience === dangerouslyUnchecked)
    return { code: 'audience', outcome: 'not-checked', about: 'assertion', received }
  const isOurs =
    typeof expectedAudience === 'string'
      ? (list: readonly string[]) => list.includes(expectedAudience)
      : (list: readonly string[]) => expectedAudience.some((one) => list.includes(one))
  const expected = typeof expectedAudience === 'string' ? expectedAudience : expectedAudience.join(' or ')
  return lists.length > 0 && lists.every(isOurs)
    ? { code: 'audience', outcome: 'passed', about: 'assertion', expected, received }
    : failed('audience', 'assertion', expected, received)
}

// Profiles 4.1.4.2: at least one AuthnStatement, which says that the person did sign in. Core 2.7.2: a session may have an end.
function checkStatements(assertion: XmlElement, { authnStatement }: AssertionRules, window: Window): Check[] {
  const statements = childrenNamed(assertion, namespaces.assertion, 'AuthnStatement')
  const [statement] = statements
  if (statement === undefined) {
    return authnStatement === 'optional'
      ? [passed('authn-statement', 'assertion', 'left out'), passed('session-expiry', 'assertion', 'left out')]
      : [failed('authn-statement', 'assertion', 'an AuthnStatement', 'none')]
  }
  const instant = attributeOf(statement, 'AuthnInstant') ?? 'no AuthnInstant'
  const ends = statements.map((one) => attributeOf(one, 'SessionNotOnOrAfter')).filter((end) => end !== undefined)
  return [
    readMilliseconds(instant) === undefined
      ? failed('authn-statement', 'assertion', 'an AuthnInstant in UTC', instant)
      : passed('authn-statement', 'assertion', instant),
    ends
      .map((end) => past('session-expiry', end, readMilliseconds(end), window))
      .find(({ outcome }) => outcome === 'failed') ?? passed('session-expiry', 'assertion', ends[0] ?? 'left out'),
  ]
}

/** `instant` is what was read of `text`. */
function past(code: Check['code'], text: string, instant: number | undefined, window: Window): Check {
  if (instant === undefined) return failed(code, 'assertion', timeForm, text)
  if (instant > window.now - window.skew) return passed(code, 'assertion', text)
  return failed(code, 'assertion', `after ${new Date(window.now - window.skew).toISOString()}`, text)
}

function notYet(code: Check['code'], text: string, window: Window): Check {
  const instant = readMilliseconds(text)
  if (instant === undefined) return failed(code, 'assertion', timeForm, text)
  if (instant <= window.now + window.skew) return passed(code, 'assertion', text)
  return failed(code, 'assertion', `not after ${new Date(window.now + window.skew).toISOString()}`, text)
}

const timeForm = 'a time in UTC, like 2026-01-31T09:30:00Z'

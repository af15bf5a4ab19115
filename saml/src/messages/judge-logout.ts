// Judges the two messages of single logout (Core 3.7, Profiles 4.4), by whatever binding they came. A logout that is not
// signed is refused: anybody could end anybody's session.

import type { KeyObject } from 'node:crypto'
import type { DecodedRedirect } from '../bindings/redirect.ts'
import type { SoapMessage } from '../bindings/soap.ts'
import type { Certificate } from '../certificates/certificate.ts'
import { decrypt } from '../encryption/decrypt.ts'
import { allPassed, type Check, compared, type Expected, failed, passed } from '../report/checks.ts'
import { type SignedElement, signedElement } from '../signature/signed-element.ts'
import { verifySignature } from '../signature/verify.ts'
import { verifyQuerySignature } from '../signature/verify-query.ts'
import { readMilliseconds } from '../time.ts'
import { namespaces } from '../uris.ts'
import { attributeOf, childrenNamed, isNamed, onlyChild, type XmlElement } from '../xml/tree.ts'
import { type NameId, readNameId, unverifiedText } from './claims.ts'
import { checkDestination, checkIds, checkIssuer, checkVersion, issuerOf, readMessage, structureOf } from './message.ts'
import { checkStatus, isPartialLogout, statusMessage } from './status.ts'
import { survey } from './structure.ts'

type LogoutMessage = {
  /**
   * The message as it came: bytes or decoded text; the SOAP envelope around it; or what `decodeRedirect` made of a query,
   * whose signature counts then.
   */
  readonly message: Uint8Array | string | SoapMessage | DecodedRedirect
  readonly now: Date
  /** The other side's certificates, from configuration. */
  readonly certificates: readonly Certificate[]
  readonly expectedIssuer: Expected
  /** The single logout address that it was sent to. */
  readonly expectedDestination: Expected
  readonly clockSkewSeconds?: number
  readonly dangerouslyAllowSha1?: boolean
}

export type LogoutRequestToJudge = LogoutMessage & {
  readonly decryptionKeys?: readonly KeyObject[]
  readonly dangerouslyAllowCbc?: boolean
}

export type LogoutRequestVerdict = {
  readonly ok: boolean
  readonly checks: readonly Check[]
  /** Present exactly when `ok`. */
  readonly request?: {
    readonly id: string
    readonly issuer: string
    readonly nameId: NameId
    /** Empty: all sessions of the person (Core 3.7.1). */
    readonly sessionIndexes: readonly string[]
    readonly issueInstant: Date
    readonly notOnOrAfter?: Date
    /** Until then the same request would be acted on again: its id is to be remembered. */
    readonly replayableUntil: Date
  }
}

/** How old a request may be that does not say itself how long it holds. */
const REQUEST_LIFETIME_MS = 5 * 60 * 1000

/** Judges a LogoutRequest (Core 3.7.1, Profiles 4.4.4.1). Never throws for what a message holds. */
export function judgeLogoutRequest(input: LogoutRequestToJudge): LogoutRequestVerdict {
  const { root, checks: reading } = readMessage(bytesOf(input.message), 'LogoutRequest')
  if (root === undefined) return { ok: false, checks: reading }
  const signature = checkSignature(root, 'SAMLRequest', input)
  const subject = readSubject(root, signature.signed, input)
  const expiry = checkExpiry(root, input)
  const checks = [...reading, ...commonChecks(root, input), ...signature.checks, expiry.check, subject.check]
  if (!allPassed(checks) || signature.signed === undefined || subject.nameId === undefined) return { ok: false, checks }
  if (expiry.issued === undefined || expiry.until === undefined) return { ok: false, checks }
  const element = signedElement(signature.signed)
  const notOnOrAfter = readMilliseconds(attributeOf(element, 'NotOnOrAfter') ?? '')
  const request = {
    id: attributeOf(element, 'ID') ?? '',
    issuer: issuerOf(element) ?? '',
    nameId: subject.nameId,
    sessionIndexes: childrenNamed(element, namespaces.protocol, 'SessionIndex').map((one) => unverifiedText(one) ?? ''),
    issueInstant: new Date(expiry.issued),
    ...(notOnOrAfter === undefined ? {} : { notOnOrAfter: new Date(notOnOrAfter) }),
    replayableUntil: new Date(expiry.until),
  }
  return { ok: true, checks, request: Object.freeze(request) }
}

export type LogoutResponseToJudge = LogoutMessage & {
  /** The ID of the LogoutRequest that is open. */
  readonly expectedInResponseTo: Expected
}

export type LogoutResponseVerdict = {
  readonly ok: boolean
  readonly checks: readonly Check[]
  /** Some sessions elsewhere could not be ended (Core 3.2.2.2, 3.7.3.2); signed, where the signature checks passed. */
  readonly partial?: true
  /** What the other side says of its success; signed, where the signature checks passed. */
  readonly statusMessage?: string
}

/** Judges a LogoutResponse (Core 3.7.2, Profiles 4.4.4.2). Never throws for what a message holds. */
export function judgeLogoutResponse(input: LogoutResponseToJudge): LogoutResponseVerdict {
  const { root, checks: reading } = readMessage(bytesOf(input.message), 'LogoutResponse')
  if (root === undefined) return { ok: false, checks: reading }
  const signature = checkSignature(root, 'SAMLResponse', input)
  const answered = compared('in-response-to', 'response', input.expectedInResponseTo, attributeOf(root, 'InResponseTo'))
  const checks = [...reading, ...commonChecks(root, input), checkStatus(root), ...signature.checks, answered]
  const message = statusMessage(root)
  return {
    ok: allPassed(checks) && signature.signed !== undefined,
    checks,
    ...(isPartialLogout(root) ? { partial: true as const } : {}),
    ...(message === undefined ? {} : { statusMessage: message }),
  }
}

function bytesOf(message: LogoutMessage['message']): Uint8Array | string | SoapMessage {
  return typeof message === 'object' && 'xml' in message ? message.xml : message
}

function commonChecks(root: XmlElement, input: LogoutMessage): Check[] {
  const byQuery = typeof input.message === 'object' && 'xml' in input.message
  const bySoap = typeof input.message === 'object' && 'soap' in input.message
  return [
    structureOf(root),
    checkIds(survey(outermost(root)).repeatedIds),
    checkVersion(root),
    // Profiles 4.4.4.1, 4.4.4.2: both messages must name their issuer.
    checkIssuer(root, 'response-issuer', 'message', input.expectedIssuer),
    // An answer by SOAP comes back to whoever asked. A request must say where it goes, or whoever has received it could
    // pass it on to another service provider that knows the same person.
    bySoap && root.local === 'LogoutResponse' && !attributeOf(root, 'Destination')
      ? passed('destination', 'message', 'left out')
      : checkDestination(root, input.expectedDestination, { about: 'message', signed: byQuery }),
  ]
}

function outermost(element: XmlElement): XmlElement {
  return element.parent === undefined ? element : outermost(element.parent)
}

type Signed = { readonly checks: readonly Check[]; readonly signed?: SignedElement }

// Bindings 3.4.4.1: by HTTP-Redirect the signature is in the query, and there is none in the message.
function checkSignature(root: XmlElement, parameter: DecodedRedirect['parameter'], input: LogoutMessage): Signed {
  const { message } = input
  const expected = 'a signature'
  if (typeof message === 'object' && 'xml' in message) {
    if (message.parameter !== parameter) {
      return { checks: [failed('query', 'message', parameter, message.parameter)] }
    }
    if (message.signature === undefined) return { checks: [failed('signature-present', 'message', expected, 'none')] }
    if (childrenNamed(root, namespaces.signature, 'Signature').length > 0) {
      const none = 'no signature inside a message whose signature is in its query'
      return { checks: [failed('signature-form', 'message', none, 'one')] }
    }
    const verified = verifyQuerySignature(message, root, input)
    return { ...verified, checks: [passed('signature-present', 'message', 'in the query'), ...verified.checks] }
  }
  const verified = verifySignature(root, 'message', input)
  if (verified.checks.length === 0) return { checks: [failed('signature-present', 'message', expected, 'none')] }
  return { ...verified, checks: [passed('signature-present', 'message'), ...verified.checks] }
}

type Expiry = { readonly check: Check; readonly issued?: number; readonly until?: number }

// Core 3.7.1: after NotOnOrAfter the request is not to be acted on. It may be left out; then the request holds for a few
// minutes from when it was issued, so that ids need not be remembered for ever.
function checkExpiry(root: XmlElement, { now, clockSkewSeconds = 60 }: LogoutMessage): Expiry {
  const skew = clockSkewSeconds * 1000
  const at = now.getTime()
  const iso = (instant: number): string => new Date(instant).toISOString()
  const issuedText = attributeOf(root, 'IssueInstant') ?? ''
  const issued = readMilliseconds(issuedText)
  const text = attributeOf(root, 'NotOnOrAfter')
  const limit = text === undefined ? issued && issued + REQUEST_LIFETIME_MS : readMilliseconds(text)
  const received = text ?? `no NotOnOrAfter, issued ${issuedText}`
  const late = limit === undefined || limit + skew <= at
  if (late || issued === undefined || (text === undefined && issued > at + skew)) {
    const expected =
      text === undefined
        ? `NotOnOrAfter, or issued between ${iso(at - skew - REQUEST_LIFETIME_MS)} and ${iso(at + skew)}`
        : `a time in UTC after ${iso(at - skew)}`
    return { check: failed('request-expiry', 'message', expected, received) }
  }
  return { check: passed('request-expiry', 'message', received), issued, until: limit + skew }
}

function readSubject(
  root: XmlElement,
  signed: SignedElement | undefined,
  input: LogoutRequestToJudge,
): { readonly check: Check; readonly nameId?: NameId } {
  const encrypted = onlyChild(root, namespaces.assertion, 'EncryptedID')
  if (encrypted === undefined) return named(onlyChild(root, namespaces.assertion, 'NameID'))
  // Opened only when it is signed: whoever could send ciphertexts of their own would learn from the answers.
  if (signed === undefined) return { check: { code: 'subject', outcome: 'not-reached', about: 'message' } }
  const decrypted = decrypt(encrypted, input)
  if ('failure' in decrypted) {
    return { check: failed('subject', 'message', 'a NameID that can be decrypted', decrypted.reason) }
  }
  const { element } = decrypted
  const sound = isNamed(element, namespaces.assertion, 'NameID') && structureOf(element).outcome === 'passed'
  return named(sound ? element : undefined)
}

function named(element: XmlElement | undefined): { readonly check: Check; readonly nameId?: NameId } {
  const nameId = readNameId(element)
  if (nameId === undefined) return { check: failed('subject', 'message', 'a NameID with a value', 'none') }
  return { check: passed('subject', 'message', nameId.value), nameId }
}

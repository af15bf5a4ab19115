// Judges a Response: reads it, verifies its signatures, checks all that Web Browser SSO asks of a service provider
// (Profiles 4.1.4.2, 4.1.4.3). Every check is made and reported, whatever failed before it; identity comes out only when
// all of them passed, and is read from the signed element alone.

import type { KeyObject } from 'node:crypto'
import type { Certificate } from '../certificates/certificate.ts'
import { allPassed, type Check, compared, failed, passed } from '../report/checks.ts'
import { signedElement } from '../signature/signed-element.ts'
import { namespaces } from '../uris.ts'
import { attributeOf, onlyChild, type XmlElement } from '../xml/tree.ts'
import { type AssertionExpectations, checkAssertion } from './assertion-checks.ts'
import { type Claims, readClaims, unverifiedAttributeNames, unverifiedNameId } from './claims.ts'
import { findAssertion, unreadable } from './find-assertion.ts'
import { checkDestination, checkIssuerIfPresent, checkVersion, issuerOf, readMessage } from './message.ts'
import { openSigned } from './open-signed.ts'
import { checkSignatures, type RequiredSignature } from './response-signatures.ts'
import { checkStatus, statusMessage } from './status.ts'

export type ResponseToJudge = AssertionExpectations & {
  /** The message as it came: bytes, or text that is already decoded. */
  readonly message: Uint8Array | string
  /** The identity provider's certificates, from configuration. */
  readonly certificates: readonly Certificate[]
  /** What must carry a signature of its own; `any` (default): one of the two that covers the assertion. */
  readonly requireSigned?: RequiredSignature
  /** Private RSA keys; all are tried. */
  readonly decryptionKeys?: readonly KeyObject[]
  readonly dangerouslyAllowSha1?: boolean
  /** AES-CBC, which some providers still encrypt with by default. */
  readonly dangerouslyAllowCbc?: boolean
}

export type ResponseVerdict = {
  readonly ok: boolean
  readonly checks: readonly Check[]
  /** Present exactly when `ok`. */
  readonly claims?: Claims
  /** What the message says, believed or not: for reports, never for decisions. */
  readonly unverified: {
    readonly issuer?: string
    readonly inResponseTo?: string
    readonly subject?: string
    readonly statusMessage?: string
    readonly attributeNames: readonly string[]
  }
}

/** Judges the Response that was posted to the Assertion Consumer Service. Never throws for what a message holds. */
export function judgeResponse(input: ResponseToJudge): ResponseVerdict {
  const { root, checks: reading } = readMessage(input.message, 'Response')
  if (root === undefined) return { ok: false, checks: reading, unverified: { attributeNames: [] } }
  const status = checkStatus(root)
  const found = findAssertion(root, status.outcome === 'passed', input)
  const signatures = checkSignatures(root, found, input)
  // Behind a cipher without integrity, whoever changes the ciphertext could read the answers; so there is but one.
  const guarded = found.guarded === true && signatures.assertion === undefined
  const outside = reading.concat(
    found.shape,
    found.assertion === undefined || guarded ? checkVersion(root) : checkVersion(root, found.assertion),
    status,
    checkIssuerIfPresent(root, input.expectedIssuer),
    checkDestination(root, input.expectedRecipient),
  )
  if (guarded)
    return {
      ok: false,
      checks: [...outside, checkRequest(root, input), unreadable()],
      unverified: describe(root, undefined),
    }
  const opened = openSigned(signatures.assertion, input)
  const assertion = opened.assertion === undefined ? found.assertion : signedElement(opened.assertion)
  const conditions = assertion === undefined ? undefined : checkAssertion(assertion, input)
  const checks = outside.concat(
    found.checks,
    signatures.checks,
    opened.checks,
    checkRequest(root, input),
    conditions?.checks ?? [],
  )
  if (!allPassed(checks) || opened.assertion === undefined || conditions?.replayableUntil === undefined) {
    return { ok: false, checks, unverified: describe(root, assertion) }
  }
  const claims = readClaims(opened.assertion, conditions.inResponseTo, conditions.replayableUntil)
  return { ok: true, checks, claims, unverified: describe(root, assertion, claims) }
}

// Core 3.2.2: the answer names the request. An unsolicited one names none (Profiles 4.1.5).
function checkRequest(root: XmlElement, input: ResponseToJudge): Check {
  const received = attributeOf(root, 'InResponseTo')
  if (input.expectedInResponseTo !== undefined) {
    return compared('in-response-to', 'response', input.expectedInResponseTo, received)
  }
  if (received === undefined) return passed('in-response-to', 'response', 'unsolicited')
  return failed('in-response-to', 'response', 'no request: none is open for this answer', received)
}

function describe(root: XmlElement, assertion: XmlElement | undefined, claims?: Claims): ResponseVerdict['unverified'] {
  const described: { -readonly [K in keyof Described]: Described[K] } = {
    attributeNames:
      claims?.attributes.map(({ name }) => name) ??
      (assertion === undefined ? [] : unverifiedAttributeNames(assertion)),
  }
  const issuer = issuerOf(root) ?? (assertion && issuerOf(assertion))
  const inResponseTo = attributeOf(root, 'InResponseTo')
  const nameId = claims?.nameId ?? unverifiedNameId(assertion && onlyChild(assertion, namespaces.assertion, 'Subject'))
  const message = statusMessage(root)
  if (issuer !== undefined) described.issuer = issuer
  if (inResponseTo !== undefined) described.inResponseTo = inResponseTo
  if (nameId !== undefined) described.subject = nameId.value
  if (message !== undefined) described.statusMessage = message
  return described
}

type Described = ResponseVerdict['unverified']

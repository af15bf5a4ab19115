// Judges a Response: reads it, verifies its signatures, checks all that Web Browser SSO asks of a service provider
// (Profiles 4.1.4.2, 4.1.4.3). Every check is made and reported, whatever failed before it; identity comes out only when
// all of them passed, and is read from the signed element alone.

import type { Certificate } from '../certificates/certificate.ts'
import {
  allPassed,
  type Check,
  type CheckCode,
  compared,
  type dangerouslyUnchecked,
  failed,
  passed,
} from '../report/checks.ts'
import { type SignedElement, signedChild } from '../signature/signed-element.ts'
import { verifySignature } from '../signature/verify.ts'
import { namespaces, uris } from '../uris.ts'
import { readXml } from '../xml/read.ts'
import { attributeOf, childrenNamed, isNamed, onlyChild, pathOf, walk, type XmlElement } from '../xml/tree.ts'
import { XmlError } from '../xml/xml-error.ts'
import { checkAssertion } from './assertion-checks.ts'
import { type Claims, readClaims, unverifiedAttributes, unverifiedNameId, unverifiedText } from './claims.ts'
import { repeatedIds, structureFaults } from './content-model.ts'

type Expected = string | typeof dangerouslyUnchecked

export type ResponseToJudge = {
  /** The message as it came: bytes, or text that is already decoded. */
  readonly message: Uint8Array | string
  readonly now: Date
  /** The identity provider's certificates, from configuration. */
  readonly certificates: readonly Certificate[]
  /** The identity provider's entity id. */
  readonly expectedIssuer: Expected
  /** The service provider's entity id. */
  readonly expectedAudience: Expected
  /** The Assertion Consumer Service URL, from configuration and not from the request's headers. */
  readonly expectedRecipient: Expected
  /** The ID of the request that is open; undefined: none is, so the response must be unsolicited (Profiles 4.1.5). */
  readonly expectedInResponseTo: Expected | undefined
  /** Default 60. */
  readonly clockSkewSeconds?: number
  /** What must carry a signature of its own; `any` (default): one of the two that covers the assertion. */
  readonly requireSigned?: 'any' | 'assertion' | 'response' | 'both'
  readonly dangerouslyAllowSha1?: boolean
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

export function judgeResponse(input: ResponseToJudge): ResponseVerdict {
  const read = readRoot(input.message)
  if ('check' in read) return { ok: false, checks: [read.check], unverified: { attributeNames: [] } }
  const { root } = read
  const shape = [passed('xml-well-formed', 'message'), ...checkShape(root)]
  // Of another kind of message nothing more can be said.
  if (!isNamed(root, namespaces.protocol, 'Response'))
    return { ok: false, checks: shape, unverified: { attributeNames: [] } }

  const status = checkStatus(root)
  const succeeded = status.outcome === 'passed'
  const single = checkSingleAssertion(root, succeeded)
  const assertion = single.assertion
  const signatures = checkSignatures(root, assertion, input)
  const conditions = assertion === undefined ? undefined : checkAssertion(assertion, input)
  const checks = [
    ...shape,
    status,
    compareIfPresent('response-issuer', input.expectedIssuer, textOfIssuer(root)),
    checkDestination(root, input),
    ...single.checks,
    ...signatures.checks,
    ...checkRequest(root, input),
    ...(conditions?.checks ?? []),
  ]
  const unverified = describe(root, assertion)
  if (!allPassed(checks) || signatures.assertion === undefined || conditions?.replayableUntil === undefined) {
    return { ok: false, checks, unverified }
  }
  const claims = readClaims(signatures.assertion, conditions.inResponseTo, conditions.replayableUntil)
  return { ok: true, checks, claims, unverified }
}

function readRoot(message: Uint8Array | string): { root: XmlElement } | { check: Check } {
  try {
    return { root: readXml(message) }
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const expected = error.code === 'message-size' ? 'at most 256 KiB' : 'well-formed XML 1.0 in UTF-8, without DOCTYPE'
    return { check: failed(error.code, 'message', expected, error.message) }
  }
}

function checkShape(root: XmlElement): Check[] {
  const type = isNamed(root, namespaces.protocol, 'Response')
    ? passed('message-type', 'message', pathOf(root))
    : failed('message-type', 'message', 'a samlp:Response', `${pathOf(root)} of ${root.namespace || 'no namespace'}`)
  if (type.outcome === 'failed') return [type]
  const faults = structureFaults(root)
  const repeated = repeatedIds(root)
  // Core 3.2.2, 2.3.3: this is version 2.0, of the response and of the assertion in it.
  const versions = [root, ...childrenNamed(root, namespaces.assertion, 'Assertion')].map((e) =>
    attributeOf(e, 'Version'),
  )
  const version = versions.find((v) => v !== '2.0')
  return [
    type,
    faults.length === 0
      ? passed('structure', 'message')
      : failed('structure', 'message', 'only what the SAML 2.0 schemas allow, where they allow it', faults.join('; ')),
    repeated.length === 0
      ? passed('id-unique', 'message')
      : failed('id-unique', 'message', 'every ID once', `more than once: ${repeated.join(', ')}`),
    versions.every((v) => v === '2.0')
      ? passed('version', 'message', '2.0')
      : failed('version', 'message', '2.0', version ?? 'no Version'),
  ]
}

// Core 3.2.2.2: the top-level code decides; a Success that is nested, or that a message mentions, is none.
function checkStatus(root: XmlElement): Check {
  const status = onlyChild(root, namespaces.protocol, 'Status')
  const code = status && onlyChild(status, namespaces.protocol, 'StatusCode')
  const value = code && attributeOf(code, 'Value')
  if (value === uris.status.success) return passed('status', 'response', value)
  const sub = code && onlyChild(code, namespaces.protocol, 'StatusCode')
  const parts = [value ?? 'no status', sub && attributeOf(sub, 'Value')].filter((part) => part !== undefined)
  const message = statusMessage(root)
  const received = parts.join(' / ') + (message === undefined ? '' : `: ${JSON.stringify(message)}`)
  return failed('status', 'response', uris.status.success, received)
}

function statusMessage(root: XmlElement): string | undefined {
  const status = onlyChild(root, namespaces.protocol, 'Status')
  return unverifiedText(status && onlyChild(status, namespaces.protocol, 'StatusMessage')) || undefined
}

// Exactly one assertion in the whole document, at any depth: everything below relies on there being no second.
function checkSingleAssertion(root: XmlElement, succeeded: boolean): { checks: Check[]; assertion?: XmlElement } {
  const found: XmlElement[] = []
  let encrypted = 0
  walk(root, (element) => {
    if (isNamed(element, namespaces.assertion, 'Assertion')) found.push(element)
    if (isNamed(element, namespaces.assertion, 'EncryptedAssertion')) encrypted++
  })
  const [assertion] = found
  if (encrypted > 0) {
    const received = 'an encrypted assertion'
    return { checks: [failed('assertion-readable', 'response', 'an assertion that is not encrypted', received)] }
  }
  if (assertion !== undefined && found.length === 1 && assertion.parent === root) {
    return { checks: [passed('assertion-single', 'response')], assertion }
  }
  // An answer that says no carries none (Core 3.3.3): then there is nothing to count.
  if (found.length === 0 && !succeeded)
    return { checks: [{ code: 'assertion-single', outcome: 'not-reached', about: 'response' }] }
  const received = found.length === 1 ? 'one that is not a child of the response' : `${found.length}`
  return { checks: [failed('assertion-single', 'response', 'one assertion, directly in the response', received)] }
}

// Every signature that is there must verify, and one of them must cover the assertion (Core 5.3, Profiles 4.1.4.5).
function checkSignatures(
  root: XmlElement,
  assertion: XmlElement | undefined,
  input: ResponseToJudge,
): { checks: Check[]; assertion?: SignedElement } {
  const ofResponse = verifySignature(root, 'response', input)
  const ofAssertion = assertion === undefined ? { checks: [] } : verifySignature(assertion, 'assertion', input)
  const present = [
    ...(ofResponse.checks.length > 0 ? (['response'] as const) : []),
    ...(ofAssertion.checks.length > 0 ? (['assertion'] as const) : []),
  ]
  const required = input.requireSigned ?? 'any'
  const enough =
    required === 'any' ? present.length > 0 : required === 'both' ? present.length === 2 : present.includes(required)
  const received = present.length === 0 ? 'no signature' : `a signature of the ${present.join(' and of the ')}`
  const presence: Check = enough
    ? passed('signature-present', 'message', received)
    : assertion === undefined && present.length === 0
      ? { code: 'signature-present', outcome: 'not-reached', about: 'message' } // which assertion's would it be?
      : failed('signature-present', 'message', requirement[required], received)
  const checks = [presence, ...ofResponse.checks, ...ofAssertion.checks]
  if (assertion === undefined) return { checks }
  if (ofAssertion.signed !== undefined) return { checks, assertion: ofAssertion.signed }
  return ofResponse.signed === undefined ? { checks } : { checks, assertion: signedChild(ofResponse.signed, assertion) }
}

const requirement = {
  any: 'a signature of the response or of the assertion',
  assertion: 'a signature of the assertion',
  response: 'a signature of the response',
  both: 'a signature of the response and one of the assertion',
} as const

// Profiles 4.1.4.2: the Response's Issuer may be left out; where it stands it must be the identity provider.
function compareIfPresent(code: CheckCode, expected: Expected, received: string | undefined): Check {
  return received === undefined ? passed(code, 'response', 'left out') : compared(code, 'response', expected, received)
}

function textOfIssuer(element: XmlElement): string | undefined {
  return unverifiedText(onlyChild(element, namespaces.assertion, 'Issuer'))
}

// Bindings 3.5.5.2: a signed message must say where it was sent, and that must be here. Core 3.2.2: if it says so, it must be so.
function checkDestination(root: XmlElement, input: ResponseToJudge): Check {
  const destination = attributeOf(root, 'Destination')
  const signed = childrenNamed(root, namespaces.signature, 'Signature').length > 0
  if ((destination === undefined || destination === '') && !signed) return passed('destination', 'response', 'left out')
  return compared('destination', 'response', input.expectedRecipient, destination)
}

// Core 3.2.2: the answer names the request. An unsolicited one names none (Profiles 4.1.5).
function checkRequest(root: XmlElement, input: ResponseToJudge): Check[] {
  const received = attributeOf(root, 'InResponseTo')
  if (input.expectedInResponseTo !== undefined) {
    return [compared('in-response-to', 'response', input.expectedInResponseTo, received)]
  }
  if (received === undefined) return [passed('in-response-to', 'response', 'unsolicited')]
  return [failed('in-response-to', 'response', 'no request: none is open for this answer', received)]
}

function describe(root: XmlElement, assertion: XmlElement | undefined): ResponseVerdict['unverified'] {
  const issuer = textOfIssuer(root) ?? (assertion && textOfIssuer(assertion))
  const inResponseTo = attributeOf(root, 'InResponseTo')
  const subject = unverifiedNameId(assertion && onlyChild(assertion, namespaces.assertion, 'Subject'))?.value
  const message = statusMessage(root)
  return {
    ...(issuer === undefined ? {} : { issuer }),
    ...(inResponseTo === undefined ? {} : { inResponseTo }),
    ...(subject === undefined ? {} : { subject }),
    ...(message === undefined ? {} : { statusMessage: message }),
    attributeNames: assertion === undefined ? [] : unverifiedAttributes(assertion).map(({ name }) => name),
  }
}

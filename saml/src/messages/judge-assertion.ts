// Judges an assertion that a client brings by itself, to be given a token for it: the SAML 2.0 bearer grant (RFC 7522
// section 3). No browser carries it and no request is open for it, so it must say alone whose it is, for whom, where it
// may be presented and until when, and be signed itself. As for a Response, every check is made and reported.

import type { KeyObject } from 'node:crypto'
import type { Certificate } from '../certificates/certificate.ts'
import { allPassed, type Check, type Expected } from '../report/checks.ts'
import { signedElement } from '../signature/signed-element.ts'
import { namespaces } from '../uris.ts'
import { onlyChild, type XmlElement } from '../xml/tree.ts'
import { bearerGrant, checkAssertion } from './assertion-checks.ts'
import { type Claims, readClaims, unverifiedAttributeNames, unverifiedNameId } from './claims.ts'
import { findBareAssertion, unreadable } from './find-assertion.ts'
import { checkVersion, issuerOf, readBareAssertion } from './message.ts'
import { openSigned } from './open-signed.ts'
import { checkOwnSignature } from './response-signatures.ts'

export type AssertionToJudge = {
  /** The Assertion or EncryptedAssertion as it came, with nothing around it: bytes, or text that is already decoded. */
  readonly message: Uint8Array | string
  readonly now: Date
  /** The identity provider's certificates, from configuration. */
  readonly certificates: readonly Certificate[]
  /** The identity provider's entity id. */
  readonly expectedIssuer: Expected
  /** The names of the authorization server; each restriction must name one of them (RFC 7522 section 3 item 2). */
  readonly expectedAudience: Expected | readonly string[]
  /** The URL of the token endpoint, from configuration and not from the request's headers (item 5). */
  readonly expectedRecipient: Expected
  /** How far the clocks may differ; default 60. */
  readonly clockSkewSeconds?: number
  /** Private RSA keys; all are tried. */
  readonly decryptionKeys?: readonly KeyObject[]
  readonly dangerouslyAllowSha1?: boolean
  /** AES-CBC, which some providers still encrypt with by default. */
  readonly dangerouslyAllowCbc?: boolean
}

export type AssertionVerdict = {
  readonly ok: boolean
  readonly checks: readonly Check[]
  /** Present exactly when `ok`. */
  readonly claims?: Claims
  /** What the assertion says, believed or not: for reports, and to be compared; never for decisions. */
  readonly unverified: {
    readonly issuer?: string
    readonly subject?: string
    readonly attributeNames: readonly string[]
  }
}

/** Judges the assertion of an access token request (RFC 7522 section 2.1). Never throws for what it holds. */
export function judgeAssertion(input: AssertionToJudge): AssertionVerdict {
  const { root, checks: reading } = readBareAssertion(input.message)
  if (root === undefined) return { ok: false, checks: reading, unverified: describe(undefined) }
  const found = findBareAssertion(root, input)
  const signature = checkOwnSignature(found, input)
  // Behind a cipher without integrity, whoever changes the ciphertext could read the answers; so there is but one.
  if (found.guarded === true && signature.assertion === undefined) {
    return { ok: false, checks: [...reading, ...found.shape, unreadable()], unverified: describe(undefined) }
  }
  const opened = openSigned(signature.assertion, input)
  const assertion = opened.assertion === undefined ? found.assertion : signedElement(opened.assertion)
  // Nobody asked for it: a request that it names was somebody's in a browser.
  const expectations = { ...input, expectedInResponseTo: undefined }
  const conditions = assertion === undefined ? undefined : checkAssertion(assertion, expectations, bearerGrant)
  const checks = reading.concat(
    found.shape,
    assertion === undefined ? [] : checkVersion(assertion),
    found.checks,
    signature.checks,
    opened.checks,
    conditions?.checks ?? [],
  )
  const unverified = describe(assertion)
  if (!allPassed(checks) || opened.assertion === undefined || conditions?.replayableUntil === undefined) {
    return { ok: false, checks, unverified }
  }
  return { ok: true, checks, claims: readClaims(opened.assertion, undefined, conditions.replayableUntil), unverified }
}

function describe(assertion: XmlElement | undefined): AssertionVerdict['unverified'] {
  if (assertion === undefined) return { attributeNames: [] }
  const issuer = issuerOf(assertion)
  const nameId = unverifiedNameId(onlyChild(assertion, namespaces.assertion, 'Subject'))
  return {
    ...(issuer === undefined ? {} : { issuer }),
    ...(nameId === undefined ? {} : { subject: nameId.value }),
    attributeNames: unverifiedAttributeNames(assertion),
  }
}

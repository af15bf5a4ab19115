// The signatures of a response: every one that is there must verify, and one of them must cover the assertion
// (Core 5.3, Profiles 4.1.4.5).

import { type Check, failed, passed } from '../report/checks.ts'
import { deriveSigned, type SignedElement, signedChild } from '../signature/signed-element.ts'
import { type VerificationOptions, verifySignature } from '../signature/verify.ts'
import type { XmlElement } from '../xml/tree.ts'
import type { FoundAssertion } from './find-assertion.ts'

export type RequiredSignature = 'any' | 'assertion' | 'response' | 'both'

export type ResponseSignatures = {
  readonly checks: readonly Check[]
  /** The assertion, where a signature covers it. */
  readonly assertion?: SignedElement
}

export function checkSignatures(
  root: XmlElement,
  { assertion, encrypted }: Pick<FoundAssertion, 'assertion' | 'encrypted'>,
  options: VerificationOptions & { readonly requireSigned?: RequiredSignature },
): ResponseSignatures {
  const ofResponse = verifySignature(root, 'response', options)
  const ofAssertion = assertion === undefined ? { checks: [] } : verifySignature(assertion, 'assertion', options)
  const present: string[] = []
  if (ofResponse.checks.length > 0) present.push('response')
  if (ofAssertion.checks.length > 0) present.push('assertion')
  const presence = checkPresence(present, options.requireSigned ?? 'any', assertion)
  const checks = [presence, ...ofResponse.checks, ...ofAssertion.checks]
  if (assertion === undefined) return { checks }
  if (ofAssertion.signed !== undefined) return { checks, assertion: ofAssertion.signed }
  if (ofResponse.signed === undefined) return { checks }
  // What a signed response holds is signed; if that is ciphertext, so is what was in it.
  if (encrypted === undefined) return { checks, assertion: signedChild(ofResponse.signed, assertion) }
  return { checks, assertion: deriveSigned(signedChild(ofResponse.signed, encrypted), assertion) }
}

/** Where nothing is around the assertion, its own signature is the only one there can be. */
export function checkOwnSignature(
  { assertion }: Pick<FoundAssertion, 'assertion'>,
  options: VerificationOptions,
): ResponseSignatures {
  if (assertion === undefined) return { checks: [checkPresence([], 'assertion', assertion)] }
  const own = verifySignature(assertion, 'assertion', options)
  const presence = checkPresence(own.checks.length > 0 ? ['assertion'] : [], 'assertion', assertion)
  const checks = [presence, ...own.checks]
  return own.signed === undefined ? { checks } : { checks, assertion: own.signed }
}

function checkPresence(
  present: readonly string[],
  required: RequiredSignature,
  assertion: XmlElement | undefined,
): Check {
  const enough =
    required === 'any' ? present.length > 0 : required === 'both' ? present.length === 2 : present.includes(required)
  const received = present.length === 0 ? 'no signature' : `a signature of the ${present.join(' and of the ')}`
  if (enough) return passed('signature-present', 'message', received)
  // Without an assertion there is nothing yet that would have to be signed.
  if (assertion === undefined && present.length === 0) {
    return { code: 'signature-present', outcome: 'not-reached', about: 'message' }
  }
  return failed('signature-present', 'message', requirement[required], received)
}

const requirement: Readonly<Record<RequiredSignature, string>> = {
  any: 'a signature of the response or of the assertion',
  assertion: 'a signature of the assertion',
  response: 'a signature of the response',
  both: 'a signature of the response and one of the assertion',
}

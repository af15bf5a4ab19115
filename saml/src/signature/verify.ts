// Verifies the enveloped signature of one element and hands out the proof. The order of the steps is that of
// XML Signature 1.1 §3.2 (core validation); all of them are reported, whatever fails.

import { verify as cryptoVerify, hash } from 'node:crypto'
import { canonicalize } from '../c14n/exclusive.ts'
import { type Certificate, CertificateError, parseCertificates, validity } from '../certificates/certificate.ts'
import { type Check, failed, passed } from '../report/checks.ts'
import { namespaces } from '../uris.ts'
import { attributeOf, childrenNamed, type XmlElement } from '../xml/tree.ts'
import { digestAlgorithm, signatureAlgorithm } from './algorithms.ts'
import { readSignatureForm, type SignatureForm } from './form.ts'
import { markSigned, type SignedElement } from './signed-element.ts'

export type VerificationOptions = {
  /** The certificates of the one identity provider that is asked, from configuration; KeyInfo is never a source of keys. */
  readonly certificates: readonly Certificate[]
  readonly now: Date
  readonly dangerouslyAllowSha1?: boolean
}

export type SignatureVerdict = {
  readonly checks: readonly Check[]
  /** Present when every check passed. */
  readonly signed?: SignedElement
  readonly certificate?: Certificate
}

/** Verifies the Signature that is a direct child of `element`; without one there are no checks and no proof. */
export function verifySignature(
  element: XmlElement,
  about: Check['about'],
  options: VerificationOptions,
): SignatureVerdict {
  const [signature, second] = childrenNamed(element, namespaces.signature, 'Signature')
  if (signature === undefined) return { checks: [] }
  const expectedForm = 'one enveloped signature with one reference and exclusive C14N'
  const form = second === undefined ? readSignatureForm(signature) : 'two signatures of one element'
  if (typeof form === 'string') return { checks: [failed('signature-form', about, expectedForm, form)] }

  const algorithms = checkAlgorithms(form, about, options)
  const reference = checkReference(form, element, about)
  const digest = checkDigest(form, element, signature, about)
  const { check: key, certificate } = checkKey(form, about, options)
  const checks = [passed('signature-form', about), algorithms, reference, digest, key]
  if (certificate !== undefined) checks.push(checkCurrent(certificate, about, options.now))
  if (certificate === undefined || checks.some((check) => check.outcome !== 'passed')) return { checks }
  return { checks, certificate, signed: markSigned(element) }
}

function checkAlgorithms(form: SignatureForm, about: Check['about'], options: VerificationOptions): Check {
  const weakAllowed = options.dangerouslyAllowSha1 === true
  const method = signatureAlgorithm(form.signatureMethod)
  const digest = digestAlgorithm(form.digestMethod)
  const received = `${form.signatureMethod} with ${form.digestMethod}`
  if (method !== undefined && digest !== undefined && (weakAllowed || !(method.weak || digest.weak))) {
    return passed('signature-algorithm', about, received)
  }
  const expected = 'RSA or ECDSA with SHA-256, SHA-384 or SHA-512'
  return failed('signature-algorithm', about, expected, received)
}

// Core 5.4.2: the Reference names the element that holds the signature. Compared as strings: nothing is looked up by ID,
// so there is no second element that could be found instead.
function checkReference(form: SignatureForm, element: XmlElement, about: Check['about']): Check {
  const id = attributeOf(element, 'ID')
  const expected = `#${id ?? ''}`
  if (id === undefined || id === '' || form.referenceUri !== expected) {
    return failed('signature-reference', about, expected, form.referenceUri || 'an empty reference')
  }
  return passed('signature-reference', about, form.referenceUri)
}

function checkDigest(form: SignatureForm, element: XmlElement, signature: XmlElement, about: Check['about']): Check {
  const algorithm = digestAlgorithm(form.digestMethod)
  if (algorithm === undefined) return { code: 'signature-digest', outcome: 'not-reached', about }
  const canonical = canonicalize(element, { inclusivePrefixes: form.referencePrefixes, omit: signature })
  const computed = hash(algorithm.hash, canonical, 'base64')
  if (computed === form.digestValue) return passed('signature-digest', about)
  return failed('signature-digest', about, form.digestValue, computed)
}

function checkKey(
  form: SignatureForm,
  about: Check['about'],
  options: VerificationOptions,
): { check: Check; certificate?: Certificate } {
  const algorithm = signatureAlgorithm(form.signatureMethod)
  if (algorithm === undefined) return { check: { code: 'signature-key', outcome: 'not-reached', about } }
  const data = Buffer.from(canonicalize(form.signedInfo, { inclusivePrefixes: form.signedInfoPrefixes }), 'utf8')
  for (const candidate of candidates(algorithm.keyType, options)) {
    const key =
      algorithm.keyType === 'rsa' ? candidate.key : ({ key: candidate.key, dsaEncoding: 'ieee-p1363' } as const)
    if (cryptoVerify(algorithm.hash, data, key, form.signatureValue)) {
      return { check: passed('signature-key', about, candidate.fingerprint), certificate: candidate }
    }
  }
  const expected = options.certificates.map(({ fingerprint }) => fingerprint).join(' or ')
  return {
    check: failed('signature-key', about, expected || 'a configured certificate', describeSigner(form, options)),
  }
}

/**
 * The certificates that may have signed. The kind of key is that of the configured certificate; a message cannot choose
 * another (no HMAC, no RSA with an EC key). Those that are inside their dates come first, so that a certificate in
 * roll-over does not stand in the way.
 */
export function candidates(keyType: Certificate['keyKind'], options: VerificationOptions): readonly Certificate[] {
  const found = options.certificates.filter(({ keyKind }) => keyKind === keyType)
  if (found.length < 2) return found
  return found.sort((a, b) => Number(isCurrent(b, options.now)) - Number(isCurrent(a, options.now)))
}

// Evidence for people only: which certificate the message itself claims to be signed with.
function describeSigner(form: SignatureForm, options: VerificationOptions): string {
  if (form.certificateHint === undefined) return 'a signature by another key (the message names no certificate)'
  try {
    const [hint] = parseCertificates(form.certificateHint)
    if (hint === undefined) return 'a signature by another key'
    const known = options.certificates.some(({ fingerprint }) => fingerprint === hint.fingerprint)
    return known
      ? 'a signature that does not match, although the message names a configured certificate: it was changed on its way'
      : `a signature by another key; the message names the certificate ${hint.fingerprint} (${hint.subject})`
  } catch (error) {
    if (error instanceof CertificateError)
      return 'a signature by another key (the message names no readable certificate)'
    throw error
  }
}

/** Whether the certificate is inside its dates. */
export function checkCurrent(certificate: Certificate, about: Check['about'], now: Date): Check {
  const { notBefore, notAfter, fingerprint } = certificate
  if (isCurrent(certificate, now)) return passed('certificate-current', about, fingerprint)
  const expected = `a certificate valid at ${now.toISOString()}`
  const received = `${fingerprint}, valid from ${notBefore.toISOString()} to ${notAfter.toISOString()}`
  return failed('certificate-current', about, expected, received)
}

function isCurrent(certificate: Certificate, now: Date): boolean {
  return validity(certificate, now) === 'valid'
}

// Verifies the signature that an HTTP-Redirect message has in its query (Bindings 3.4.4.1), with the same report as
// for a signature in XML.

import { verify as cryptoVerify } from 'node:crypto'
import type { DecodedRedirect } from '../bindings/redirect.ts'
import { type Check, failed, passed } from '../report/checks.ts'
import type { XmlElement } from '../xml/tree.ts'
import { signatureAlgorithm } from './algorithms.ts'
import { markSigned } from './signed-element.ts'
import { candidates, checkCurrent, type SignatureVerdict, type VerificationOptions } from './verify.ts'

/** `root`: the message that was read from `decoded`, which the signature covers whole. */
export function verifyQuerySignature(
  decoded: DecodedRedirect,
  root: XmlElement,
  options: VerificationOptions,
): SignatureVerdict {
  const { signature } = decoded
  if (signature === undefined) return { checks: [] }
  const algorithm = signatureAlgorithm(signature.algorithmUri)
  if (algorithm === undefined || (algorithm.weak && options.dangerouslyAllowSha1 !== true)) {
    const expected = 'RSA or ECDSA with SHA-256, SHA-384 or SHA-512'
    return { checks: [failed('signature-algorithm', 'message', expected, signature.algorithmUri)] }
  }
  const strong = passed('signature-algorithm', 'message', signature.algorithmUri)
  const data = Buffer.from(signature.signedText, 'utf8')
  const certificate = candidates(algorithm.keyType, options).find(({ key }) =>
    cryptoVerify(algorithm.hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature.value),
  )
  if (certificate === undefined) {
    const expected =
      options.certificates.map(({ fingerprint }) => fingerprint).join(' or ') || 'a configured certificate'
    return { checks: [strong, failed('signature-key', 'message', expected, 'a signature by another key')] }
  }
  const current: Check = checkCurrent(certificate, 'message', options.now)
  const checks = [strong, passed('signature-key', 'message', certificate.fingerprint), current]
  return current.outcome === 'passed' ? { checks, certificate, signed: markSigned(root) } : { checks }
}

// X.509 certificates as people hand them over: PEM, DER or bare base64. A certificate is here only the envelope of a
// public key and of its dates: SAML trusts the key because it was configured, not because somebody signed it (Metadata 2.4.1.1).

import { type KeyObject, X509Certificate } from 'node:crypto'
import { decodeBase64 } from '../bindings/base64.ts'

export type Certificate = {
  readonly pem: string
  readonly subject: string
  readonly issuer: string
  readonly serialNumber: string
  readonly notBefore: Date
  readonly notAfter: Date
  /** SHA-256, `AA:BB:…`. */
  readonly fingerprint: string
  readonly keyKind: 'rsa' | 'ec'
  readonly keyBits: number
  readonly key: KeyObject
}

export type CertificateErrorCode = 'not-a-certificate' | 'key-kind' | 'key-too-short'

export class CertificateError extends Error {
  readonly code: CertificateErrorCode

  constructor(code: CertificateErrorCode, message: string) {
    super(message)
    this.name = 'CertificateError'
    this.code = code
  }
}

// What stands between the marks holds no mark: a search that gave up only at the end of the text would take it all for
// every BEGIN, and a message may bring as many as it likes.
const block = /-----BEGIN ([A-Z0-9 ]+)-----((?:(?!-----)[\s\S])*)-----END \1-----/g

/** Reads one certificate or several (PEM blocks one after another). Throws `CertificateError` for the first that is none. */
export function parseCertificates(input: string | Uint8Array): readonly Certificate[] {
  return ders(input).map(readCertificate)
}

function ders(input: string | Uint8Array): readonly Uint8Array[] {
  if (typeof input !== 'string') {
    // DER begins with the tag of a SEQUENCE; anything else is taken for text that lies in a file.
    return input[0] === 0x30
      ? [input]
      : ders(
          Buffer.from(input)
            .toString('utf8')
            .replace(/^\uFEFF/, ''),
        )
  }
  const blocks = [...input.matchAll(block)]
  if (blocks.length === 0) return [fromBase64(input)]
  // A second certificate whose end was not copied must not get lost without a word.
  if (input.replace(block, '').includes('-----BEGIN ')) {
    throw new CertificateError('not-a-certificate', 'One of the PEM blocks is not complete.')
  }
  return blocks.map(([, label, body]) => {
    if (label !== 'CERTIFICATE' && label !== 'TRUSTED CERTIFICATE' && label !== 'X509 CERTIFICATE') {
      const what = label?.includes('PRIVATE') ? 'a private key, which must never leave its owner' : `a ${label}`
      throw new CertificateError('not-a-certificate', `This is ${what}, not a certificate.`)
    }
    return fromBase64(body ?? '')
  })
}

function fromBase64(text: string): Uint8Array {
  const bytes = text.trim() === '' ? undefined : decodeBase64(text)
  if (bytes === undefined) {
    throw new CertificateError('not-a-certificate', 'This is neither PEM, DER nor base64 of a certificate.')
  }
  return bytes
}

function readCertificate(der: Uint8Array): Certificate {
  let x509: X509Certificate
  let key: KeyObject
  try {
    x509 = new X509Certificate(der)
    // The key is only read here: the certificate around it can be sound where the key is not.
    key = x509.publicKey
  } catch {
    throw new CertificateError('not-a-certificate', 'These bytes are no X.509 certificate.')
  }
  const kind = key.asymmetricKeyType
  if (kind !== 'rsa' && kind !== 'ec') {
    throw new CertificateError(
      'key-kind',
      `The certificate holds a key of kind ${kind}; only RSA and EC keys sign SAML.`,
    )
  }
  const { modulusLength, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
  const keyBits = modulusLength ?? curveBits.get(namedCurve)
  if (keyBits === undefined) {
    throw new CertificateError(
      'key-kind',
      `The certificate holds an EC key on the curve ${namedCurve || 'without a name'}; P-256, P-384 and P-521 are taken.`,
    )
  }
  if (kind === 'rsa' && keyBits < 2048) {
    throw new CertificateError(
      'key-too-short',
      `The certificate holds an RSA key of ${keyBits} bits; 2048 is the least.`,
    )
  }
  const notBefore = new Date(x509.validFrom)
  const notAfter = new Date(x509.validTo)
  // A date that is none lies neither before nor after another: such a certificate would never expire.
  if (Number.isNaN(notBefore.getTime()) || Number.isNaN(notAfter.getTime())) {
    throw new CertificateError('not-a-certificate', 'The certificate has dates that cannot be read.')
  }
  return Object.freeze({
    pem: x509.toString(),
    subject: nameOf(x509.subject),
    issuer: nameOf(x509.issuer),
    serialNumber: x509.serialNumber,
    notBefore,
    notAfter,
    fingerprint: x509.fingerprint256,
    keyKind: kind,
    keyBits,
    key,
  })
}

// Node gives no text at all for a name without parts, which RFC 5280 §4.1.2.6 allows.
function nameOf(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ')
}

// The curves of XML Signature 1.1 §6.4.3.
const curveBits: ReadonlyMap<string, number> = new Map([
  ['prime256v1', 256],
  ['secp384r1', 384],
  ['secp521r1', 521],
])

/** Whether the certificate is inside its dates at `now`; `before` and `after` say on which side it lies. */
export function validity(certificate: Certificate, now: Date): 'before' | 'valid' | 'after' {
  if (now.getTime() < certificate.notBefore.getTime()) return 'before'
  return now.getTime() > certificate.notAfter.getTime() ? 'after' : 'valid'
}

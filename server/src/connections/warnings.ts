import type { Certificate } from '@sallyport/saml'
import { readCertificates } from '#connections/certificates.ts'
import type { Connection } from '#connections/connections.ts'
import { missingIn } from '#connections/take-change.ts'

export type { Certificate }

/** What works today and may not tomorrow, or is less safe than it could be. */
export type ConnectionWarning = { readonly code: WarningCode; readonly sentence: string; readonly cure: string }

export type WarningCode =
  | 'incomplete'
  | 'certificate-unusable'
  | 'certificate-expired'
  | 'certificate-expiring'
  | 'certificate-not-yet-valid'
  | 'sha1-allowed'
  | 'cbc-allowed'
  | 'unsolicited-allowed'
  | 'plain-http'

const DAY_MS = 24 * 60 * 60 * 1000
const SOON_DAYS = 30

const newCertificate =
  'Ask the identity provider’s administrator for the new signing certificate and add it beside the old one.'

export function warningsOf({ settings }: Pick<Connection, 'settings'>, now: Date): readonly ConnectionWarning[] {
  const missing = missingIn(settings)
  return [
    ...(missing.length === 0 ? [] : [incomplete(missing)]),
    ...settings.issuerCertificates.flatMap((pem) => warningsOfCertificate(pem, now)),
    ...Object.entries(risks).flatMap(([code, { isTaken, ...words }]) =>
      isTaken(settings) ? [{ code: code as WarningCode, ...words }] : [],
    ),
  ]
}

type Risk = { readonly isTaken: (settings: Connection['settings']) => boolean } & Omit<ConnectionWarning, 'code'>

const risks: Readonly<Partial<Record<WarningCode, Risk>>> = {
  'sha1-allowed': {
    isTaken: (settings) => settings.dangerouslyAllowSha1,
    sentence: 'Signatures with SHA-1 are accepted, and those can be forged.',
    cure: 'Let the identity provider sign with SHA-256, then switch dangerouslyAllowSha1 off.',
  },
  'cbc-allowed': {
    isTaken: (settings) => settings.dangerouslyAllowCbc,
    sentence: 'Assertions encrypted with AES-CBC are accepted, which does not notice changes.',
    cure: 'Let the identity provider encrypt with AES-GCM, then switch dangerouslyAllowCbc off.',
  },
  'unsolicited-allowed': {
    isTaken: (settings) => settings.idpInitiated,
    sentence: 'Responses that nobody here asked for are accepted, so somebody could be signed in as another person.',
    cure: 'Switch idpInitiated off unless people begin at the identity provider’s own portal.',
  },
  'plain-http': {
    isTaken: ({ thirdPartyAuthenticationUrl: url }) => url.startsWith('http://'),
    sentence: 'The sign-in address of the identity provider begins with http://, so others can read along.',
    cure: 'Use its https:// address.',
  },
}

const inWords: Readonly<Record<string, string>> = {
  issuer: 'the issuer',
  thirdPartyAuthenticationUrl: 'the sign-in address',
  issuerCertificates: 'the signing certificate',
}

function incomplete(missing: readonly string[]): ConnectionWarning {
  return {
    code: 'incomplete',
    sentence: `Not given yet: ${missing.map((field) => inWords[field] ?? field).join(', ')}.`,
    cure: 'Read them from the identity provider’s metadata, or copy them from its page about this application.',
  }
}

function warningsOfCertificate(pem: string, now: Date): readonly ConnectionWarning[] {
  return certificatesIn(pem).flatMap((certificate): readonly ConnectionWarning[] => {
    if (certificate === undefined) {
      const sentence = 'A certificate cannot be used any more: the rules for certificates have become stricter.'
      return [{ code: 'certificate-unusable', sentence, cure: newCertificate }]
    }
    const { subject, notBefore, notAfter } = certificate
    const day = (date: Date): string => date.toISOString().slice(0, 10)
    const days = Math.ceil((notAfter.getTime() - now.getTime()) / DAY_MS)
    const named = `The certificate “${subject}”`
    if (notAfter < now) {
      const sentence = `${named} expired on ${day(notAfter)}.`
      return [{ code: 'certificate-expired', sentence, cure: newCertificate }]
    }
    if (notBefore > now) {
      const sentence = `${named} is not valid before ${day(notBefore)}.`
      const cure = 'Leave the certificate that is in use beside it until then.'
      return [{ code: 'certificate-not-yet-valid', sentence, cure }]
    }
    if (days > SOON_DAYS) return []
    const sentence = `${named} expires in ${days === 1 ? 'a day' : `${days} days`}, on ${day(notAfter)}.`
    return [{ code: 'certificate-expiring', sentence, cure: newCertificate }]
  })
}

/** Undefined in place of one that was taken once, by rules that have since become stricter. */
export function certificatesIn(pem: string): readonly (Certificate | undefined)[] {
  return readCertificates(pem).map((one) => ('fault' in one ? undefined : one))
}

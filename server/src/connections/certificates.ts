import { type Certificate, CertificateError, type IdentityProviderMetadata, parseCertificates } from '@sallyport/saml'
import { type Path, type Report, SourceError, type SourceFields, type Sources } from '#connections/sources.ts'

/**
 * The issuer certificates that were pasted (PEM or bare base64) or lie in files (PEM or DER), as PEM and each once. One
 * that cannot be used is reported and left out. What is not even a list of texts is returned for the schema to refuse.
 */
export async function certificatesFrom(
  pasted: unknown,
  { certificateFile = [] }: SourceFields,
  sources: Sources,
  report: Report,
): Promise<unknown> {
  if (pasted !== undefined && !isTextList(pasted)) return pasted
  const inputs: { path: Path; read: () => Promise<string | Uint8Array> }[] = [
    ...(pasted ?? []).map((text, index) => ({ path: ['issuerCertificates', index], read: async () => text })),
    ...[certificateFile].flat().map((file) => ({ path: ['certificateFile'], read: () => sources.readFile(file) })),
  ]
  if (inputs.length === 0) return []
  const usable: Certificate[] = []
  for (const { path, read } of inputs) {
    try {
      for (const certificate of parseCertificates(await read())) {
        const problem = problemWithDates(certificate, sources.now)
        if (problem === undefined) usable.push(certificate)
        else report(path, problem)
      }
    } catch (error) {
      if (!(error instanceof CertificateError || error instanceof SourceError)) throw error
      report(path, error.message)
    }
  }
  return pemOfEach(usable)
}

/** What is in a text of one or several certificates, or what is wrong with it in words. */
export function readCertificates(text: string): readonly (Certificate | { readonly fault: string })[] {
  try {
    return parseCertificates(text)
  } catch (error) {
    if (error instanceof CertificateError) return [{ fault: error.message }]
    throw error
  }
}

/** Providers publish the old and the new certificate side by side: those out of date are passed over. */
export function certificatesOfMetadata(
  { signingCertificates }: IdentityProviderMetadata,
  now: Date,
  report: Report,
): readonly string[] | undefined {
  const current = signingCertificates.filter((certificate) => problemWithDates(certificate, now) === undefined)
  const [first] = signingCertificates
  if (current.length === 0 && first !== undefined) {
    report(['issuerCertificates'], `The metadata has none that can be used: ${problemWithDates(first, now)}`)
  }
  return pemOfEach(current)
}

function pemOfEach(certificates: readonly Certificate[]): readonly string[] | undefined {
  const unique = new Map(certificates.map(({ fingerprint, pem }) => [fingerprint, pem]))
  return unique.size === 0 ? undefined : [...unique.values()]
}

function problemWithDates(certificate: Certificate, now: Date): string | undefined {
  const { subject, notBefore, notAfter } = certificate
  const day = (date: Date): string => date.toISOString().slice(0, 10)
  if (now < notBefore) return `The certificate “${subject}” is not valid before ${day(notBefore)}.`
  return now > notAfter ? `The certificate “${subject}” expired on ${day(notAfter)}.` : undefined
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}

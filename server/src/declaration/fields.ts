import { CertificateError, parseCertificates } from '@sallyport/saml'

/** A field by its dotted name, as text; undefined where it is not there. */
export type FieldChange = { readonly name: string; readonly from: string | undefined; readonly to: string | undefined }

type Fields = Readonly<Record<string, string>>

/** The fields of a record as texts to show and compare: nested ones by dotted names, certificates by what is in them. */
export function fieldsOf(record: Readonly<Record<string, unknown>>, prefix = ''): Fields {
  const fields: Record<string, string> = {}
  for (const [key, value] of Object.entries(record)) {
    if (value === undefined) continue
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      Object.assign(fields, fieldsOf(value as Record<string, unknown>, `${prefix}${key}.`))
    } else fields[prefix + key] = key === 'issuerCertificates' ? certificates(value) : shown(value)
  }
  return fields
}

/** The fields that are not the same, in the order of what is wanted. Without a current record, all of them. */
export function fieldsThatDiffer(current: Fields | undefined, wanted: Fields): readonly FieldChange[] {
  const gone = Object.keys(current ?? {}).filter((name) => !(name in wanted))
  return [...Object.keys(wanted), ...gone]
    .map((name) => ({ name, from: current?.[name], to: wanted[name] }))
    .filter(({ from, to }) => from !== to)
}

/** Quoted where it could be mistaken, or could play tricks on a terminal. */
export function shown(value: unknown): string {
  return typeof value === 'string' && /^[^\s"\p{Cc}\p{Cf}]+( [^\s"\p{Cc}\p{Cf}]+)*$/u.test(value)
    ? value
    : JSON.stringify(value).replace(/[\p{Cc}\p{Cf}]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function certificates(list: unknown): string {
  return (list as readonly string[]).map(certificateText).join(', ')
}

function certificateText(pem: string): string {
  try {
    const [certificate] = parseCertificates(pem)
    if (certificate === undefined) return '(none)'
    const { subject, notAfter, fingerprint } = certificate
    return `${shown(subject)} until ${notAfter.toISOString().slice(0, 10)} (SHA-256 ${fingerprint})`
  } catch (error) {
    // One that was taken once, by rules that have since become stricter.
    if (error instanceof CertificateError) return shown(pem)
    throw error
  }
}

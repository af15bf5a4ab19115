import {
  type Certificate,
  CertificateError,
  type Check,
  dangerouslyUnchecked,
  decodePost,
  explanations,
  judgeResponse,
  MetadataError,
  parseCertificates,
  readIdentityProviderMetadata,
  SamlReadError,
} from '@sallyport/saml'
import { z } from 'zod'

const verifiable = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  kind: z.enum(['response', 'logoutRequest', 'logoutResponse', 'metadata']),
  xml: z.string().optional(),
  samlResponse: z.string().optional(),
  certificates: z.array(z.string()).default([]),
  issuer: z.string().optional(),
  audience: z.string().optional(),
  acsUrl: z.string().optional(),
  inResponseTo: z.string().optional(),
  now: z.iso.datetime({ offset: true }),
  // A year: beyond the times that can be written there is nothing to compare.
  clockSkewSeconds: z.number().min(0).max(31_536_000).optional(),
  allowSha1: z.boolean().optional(),
})

type Verifiable = z.output<typeof verifiable>

export type Failure = {
  readonly code: string
  readonly message: string
  readonly expected?: string
  readonly received?: string
}

export type CaseResult = {
  readonly id: string | number
  readonly ok: boolean
  readonly subject?: string
  readonly attributes?: Readonly<Record<string, readonly string[]>>
  readonly sessionIndex?: string
  readonly failures: readonly Failure[]
  readonly notChecked: readonly string[]
}

/** Judges the case on one line of a batch. Never throws for what a line holds. */
export function verifyCase(line: string, number: number): CaseResult {
  const read = readCase(line)
  if ('problem' in read) return refused(read.id ?? number, 'case', read.problem)
  const { id = number, kind } = read.case
  try {
    if (kind === 'response') return { id, ...verifyResponse(read.case) }
    if (kind === 'metadata') return { id, ...verifyMetadata(read.case) }
    return refused(id, 'kind', `The kind ${kind} cannot be verified yet.`)
  } catch (error) {
    if (error instanceof SamlReadError)
      return refused(id, error.code, explanations[error.code].sentence, error.received)
    if (error instanceof CertificateError || error instanceof MetadataError)
      return refused(id, error.code, error.message)
    throw error
  }
}

function readCase(line: string): { case: Verifiable } | { problem: string; id?: string | number } {
  let value: unknown
  try {
    value = JSON.parse(line.trim()) // a byte order mark is white space to trim
  } catch {
    return { problem: 'The line is not JSON.' }
  }
  const parsed = verifiable.safeParse(value)
  if (parsed.success) return { case: parsed.data }
  const id = z.object({ id: z.union([z.string(), z.number()]) }).safeParse(value).data?.id
  const problem = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'case'}: ${message}`).join('; ')
  return id === undefined ? { problem } : { problem, id }
}

function refused(id: string | number, code: string, message: string, received?: string): CaseResult {
  const failure = received === undefined ? { code, message } : { code, message, received }
  return { id, ok: false, failures: [failure], notChecked: [] }
}

function messageOf(it: Verifiable): Uint8Array | string {
  if (it.samlResponse !== undefined) return decodePost(it.samlResponse)
  if (it.xml !== undefined) return it.xml
  throw new SamlReadError('message-base64', 'neither xml nor samlResponse')
}

function certificatesOf(it: Verifiable): readonly Certificate[] {
  return it.certificates.flatMap((pem) => parseCertificates(pem))
}

function verifyResponse(it: Verifiable): Omit<CaseResult, 'id'> {
  const verdict = judgeResponse({
    message: messageOf(it),
    now: new Date(it.now),
    certificates: certificatesOf(it),
    expectedIssuer: it.issuer ?? dangerouslyUnchecked,
    expectedAudience: it.audience ?? dangerouslyUnchecked,
    expectedRecipient: it.acsUrl ?? dangerouslyUnchecked,
    expectedInResponseTo: it.inResponseTo ?? dangerouslyUnchecked,
    ...(it.clockSkewSeconds === undefined ? {} : { clockSkewSeconds: it.clockSkewSeconds }),
    ...(it.allowSha1 === undefined ? {} : { dangerouslyAllowSha1: it.allowSha1 }),
  })
  const { claims } = verdict
  return {
    ok: verdict.ok,
    ...(claims?.nameId === undefined ? {} : { subject: claims.nameId.value }),
    ...(claims === undefined ? {} : { attributes: attributesOf(claims.attributes) }),
    ...(claims?.sessionIndex === undefined ? {} : { sessionIndex: claims.sessionIndex }),
    failures: verdict.checks.filter(({ outcome }) => outcome === 'failed').map(failureOf),
    notChecked: notChecked({
      issuer: it.issuer,
      audience: it.audience,
      acsUrl: it.acsUrl,
      inResponseTo: it.inResponseTo,
    }),
  }
}

// No prototype, so that an attribute called __proto__ is an attribute. Formats may differ for one name: values add up.
function attributesOf(attributes: readonly { readonly name: string; readonly values: readonly string[] }[]) {
  const found: Record<string, readonly string[]> = Object.create(null)
  for (const { name, values } of attributes) found[name] = [...(found[name] ?? []), ...values]
  return found
}

function failureOf({ code, expected, received }: Check): Failure {
  return {
    code,
    message: explanations[code].sentence,
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
  }
}

function notChecked(expectations: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.keys(expectations).filter((name) => expectations[name] === undefined)
}

function verifyMetadata(it: Verifiable): Omit<CaseResult, 'id'> {
  const metadata = readIdentityProviderMetadata(messageOf(it), { now: new Date(it.now) })
  const matches = it.issuer === undefined || it.issuer === metadata.entityId
  const failure = {
    code: 'metadata-entity-id',
    message: 'The metadata is of another entity.',
    expected: it.issuer ?? '',
    received: metadata.entityId,
  }
  return {
    ok: matches,
    subject: metadata.entityId,
    failures: matches ? [] : [failure],
    notChecked: [...notChecked({ issuer: it.issuer }), 'signature'],
  }
}

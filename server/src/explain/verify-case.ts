import {
  CertificateError,
  type Check,
  type DecodedRedirect,
  dangerouslyUnchecked,
  decodePost,
  decodeRedirect,
  type Expected,
  explanations,
  judgeLogoutRequest,
  judgeLogoutResponse,
  judgeMetadata,
  judgeResponse,
  type LogoutResponseToJudge,
  SamlReadError,
} from '@sallyport/saml'
import { z } from 'zod'
import { DecryptionKeyError, type RememberedKeys, rememberKeys } from '#explain/remembered-keys.ts'

const verifiable = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  kind: z.enum(['response', 'logoutRequest', 'logoutResponse', 'metadata']),
  xml: z.string().optional(),
  samlResponse: z.string().optional(),
  /** Logout by HTTP-Redirect: the raw query, whose signature counts. */
  query: z.string().optional(),
  certificates: z.array(z.string()).default([]),
  decryptionKeys: z.array(z.string()).default([]),
  issuer: z.string().optional(),
  audience: z.string().optional(),
  acsUrl: z.string().optional(),
  sloUrl: z.string().optional(),
  inResponseTo: z.string().optional(),
  now: z.iso.datetime({ offset: true }),
  // A year: beyond the times that can be written there is nothing to compare.
  clockSkewSeconds: z.number().min(0).max(31_536_000).optional(),
  allowSha1: z.boolean().optional(),
  allowCbc: z.boolean().optional(),
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
  /** Of a logout request that ends several sessions: all of them. */
  readonly sessionIndexes?: readonly string[]
  readonly failures: readonly Failure[]
  readonly notChecked: readonly string[]
}

type Judged = Omit<CaseResult, 'id'>

/** Judges the case on one line of a batch. Never throws for what a line holds. */
export function verifyCase(line: string, number: number, keys: RememberedKeys = rememberKeys()): CaseResult {
  const read = readCase(line)
  if ('problem' in read) return refused(read.id ?? number, 'case', read.problem)
  const { id = number, kind } = read.case
  try {
    return { id, ...judges[kind](read.case, keys) }
  } catch (error) {
    if (error instanceof SamlReadError)
      return refused(id, error.code, explanations[error.code].sentence, error.received)
    if (error instanceof CertificateError) return refused(id, error.code, error.message)
    if (error instanceof DecryptionKeyError) return refused(id, 'decryption-key', error.message)
    throw error
  }
}

const judges: Readonly<Record<Verifiable['kind'], (it: Verifiable, keys: RememberedKeys) => Judged>> = {
  response: verifyResponse,
  logoutRequest: verifyLogoutRequest,
  logoutResponse: verifyLogoutResponse,
  metadata: verifyMetadata,
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

function logoutMessageOf(it: Verifiable): Uint8Array | string | DecodedRedirect {
  if (it.query === undefined) return messageOf(it)
  return decodeRedirect(it.query.replace(/^\?/, ''))
}

type Addressee = Pick<LogoutResponseToJudge, 'expectedDestination' | 'expectedInResponseTo'>

/** An expectation that is absent is not checked. */
function expected(value: string | undefined): Expected {
  return value ?? dangerouslyUnchecked
}

function commonTo(it: Verifiable, keys: RememberedKeys): Omit<LogoutResponseToJudge, 'message' | keyof Addressee> {
  return {
    now: new Date(it.now),
    certificates: it.certificates.flatMap(keys.certificates),
    expectedIssuer: expected(it.issuer),
    ...(it.clockSkewSeconds === undefined ? {} : { clockSkewSeconds: it.clockSkewSeconds }),
    ...(it.allowSha1 === undefined ? {} : { dangerouslyAllowSha1: it.allowSha1 }),
  }
}

function decryptionOf(it: Verifiable, keys: RememberedKeys) {
  return {
    decryptionKeys: it.decryptionKeys.map(keys.decryptionKey),
    ...(it.allowCbc === undefined ? {} : { dangerouslyAllowCbc: it.allowCbc }),
  }
}

function verifyResponse(it: Verifiable, keys: RememberedKeys): Judged {
  const verdict = judgeResponse({
    message: messageOf(it),
    ...commonTo(it, keys),
    ...decryptionOf(it, keys),
    expectedAudience: expected(it.audience),
    expectedRecipient: expected(it.acsUrl),
    expectedInResponseTo: expected(it.inResponseTo),
  })
  const { claims } = verdict
  return {
    ok: verdict.ok,
    ...(claims?.nameId === undefined ? {} : { subject: claims.nameId.value }),
    ...(claims === undefined ? {} : { attributes: attributesOf(claims.attributes) }),
    ...(claims?.sessionIndex === undefined ? {} : { sessionIndex: claims.sessionIndex }),
    failures: failuresOf(verdict.checks),
    notChecked: leftOut(it, 'issuer', 'audience', 'acsUrl', 'inResponseTo'),
  }
}

function verifyLogoutRequest(it: Verifiable, keys: RememberedKeys): Judged {
  const verdict = judgeLogoutRequest({
    message: logoutMessageOf(it),
    ...commonTo(it, keys),
    ...decryptionOf(it, keys),
    expectedDestination: expected(it.sloUrl),
  })
  const sessions = verdict.request?.sessionIndexes ?? []
  const [sessionIndex] = sessions
  return {
    ok: verdict.ok,
    ...(verdict.request === undefined ? {} : { subject: verdict.request.nameId.value }),
    ...(sessionIndex === undefined ? {} : { sessionIndex }),
    ...(sessions.length > 1 ? { sessionIndexes: sessions } : {}),
    failures: failuresOf(verdict.checks),
    notChecked: leftOut(it, 'issuer', 'sloUrl'),
  }
}

function verifyLogoutResponse(it: Verifiable, keys: RememberedKeys): Judged {
  const verdict = judgeLogoutResponse({
    message: logoutMessageOf(it),
    ...commonTo(it, keys),
    expectedDestination: expected(it.sloUrl),
    expectedInResponseTo: expected(it.inResponseTo),
  })
  return {
    ok: verdict.ok,
    failures: failuresOf(verdict.checks),
    notChecked: leftOut(it, 'issuer', 'sloUrl', 'inResponseTo'),
  }
}

function verifyMetadata(it: Verifiable, keys: RememberedKeys): Judged {
  const { certificates, now, expectedIssuer, dangerouslyAllowSha1 = false } = commonTo(it, keys)
  const verdict = judgeMetadata({
    message: messageOf(it),
    now,
    expectedEntityId: expectedIssuer,
    dangerouslyAllowSha1,
    ...(certificates.length === 0 ? {} : { certificates }),
  })
  return {
    ok: verdict.ok,
    ...(verdict.metadata === undefined ? {} : { subject: verdict.metadata.entityId }),
    failures: failuresOf(verdict.checks),
    notChecked: [...leftOut(it, 'issuer'), ...(certificates.length === 0 ? ['signature'] : [])],
  }
}

// No prototype, so that an attribute called __proto__ is an attribute. Formats may differ for one name: values add up.
function attributesOf(attributes: readonly { readonly name: string; readonly values: readonly string[] }[]) {
  const found: Record<string, readonly string[]> = Object.create(null)
  for (const { name, values } of attributes) found[name] = [...(found[name] ?? []), ...values]
  return found
}

function failuresOf(checks: readonly Check[]): readonly Failure[] {
  return checks
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ code, expected, received }) => ({
      code,
      message: explanations[code].sentence,
      ...(expected === undefined ? {} : { expected }),
      ...(received === undefined ? {} : { received }),
    }))
}

function leftOut(it: Verifiable, ...expectations: readonly (keyof Verifiable)[]): readonly string[] {
  return expectations.filter((name) => it[name] === undefined)
}

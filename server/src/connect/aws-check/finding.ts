import type { UnverifiedAssertion, UnverifiedResponse } from '@sallyport/saml/identity-provider'
import type { AwsErrorId } from '#connect/aws-check/aws-errors.ts'
import type { AwsCheckCode } from '#connect/aws-check/check-words.ts'
import type { AwsFacts } from '#connect/aws-check/response-facts.ts'
import type { UploadedMetadata } from '#connect/aws-check/uploaded-metadata.ts'
import type { AmazonConnectSettings } from '#connect/settings.ts'

/** What came of looking at one thing. */
export type AwsFinding = {
  readonly code: AwsCheckCode
  readonly outcome: 'passed' | 'failed' | 'not-checked'
  readonly sentence: string
  readonly expected?: string
  readonly received?: string
  /** What AWS would say to it. `certain`: AWS writes so; otherwise it is what others saw, or depends on what is in IAM. */
  readonly causes?: { readonly error: AwsErrorId; readonly certain: boolean }
}

/** Everything that is known of a response and of what it is to meet. */
export type AwsQuestion = {
  readonly facts: AwsFacts
  readonly response: UnverifiedResponse | undefined
  /** Where there is exactly one in clear. */
  readonly assertion: UnverifiedAssertion | undefined
  readonly metadata: UploadedMetadata
  readonly settings: AmazonConnectSettings | undefined
  /** The identity provider: an id of federationProducts. */
  readonly product: string | undefined
  readonly now: Date
  /** It has just been posted; else it was kept somewhere, and may be old by now. */
  readonly justPosted: boolean
  /** Whether the RelayState would have come along. */
  readonly isForm: boolean
  /** Where it was posted to, in place of AWS. */
  readonly inspectionUrl: string | undefined
}

type Evidence = Pick<AwsFinding, 'expected' | 'received'>

export function passed(code: AwsCheckCode, sentence: string, evidence: Evidence = {}): AwsFinding {
  return { code, outcome: 'passed', sentence, ...evidence }
}

export function notChecked(code: AwsCheckCode, sentence: string, evidence: Evidence = {}): AwsFinding {
  return { code, outcome: 'not-checked', sentence, ...evidence }
}

/** `perhaps`: AWS does not write what it does then. */
export function failed(
  code: AwsCheckCode,
  sentence: string,
  rest: Evidence & { readonly error?: AwsErrorId; readonly perhaps?: AwsErrorId } = {},
): AwsFinding {
  const { error, perhaps, ...evidence } = rest
  const caused = error ?? perhaps
  const causes = caused === undefined ? {} : { causes: { error: caused, certain: error !== undefined } }
  return { code, outcome: 'failed', sentence, ...evidence, ...causes }
}

/** Messages are anybody’s, and a report is kept and shown. */
export function shortly(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST).toWellFormed()}…`
}

const LONGEST = 300

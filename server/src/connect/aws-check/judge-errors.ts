// For every error that AWS and Amazon Connect know: would this response cause it, and why.

import { type AwsErrorId, type AwsStage, awsErrorIds, awsErrors } from '#connect/aws-check/aws-errors.ts'
import { type AwsCheckCode, awsCheckWords } from '#connect/aws-check/check-words.ts'
import { type AwsFinding, type AwsQuestion, shortly } from '#connect/aws-check/finding.ts'
import { cureOf, productCure } from '#connect/aws-check/product-cures.ts'

export type AwsJudgement = {
  readonly error: AwsErrorId
  /** AWS’s own words. */
  readonly text: string
  readonly stage: AwsStage
  readonly judgement: 'would-cause' | 'would-not' | 'cannot-tell'
  /** Whether AWS writes so; else it is what others saw, or depends on what is in AWS. */
  readonly certain: boolean
  readonly why: string
  readonly cure: string
}

/** In AWS’s order. */
export function judgeErrors(question: AwsQuestion, findings: readonly AwsFinding[]): readonly AwsJudgement[] {
  const { product } = question
  return awsErrorIds.map((error) => {
    const { text, stage, cure } = awsErrors[error]
    const failure = mostCertain(findings.filter(({ causes }) => causes?.error === error))
    if (failure !== undefined)
      return {
        error,
        text,
        stage,
        judgement: 'would-cause',
        certain: failure.causes?.certain === true,
        why: failure.sentence,
        cure: cureOf(failure, product),
      }
    const rest = withoutFailure(error, question, findings)
    return { error, text, stage, ...rest, cure: productCure(product, error) ?? cure }
  })
}

function mostCertain(findings: readonly AwsFinding[]): AwsFinding | undefined {
  return findings.find(({ causes }) => causes?.certain) ?? findings[0]
}

type Rest = Pick<AwsJudgement, 'judgement' | 'certain' | 'why'>

const would = (why: string, certain = true): Rest => ({ judgement: 'would-not', certain, why })
const open = (why: string): Rest => ({ judgement: 'cannot-tell', certain: false, why })

/** That the settings agree says nothing of what is in IAM. */
const inIam = { certain: false } as const

/** The checks that must have passed before an error can be ruled out. */
const ruledOutBy: Readonly<Partial<Record<AwsErrorId, readonly AwsCheckCode[]>>> = {
  'no-valid-assertion': ['size'],
  'invalid-saml-response': ['readable', 'status', 'assertion', 'confirmation', 'role', 'role-pairs'],
  'provider-missing': ['role-pairs', 'role-provider'],
  'issuer-not-present': ['issuer'],
  'signature-invalid': ['signature'],
  'audience-missing': ['audience'],
  'token-expired': ['times'],
  'session-name-required': ['session-name'],
  'session-name-invalid': ['session-name', 'session-name-form'],
}

function withoutFailure(error: AwsErrorId, question: AwsQuestion, findings: readonly AwsFinding[]): Rest {
  if (awsErrors[error].stage === 'provider') return ofProvider(error, question)
  const needed = ruledOutBy[error]
  if (needed !== undefined) return { ...ruledOut(needed, findings), ...(error === 'provider-missing' ? inIam : {}) }
  const { facts, settings } = question
  const [name] = facts.roleSessionName
  switch (error) {
    case 'source-identity-invalid':
      return question.assertion === undefined
        ? open('What is in the assertion could not be looked at.')
        : would(
            facts.sourceIdentity.length === 0 ? 'There is no SourceIdentity.' : 'SourceIdentity is as AWS wants it.',
          )
    case 'not-authorized':
      return open(
        'The response names a role and a provider. Whether the role exists and trusts the provider is in IAM, not in the response.',
      )
    case 'access-denied-administrator':
      return open('Whether the role may call connect:GetFederationToken is in IAM, not in the response.')
    case 'not-onboarded':
      return open(
        name === undefined
          ? 'Without RoleSessionName nobody knows for whom Amazon Connect would look.'
          : `It does not happen if Amazon Connect has a user whose login name is exactly “${shortly(name)}”.`,
      )
    case 'session-expired':
      return would(
        'The response comes through the identity provider. It would end before Amazon Connect’s ten hours only if SessionDuration is shorter.',
        false,
      )
    default:
      return would(
        settings === undefined
          ? 'Only programs that call AWS ask for DurationSeconds.'
          : `Only programs that call AWS ask for DurationSeconds. The role’s maximum should still be ${settings.federation.sessionSeconds} seconds or more.`,
      )
  }
}

function ruledOut(needed: readonly AwsCheckCode[], findings: readonly AwsFinding[]): Rest {
  const looked = needed.map((code) => findings.find((finding) => finding.code === code))
  const open_ = looked.find((finding) => finding !== undefined && finding.outcome !== 'passed')
  if (open_ !== undefined) return open(open_.sentence)
  const absent = needed.find((_, index) => looked[index] === undefined)
  if (absent !== undefined) return open(`“${awsCheckWords[absent].title}” could not be looked at.`)
  return would(looked.at(-1)?.sentence ?? '')
}

function ofProvider(error: AwsErrorId, { metadata }: AwsQuestion): Rest {
  if (error !== 'metadata-unparsable')
    return would('This comes up while the provider in IAM is changed, never when somebody signs in.')
  if (metadata.known) return would('The metadata in the settings can be read.', false)
  return metadata.isBroken ? { judgement: 'would-cause', certain: false, why: metadata.why } : open(metadata.why)
}

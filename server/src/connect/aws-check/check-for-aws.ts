/**
 * A real response, judged by AWS's rules before AWS sees it: what it says, what is right and wrong with it, which of AWS's
 * and Amazon Connect's errors it would cause, and what helps at this identity provider.
 *
 * These are AWS's rules, not Sallyport's stricter ones. Nobody is signed in, nothing is kept.
 */

import { type Check, SamlReadError } from '@sallyport/saml'
import { readUnverifiedResponse, type UnverifiedResponse } from '@sallyport/saml/identity-provider'
import { type AwsErrorId, awsErrors } from '#connect/aws-check/aws-errors.ts'
import { checkMessage } from '#connect/aws-check/check-message.ts'
import { checkRelayState } from '#connect/aws-check/check-relay-state.ts'
import { checkRoles } from '#connect/aws-check/check-roles.ts'
import { checkSession } from '#connect/aws-check/check-session.ts'
import { checkSignature } from '#connect/aws-check/check-signature.ts'
import { checkSubject } from '#connect/aws-check/check-subject.ts'
import { type AwsCheckCode, awsCheckWords } from '#connect/aws-check/check-words.ts'
import { type AwsFinding, type AwsQuestion, failed, notChecked, passed, shortly } from '#connect/aws-check/finding.ts'
import { type AwsJudgement, judgeErrors } from '#connect/aws-check/judge-errors.ts'
import { cureOf } from '#connect/aws-check/product-cures.ts'
import { type AwsFacts, factsOf } from '#connect/aws-check/response-facts.ts'
import { readUploadedMetadata } from '#connect/aws-check/uploaded-metadata.ts'
import type { AmazonConnectSettings } from '#connect/settings.ts'
import type { FoundMessage } from '#explain/find-messages.ts'

export type AwsCheck = {
  readonly code: AwsCheckCode
  readonly outcome: AwsFinding['outcome']
  readonly title: string
  readonly expected: string | null
  readonly received: string | null
  readonly sentence: string
  /** Where it failed. */
  readonly cure: string | null
  /** What AWS would say to that. */
  readonly causes: AwsErrorId | null
}

export type AwsReport = {
  readonly where: string
  /** What had to be mended to read it. */
  readonly notes: readonly string[]
  readonly facts: AwsFacts
  readonly checks: readonly AwsCheck[]
  readonly errors: readonly AwsJudgement[]
  /** What AWS would show; null where it would sign the person in, as far as the response goes. */
  readonly firstError: AwsErrorId | null
}

export type AwsExpectations = {
  /** Undefined where the Environment has no instance: then less can be compared. */
  readonly settings: AmazonConnectSettings | undefined
  readonly now: Date
  /** It has just been posted, so its times are to fit `now`. */
  readonly justPosted?: boolean
  /** It was found with its form, so a RelayState that is not there was not sent. */
  readonly withForm?: boolean
  /** Given beside the message, or instead of what came with it. */
  readonly relayState?: string | undefined
  readonly inspectionUrl?: string
  /** As it was uploaded to IAM, in place of what the settings have. */
  readonly metadata?: string | undefined
  /** The identity provider, in place of what the settings say. */
  readonly product?: string | undefined
}

/** Never throws for what a message holds. */
export function checkForAws(found: FoundMessage, expectations: AwsExpectations): AwsReport {
  const { settings, now, justPosted = false, inspectionUrl } = expectations
  const { finding, response } = read(found)
  const relayState = expectations.relayState ?? found.relayState
  const { assertions = [], encryptedAssertions = 0 } = response ?? {}
  const question: AwsQuestion = {
    facts: factsOf(response, { size: sizeOf(found), relayState }),
    response,
    assertion: assertions.length + encryptedAssertions === 1 ? assertions[0] : undefined,
    metadata: readUploadedMetadata(expectations.metadata ?? settings?.federation.metadata ?? undefined),
    settings,
    product: expectations.product ?? settings?.federation.product ?? undefined,
    now,
    justPosted,
    isForm: justPosted || expectations.withForm === true || relayState !== undefined,
    inspectionUrl,
  }
  const findings = [finding, ...findingsOf(question)]
  const errors = judgeErrors(question, findings)
  return {
    where: found.where,
    notes: found.notes,
    facts: question.facts,
    checks: findings.map((one) => shown(one, question.product)),
    errors,
    firstError: errors.find(isShown)?.error ?? null,
  }
}

/** Else what the response says is anybody’s words, or hidden: nobody may say that AWS would take it. */
export function isVerified(checks: readonly Pick<AwsCheck, 'code' | 'outcome'>[]): boolean {
  const passes = (wanted: AwsCheckCode) => checks.some(({ code, outcome }) => code === wanted && outcome === 'passed')
  return passes('assertion') && passes('signature')
}

function findingsOf(question: AwsQuestion): readonly AwsFinding[] {
  const signature = checkSignature(question)
  return [
    ...checkMessage(question),
    ...(signature === undefined ? [] : [signature]),
    ...checkRoles(question),
    ...checkSession(question),
    ...checkSubject(question),
    checkRelayState(question),
  ]
}

// What comes up while a provider is made is no answer to a sign-in.
function isShown({ error, judgement }: AwsJudgement): boolean {
  const { stage } = awsErrors[error]
  return judgement === 'would-cause' && (stage === 'sign-in' || stage === 'connect')
}

function shown(finding: AwsFinding, product: string | undefined): AwsCheck {
  const { code, outcome, sentence, expected, received, causes } = finding
  return {
    code,
    outcome,
    title: awsCheckWords[code].title,
    expected: expected ?? null,
    received: received ?? null,
    sentence,
    cure: outcome === 'failed' ? cureOf(finding, product) : null,
    causes: causes?.error ?? null,
  }
}

type Reading = { readonly finding: AwsFinding; readonly response?: UnverifiedResponse }

function read(found: FoundMessage): Reading {
  const { xml, problem } = found
  if (xml === undefined || problem !== undefined) return unreadable('It is no base64.', problem?.received ?? 'nothing')
  try {
    const response = readUnverifiedResponse(xml)
    if (isDeflated(found)) return { ...unreadable(deflated, 'deflated'), response }
    return { finding: passed('readable', 'It is a SAML response.'), response }
  } catch (error) {
    if (!(error instanceof SamlReadError)) throw error
    const received = shortly(error.received)
    if (error.code === 'message-type') return unreadable('It is another message than a SAML response.', received)
    if (!ownLimits.includes(error.code)) return unreadable('It is no XML that can be read.', received)
    const sentence = 'It has something in it that is not read here. AWS may take it, but no response needs it.'
    return { finding: notChecked('readable', sentence, { received }) }
  }
}

const deflated = 'It is deflated, as for HTTP-Redirect. AWS takes responses by HTTP-POST alone, in plain base64.'

/** Whoever reads a message inflates it where need be, and says so. */
function isDeflated({ redirect, notes }: FoundMessage): boolean {
  return redirect !== undefined || notes.some((note) => note.startsWith('it is deflated'))
}

/** What Sallyport does not read, and AWS may. */
const ownLimits: readonly Check['code'][] = ['xml-doctype', 'xml-processing-instruction', 'xml-limits', 'message-size']

function unreadable(sentence: string, received: string): Reading {
  const expected = 'a samlp:Response in base64'
  const evidence = { expected, received: shortly(received) }
  return { finding: failed('readable', sentence, { ...evidence, perhaps: 'invalid-saml-response' }) }
}

// As the form field would have it: AWS counts that.
function sizeOf({ xml }: FoundMessage): number {
  return Math.ceil((xml?.length ?? 0) / 3) * 4
}

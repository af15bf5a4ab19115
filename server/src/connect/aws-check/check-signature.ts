// Whether a key of the uploaded metadata signed the response or its assertion, as AWS asks. Nothing is read out of what was
// verified: this is a report.

import type { Check } from '@sallyport/saml'
import { verifySignature } from '@sallyport/saml/identity-provider'
import { type AwsFinding, type AwsQuestion, failed, notChecked, passed, shortly } from '#connect/aws-check/finding.ts'

export function checkSignature(question: AwsQuestion): AwsFinding | undefined {
  const { response, assertion, metadata, now } = question
  if (response === undefined) return undefined
  const certificates = metadata.known ? metadata.certificates : []
  // AWS still takes SHA-1.
  const options = { certificates, now, dangerouslyAllowSha1: true }
  const parts = [
    { name: 'response', checks: verifySignature(response.root, 'response', options).checks },
    { name: 'assertion', checks: assertion ? verifySignature(assertion.element, 'assertion', options).checks : [] },
  ].filter(({ checks }) => checks.length > 0)
  if (parts.length === 0) return unsigned(question)
  if (!metadata.known) return notChecked('signature', metadata.why)
  const verdicts = parts.map(({ name, checks }) => ({ name, ...verdictOf(checks) }))
  const bad = verdicts.find(({ outcome }) => outcome === 'bad')
  if (bad?.signsAnother === true)
    return failed(
      'signature',
      `The signature that the ${bad.name} holds is of another element, so it says nothing of it.`,
      {
        expected: 'a signature of the element that holds it',
        received: shortly(bad.received),
        perhaps: 'signature-invalid',
      },
    )
  if (bad !== undefined)
    return failed('signature', `The signature of the ${bad.name} is not by a key of the uploaded metadata.`, {
      expected: shortly(certificates.map(({ fingerprint }) => fingerprint).join(' or ')),
      received: shortly(bad.received),
      error: 'signature-invalid',
    })
  const good = verdicts.filter(({ outcome }) => outcome !== 'unknown')
  const [unknown] = verdicts
  if (good.length === 0)
    return notChecked(
      'signature',
      'It is signed in a way that is not verified here. AWS may take it, but most products sign in a simpler way.',
      { received: shortly(unknown?.received ?? '') },
    )
  // IAM does not look at the dates of certificates.
  // @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml.html
  const old = good.some(({ outcome }) => outcome === 'expired')
  return passed(
    'signature',
    old
      ? 'It is signed by a key of the uploaded metadata. Its certificate is outside its dates, which AWS does not mind and others do.'
      : 'It is signed by a key of the uploaded metadata.',
    { received: good.map(({ name }) => name).join(' and ') },
  )
}

function unsigned({ response }: AwsQuestion): AwsFinding {
  const evidence = { expected: 'a signature of the response or of the assertion', received: 'none' }
  if (response?.assertions.length === 0) {
    const sentence =
      response.encryptedAssertions === 0
        ? 'There is no assertion that could be signed.'
        : 'If there is a signature, it is inside the encrypted assertion.'
    return notChecked('signature', sentence, evidence)
  }
  const sentence = 'Neither the response nor the assertion is signed.'
  return failed('signed', sentence, { ...evidence, error: 'signature-invalid' })
}

type Verdict = {
  readonly outcome: 'good' | 'expired' | 'bad' | 'unknown'
  readonly received: string
  /** What it names is not the element that holds it (Core 5.4.2). */
  readonly signsAnother?: true
}

// A digest or a key that does not fit is a wrong signature. A form that we do not read may be right elsewhere; one that
// names another element is how somebody else's words are put beside what was signed.
function verdictOf(checks: readonly Check[]): Verdict {
  const failures = checks.filter(({ outcome }) => outcome === 'failed')
  const found = (...codes: readonly string[]) => failures.find(({ code }) => codes.includes(code))
  const reference = found('signature-reference')
  if (reference?.received?.startsWith('#')) return { outcome: 'bad', received: reference.received, signsAnother: true }
  const unknown = reference ?? found('signature-form', 'signature-algorithm')
  if (unknown !== undefined) return { outcome: 'unknown', received: unknown.received ?? unknown.code }
  const digest = found('signature-digest')
  if (digest !== undefined) return { outcome: 'bad', received: 'what was signed has been changed since' }
  const key = found('signature-key')
  if (key !== undefined) return { outcome: 'bad', received: key.received ?? 'another key' }
  return { outcome: found('certificate-current') === undefined ? 'good' : 'expired', received: '' }
}

// About whom and for whom: NameID, bearer confirmation, Recipient, Audience.

import { awsSignIn, awsSignInAddress, isAwsAudience } from '#connect/aws-check/aws-rules.ts'
import { type AwsFinding, type AwsQuestion, failed, notChecked, passed, shortly } from '#connect/aws-check/finding.ts'

export function checkSubject(question: AwsQuestion): readonly AwsFinding[] {
  if (question.assertion === undefined) return []
  return [nameId(question), confirmation(question), recipient(question), audience(question)]
}

function nameId({ facts }: AwsQuestion): AwsFinding {
  if (facts.nameId === null)
    return failed('name-id', 'The assertion has no NameID, or an empty one.', {
      expected: 'a NameID',
      received: 'none',
      error: 'not-authorized',
    })
  return passed('name-id', 'There is a NameID.', { received: shortly(facts.nameId.value) })
}

const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'

function confirmation({ assertion }: AwsQuestion): AwsFinding {
  const all = assertion?.confirmations ?? []
  const [one] = all
  const expected = `one, ${bearer}, with NotOnOrAfter and Recipient`
  const received = shortly(all.map(({ method }) => method ?? 'no method').join(', ') || 'none')
  if (one === undefined || one.method !== bearer) {
    const sentence = 'There is no bearer SubjectConfirmation.'
    return failed('confirmation', sentence, { expected, received, perhaps: 'not-authorized' })
  }
  if (all.length > 1)
    return failed('confirmation', 'There is more than one SubjectConfirmation; AWS asks for exactly one.', {
      expected,
      received,
      perhaps: 'invalid-saml-response',
    })
  if (one.notOnOrAfter === undefined)
    return failed('confirmation', 'The SubjectConfirmationData has no NotOnOrAfter.', {
      expected,
      received: 'none',
      perhaps: 'invalid-saml-response',
    })
  return passed('confirmation', 'There is one bearer confirmation, and it says until when.', { received })
}

// AWS’s trust policies compare saml:aud with the Recipient, not with the Audience.
function recipient({ facts, inspectionUrl }: AwsQuestion): AwsFinding {
  const [first = 'none'] = facts.recipients
  const evidence = { expected: awsSignIn, received: shortly(first) }
  if (inspectionUrl !== undefined && facts.recipients.includes(inspectionUrl))
    return notChecked(
      'recipient',
      `It was made for this inspection. For AWS this must be ${awsSignIn}: put that back after the test.`,
      evidence,
    )
  if (facts.recipients.some((one) => awsSignInAddress.test(one))) {
    const sentence =
      first === awsSignIn
        ? 'The Recipient is AWS’s sign-in address.'
        : 'The Recipient is a sign-in address of AWS other than the usual one: the trust policy must name it under SAML:aud.'
    return passed('recipient', sentence, evidence)
  }
  const sentence =
    'The Recipient is no sign-in address of AWS, so the condition SAML:aud of the trust policy is not met.'
  return failed('recipient', sentence, { ...evidence, perhaps: 'not-authorized' })
}

function audience({ facts }: AwsQuestion): AwsFinding {
  const evidence = { expected: `${awsSignIn} or urn:amazon:webservices`, received: shortly(facts.audiences.join(', ')) }
  if (facts.audiences.some(isAwsAudience)) return passed('audience', 'The assertion is for AWS.', evidence)
  const sentence =
    facts.audiences.length === 0 ? 'The assertion names no Audience.' : 'The assertion is for another service.'
  return failed('audience', sentence, { ...evidence, error: 'audience-missing' })
}

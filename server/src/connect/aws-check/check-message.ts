// Whether it is a response that AWS can take at all: its status, its size, its one assertion, whom it is from, and when.

import { clockSkewMs, freshMs, largestField } from '#connect/aws-check/aws-rules.ts'
import { type AwsFinding, type AwsQuestion, failed, notChecked, passed, shortly } from '#connect/aws-check/finding.ts'

export function checkMessage(question: AwsQuestion): readonly AwsFinding[] {
  return [status(question), assertion(question), size(question), issuer(question), times(question)].filter(
    (finding) => finding !== undefined,
  )
}

const success = 'urn:oasis:names:tc:SAML:2.0:status:Success'

function status({ response, facts }: AwsQuestion): AwsFinding | undefined {
  if (response === undefined) return undefined
  const codes = response.status.map((code) => code.replace('urn:oasis:names:tc:SAML:2.0:status:', ''))
  const received = shortly(
    [codes.join(' / ') || 'no status', ...(facts.statusMessage ? [facts.statusMessage] : [])].join(': '),
  )
  if (response.status[0] === success) return passed('status', 'The status is Success.', { received: 'Success' })
  const sentence =
    codes.length === 0
      ? 'The response does not say whether the person was signed in.'
      : 'The identity provider says that it did not sign the person in, so there is nothing for AWS to take.'
  return failed('status', sentence, { expected: 'Success', received, perhaps: 'invalid-saml-response' })
}

function assertion({ response }: AwsQuestion): AwsFinding | undefined {
  if (response === undefined) return undefined
  const { assertions, encryptedAssertions } = response
  const count = assertions.length + encryptedAssertions
  const evidence = { expected: '1', received: `${count}` }
  if (count !== 1) {
    const sentence = count === 0 ? 'There is no assertion in the response.' : 'There is more than one assertion.'
    return failed('assertion', sentence, { ...evidence, perhaps: 'invalid-saml-response' })
  }
  if (encryptedAssertions === 1)
    return notChecked(
      'assertion',
      'The assertion is encrypted for AWS, so what is in it cannot be looked at. Switch encryption off for this test.',
    )
  return passed('assertion', 'There is one assertion, in clear.', evidence)
}

function size({ facts }: AwsQuestion): AwsFinding {
  const evidence = { expected: `fewer than ${largestField} characters in base64`, received: `${facts.size}` }
  return facts.size < largestField
    ? passed('size', 'The response is small enough.', evidence)
    : failed('size', 'The response is larger than AWS takes.', { ...evidence, perhaps: 'no-valid-assertion' })
}

function issuer({ facts, metadata, response }: AwsQuestion): AwsFinding | undefined {
  if (response === undefined) return undefined
  const received = shortly(facts.issuer ?? 'none')
  if (!metadata.known) return notChecked('issuer', metadata.why, { received })
  const evidence = { expected: shortly(metadata.entityId), received }
  if (facts.issuer === metadata.entityId)
    return passed('issuer', 'The Issuer is the entityID of the uploaded metadata.', evidence)
  const sentence = 'The Issuer of the response is another one than the entityID of the uploaded metadata.'
  return failed('issuer', sentence, { ...evidence, error: 'issuer-not-present' })
}

function times(question: AwsQuestion): AwsFinding | undefined {
  const { assertion } = question
  if (assertion === undefined) return undefined
  const end = [assertion.notOnOrAfter, ...assertion.confirmations.map(({ notOnOrAfter }) => notOnOrAfter)]
  const written = [assertion.issueInstant, assertion.notBefore, ...end].filter((time) => time !== undefined)
  const odd = written.find((time) => Number.isNaN(Date.parse(time)))
  if (odd !== undefined) return failed('times', 'A time cannot be read.', { received: shortly(odd) })
  const made = Date.parse(assertion.issueInstant ?? '')
  const begin = Date.parse(assertion.notBefore ?? '')
  const ends = end.map((time) => Date.parse(time ?? '')).filter((time) => !Number.isNaN(time))
  return judgeTimes({ made, begin, ends }, question)
}

type Times = { readonly made: number; readonly begin: number; readonly ends: readonly number[] }

// Comparisons with NaN are false: what does not stand there fails nothing.
function judgeTimes({ made, begin, ends }: Times, { now, justPosted }: AwsQuestion): AwsFinding {
  const at = now.getTime()
  const [from, until] = [Math.max(...[begin, made].filter((time) => !Number.isNaN(time))), Math.min(...ends)]
  const evidence = { received: `${shown(from)} to ${shown(until)}`, expected: `around ${now.toISOString()}` }
  const error = 'token-expired'
  if (until <= from) return failed('times', 'It ends before it begins.', { ...evidence, error })
  if (from > at + clockSkewMs)
    return failed('times', 'It is made in the future: the clock of the identity provider is ahead.', {
      ...evidence,
      error,
    })
  const isOld = at >= until + clockSkewMs || at > made + freshMs + clockSkewMs
  if (!isOld) return passed('times', 'It is fresh.', evidence)
  if (justPosted)
    return failed('times', 'It was too old when it arrived: the clock of the identity provider is behind.', {
      ...evidence,
      error,
    })
  const age = Math.round((at - made) / 60_000)
  const since = Number.isNaN(age) ? 'It is over' : `It was made ${age} minutes ago`
  return notChecked('times', `${since}, so AWS would not take it any more. When it was new it may have been in time.`, {
    received: evidence.received,
  })
}

function shown(time: number): string {
  return Number.isFinite(time) && Math.abs(time) < 8.64e15 ? new Date(time).toISOString() : 'no time'
}

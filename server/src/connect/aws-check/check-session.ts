// What becomes of the session: its name, its length, and what else the response says of it.

import { awsAttributes, sessionNameForm, sessionSeconds, tagLimits } from '#connect/aws-check/aws-rules.ts'
import { type AwsFinding, type AwsQuestion, failed, passed, shortly } from '#connect/aws-check/finding.ts'
import { nearName } from '#connect/aws-check/near-name.ts'

export function checkSession(question: AwsQuestion): readonly AwsFinding[] {
  if (question.assertion === undefined) return []
  return [...sessionName(question), duration(question), ...sourceIdentity(question), ...tags(question)]
}

function sessionName({ facts }: AwsQuestion): readonly AwsFinding[] {
  const [name, ...more] = facts.roleSessionName
  if (name === undefined) {
    const near = nearName(awsAttributes.roleSessionName, facts.attributes)
    const isEmpty = facts.attributes.includes(awsAttributes.roleSessionName)
    const sentence = isEmpty
      ? 'The attribute RoleSessionName is there, but it has no value for this person.'
      : near === undefined
        ? 'There is no attribute RoleSessionName.'
        : 'There is no attribute RoleSessionName under AWS’s name, only one that looks like it.'
    const evidence = { expected: awsAttributes.roleSessionName, received: shortly(near ?? 'none') }
    return [failed('session-name', sentence, { ...evidence, error: 'session-name-required' })]
  }
  if (more.length > 0) {
    const evidence = { expected: 'one value', received: shortly(facts.roleSessionName.join(', ')) }
    return [
      failed('session-name', 'RoleSessionName has several values.', { ...evidence, error: 'session-name-invalid' }),
    ]
  }
  return [passed('session-name', 'There is one RoleSessionName.', { received: shortly(name) }), nameForm(name)]
}

function nameForm(name: string): AwsFinding {
  const evidence = { expected: '[a-zA-Z_0-9+=,.@-]{2,64}', received: shortly(name) }
  if (sessionNameForm.test(name))
    return passed('session-name-form', 'RoleSessionName has only letters that AWS takes.', evidence)
  return failed('session-name-form', `RoleSessionName ${faultOf(name)}.`, {
    ...evidence,
    error: 'session-name-invalid',
  })
}

function faultOf(text: string): string {
  const odd = /[^\w+=,.@-]/u.exec(text)?.[0]
  if (odd !== undefined) {
    const code = `U+${(odd.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
    return /\s/.test(odd) ? 'has white space in it' : `has the character “${odd.toWellFormed()}” (${code}) in it`
  }
  return text.length < 2 ? 'is too short' : 'is longer than 64'
}

function duration({ facts, settings }: AwsQuestion): AwsFinding {
  const { least, most, usual, amazonConnect } = sessionSeconds
  const [written, ...more] = facts.sessionDuration
  const expected = `${settings?.federation.sessionSeconds ?? amazonConnect}`
  if (written === undefined) {
    const near = nearName(awsAttributes.sessionDuration, facts.attributes)
    const evidence = { expected, received: shortly(near ?? 'none') }
    const sentence = `There is no SessionDuration, so AWS takes ${usual}: an hour. ${shorter}`
    return near === undefined
      ? passed('session-duration', sentence, evidence)
      : failed('session-duration', `SessionDuration has another name than AWS’s. ${sentence}`, evidence)
  }
  const evidence = { expected, received: shortly(facts.sessionDuration.join(', ')) }
  const seconds = /^\s*\d{1,6}\s*$/.test(written) ? Number(written) : Number.NaN
  if (more.length > 0 || !(seconds >= least && seconds <= most))
    return failed('session-duration', `SessionDuration is no number from ${least} to ${most}.`, evidence)
  const end = secondsToEnd(facts)
  // The lesser of the two wins.
  if (end < Math.min(seconds, amazonConnect))
    return passed(
      'session-duration',
      `SessionNotOnOrAfter ends the session sooner, ${end} seconds after the response was made. ${shorter}`,
      evidence,
    )
  if (seconds < amazonConnect)
    return passed('session-duration', `AWS takes it, but it is shorter than ten hours. ${shorter}`, evidence)
  return passed('session-duration', 'The session is as long as that of Amazon Connect.', evidence)
}

function secondsToEnd({ sessionNotOnOrAfter, issueInstant }: AwsQuestion['facts']): number {
  const milliseconds = Date.parse(sessionNotOnOrAfter ?? '') - Date.parse(issueInstant ?? '')
  return Number.isNaN(milliseconds) ? Number.POSITIVE_INFINITY : Math.round(milliseconds / 1000)
}

const shorter = 'Amazon Connect keeps its own session for ten hours.'

function sourceIdentity({ facts }: AwsQuestion): readonly AwsFinding[] {
  const [value] = facts.sourceIdentity
  if (value === undefined) return []
  const evidence = { expected: '[a-zA-Z_0-9+=,.@-]{2,64}, not beginning with aws:', received: shortly(value) }
  if (sessionNameForm.test(value) && !value.startsWith('aws:'))
    return [passed('source-identity', 'The trust policy must allow sts:SetSourceIdentity for it.', evidence)]
  const fault = value.startsWith('aws:') ? 'begins with aws:' : faultOf(value)
  return [failed('source-identity', `SourceIdentity ${fault}.`, { ...evidence, error: 'source-identity-invalid' })]
}

function tags({ facts }: AwsQuestion): readonly AwsFinding[] {
  const { principalTags } = facts
  if (principalTags.length === 0) return []
  const { many, key, value } = tagLimits
  const bad = principalTags.find(
    (tag) => tag.key === '' || tag.key.length > key || tag.values.length !== 1 || (tag.values[0] ?? '').length > value,
  )
  const received = shortly(principalTags.map((tag) => tag.key).join(', '))
  if (bad !== undefined || principalTags.length > many)
    return [
      failed('principal-tags', 'There are too many tags, or one of them is too long or has several values.', {
        received: bad === undefined ? `${principalTags.length}` : shortly(`${bad.key}: ${bad.values.join(', ')}`),
        perhaps: 'not-authorized',
      }),
    ]
  return [passed('principal-tags', 'The trust policy must allow sts:TagSession for them.', { received })]
}

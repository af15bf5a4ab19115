import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordReport } from '#explain/explain.ts'
import { type AnyCheckCode, allExplanations } from '#login/login-checks.ts'
import type { SigninRecord } from '#signin-records/signin-records.ts'

const record: SigninRecord = {
  id: 'rec_a',
  reference: '7F3KQ-9QXM2',
  environmentId: 'env_a',
  connectionId: 'conn_a',
  startedAt: new Date('2026-03-01T12:00:00Z'),
  finishedAt: new Date('2026-03-01T12:00:05Z'),
  outcome: 'refused',
  reason: 'audience',
  userId: undefined,
  subject: 'ada',
  testId: undefined,
  details: {
    client: { address: '192.0.2.1' },
    startedAt: 'here',
    done: 'page#here',
    answer: { issuer: 'https://idp.example', statusMessage: 'no\n\u001b[31mred', attributeNames: [] },
    checks: [
      { code: 'status', outcome: 'passed', about: 'response' },
      {
        code: 'audience',
        outcome: 'failed',
        about: 'assertion',
        expected: 'https://sp.example',
        received: 'https://other.example',
      },
      { code: 'user-id', outcome: 'not-reached', about: 'assertion' },
      { code: 'destination', outcome: 'not-checked', about: 'response' },
    ],
  },
}

test('a report has the head, a sign for each check, and for what failed: expected, received, why and the cure', () => {
  const { title, sentence, section, cure } = allExplanations.audience
  assert.deepEqual(recordReport(record).split('\n'), [
    'Sign-in 7F3KQ-9QXM2: refused (audience)',
    '  began     2026-03-01T12:00:00.000Z here, from 192.0.2.1',
    '  ended     2026-03-01T12:00:05.000Z',
    '  subject   ada',
    '  done      page#here',
    '  issuer    https://idp.example',
    '  message   "no\\n\\u001b[31mred" (the identity provider’s own words)',
    '',
    `✓ ${allExplanations.status.title} [status, response]`,
    `✗ ${title} [audience, assertion]`,
    '    expected  https://sp.example',
    '    received  https://other.example',
    `    why       ${sentence} (${section})`,
    `    cure      ${cure}`,
    `– ${allExplanations['user-id'].title} [user-id, assertion]`,
    `? ${allExplanations.destination.title} [destination, response]`,
  ])
})

test('a record that is still open, begun at the identity provider, has no more lines than it has facts', () => {
  const { client } = record.details
  const details = { client, startedAt: 'identity-provider', checks: [] } as const
  const open = {
    ...record,
    details,
    outcome: 'started',
    reason: undefined,
    subject: undefined,
    finishedAt: undefined,
  } as const
  const lines = [
    'Sign-in 7F3KQ-9QXM2: started',
    '  began     2026-03-01T12:00:00.000Z at the identity provider, from 192.0.2.1',
    '',
  ]
  assert.deepEqual(recordReport(open).split('\n'), lines)
})

test('every check that fails is explained with why and cure; one of another version stands with its code', () => {
  const reportOf = (code: string): string => {
    const checks = [{ code, outcome: 'failed', about: 'message', expected: 'e', received: 'r' }] as const
    return recordReport({ ...record, details: { ...record.details, checks } })
  }
  for (const code of Object.keys(allExplanations) as AnyCheckCode[]) {
    const { title, sentence, cure } = allExplanations[code]
    for (const text of [`✗ ${title} [${code}, message]`, sentence, cure]) assert.ok(reportOf(code).includes(text), code)
  }
  assert.match(reportOf('of-later'), /✗ of-later \[of-later, message\]\n {4}expected {2}e\n {4}received {2}r$/)
})

test('what came from outside writes nothing but its line: no line feed, no escape sequence of a terminal', () => {
  const wild = 'a\nb\r\u001b[2J\u009b31m\u2028\u202e\u0000c'
  const checks = [{ code: 'audience', outcome: 'failed', about: 'assertion', expected: wild, received: wild }] as const
  const answer = { issuer: wild, statusMessage: wild, attributeNames: [] }
  const details = { ...record.details, client: { address: wild }, done: wild, answer, checks }
  const report = recordReport({ ...record, subject: wild, details })
  assert.doesNotMatch(report, /[^\P{C}\n]/u)
  assert.equal(report.split('\n').length, 8 + 5)
  assert.ok(report.includes('a\\u000ab\\u000d\\u001b[2J'), 'it stays readable')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stepsOf } from '#explain/record-steps.ts'
import { allExplanations } from '#login/login-checks.ts'
import { passwordChecks } from '#passwords/checks.ts'
import type { SigninRecord } from '#signin-records/signin-records.ts'

const at = (second: number): Date => new Date(Date.UTC(2026, 2, 1, 12, 0, second))

type Change = Partial<Omit<SigninRecord, 'details'>> & { readonly details?: Partial<SigninRecord['details']> }

function recordOf(codes: readonly string[], { details, ...change }: Change = {}): SigninRecord {
  return {
    id: 'rec_a',
    reference: '7F3KQ-9QXM2',
    environmentId: 'env_a',
    connectionId: 'conn_a',
    startedAt: at(0),
    finishedAt: at(9),
    outcome: 'refused',
    reason: undefined,
    userId: undefined,
    subject: undefined,
    testId: undefined,
    details: {
      client: { address: '192.0.2.1' },
      startedAt: 'here',
      requestBinding: 'redirect',
      checks: codes.map((code) => ({ code, outcome: 'passed', about: 'message' })),
      ...details,
    },
    ...change,
  }
}

const drawn = (record: SigninRecord) =>
  stepsOf(record, { request: at(1), response: at(5) }).map(
    (step) => `${step.from} → ${step.to} ${step.at?.getUTCSeconds() ?? '?'}: ${step.checks.join(' ')}`,
  )

const rows: readonly (readonly [what: string, record: SigninRecord, steps: readonly string[]])[] = [
  [
    'a sign-in that went well',
    recordOf(['audience', 'request-unused', 'browser', 'user-known'], { outcome: 'signed-in' }),
    [
      'browser → sallyport 0: ',
      'sallyport → identity-provider 1: ',
      'identity-provider → sallyport 5: audience request-unused',
      'browser → sallyport 9: browser',
      'sallyport → browser 9: user-known',
    ],
  ],
  [
    'refused before the identity provider was asked',
    recordOf(['done'], { details: { requestBinding: undefined } as never }),
    ['browser → sallyport 0: done', 'sallyport → browser 9: '],
  ],
  [
    'nobody came back',
    recordOf([], { outcome: 'started', finishedAt: undefined }),
    ['browser → sallyport 0: ', 'sallyport → identity-provider 1: '],
  ],
  [
    'begun at the identity provider',
    recordOf(['audience', 'done'], { details: { startedAt: 'identity-provider', requestBinding: undefined } as never }),
    ['browser → identity-provider 0: ', 'identity-provider → sallyport 5: audience done', 'sallyport → browser 9: '],
  ],
  [
    'a password',
    recordOf(['password-user', 'password'], { details: { requestBinding: undefined } as never }),
    ['browser → sallyport 0: password-user password', 'sallyport → browser 9: '],
  ],
]

for (const [what, record, steps] of rows) {
  test(`the steps of a record: ${what}`, () => {
    assert.deepEqual(drawn(record), steps)
  })
}

test('every check there is stands at exactly one step', () => {
  for (const codes of [Object.keys(allExplanations), [...passwordChecks]]) {
    const found = stepsOf(recordOf(codes), {}).flatMap(({ checks }) => checks)
    assert.deepEqual([...found].sort(), [...codes].sort())
  }
})

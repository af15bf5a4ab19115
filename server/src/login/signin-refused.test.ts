import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyCheck, AnyCheckCode } from '#login/login-checks.ts'
import { decidingCheck, SigninRefused } from '#login/signin-refused.ts'

type About = AnyCheck['about']

const failed = (code: AnyCheckCode, about: About): AnyCheck => ({ code, about, outcome: 'failed' })
const passed = (code: AnyCheckCode, about: About): AnyCheck => ({ code, about, outcome: 'passed' })
const unreached: AnyCheck = { code: 'assertion-single', about: 'response', outcome: 'not-reached' }

const rows: readonly (readonly [why: string, checks: readonly AnyCheck[], code: AnyCheckCode])[] = [
  ['the only failure', [passed('status', 'response'), failed('audience', 'assertion')], 'audience'],
  ['the first of several', [failed('destination', 'response'), failed('audience', 'assertion')], 'destination'],
  ['what was not reached decides nothing', [unreached, failed('request-open', 'message')], 'request-open'],
  [
    'a no comes before what the answer then lacks',
    [failed('response-issuer', 'response'), failed('status', 'response')],
    'status',
  ],
  [
    'a message that is broken says nothing, not even no',
    [failed('structure', 'message'), failed('status', 'response')],
    'structure',
  ],
]

for (const [why, checks, code] of rows) {
  test(`the check that decides what the browser is told: ${why}`, () => {
    assert.equal(decidingCheck(checks), code)
    assert.equal(new SigninRefused({ checks, reference: 'AAAAA-AAAAA' }).reason, code)
  })
}

test('nothing is refused without a failed check', () => {
  assert.throws(() => decidingCheck([passed('status', 'response'), unreached]), TypeError)
})

test('the error itself says no more than the code', () => {
  const checks = [{ ...failed('user-id', 'assertion'), received: 'secret' }]
  const error = new SigninRefused({ checks, reference: 'AAAAA-AAAAA' })
  assert.doesNotMatch(error.message + error.stack, /secret/)
})

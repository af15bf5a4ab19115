import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextStep, type Standing, type Step } from '#oauth/next-step.ts'

const openedAt = new Date(100_000)
const allowed = { openedAt, effect: 'allow' } as const
const usual: Standing = {
  goesBack: false,
  session: allowed,
  again: false,
  reasons: ['no_session'],
  maxAge: undefined,
  begunAt: 200,
}

const rows: readonly (readonly [what: string, change: Partial<Standing>, step: Step])[] = [
  ['signed in and allowed', {}, 'finish'],
  ['nobody is signed in', { session: undefined }, 'sign-in'],
  ['AuthorizedClientIDs without the client', { session: { openedAt, effect: 'reauthenticate' } }, 'ask-again'],
  ['the same after one round', { session: { openedAt, effect: 'reauthenticate' }, again: true }, 'tell'],
  ['a rule forbids it', { session: { openedAt, effect: 'deny' } }, 'tell'],
  ['told, and going back', { session: { openedAt, effect: 'deny' }, goesBack: true }, 'refuse'],
  ['prompt=login, signed in before', { reasons: ['login_prompt'] }, 'sign-in-anew'],
  ['prompt=login, signed in since', { reasons: ['login_prompt'], begunAt: 100 }, 'finish'],
  ['max_age, signed in longer ago', { reasons: ['max_age'], maxAge: 99 }, 'sign-in-anew'],
  ['max_age, signed in within it', { reasons: ['max_age'], maxAge: 100 }, 'finish'],
  ['max_age of nothing, signed in since', { reasons: ['max_age'], maxAge: 0, begunAt: 100 }, 'finish'],
  ['prompt=login, and not allowed', { reasons: ['login_prompt'], session: { openedAt, effect: 'deny' } }, 'tell'],
]

for (const [what, change, step] of rows) {
  test(`an interaction, ${what}: ${step}`, () => assert.equal(nextStep({ ...usual, ...change }), step))
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hiding, redactedCheck, withoutQuery } from '#explain/redaction.ts'

test('what is known of a person is hidden wherever it stands, and so is every e-mail address', () => {
  const hide = hiding(['lovelace', 'lovelace, countess', 'ad', undefined, ''])
  const rows: Readonly<Record<string, string>> = {
    'User lovelace is not assigned': 'User [redacted] is not assigned',
    'lovelace, countess of': '[redacted] of',
    'adfs and ad stay': 'adfs and ad stay',
    "AADSTS50105: 'bo@acme.example' is not assigned": "AADSTS50105: '[redacted]' is not assigned",
    '<bo@acme.example>': '<[redacted]>',
    'a @ b, @c and d@': 'a @ b, @c and d@',
  }
  for (const [text, shown] of Object.entries(rows)) assert.equal(hide(text), shown)
  const start = performance.now()
  hide('a@'.repeat(500_000))
  hide('@'.repeat(1_000_000))
  assert.ok(performance.now() - start < 5000)
})

test('checks that say what the assertion said are hidden, others are not', () => {
  const hide = hiding([])
  const check = { outcome: 'failed', about: 'assertion', expected: 'one', received: 'two' } as const
  assert.deepEqual(redactedCheck({ ...check, code: 'user-id' }, hide), {
    ...check,
    code: 'user-id',
    received: '[redacted]',
  })
  assert.deepEqual(redactedCheck({ ...check, code: 'audience' }, hide), { ...check, code: 'audience' })
})

test('behind the question mark of an address may stand anything', () => {
  assert.equal(withoutQuery('https://apps.example/a?name=ada#x'), 'https://apps.example/a?…')
  assert.equal(withoutQuery('page#ada'), 'page#…')
  assert.equal(withoutQuery('page'), 'page')
})

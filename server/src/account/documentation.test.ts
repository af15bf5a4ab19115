import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { explainRefusal, reasons } from '#account/refusals.ts'
import { sessionAnswer } from '#sessions/session-answer.ts'

const document = readFileSync(new URL('../../../docs/account.md', import.meta.url), 'utf8')

test('every code is documented with its status, and no other', () => {
  const rows = [...document.matchAll(/^\| `([a-z-]+)` \| (\d+) \| \S.+ \| \S.+ \|$/gm)]
  const documented = rows.map(([, code, status]) => [code, Number(status)])
  assert.deepEqual(
    documented,
    reasons.map((reason) => [reason, explainRefusal(reason).status]),
  )
})

test('every refusal has a sentence and a cure', () => {
  for (const reason of reasons) {
    const { sentence, cure } = explainRefusal(reason)
    for (const text of [sentence, cure]) assert.match(text, /^[A-Z][^.]+\.$/, reason)
  }
})

test('the documented answer about a session is one', () => {
  const [, example = ''] = /```json\n(.+?)```/s.exec(document) ?? []
  assert.deepEqual(sessionAnswer.parse(JSON.parse(example)), JSON.parse(example))
})

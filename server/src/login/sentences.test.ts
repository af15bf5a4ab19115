import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AnyCheckCode, allExplanations } from '#login/login-checks.ts'
import { personSentence } from '#login/sentences.ts'

const codes = Object.keys(allExplanations) as AnyCheckCode[]

test('every check has a sentence for the person, with what to do', () => {
  for (const code of codes) {
    const { status, title, sentence, advice } = personSentence(code)
    assert.ok(status >= 400 && status < 500, `${code}: the fault is not ours`)
    for (const text of [title, sentence, advice]) assert.ok(text.length > 10, code)
    assert.match(sentence, /\.$/)
    assert.match(advice, /\.$/)
  }
})

test('no sentence for the person has words of the protocol', () => {
  for (const code of codes) {
    const { title, sentence, advice } = personSentence(code)
    assert.doesNotMatch(
      `${title} ${sentence} ${advice}`,
      /SAML|assertion|XML|signature|certificate|issuer|RelayState|\bIdP\b/i,
    )
  }
})

test('whoever is told to name the reference is told to whom', () => {
  for (const code of codes) {
    const { advice } = personSentence(code)
    if (/reference/.test(advice)) assert.match(advice, /administrator/)
  }
})

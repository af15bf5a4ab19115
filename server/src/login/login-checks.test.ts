import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { explanations } from '@sallyport/saml'
import { allExplanations } from '#login/login-checks.ts'

const own = Object.entries(allExplanations).filter(([code]) => !(code in explanations))

test('every check of signing in is explained: what, why, and the cure', () => {
  assert.ok(own.length > 0)
  for (const [code, { title, section, sentence, cure }] of own) {
    assert.ok(title && section, code)
    assert.match(sentence, /\.$/, code)
    assert.match(cure, /\.$/, code)
  }
})

test('every check of signing in fails in a test', () => {
  const server = join(import.meta.dirname, '../..')
  const files = globSync('{flows,src/login,src/logout}/*.test.ts', { cwd: server })
  const texts = files
    .filter((file) => !file.endsWith('login-checks.test.ts'))
    .map((file) => readFileSync(join(server, file), 'utf8'))
  for (const [code] of own) {
    const named = new RegExp(`(check: |code: |reason: |[[(,] ?)'${code}'`)
    assert.ok(
      texts.some((text) => named.test(text)),
      `no test for ${code}`,
    )
  }
})

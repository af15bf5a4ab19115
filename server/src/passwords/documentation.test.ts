import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { recordReport } from '#explain/explain.ts'
import { passwordChecks, passwordExplanations } from '#passwords/checks.ts'
import { expiries } from '#passwords/settings.ts'

const text = readFileSync(new URL('../../../docs/passwords.md', import.meta.url), 'utf8')

test('docs/passwords.md has every code of a record and of a refusal, and every expiry', () => {
  const faults = ['sso', 'inactive', 'short', 'long', 'obvious', 'same', 'differs', 'link'].map(
    (one) => `password-${one}`,
  )
  for (const code of [...passwordChecks, ...faults]) assert.ok(text.includes(`\`${code}\``), code)
  for (const expiry of expiries) assert.ok(text.includes(String(expiry)))
})

test('a record of a password is explained with its sentence and its cure', () => {
  for (const code of passwordChecks) {
    const details = {
      checks: [{ code, outcome: 'failed' as const, about: 'password' }],
      client: { address: '192.0.2.1' },
      startedAt: 'here' as const,
    }
    const report = recordReport({
      reference: 'AAAAA-AAAAA',
      startedAt: new Date(0),
      outcome: 'refused',
      details,
    } as never)
    assert.ok(report.includes(passwordExplanations[code].sentence), report)
    assert.ok(report.includes(passwordExplanations[code].cure))
  }
})

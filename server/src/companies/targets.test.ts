import assert from 'node:assert/strict'
import { test } from 'node:test'
import { targetList, targetsOf } from '#companies/targets.ts'

const problems = (targets: unknown): string => targetList.safeParse(targets).error?.issues[0]?.message ?? 'none'

test('targets are kept in one spelling', () => {
  const given = ['HTTPS://App.Example:443/networking/', 'http://localhost:3000/', 'http://[::1]:80']
  assert.deepEqual(targetList.parse(given), [
    'https://app.example/networking/',
    'http://localhost:3000',
    'http://[::1]',
  ])
})

test('only the first target may have a path, which ends in a slash', () => {
  assert.match(problems(['https://app.example', 'https://b.example/x/']), /only the first.*https:\/\/b\.example/)
  assert.match(problems(['https://app.example/networking']), /end with a slash/)
})

test('what is not a web address is no target', () => {
  for (const bad of ['javascript:alert(1)', 'ftp://x.example', 'app.example', '/path', '', 'https://u:p@x.example']) {
    assert.notEqual(problems([bad]), 'none', bad)
  }
  assert.notEqual(problems(['https://x.example/?q']), 'none')
  assert.notEqual(problems(['https://x.example/#f']), 'none')
})

test('the first target is the base of a relative done, and its origin is one of the allowed', () => {
  const targets = targetsOf(
    { targets: ['https://app.example/networking/', 'https://b.example'] },
    'https://sso.example',
  )
  assert.deepEqual(targets, {
    base: 'https://app.example/networking/',
    origins: ['https://app.example', 'https://b.example'],
  })
})

test('an Environment without targets has the service itself', () => {
  assert.deepEqual(targetsOf({ targets: [] }, 'https://sso.example'), {
    base: 'https://sso.example/',
    origins: ['https://sso.example'],
  })
})

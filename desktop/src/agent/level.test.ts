import assert from 'node:assert/strict'
import { test } from 'node:test'
import { levelOf } from '#agent/level.ts'

test('the connection is as good as the panel’s last answer is young, and gone without a network', () => {
  const levels = [0, 3_999, 4_000, 14_999, 15_000, 600_000].map((silence) => levelOf({ silence, online: true }))
  assert.deepEqual(levels, ['good', 'good', 'weak', 'weak', 'lost', 'lost'])
  assert.equal(levelOf({ silence: 0, online: false }), 'offline')
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { IDLE_MS, LIFETIME_MS } from '#administrators/admin-sessions.ts'
import { limits } from '#administrators/attempts.ts'
import { roles } from '#administrators/memberships.ts'

const page = readFileSync(new URL('../../../docs/administrators.md', import.meta.url), 'utf8').replaceAll(/\s+/g, ' ')

test('docs/administrators.md has every role, and no other', () => {
  const table = page.slice(page.indexOf('## Roles'), page.indexOf('## Invitations'))
  const told = [...table.matchAll(/\| `([a-z]+)` \|/g)].map(([, role]) => role)
  assert.deepEqual(told, [...roles])
})

test('docs/administrators.md has the limits and the times that count', () => {
  const minutes = (milliseconds: number) => milliseconds / 60_000
  for (const sentence of [
    `${limits['sign-in as']} attempts for an address and ${limits['sign-in from']} from a network`,
    `after ${minutes(IDLE_MS)} minutes without a request, and after ${minutes(LIFETIME_MS) / 60} hours in any case`,
    `more than ${limits['single sign-on from']} from one network in ten minutes`,
  ])
    assert.ok(page.includes(sentence), sentence)
})

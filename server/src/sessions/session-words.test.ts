import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { endings } from '#sessions/ends.ts'
import { endedForAdministrator, endedForPerson } from '#sessions/session-words.ts'

test('every end has a sentence for the person and one for administrators, each its own', () => {
  for (const words of [(why: (typeof endings)[number]) => endedForPerson(why), endedForAdministrator]) {
    const sentences = endings.map((why) => words(why))
    for (const sentence of sentences) assert.match(sentence, /^[A-Z].*[a-z)]\.$/)
    assert.equal(new Set(sentences).size, endings.length)
  }
})

test('the limit is told with its number, where it is known', () => {
  const told = (maximum?: number) => endedForPerson('limit', { maximum })
  assert.equal(told(3), 'You were signed out because you signed in on another device, and only 3 sessions are allowed.')
  assert.match(told(1), / only one session is allowed\.$/)
  assert.match(told(), / only so many sessions are allowed\.$/)
})

test('docs/sessions.md has every end with the sentence for administrators, and no other', () => {
  const page = readFileSync(new URL('../../../docs/sessions.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)].map(([, why, sentence]) => [why, sentence])
  assert.deepEqual(
    rows,
    endings.map((why) => [why, endedForAdministrator(why)]),
  )
})

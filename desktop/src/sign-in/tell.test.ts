import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { State } from '#sign-in/decide.ts'
import { createTeller, type Report } from '#sign-in/tell.ts'

const begun = { is: 'signing-in', since: 1_000, evidence: {} } as const
const ready = { is: 'ready', agentName: 'ada', windowMayStay: false } as const

/** What is told of states that come one after the other, the last of them at this time. */
function toldOf(states: readonly State[], at = 0): readonly Report[] {
  const told: Report[] = []
  const note = createTeller(
    (report) => told.push(report),
    () => at,
  )
  for (const state of states) note(state)
  return told
}

test('each trouble is told once, however often it is shown, until the person presses Sign in anew', () => {
  const stuck = { ...begun, trouble: 'stuck' } as const
  const wrong = { ...begun, trouble: 'wrong-page' } as const
  const once = [begun, stuck, { ...stuck }, wrong, stuck]
  assert.deepEqual(toldOf(once), [{ code: 'stuck' }, { code: 'wrong-page' }])
  assert.equal(toldOf([...once, { ...stuck, since: 2_000 }]).length, 3)
  const blocked = { is: 'signed-out', trouble: 'window-blocked' } as const
  assert.deepEqual(toldOf([blocked, { ...blocked }]), [{ code: 'window-blocked' }])
})

test('a sign-in is told once, with the tenths of a second since the click', () => {
  const { agentName: _, ...nameless } = ready
  assert.deepEqual(toldOf([begun, nameless, ready, { ...ready }], 3_449), [{ code: 'signed-in', milliseconds: 2_400 }])
})

test('without a click, or as somebody else, nobody signed in', () => {
  const looking = { is: 'looking', since: 0 } as const
  assert.deepEqual(toldOf([looking, ready, { is: 'signed-out', trouble: 'session-expired' }, ready]), [
    { code: 'session-expired' },
  ])
  assert.deepEqual(toldOf([begun, { ...ready, trouble: 'other-agent' }, { ...ready, trouble: 'other-agent' }]), [
    { code: 'other-agent' },
  ])
})

test('what somebody does on purpose is not told', () => {
  const out = (['logged-out', 'sallyport-session-over'] as const).map(
    (trouble) => ({ is: 'signed-out', trouble }) as const,
  )
  assert.deepEqual(toldOf(out), [])
})

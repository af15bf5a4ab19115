import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Facts, mustLoadAgain, next, type SignInEvent, type State, sights } from '#sign-in/decide.ts'
import { type Trouble, troubles } from '#sign-in/troubles.ts'

const facts: Facts = { expectedAgent: 'ada', crossSite: true, stuckAfter: 30_000 }
const begun: State = { is: 'signing-in', since: 0, evidence: {} }

function after(events: readonly SignInEvent[], start: State = begun, given: Facts = facts): State {
  return events.reduce((state, event) => next(state, event, given), start)
}

function troubleAfter(events: readonly SignInEvent[], start: State = begun, given: Facts = facts): Trouble | undefined {
  const state = after(events, start, given)
  return 'trouble' in state ? state.trouble : undefined
}

test('whoever is signed in already never sees the way in; for others it opens after a while', () => {
  const looking: State = { is: 'looking', since: 0 }
  assert.deepEqual(after([{ was: 'acknowledged', at: 900 }], looking), { is: 'ready', windowMayStay: false })
  assert.deepEqual(after([{ was: 'time', at: 7_999 }], looking), looking)
  assert.deepEqual(after([{ was: 'time', at: 8_000 }], looking), { is: 'signed-out' })
})

test('a window that the browser did not open is told at once', () => {
  assert.equal(troubleAfter([{ was: 'clicked', opened: false, at: 5 }], { is: 'signed-out' }), 'window-blocked')
})

test('a closed window is told after four seconds, because pages can cut the tie to a window that is still there', () => {
  const closed = { was: 'window-closed', at: 1_000 } as const
  assert.equal(troubleAfter([closed, { was: 'time', at: 4_999 }]), undefined)
  assert.equal(troubleAfter([closed, { was: 'time', at: 5_000 }]), 'window-closed')
  assert.deepEqual(after([closed, { was: 'time', at: 5_000 }, { was: 'acknowledged', at: 6_000 }]), {
    is: 'ready',
    windowMayStay: true,
  })
})

test('what the person sees, and what was found out, name the trouble', () => {
  const stuck = { was: 'time', at: 30_000 } as const
  const saw = (sight: (typeof sights)[number]) => ({ was: 'saw', sight, at: 31_000 }) as const
  const found = (cookiesBlocked: boolean | undefined, frameRefused: boolean | undefined) =>
    ({ was: 'found', evidence: { cookiesBlocked, frameRefused }, at: 30_500 }) as const
  const rows: readonly (readonly [expected: Trouble, events: readonly SignInEvent[], given?: Facts])[] = [
    ['stuck', [stuck]],
    ['stuck', [stuck, found(false, true)]],
    ['cookies-blocked', [stuck, found(true, true)]],
    ['cookies-blocked', [stuck, saw('panel'), found(true, undefined)]],
    // On one site no cookie is anybody else’s.
    ['stuck', [stuck, found(true, true)], { ...facts, crossSite: false }],
    ['origin-not-approved', [stuck, found(true, true), saw('panel')], { ...facts, crossSite: false }],
    ['origin-not-approved', [stuck, found(false, true), saw('panel')]],
    ['origin-not-approved', [stuck, found(undefined, undefined), saw('panel')]],
    ['panel-silent', [stuck, found(false, false), saw('panel')]],
    ['wrong-page', [stuck, saw('aws')]],
    ['refused-by-aws', [stuck, saw('aws-error')]],
    ['not-in-amazon-connect', [stuck, saw('not-onboarded')]],
    ['direct-login', [stuck, saw('expired')]],
    ['not-finished', [stuck, saw('company')]],
    ['window-closed', [stuck, saw('nothing')]],
    // Whoever looks again may say something else.
    ['wrong-page', [stuck, saw('company'), saw('aws')]],
  ]
  for (const [expected, events, given] of rows) {
    assert.equal(troubleAfter(events, begun, given), expected, JSON.stringify(events))
  }
  assert.deepEqual(
    new Set(rows.flatMap(([, events]) => events.flatMap((event) => ('sight' in event ? [event.sight] : [])))),
    new Set(sights),
  )
})

test('somebody else in Amazon Connect is a trouble, where names are compared, and case counts', () => {
  const ready: State = { is: 'ready', windowMayStay: false }
  const agent = (name: string) => [{ was: 'agent', name, at: 1 }] as const
  assert.equal(troubleAfter(agent('ada'), ready), undefined)
  assert.equal(troubleAfter(agent('Ada'), ready), 'other-agent')
  assert.equal(troubleAfter(agent('grace'), ready), 'other-agent')
  assert.equal(troubleAfter(agent('grace'), ready, { ...facts, expectedAgent: undefined }), undefined)
})

test('a session that ends says so, and only one that was there', () => {
  const ready: State = { is: 'ready', agentName: 'ada', windowMayStay: false }
  assert.equal(troubleAfter([{ was: 'session-failed', at: 1 }], ready), 'session-expired')
  const left: State = { is: 'signed-out', trouble: 'logged-out' }
  assert.equal(after([{ was: 'session-failed', at: 1 }], left), left)
})

test('what comes twice, too early, or from before changes nothing', () => {
  const ready: State = { is: 'ready', agentName: 'ada', windowMayStay: true }
  for (const event of [
    { was: 'acknowledged', at: 1 },
    { was: 'cancelled', at: 1 },
  ] as const)
    assert.equal(after([event], ready), ready, event.was)
  // The library tells of a failed session with every load of the panel while nobody is signed in.
  assert.equal(after([{ was: 'session-failed', at: 1 }]), begun)
  const out: State = { is: 'signed-out' }
  for (const event of [
    { was: 'agent', name: 'ada', at: 1 },
    { was: 'window-closed', at: 1 },
    { was: 'saw', sight: 'aws', at: 1 },
    { was: 'found', evidence: { cookiesBlocked: true }, at: 1 },
    { was: 'time', at: 900_000 },
  ] as const)
    assert.equal(after([event], out), out, event.was)
  // A window that is gone is told four times a second.
  const closed = [1_000, 2_000, 4_900].map((at) => ({ was: 'window-closed', at }) as const)
  assert.equal(troubleAfter([...closed, { was: 'time', at: 5_000 }]), 'window-closed')
  assert.equal(troubleAfter([{ was: 'found', evidence: { cookiesBlocked: true }, at: 1 }]), undefined)
  assert.equal(troubleAfter([{ was: 'time', at: 29_999 }]), undefined)
})

test('a new attempt knows nothing of the one before, and every attempt is over after five minutes', () => {
  const stuck = after([
    { was: 'window-closed', at: 1 },
    { was: 'time', at: 30_000 },
    { was: 'saw', sight: 'aws', at: 31_000 },
  ])
  assert.deepEqual(after([{ was: 'clicked', opened: true, at: 40_000 }], stuck), { ...begun, since: 40_000 })
  assert.deepEqual(after([{ was: 'cancelled', at: 40_000 }], stuck), { is: 'signed-out' })
  assert.equal(after([{ was: 'time', at: 299_999 }], stuck), stuck)
  assert.deepEqual(after([{ was: 'time', at: 300_000 }], stuck), { is: 'signed-out', trouble: 'wrong-page' })
  assert.deepEqual(after([{ was: 'time', at: 300_000 }]), { is: 'signed-out', trouble: 'stuck' })
  assert.deepEqual(after([{ was: 'acknowledged', at: 5 }]), { is: 'ready', windowMayStay: false })
})

test('the right agent after the wrong one is the right agent', () => {
  const agent = (name: string) => ({ was: 'agent', name, at: 1 }) as const
  const state = after([agent('grace'), agent('ada')], { is: 'ready', windowMayStay: false })
  assert.deepEqual(state, { is: 'ready', windowMayStay: false, agentName: 'ada', trouble: undefined })
})

test('without a session at Sallyport the desktop is closed, whatever Amazon Connect says afterwards', () => {
  const over = after([{ was: 'sallyport-session-over', at: 1 }], {
    is: 'ready',
    agentName: 'ada',
    windowMayStay: false,
  })
  assert.deepEqual(over, { is: 'signed-out', trouble: 'sallyport-session-over' })
  const later: readonly SignInEvent[] = [
    { was: 'acknowledged', at: 2 },
    { was: 'agent', name: 'ada', at: 3 },
    { was: 'clicked', opened: true, at: 4 },
    { was: 'clicked', opened: false, at: 5 },
    { was: 'access-denied', at: 6 },
    { was: 'session-failed', at: 7 },
    { was: 'logged-out', at: 8 },
  ]
  for (const event of later) assert.equal(after([event], over), over, event.was)
})

const anyEvent: fc.Arbitrary<SignInEvent> = fc
  .tuple(
    fc.integer({ min: 0, max: 400_000 }),
    fc.oneof(
      fc
        .constantFrom(
          'time',
          'acknowledged',
          'window-closed',
          'cancelled',
          'session-failed',
          'access-denied',
          'logged-out',
        )
        .map((was) => ({ was })),
      fc.constantFrom('ada', 'grace').map((agent) => ({ was: 'agent' as const, name: agent })),
      fc.boolean().map((opened) => ({ was: 'clicked' as const, opened })),
      fc.constantFrom(...sights).map((sight) => ({ was: 'saw' as const, sight })),
      fc
        .record({ cookiesBlocked: fc.boolean(), frameRefused: fc.boolean() })
        .map((evidence) => ({ was: 'found' as const, evidence })),
    ),
  )
  .map(([at, event]) => ({ at, ...event }) as SignInEvent)

test('whatever happens in whatever order: only an acknowledgement makes ready, and five minutes end every attempt', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
      let state: State = { is: 'looking', since: 0 }
      for (const event of events.toSorted((a, b) => a.at - b.at)) {
        const before = state
        state = next(state, event, facts)
        if (state.is === 'ready' && before.is !== 'ready') assert.equal(event.was, 'acknowledged')
        if ('trouble' in state && state.trouble !== undefined) assert.ok(state.trouble in troubles)
      }
      const last = next(state, { was: 'time', at: 400_000 + 5 * 60_000 }, facts)
      assert.ok(last.is === 'ready' || last.is === 'signed-out')
    }),
    { seed: 8, numRuns: 2_000 },
  )
})

test('the frame is loaded again with growing pauses: soon at first, and few times in all', () => {
  const times: number[] = []
  let frame = { loads: 0, begunAt: 0, loadedAt: 0 as number | undefined }
  for (let now = 0; now < 300_000; now += 250) {
    if (!mustLoadAgain(begun, frame, now)) continue
    times.push(now)
    // The instance takes half a second.
    frame = { loads: frame.loads + 1, begunAt: now, loadedAt: now + 500 }
  }
  assert.deepEqual(times.slice(0, 4), [1_000, 2_750, 5_250, 8_250])
  assert.ok(times.length < 40, `${times.length} loads`)
  assert.equal(mustLoadAgain({ is: 'signed-out' }, frame, 10_000_000), false)
  assert.equal(mustLoadAgain({ is: 'ready', windowMayStay: false }, frame, 10_000_000), false)
})

test('a frame that loads and loads is left alone for twenty seconds', () => {
  const loading = { loads: 2, begunAt: 0, loadedAt: undefined }
  assert.deepEqual([mustLoadAgain(begun, loading, 19_999), mustLoadAgain(begun, loading, 20_000)], [false, true])
})

test('every trouble is documented, by its code', () => {
  const page = readFileSync(new URL('../../../docs/amazon-connect.md', import.meta.url), 'utf8')
  const documented = [...page.matchAll(/^\| [^|]+ \| `([a-z-]+)`[:,]/gm)].map(([, code]) => code)
  assert.deepEqual(documented.toSorted(), Object.keys(troubles).toSorted())
})

test('every trouble says what is wrong and what to do, in sentences', () => {
  for (const [code, words] of Object.entries(troubles)) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/)
    const administrator = 'administrator' in words ? [words.administrator] : []
    for (const text of [words.sentence, words.cure, ...administrator]) assert.match(text, /[.]$/, text)
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { after, testWorld } from '#login/test-place.ts'
import { answerCache, KEPT_MS } from '#sessions/answer-cache.ts'
import type { Signal } from '#storage/database.ts'

function stage() {
  const world = testWorld()
  let raise = (_signal: Signal): void => {}
  const listen = (listener: (signal: Signal) => void) => {
    raise = listener
    return () => {}
  }
  const cache = answerCache<string>({ listen }, world.clock)
  let reads = 0
  const get = (key: string, value = 'yes', until?: Date): string => {
    const known = cache.known(key)
    if (known !== undefined) return known
    reads++
    cache.reading()(key, value, until)
    return value
  }
  return { world, cache, get, reads: () => reads, raise: (signal: Signal) => raise(signal) }
}

test('an answer is read once in three seconds, for each key', () => {
  const { world, get, reads } = stage()
  assert.deepEqual([get('a'), get('a'), reads()], ['yes', 'yes', 1])
  assert.equal(get('b', 'no'), 'no')
  world.passTime(KEPT_MS - 1)
  assert.deepEqual([get('a'), reads()], ['yes', 2])
  world.passTime(1)
  assert.deepEqual([get('a'), reads()], ['yes', 3])
})

test('what ends sooner is not given any longer; a clock that is set back gives nothing longer', () => {
  const { world, get, reads } = stage()
  get('a', 'yes', after(10))
  world.passTime(10)
  get('a')
  assert.equal(reads(), 2)
  world.passTime(-1)
  get('a')
  assert.equal(reads(), 3)
})

test('when a session ends, nothing that was read before is given', () => {
  const { get, reads, raise, cache } = stage()
  get('a')
  raise('work-waiting')
  get('a')
  assert.equal(reads(), 1)
  raise('sessions-ended')
  get('a')
  assert.equal(reads(), 2)
  // It ends while it is being read.
  const keep = cache.reading()
  raise('sessions-ended')
  keep('b', 'the state before')
  assert.equal(get('b', 'the state after'), 'the state after')
})

test('of 10,001 answers the oldest goes', () => {
  const { get, reads } = stage()
  for (let nth = 0; nth <= 10_000; nth++) get(`key ${nth}`)
  assert.equal(reads(), 10_001)
  get('key 1')
  assert.equal(reads(), 10_001)
  get('key 0')
  assert.equal(reads(), 10_002)
})

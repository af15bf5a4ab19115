import assert from 'node:assert/strict'
import { test } from 'node:test'
import { after, testWorld } from '#login/test-place.ts'
import { answerCache, KEPT_MS, type Read } from '#sessions/answer-cache.ts'
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
  const get = (key: string, found: Read<string> | undefined = { value: 'yes' }) =>
    cache(key, async () => {
      reads++
      return found
    })
  return { world, cache, get, reads: () => reads, raise: (signal: Signal) => raise(signal) }
}

test('an answer is read once in three seconds, for each key', async () => {
  const { world, get, reads } = stage()
  assert.deepEqual([await get('a'), await get('a'), reads()], ['yes', 'yes', 1])
  assert.equal(await get('b', { value: 'no' }), 'no')
  world.passTime(KEPT_MS - 1)
  assert.deepEqual([await get('a'), reads()], ['yes', 2])
  world.passTime(1)
  assert.deepEqual([await get('a'), reads()], ['yes', 3])
})

test('what ends sooner is not given any longer; a clock that is set back gives nothing longer', async () => {
  const { world, get, reads } = stage()
  await get('a', { value: 'yes', until: after(10) })
  world.passTime(10)
  await get('a')
  assert.equal(reads(), 2)
  world.passTime(-1)
  await get('a')
  assert.equal(reads(), 3)
})

test('when a session ends, nothing that was read before is given', async () => {
  const { get, reads, raise, cache } = stage()
  await get('a')
  raise('work-waiting')
  await get('a')
  assert.equal(reads(), 1)
  raise('sessions-ended')
  await get('a')
  assert.equal(reads(), 2)
  // It ends while it is being read.
  const under = await cache('b', async () => {
    raise('sessions-ended')
    return { value: 'the state before' }
  })
  assert.equal(under, 'the state before')
  assert.equal(await get('b', { value: 'the state after' }), 'the state after')
})

test('what is not found is not kept, and of 10,001 the oldest goes', async () => {
  const { cache, get, reads } = stage()
  for (let time = 0; time < 2; time++) assert.equal(await cache('unknown', async () => undefined), undefined)
  for (let nth = 0; nth <= 10_000; nth++) await get(`key ${nth}`)
  assert.equal(reads(), 10_001)
  await get('key 1')
  assert.equal(reads(), 10_001)
  await get('key 0')
  assert.equal(reads(), 10_002)
})

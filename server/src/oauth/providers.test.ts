import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeOf, testWorld } from '#login/test-place.ts'
import type { PlaceWithVersion } from '#oauth/find-place.ts'
import { keepProviders } from '#oauth/providers.ts'

const world = testWorld()

/** `current` is what the database says when a provider is made, whatever the request has read before. */
function start(most?: number) {
  const made: string[] = []
  const current = new Map<string, string>()
  const providerOf = keepProviders(async ({ environment }) => {
    const version = current.get(environment.id) ?? '1'
    made.push(version)
    if (version === 'broken') throw new Error('the database is away')
    return { version }
  }, most)
  return { made, current, providerOf }
}

const place = (): PlaceWithVersion => ({ place: placeOf(world), version: '1' })

test('one that is in memory is given to everybody, also to those who ask at the same moment', async () => {
  const { made, providerOf } = start()
  const one = place()
  const all = await Promise.all([providerOf(one), providerOf(one), providerOf(one)])
  assert.equal(new Set([...all, await providerOf(one)]).size, 1)
  assert.deepEqual(made, ['1'])
})

test('another version makes it anew, once, however many ask', async () => {
  const { made, current, providerOf } = start()
  const one = place()
  const old = await providerOf(one)
  current.set(one.place.environment.id, '2')
  assert.equal(await providerOf(one), old)
  const changed = { ...one, version: '2' }
  const [first, second] = await Promise.all([providerOf(changed), providerOf(changed)])
  assert.equal(first, second)
  assert.deepEqual([first.version, made], ['2', ['1', '2']])
  // Who has read the former version gets the newest, and nobody goes back.
  assert.equal((await providerOf(one)).version, '2')
})

test('one that could not be made is tried again with the next request', async () => {
  const { made, current, providerOf } = start()
  const one = place()
  current.set(one.place.environment.id, 'broken')
  await assert.rejects(providerOf(one), /away/)
  current.delete(one.place.environment.id)
  assert.equal((await providerOf(one)).version, '1')
  assert.deepEqual(made, ['broken', '1'])
})

test('what was not used for longest is forgotten first', async () => {
  const { made, providerOf } = start(2)
  const [one, two, three] = [place(), place(), place()]
  for (const asked of [one, two, one, three]) await providerOf(asked)
  assert.equal(made.length, 3)
  await providerOf(one)
  assert.equal(made.length, 3, 'one was used after two')
  await providerOf(two)
  assert.equal(made.length, 4)
})

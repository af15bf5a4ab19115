import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '#access/access.ts'
import { listDecisions, MOST_KEPT, sweepDecisions } from '#access/recorded.ts'
import { ada, desk, forbid, requestOf, restrict } from '#access/test-access.ts'
import { after, makeNeighbours, now, testWorld } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

onEveryDatabase((kind, openFresh) => {
  const stage = async (t: Parameters<typeof openFresh>[0]) => {
    const db = await openFresh(t)
    const world = testWorld()
    const { mine, other } = await makeNeighbours(db, world)
    const id = mine.environment.id
    const count = async (of = id) => (await listDecisions(db.read, of, { limit: 20_000 })).length
    return { db, world, id, other: other.environment.id, count, ctx: { db, world } }
  }

  test(`of calls that are alike one an hour is noted, of refused ones one a minute (${kind})`, async (t) => {
    const { db, world, id, count, ctx } = await stage(t)
    await restrict(db, world, id, { policies: { Site: forbid('principal.type == "site"') } })
    const user = { ...ada, id: `user_${id}` }
    const call = (minutes: number, type: 'platform' | 'site' = 'platform', address = '192.0.2.1') =>
      decide(ctx, id, requestOf({ user: { ...user, type } }, { at: after(minutes * MINUTE), address }))
    for (const minutes of [0, 1, 59]) await call(minutes)
    assert.equal(await count(), 1)
    await call(60)
    assert.equal(await count(), 2)
    await call(60, 'platform', '192.0.2.2')
    assert.equal(await count(), 3, 'another address is another call')
    for (const minutes of [60, 60.5]) await call(minutes, 'site')
    assert.equal(await count(), 4)
    await call(61, 'site')
    assert.equal(await count(), 5)
    for (let nth = 0; nth < 2; nth++) await decide(ctx, id, requestOf({ action: 'authorize', user, client: desk }))
    assert.equal(await count(), 7, 'each authorization counts')
  })

  test(`what was asked is kept as it was, with attributes as far as there is room (${kind})`, async (t) => {
    const { db, id, ctx, other, count } = await stage(t)
    const attributes = { department: ['Sales'], groups: ['x'.repeat(5000)] }
    const request = requestOf(
      { action: 'authorize', user: { ...ada, attributes }, client: desk },
      { authnContext: 'urn:a', sessionAgeSeconds: 5, authorizedClientIds: ['desk'] },
    )
    await decide(ctx, id, request)
    const [noted] = await listDecisions(db.read, id, { limit: 1 })
    const kept = { ...request, sessionId: undefined, user: { ...ada, attributes: { department: ['Sales'] } } }
    assert.deepEqual(noted?.request, kept)
    assert.equal(await count(other), 0)
  })

  test(`after 30 days it is gone, and beyond ten thousand of one Environment (${kind})`, async (t) => {
    const { db, id, other, count, ctx } = await stage(t)
    await decide(ctx, id, requestOf({ action: 'sign-in' }, { at: after(-30 * DAY - 1) }))
    await decide(ctx, other, requestOf({ action: 'sign-in' }, { at: after(-30 * DAY) }))
    const row = {
      environment_id: id,
      action: 'call',
      user_id: null,
      client_id: null,
      address: '',
      effect: 'allow',
    } as const
    const rows = Array.from({ length: MOST_KEPT + 5 }, (_, nth) => {
      const rest = { shadow_effect: null, policies: '[]', request: '{"context":{"address":"","at":"2026-03-01"}}' }
      return { ...row, ...rest, id: `dec_${String(nth).padStart(6, '0')}` as const, at: now.getTime() - nth }
    })
    for (let from = 0; from < rows.length; from += 500) {
      const some = rows.slice(from, from + 500)
      await db.write.insertInto('access_decisions').values(some).execute()
    }
    assert.equal(await count(), MOST_KEPT + 6)
    await sweepDecisions(db, now)
    assert.deepEqual([await count(), await count(other)], [MOST_KEPT, 1])
    const [newest] = await listDecisions(db.read, id, { limit: 1 })
    assert.equal(newest?.id, 'dec_000000')
  })
})

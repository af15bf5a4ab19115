import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Transaction } from 'kysely'
import type { Id } from '#config/world.ts'
import { makeNeighbours, makePlace, now, testWorld, the } from '#login/test-place.ts'
import { endAllJob } from '#logout/end-all.ts'
import { beginEnding } from '#logout/endings.ts'
import { logoutOf } from '#logout/logouts.ts'
import { endAndTell, tellOfEnds } from '#logout/tell.ts'
import { tellClients } from '#logout/tell-clients.ts'
import { give, insertToldClient } from '#logout/test-clients.ts'
import { endings, endSessions } from '#sessions/ends.ts'
import { openSession } from '#sessions/sessions.ts'
import { sweepSessions } from '#sessions/sweep.ts'
import { insertPerson, insertSessionRows, sessionRow } from '#sessions/test-sessions.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import type { SessionRow, Tables } from '#storage/tables.ts'

const world = testWorld()
const made = { chance: world.chance, now }
const bare = { connectionId: undefined, nameId: undefined, sessionIndex: undefined, authnContext: undefined }

async function told(db: Database, environmentId: Id<'env'>) {
  const rows = await db.read
    .selectFrom('logouts')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('partner')
    .execute()
  return rows.map(logoutOf)
}

const toldAs = async (db: Database, environmentId: Id<'env'>): Promise<readonly string[]> =>
  (await told(db, environmentId)).map(({ partner, chainId, why }) => `${partner.clientId} ${chainId} ${why}`).toSorted()

/** Sessions of one person, each in a chain of its own that is named as its place in the list. */
async function openAll(db: Database, environmentId: Id<'env'>, changes: readonly Partial<SessionRow>[]) {
  const ada = await insertPerson(db, world, { environment: { id: environmentId } })
  const rows = changes.map((change, nth) => sessionRow(world, ada, { chain_id: `chain${nth}`, ...change }))
  await insertSessionRows(db, rows)
  return { ada, ids: rows.map(({ id }) => id) }
}

onEveryDatabase((kind, openFresh) => {
  test(`whyever a session ends, its clients are told of it (Back-Channel Logout 1.0 section 2) (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { environment } = await makePlace(db, world)
    await insertToldClient(db, environment.id, 'app')
    const { ada, ids } = await openAll(
      db,
      environment.id,
      endings.map(() => ({})),
    )
    await give(db, environment.id, ...ids.map((_, nth) => ({ chainId: `chain${nth}`, clientId: 'app' })))
    for (const [nth, why] of endings.entries()) {
      await db.transaction((tx) => endAndTell(tx, environment.id, { ids: [the(ids[nth])] }, { why, ...made }))
    }
    assert.deepEqual(await toldAs(db, environment.id), endings.map((why, nth) => `app chain${nth} ${why}`).toSorted())
    const [entry] = await told(db, environment.id)
    assert.deepEqual(
      [entry?.direction, entry?.binding, entry?.state, entry?.userId, entry?.nextAttemptAt],
      ['to-client', 'logout-token', 'waiting', ada.id, now],
    )
  })

  test(`those that have an address and were given something in this chain, each once; no neighbour’s (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other } = await makeNeighbours(db, world)
    const env = mine.environment.id
    for (const id of ['app', 'board', 'absent']) await insertToldClient(db, env, id)
    await insertToldClient(db, env, 'deaf', { backChannelLogoutUri: undefined })
    await insertToldClient(db, env, 'paused', { active: false })
    await insertToldClient(db, other.environment.id, 'theirs')
    await insertToldClient(db, other.environment.id, 'app')
    const { ids } = await openAll(db, env, [{}, {}])
    const here = { chainId: 'chain0' }
    await give(db, env, { ...here, clientId: 'app' }, { ...here, clientId: 'app', model: 'AccessToken' })
    await give(db, env, { ...here, clientId: 'board', model: 'RefreshToken' }, { ...here, clientId: 'deaf' })
    await give(db, env, { ...here, clientId: 'paused' }, { ...here, clientId: 'gone' })
    await give(db, env, { chainId: 'chain1', clientId: 'absent' }, { chainId: null, clientId: 'absent' })
    await give(db, other.environment.id, { ...here, clientId: 'theirs' }, { ...here, clientId: 'app' })
    const ending = { why: 'ended-by-person', ...made } as const
    await db.transaction((tx) => endAndTell(tx, env, { ids: [the(ids[0])] }, ending))
    assert.deepEqual(await toldAs(db, env), [
      'app chain0 ended-by-person',
      'board chain0 ended-by-person',
      // What it has opened for people at itself is still open.
      'paused chain0 ended-by-person',
    ])
    assert.deepEqual(await told(db, other.environment.id), [])
  })

  test(`a session that the same person’s next one replaces is no end, by another person’s it is (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { environment } = await makePlace(db, world)
    const env = environment.id
    await insertToldClient(db, env, 'app')
    const { ada, ids } = await openAll(db, env, [{}])
    const bob = await insertPerson(db, world, { environment }, { username: 'bob' })
    await give(db, env, { chainId: 'chain0', clientId: 'app' })
    const follow = (userId: Id<'user'>, id: Id<'sess'>) =>
      db.transaction(async (tx) => {
        const replaced = await endSessions(tx, env, { ids: [id] }, { why: 'replaced', now })
        const session = { ...bare, notOnOrAfter: undefined, userId, follows: replaced[0] }
        const opened = await openSession(tx, env, session, made)
        await tellOfEnds(tx, env, [...replaced, ...opened.ended], made)
        return opened.session
      })
    const second = await follow(ada.id, the(ids[0]))
    assert.deepEqual([second.chainId, await toldAs(db, env)], ['chain0', []])
    const third = await follow(bob.id, second.id)
    assert.notEqual(third.chainId, 'chain0')
    assert.deepEqual(await toldAs(db, env), ['app chain0 replaced'])
  })

  test(`ends that come by themselves are told when they are written down, of each Environment its own (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other } = await makeNeighbours(db, world)
    const hours = (count: number): number => now.getTime() + count * 3_600_000
    const ends = [
      { expires_at: hours(-1) },
      { expires_at: hours(-1), expires_why: 'identity-provider' },
      { last_seen_at: hours(-9) },
      {},
    ] as const
    for (const { environment } of [mine, other]) {
      await insertToldClient(db, environment.id, 'app')
      await openAll(db, environment.id, ends)
      await give(db, environment.id, ...ends.map((_, nth) => ({ chainId: `chain${nth}`, clientId: 'app' })))
    }
    const sweep = () => sweepSessions(db, now, (tx, id, ended) => tellClients(tx, id, ended, made))
    await sweep()
    await sweep()
    for (const { environment } of [mine, other]) {
      assert.deepEqual(await toldAs(db, environment.id), [
        'app chain0 lifetime',
        'app chain1 identity-provider-time',
        'app chain2 idle',
      ])
    }
  })

  test(`a batch of 500 sessions costs as many look-ups as one of 5, and 5,000 sessions tell all their clients (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { environment } = await makePlace(db, world)
    const env = environment.id
    await insertToldClient(db, env, 'app')
    await insertToldClient(db, env, 'board')
    const { ids } = await openAll(
      db,
      env,
      Array.from({ length: 5505 }, () => ({})),
    )
    const clients = ['app', 'board']
    await give(db, env, ...ids.flatMap((_, nth) => clients.map((clientId) => ({ chainId: `chain${nth}`, clientId }))))
    const selects = async (some: readonly Id<'sess'>[]): Promise<number> =>
      db.transaction(async (tx) => {
        const ended = await endSessions(tx, env, { ids: some }, { why: 'ended-by-administrator', now })
        const counted = countSelects(tx)
        await tellClients(counted.tx, env, ended, made)
        return counted.count()
      })
    assert.deepEqual([await selects(ids.slice(0, 5)), await selects(ids.slice(5, 505))], [3, 3])
    await db.transaction((tx) => beginEnding(tx, env, { actor: '{"by":"rule"}' }, made))
    const job = endAllJob({ db, world })
    while ((await job.once(new AbortController().signal)) === 'more');
    const entries = await told(db, env)
    assert.equal(new Set(entries.map(({ partner, chainId }) => `${partner.clientId} ${chainId}`)).size, 2 * 5505)
    assert.equal(entries.length, 2 * 5505)
  })
})

function countSelects(outer: Transaction<Tables>) {
  let selects = 0
  const tx = outer.withPlugin({
    transformQuery: ({ node }) => {
      if (node.kind === 'SelectQueryNode') selects++
      return node
    },
    transformResult: async ({ result }) => result,
  })
  return { tx, count: () => selects }
}

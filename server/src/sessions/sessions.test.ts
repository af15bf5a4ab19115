import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { after, makeNeighbours, makePlace, newUser, now, testWorld, the } from '#login/test-place.ts'
import { type EndedWhy, endSessions } from '#sessions/ends.ts'
import { findSession, noteSeen, openSession, type SessionToOpen } from '#sessions/sessions.ts'
import { defaultSessionSettings, saveSessionSettings } from '#sessions/settings.ts'
import { sweepSessions } from '#sessions/sweep.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { tokenHash } from '#storage/token-hash.ts'
import { insertUser } from '#users/users.ts'

const world = testWorld()
const minute = 60_000
const hour = 60 * minute
const made = { chance: world.chance, now }

async function addUser(
  db: Database,
  { connection, environment }: ConnectionInPlace,
  accessProfileId?: `prof_${string}`,
) {
  const username = Buffer.from(world.chance.bytes(8)).toString('hex')
  const user = newUser({ connectionId: connection.id, username, accessProfileId })
  return the(await insertUser(db.write, environment.id, user, made)).id
}

const bare = {
  nameId: { value: 'ada', format: 'urn:f' },
  sessionIndex: '_session',
  authnContext: undefined,
  notOnOrAfter: undefined,
} as const

async function open(db: Database, place: ConnectionInPlace, change: Partial<SessionToOpen> = {}, at = now) {
  const userId = change.userId ?? (await addUser(db, place))
  const session = { ...bare, userId, connectionId: place.connection.id, ...change }
  return db.transaction((tx) => openSession(tx, place.environment.id, session, { chance: world.chance, now: at }))
}

const settings = (change: Partial<Omit<typeof defaultSessionSettings, 'limit'>> & { maximum?: number }) => {
  const { maximum, ...rest } = change
  const limit = maximum === undefined ? defaultSessionSettings.limit : { enabled: true, maximum }
  return { ...defaultSessionSettings, ...rest, limit }
}

onEveryDatabase((kind, openFresh, makeFresh) => {
  test(`an open session is found by its token, and by nothing like it (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const { session, token } = await open(db, place)
    const found = the(await findSession(db.read, place.environment.id, token, now))
    assert.deepEqual(found, { session, seenNoted: true })
    assert.deepEqual([session.openedAt, session.expiresAt], [now, after(12 * hour)])
    assert.match(token, /^[\w-]{43}$/, '256 random bits')
    assert.notEqual(token, (await open(db, place)).token, 'every session has a token of its own')
    const wrong = [
      '',
      token.slice(1),
      `${token}=`,
      token.toLowerCase(),
      token.toUpperCase(),
      tokenHash(token),
      session.id,
    ]
    for (const text of wrong) {
      assert.equal(await findSession(db.read, place.environment.id, text, now), undefined, text)
    }
  })

  test(`what single logout and administrators need is kept (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const nameId = { value: 'Zoë', format: 'urn:f', nameQualifier: 'q', spNameQualifier: 'sq' }
    const client = { address: '192.0.2.7', userAgent: 'Browser/1' }
    const { token } = await open(db, place, { nameId, authnContext: 'urn:c', authorizedClientIds: ['a', 'b'], client })
    const row = await db.read.selectFrom('sessions').selectAll().executeTakeFirstOrThrow()
    const { name_id, name_id_format, name_qualifier, sp_name_qualifier, session_index, authn_context } = row
    assert.deepEqual([name_id, name_id_format, name_qualifier, sp_name_qualifier], ['Zoë', 'urn:f', 'q', 'sq'])
    assert.deepEqual([session_index, authn_context], ['_session', 'urn:c'])
    const { session } = the(await findSession(db.read, place.environment.id, token, now))
    assert.deepEqual(session.authorizedClientIds, ['a', 'b'])
    assert.deepEqual([session.address, session.userAgent], ['192.0.2.7', 'Browser/1'])
    const silent = await open(db, place)
    assert.equal(silent.session.authorizedClientIds, undefined, 'nothing said is not the same as none')
  })

  const ends: readonly (readonly [what: string, notOnOrAfter: Date | undefined, expiresAt: Date, why: EndedWhy])[] = [
    ['absent: the Environment’s lifetime', undefined, after(12 * hour), 'lifetime'],
    ['sooner: it shortens the session', after(hour), after(hour), 'identity-provider-time'],
    ['later: it does not lengthen it', after(24 * hour), after(12 * hour), 'lifetime'],
    [
      'over already, within the allowed difference of clocks: a minute is left',
      after(-30_000),
      after(60_000),
      'identity-provider-time',
    ],
  ]
  test(`SessionNotOnOrAfter ends a session (Core 2.7.2) (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const env = place.environment.id
    await saveSessionSettings(db.write, env, settings({ idleMinutes: 0 }), now)
    for (const [what, notOnOrAfter, expiresAt, why] of ends) {
      await t.test(what, async () => {
        const { session, token } = await open(db, place, { notOnOrAfter })
        assert.deepEqual(session.expiresAt, expiresAt)
        const over = the(await findSession(db.read, env, token, expiresAt))
        assert.deepEqual(over.ended, { why, at: expiresAt }, 'at that instant it is over')
        const before = the(await findSession(db.read, env, token, new Date(expiresAt.getTime() - 1)))
        assert.equal(before.ended, undefined)
      })
    }
  })

  test(`a session that nobody uses ends, and one that is used does not (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const env = place.environment.id
    await saveSessionSettings(db.write, env, settings({ idleMinutes: 30 }), now)
    const { session, token } = await open(db, place)
    const stateAt = async (at: Date) => the(await findSession(db.read, env, token, at))
    assert.deepEqual((await stateAt(after(30 * minute))).ended, { why: 'idle', at: after(30 * minute) })
    assert.equal((await stateAt(after(3 * minute - 1))).seenNoted, true)
    assert.equal((await stateAt(after(3 * minute))).seenNoted, false, 'a tenth of the time has passed: it is noted')
    await noteSeen(db.write, session, after(20 * minute))
    await noteSeen(db.write, session, after(10 * minute)) // an older request that took longer
    assert.equal((await stateAt(after(49 * minute))).ended, undefined)
    assert.deepEqual((await stateAt(after(50 * minute))).ended, { why: 'idle', at: after(50 * minute) })
    await saveSessionSettings(db.write, env, settings({ idleMinutes: 5 }), now)
    assert.deepEqual((await stateAt(after(25 * minute))).ended?.why, 'idle', 'a shorter time counts at once')
    await saveSessionSettings(db.write, env, settings({ idleMinutes: 0 }), now)
    assert.equal((await stateAt(after(11 * hour))).ended, undefined, 'never, where it is turned off')
  })

  test(`an ended session is found with why, and how it first ended stands (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const env = place.environment.id
    const { session, token } = await open(db, place)
    const living = await open(db, place)
    const [ended] = await endSessions(db.write, env, { token }, { why: 'limit', now: after(1) })
    assert.deepEqual(
      [ended?.id, ended?.nameId, ended?.sessionIndex, ended?.why],
      [session.id, bare.nameId, '_session', 'limit'],
    )
    assert.deepEqual(await endSessions(db.write, env, { token }, { why: 'logged-out', now: after(2) }), [])
    assert.deepEqual(await endSessions(db.write, env, { token: 'no token' }, { why: 'logged-out', now }), [])
    assert.deepEqual((await findSession(db.read, env, token, after(1)))?.ended, { why: 'limit', at: after(1) })
    assert.equal((await findSession(db.read, env, living.token, after(1)))?.ended, undefined)
  })

  test(`sessions end one by one, or all of a person, and only theirs (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const env = place.environment.id
    const [mine, other] = [await addUser(db, place), await addUser(db, place)]
    const sessions = [await open(db, place, { userId: mine }), await open(db, place, { userId: mine })]
    const theirs = await open(db, place, { userId: other })
    const end = async (which: Parameters<typeof endSessions>[2]) =>
      (await endSessions(db.write, env, which, { why: 'ended-by-person', now })).map(({ id }) => id)
    assert.deepEqual(await end({ id: theirs.session.id, userId: mine }), [], 'a foreign one is nobody’s to end')
    assert.deepEqual(await end({ id: the(sessions[0]).session.id, userId: mine }), [the(sessions[0]).session.id])
    assert.deepEqual(await end({ userId: mine }), [the(sessions[1]).session.id])
    assert.deepEqual(await end({ ids: [] }), [])
    assert.equal((await findSession(db.read, env, theirs.token, now))?.ended, undefined)
  })

  test(`a neighbour’s session is not found and not ended (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other } = await makeNeighbours(db, world)
    const { session, token } = await open(db, other)
    assert.equal(await findSession(db.read, mine.environment.id, token, now), undefined)
    for (const which of [{ token }, { ids: [session.id] }, { userId: session.userId }]) {
      assert.deepEqual(await endSessions(db.write, mine.environment.id, which, { why: 'limit', now }), [])
    }
    assert.equal((await findSession(db.read, other.environment.id, token, now))?.ended, undefined)
  })

  test(`a person’s cookie leads nowhere once the user is gone (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const { token } = await open(db, place)
    await db.write.deleteFrom('users').where('environment_id', '=', place.environment.id).execute()
    assert.equal(await findSession(db.read, place.environment.id, token, now), undefined)
  })

  test(`at the limit the oldest sessions give way; lowered, the surplus goes at the next sign-in (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const env = place.environment.id
    const userId = await addUser(db, place)
    await saveSessionSettings(db.write, env, settings({ maximum: 3 }), now)
    const opened = []
    for (let count = 0; count < 5; count++) opened.push(await open(db, place, { userId }, after(count)))
    const [first, second, third, fourth, fifth] = opened.map(({ session }) => session.id)
    assert.deepEqual(
      opened.map(({ ended }) => ended.map(({ id }) => id)),
      [[], [], [], [first], [second]],
    )
    await saveSessionSettings(db.write, env, settings({ maximum: 1 }), now)
    const openNow = async () => {
      const rows = await db.read.selectFrom('sessions').select('id').where('ended_at', 'is', null).execute()
      return new Set(rows.map(({ id }) => id))
    }
    assert.deepEqual(await openNow(), new Set([third, fourth, fifth]), 'nothing happens before')
    const last = await open(db, place, { userId }, after(9))
    assert.deepEqual(new Set(last.ended.map(({ id }) => id)), new Set([third, fourth, fifth]))
    assert.deepEqual([...new Set(last.ended.map(({ why }) => why))], ['limit'])
    assert.deepEqual(await openNow(), new Set([last.session.id]))
    await open(db, place)
    assert.equal((await openNow()).size, 2, 'another person has sessions of their own')
  })

  test(`who manages users has no limit; what is over does not count (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const env = place.environment.id
    await saveSessionSettings(db.write, env, settings({ maximum: 1, idleMinutes: 10 }), now)
    const profiles = await db.read.selectFrom('access_profiles').select(['id', 'user_management']).execute()
    assert.equal(profiles.filter(({ user_management }) => user_management === 1).length, 1)
    const userId = await addUser(db, place, profiles.find(({ user_management }) => user_management === 1)?.id)
    for (let count = 0; count < 3; count++) assert.deepEqual((await open(db, place, { userId })).ended, [])
    const idler = await addUser(db, place)
    await open(db, place, { userId: idler })
    assert.deepEqual((await open(db, place, { userId: idler }, after(hour))).ended, [], 'it was idle too long already')
  })

  test(`a hundred sign-ins of one person at once leave exactly the maximum (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const beside = await openAgain()
    const place = await makePlace(db, world)
    const userId = await addUser(db, place)
    await saveSessionSettings(db.write, place.environment.id, settings({ maximum: 3 }), now)
    const opening = Array.from({ length: 100 }, (_, count) => open(count % 2 === 0 ? db : beside, place, { userId }))
    const opened = await Promise.all(opening)
    const rows = await db.read.selectFrom('sessions').select(['id', 'ended_at']).execute()
    assert.equal(rows.length, 100)
    assert.equal(rows.filter(({ ended_at }) => ended_at === null).length, 3)
    assert.equal(opened.flatMap(({ ended }) => ended).length, 97, 'each that gave way was handed to one sign-in')
  })

  test(`the sweep writes down what ended by itself, and removes what ended long ago (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const env = place.environment.id
    await saveSessionSettings(db.write, env, settings({ idleMinutes: 60 }), now)
    await open(db, place, { notOnOrAfter: after(10 * minute) })
    await open(db, place)
    const { session } = await open(db, place)
    await noteSeen(db.write, session, after(50 * minute))
    const endings = async () => {
      const rows = await db.read.selectFrom('sessions').select(['ended_at', 'ended_why']).execute()
      return rows
        .map(
          ({ ended_at, ended_why }) => `${ended_why} ${ended_at === null ? '' : (ended_at - now.getTime()) / minute}`,
        )
        .sort()
    }
    await sweepSessions(db, after(61 * minute))
    assert.deepEqual(await endings(), ['identity-provider-time 10', 'idle 60', 'null '])
    await sweepSessions(db, after(13 * hour))
    assert.deepEqual(await endings(), ['identity-provider-time 10', 'idle 110', 'idle 60'])
    await sweepSessions(db, after(30 * 24 * hour + 30 * minute))
    assert.deepEqual(await endings(), ['idle 110', 'idle 60'])
  })
})

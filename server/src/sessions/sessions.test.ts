import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { tokenHash } from '#http/token-hash.ts'
import { after, makeNeighbours, makePlace, newUser, now, testWorld, the } from '#login/test-place.ts'
import { endSession, findSession, openSession, SESSION_LIFETIME_MS, type SessionToOpen } from '#sessions/sessions.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { insertUser } from '#users/users.ts'

const world = testWorld()
const hour = 3_600_000

async function open(db: Database, { connection, environment }: ConnectionInPlace, change: Partial<SessionToOpen> = {}) {
  const username = world.chance.bytes(8).join('-')
  const user = newUser({ connectionId: connection.id, username })
  const { id } = the(await insertUser(db.write, environment.id, user, { chance: world.chance, now }))
  const session: SessionToOpen = {
    userId: id,
    connectionId: connection.id,
    nameId: { value: 'ada', format: 'urn:f' },
    sessionIndex: '_session',
    authnContext: undefined,
    notOnOrAfter: undefined,
    ...change,
  }
  return openSession(db.write, environment.id, session, { chance: world.chance, now })
}

onEveryDatabase((kind, openFresh) => {
  test(`an open session is found by its token, and by nothing like it (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const { session, token } = await open(db, place)
    assert.deepEqual(await findSession(db.read, place.environment.id, token, now), session)
    assert.deepEqual([session.openedAt, session.expiresAt], [now, after(SESSION_LIFETIME_MS)])
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

  test(`what single logout will need is kept: NameID, SessionIndex (Profiles 4.4) (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const nameId = { value: 'Zoë', format: 'urn:f', nameQualifier: 'q', spNameQualifier: 'sq' }
    await open(db, place, { nameId, authnContext: 'urn:c' })
    const row = await db.read.selectFrom('sessions').selectAll().executeTakeFirstOrThrow()
    const { name_id, name_id_format, name_qualifier, sp_name_qualifier, session_index, authn_context } = row
    assert.deepEqual([name_id, name_id_format, name_qualifier, sp_name_qualifier], ['Zoë', 'urn:f', 'q', 'sq'])
    assert.deepEqual([session_index, authn_context], ['_session', 'urn:c'])
  })

  const ends: readonly (readonly [what: string, notOnOrAfter: Date | undefined, expiresAt: Date])[] = [
    ['absent: a working day', undefined, after(12 * hour)],
    ['sooner: it shortens the session', after(hour), after(hour)],
    ['later: it does not lengthen it', after(24 * hour), after(12 * hour)],
    ['over already, within the allowed difference of clocks: a minute is left', after(-30_000), after(60_000)],
  ]
  test(`SessionNotOnOrAfter ends a session (Core 2.7.2) (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const env = place.environment.id
    for (const [what, notOnOrAfter, expiresAt] of ends) {
      await t.test(what, async () => {
        const { session, token } = await open(db, place, { notOnOrAfter })
        assert.deepEqual(session.expiresAt, expiresAt)
        assert.equal(await findSession(db.read, env, token, expiresAt), undefined, 'at that instant it is over')
        assert.ok(await findSession(db.read, env, token, new Date(expiresAt.getTime() - 1)))
      })
    }
  })

  test(`an ended session is not found, and how it first ended stands (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const env = place.environment.id
    const { token } = await open(db, place)
    const living = await open(db, place)
    await endSession(db.write, env, token, { why: 'replaced', now: after(1) })
    await endSession(db.write, env, token, { why: 'logged-out', now: after(2) })
    await endSession(db.write, env, 'no token', { why: 'logged-out', now })
    assert.equal(await findSession(db.read, env, token, after(1)), undefined)
    assert.ok(await findSession(db.read, env, living.token, after(1)))
    const rows = await db.read.selectFrom('sessions').select(['ended_at', 'ended_why']).orderBy('ended_why').execute()
    const ended = rows.filter(({ ended_at }) => ended_at !== null)
    assert.deepEqual(
      ended.map(({ ended_at, ended_why }) => [ended_at, ended_why]),
      [[after(1).getTime(), 'replaced']],
    )
  })

  test(`a neighbour’s session is neither found nor ended (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other } = await makeNeighbours(db, world)
    const { token } = await open(db, other)
    assert.equal(await findSession(db.read, mine.environment.id, token, now), undefined)
    await endSession(db.write, mine.environment.id, token, { why: 'logged-out', now })
    assert.ok(await findSession(db.read, other.environment.id, token, now))
  })

  test(`every session has a token of its own, of 256 random bits, of which the table has the hash alone (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world)
    const opened = await Promise.all(Array.from({ length: 20 }, () => open(db, place)))
    const tokens = opened.map(({ token }) => token)
    assert.equal(new Set(tokens).size, 20)
    for (const token of tokens) assert.match(token, /^[A-Za-z0-9_-]{43}$/)
    const table = JSON.stringify(await db.read.selectFrom('sessions').selectAll().execute())
    for (const token of tokens) assert.ok(!table.includes(token) && table.includes(tokenHash(token)))
  })
})

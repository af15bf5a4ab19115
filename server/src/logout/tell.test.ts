import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionSettings } from '#connections/settings.ts'
import { makeNeighbours, makePlace, newUser, now, testWorld, the } from '#login/test-place.ts'
import { endAndTell, tellProviders } from '#logout/tell.ts'
import { type Telling, tellingOf } from '#logout/telling.ts'
import { type EndedWhy, endings } from '#sessions/ends.ts'
import { openSession, type SessionToOpen } from '#sessions/sessions.ts'
import { saveSessionSettings } from '#sessions/settings.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { insertUser } from '#users/users.ts'

const backChannel = { enabled: true, method: 'back-channel', url: 'https://idp.example/slo/soap' }
const { shape } = connectionSettings
const singleLogout = (given: object) => shape.singleLogout.parse({ url: 'https://idp.example/slo', ...given })

// AgileApps, the table of scenarios: the three settings of single logout; the session limit makes the end `limit`.
const rows: Readonly<Record<string, Partial<Record<EndedWhy, Telling>>>> = {
  off: {},
  'front-channel': { 'logged-out': 'by-browser' },
  'back-channel': {
    'logged-out': 'by-soap',
    'ended-by-person': 'by-soap',
    'ended-by-administrator': 'by-soap',
    limit: 'by-soap',
    deactivated: 'by-soap',
    removed: 'by-soap',
  },
}

for (const [setting, told] of Object.entries(rows)) {
  test(`single logout ${setting}: which ends the identity provider hears of`, () => {
    const given = setting === 'off' ? { enabled: false } : { enabled: true, method: setting }
    for (const why of endings) assert.equal(tellingOf(singleLogout(given), why), told[why] ?? 'nobody', why)
  })
}

const world = testWorld()
const made = { chance: world.chance, now }

async function open(
  db: Database,
  { environment, connection }: Awaited<ReturnType<typeof makePlace>>,
  session: Partial<SessionToOpen> = {},
) {
  const username = Buffer.from(world.chance.bytes(8)).toString('hex')
  const userId =
    session.userId ??
    the(await insertUser(db.write, environment.id, newUser({ connectionId: connection.id, username }), made)).id
  const bare = { authnContext: undefined, notOnOrAfter: undefined, sessionIndex: '_1', nameId: { value: 'ada' } }
  const whole = { ...bare, userId, connectionId: connection.id, ...session }
  return db.transaction(async (tx) => {
    const opened = await openSession(tx, environment.id, whole, made)
    await tellProviders(tx, environment.id, opened.ended, made)
    return opened.session
  })
}

onEveryDatabase((kind, openFresh) => {
  test(`a session and what is to be told of it end together or not at all (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world, { connections: [{ settings: { singleLogout: backChannel } }] })
    const { id } = await open(db, place)
    const env = place.environment.id
    const work = db.transaction(async (tx) => {
      await endAndTell(tx, env, { ids: [id] }, { why: 'ended-by-administrator', ...made })
      throw new Error('cut off')
    })
    await assert.rejects(work, /cut off/)
    const state = async () => [
      (await db.read.selectFrom('sessions').select('ended_why').execute()).map((row) => row.ended_why),
      (await db.read.selectFrom('logouts').select('state').execute()).map((row) => row.state),
    ]
    assert.deepEqual(await state(), [[null], []])
    await db.transaction((tx) => endAndTell(tx, env, { ids: [id] }, { why: 'ended-by-administrator', ...made }))
    assert.deepEqual(await state(), [['ended-by-administrator'], ['waiting']])
  })

  test(`at the limit the identity provider’s session stays where the new session came of the same one (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world, { connections: [{ settings: { singleLogout: backChannel } }] })
    const limit = { enabled: true, maximum: 1 }
    await saveSessionSettings(db.write, place.environment.id, { idleMinutes: 0, lifetimeMinutes: 60, limit }, now)
    const states = async (): Promise<readonly string[]> => {
      const found = await db.read.selectFrom('logouts').select(['state', 'session_id']).orderBy('created_at').execute()
      await db.write.deleteFrom('logouts').execute()
      return found.map(({ state }) => state)
    }
    const first = await open(db, place, { sessionIndex: '_same' })
    await open(db, place, { userId: first.userId, sessionIndex: '_same' })
    assert.deepEqual(await states(), ['not-sent'])
    await open(db, place, { userId: first.userId, sessionIndex: '_other' })
    assert.deepEqual(await states(), ['waiting'])
    await open(db, place, { userId: first.userId, sessionIndex: undefined })
    assert.deepEqual(await states(), ['waiting'])
    await open(db, place, { userId: first.userId, sessionIndex: '_x' })
    assert.deepEqual(await states(), ['not-sent'], 'without SessionIndex the request would mean all of them')
  })

  test(`sessions without a NameID cannot be named, and those of no connection have nobody to tell (${kind})`, async (t) => {
    const db = await openFresh(t)
    const place = await makePlace(db, world, { connections: [{ settings: { singleLogout: backChannel } }] })
    const nameless = await open(db, place, { nameId: undefined })
    const byPassword = await open(db, place, { connectionId: undefined })
    const ending = { why: 'ended-by-person', ...made } as const
    const ids = [nameless.id, byPassword.id]
    await db.transaction((tx) => endAndTell(tx, place.environment.id, { ids }, ending))
    const found = await db.read.selectFrom('logouts').select(['state', 'session_id']).execute()
    assert.deepEqual(
      found.map((row) => ({ ...row })),
      [{ state: 'not-sent', session_id: nameless.id }],
    )
  })

  test(`nothing is told of a neighbour’s sessions (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other } = await makeNeighbours(db, world)
    const session = await open(db, other)
    const ended = await db.transaction((tx) =>
      endAndTell(tx, mine.environment.id, { ids: [session.id] }, { why: 'limit', ...made }),
    )
    assert.deepEqual([ended, await db.read.selectFrom('logouts').selectAll().execute()], [[], []])
  })
})

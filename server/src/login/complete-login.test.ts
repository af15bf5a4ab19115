import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { World } from '#config/world.ts'
import { newToken } from '#config/world.ts'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { type CompletedLogin, completeLogin } from '#login/complete-login.ts'
import type { LoginContext } from '#login/login.ts'
import { SigninRefused } from '#login/signin-refused.ts'
import { contextOf, makeNeighbours, makePlace, makePlaces, newUser, now, testWorld, the } from '#login/test-place.ts'
import { insertVerifiedResponse, type Person } from '#login/verified-responses.ts'
import { type FoundSession, findSession } from '#sessions/sessions.ts'
import { findRecord, findRecordById, listRecords, startRecord } from '#signin-records/signin-records.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { tokenHash } from '#storage/token-hash.ts'
import { findUser, insertUser } from '#users/users.ts'

const client = { address: '192.0.2.1', userAgent: 'a browser' }
const browserToken = 'the cookie of this browser'

function named(value: string, person: Partial<Person> = {}): Person {
  return { nameId: { value, format: undefined }, attributes: [], ...person }
}

/** An answer that was judged and waits under a code, as receive-response leaves it. */
async function waiting(ctx: LoginContext, place: ConnectionInPlace, person = named('ada'), done?: string) {
  const { environment, connection } = place
  const details = { checks: [], client, startedAt: 'here' } as const
  const about = { connectionId: connection.id, details }
  const record = await startRecord(ctx.db.write, environment.id, about, { chance: ctx.world.chance, now })
  const code = newToken(ctx.world.chance)
  await insertVerifiedResponse(ctx.db.write, environment.id, {
    codeHash: tokenHash(code),
    connectionId: connection.id,
    recordId: record.id,
    browserHash: tokenHash(browserToken),
    done,
    person,
    createdAt: now,
    expiresAt: new Date(now.getTime() + 60_000),
  })
  return { code, record }
}

type Change = Partial<Parameters<typeof completeLogin>[1]>

function complete(
  ctx: LoginContext,
  { connection }: ConnectionInPlace,
  code: string,
  change: Change = {},
): Promise<CompletedLogin> {
  const login = { ticket: connection.ticket, code, browserToken, formerToken: () => undefined, client, ...change }
  return completeLogin(ctx, login)
}

async function signIn(ctx: LoginContext, place: ConnectionInPlace, person?: Person, change?: Change) {
  return complete(ctx, place, (await waiting(ctx, place, person)).code, change)
}

async function refusal(attempt: Promise<unknown>): Promise<SigninRefused> {
  const error = await attempt.then(
    () => assert.fail('not refused'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof SigninRefused, String(error))
  return error
}

/** Found, and not over. */
function isOpen(found: FoundSession | undefined): boolean {
  return found !== undefined && found.ended === undefined
}

async function count(db: Database, table: 'users' | 'sessions'): Promise<number> {
  return (await db.read.selectFrom(table).select('id').execute()).length
}

onEveryDatabase((kind, openFresh, makeFresh) => {
  test(`the user is made, the session opened, the record finished, and the browser sent to done (${kind})`, async (t) => {
    const db = await openFresh(t)
    const ctx = contextOf(db, testWorld())
    const place = await makePlace(db, ctx.world)
    const env = place.environment.id
    const person = named('ada', {
      attributes: [{ name: 'email', nameFormat: undefined, values: ['ada@acme.example'] }],
      sessionNotOnOrAfter: '2026-03-01T13:00:00.000Z',
    })
    const { code, record } = await waiting(ctx, place, person, 'page#here')
    const { url, token, session } = await complete(ctx, place, code)
    assert.equal(url, 'https://apps.example/networking/page#here')
    assert.deepEqual((await findSession(db.read, env, token, now))?.session, session)
    assert.equal(session.expiresAt.toISOString(), '2026-03-01T13:00:00.000Z', 'Core 2.7.2')
    const user = the(await findUser(db.read, env, { kind: 'username', value: 'ada' }))
    assert.deepEqual(
      [user.id, user.email, user.connectionId],
      [session.userId, 'ada@acme.example', place.connection.id],
    )
    const written = the(await findRecordById(db.read, env, record.id))
    assert.deepEqual([written.outcome, written.userId, written.finishedAt], ['signed-in', user.id, now])
    const codes = written.details.checks.map(({ code, outcome }) => `${code} ${outcome}`)
    assert.deepEqual(codes, ['browser passed', 'user-id passed', 'session-lives passed', 'user-known passed'])
  })

  test(`fifty first sign-ins of one new person at once, in two processes, make one user and fifty sessions (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const world: World = testWorld()
    const contexts = [contextOf(db, world), contextOf(await openAgain(), world)] as const
    const place = await makePlace(db, world)
    const codes = await Promise.all(Array.from({ length: 50 }, () => waiting(contexts[0], place)))
    const completed = await Promise.all(codes.map(({ code }, nth) => complete(the(contexts[nth % 2]), place, code)))
    assert.equal(new Set(completed.map(({ session }) => session.userId)).size, 1)
    assert.deepEqual([await count(db, 'users'), await count(db, 'sessions')], [1, 50])
    const records = await listRecords(db.read, place.environment.id, { limit: 100 })
    assert.deepEqual([...new Set(records.map(({ outcome }) => outcome))], ['signed-in'])
  })

  test(`one code, twenty at once: one session (${kind})`, async (t) => {
    const db = await openFresh(t)
    const ctx = contextOf(db, testWorld())
    const place = await makePlace(db, ctx.world)
    const { code } = await waiting(ctx, place)
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => complete(ctx, place, code)))
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.equal(await count(db, 'sessions'), 1)
    for (const result of results) {
      if (result.status === 'rejected') assert.equal((result.reason as SigninRefused).reason, 'continue-code')
    }
  })

  test(`a refused person has a record, and neither a user nor a session (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const ctx = contextOf(db, world)
    const connections = [
      { name: 'Directory' },
      { name: 'Partners' },
      { name: 'Closed', settings: { createUsers: { enabled: false } } },
      { name: 'Federated', settings: { userIdType: 'federated-id' } },
    ]
    const [directory, partners, closed, federated] = await makePlaces(db, world, { connections })
    await signIn(ctx, the(directory))
    const bob = newUser({ username: 'bob', connectionId: the(federated).connection.id, federatedId: 'f-bob' })
    const env = the(directory).environment.id
    await insertUser(db.write, env, bob, { chance: world.chance, now })

    const rows = [
      { what: 'a user of another connection', place: partners, person: named('ada'), reason: 'user-connection' },
      { what: 'an unknown person, Create Users off', place: closed, person: named('eve'), reason: 'user-known' },
      {
        what: 'a federated id that is another’s username',
        place: federated,
        person: named('ada'),
        reason: 'user-name',
      },
      {
        what: 'the username of one found by federated id',
        place: federated,
        person: named('bob'),
        reason: 'user-name',
      },
      {
        what: 'a federated id, where usernames count',
        place: partners,
        person: named('bob'),
        reason: 'user-connection',
      },
      { what: 'nobody', place: directory, person: { attributes: [] }, reason: 'user-id' },
      {
        what: 'the answer to another browser',
        place: directory,
        change: { browserToken: 'another' },
        reason: 'browser',
      },
      { what: 'a browser without cookie', place: directory, change: { browserToken: undefined }, reason: 'browser' },
      { what: 'no code', place: directory, change: { code: undefined }, reason: 'continue-code' },
      {
        what: 'the code of another connection',
        place: directory,
        change: { ticket: the(partners).connection.ticket },
        reason: 'continue-code',
      },
    ]
    const before = [await count(db, 'users'), await count(db, 'sessions')]
    for (const { what, place, person, change, reason } of rows) {
      await t.test(what, async () => {
        const refused = await refusal(signIn(ctx, the(place), person, change))
        assert.equal(refused.reason, reason)
        const record = the(await findRecord(db.read, env, refused.reference))
        assert.deepEqual([record.outcome, record.reason, record.userId], ['refused', reason, undefined])
        const check = the(record.details.checks.find(({ code }) => code === reason))
        assert.ok(check.outcome === 'failed' && check.expected && check.received, JSON.stringify(check))
        assert.deepEqual([await count(db, 'users'), await count(db, 'sessions')], before)
      })
    }
    const good = await signIn(ctx, the(federated), named('f-bob'))
    assert.match(good.session.userId, /^user_/, 'and the right federated id comes in')
  })

  test(`the code of a neighbour opens nothing, and the neighbour can still use it (${kind})`, async (t) => {
    const db = await openFresh(t)
    const ctx = contextOf(db, testWorld())
    const { mine, other } = await makeNeighbours(db, ctx.world)
    const { code } = await waiting(ctx, other)
    const refused = await refusal(complete(ctx, mine, code))
    assert.equal(refused.reason, 'continue-code')
    assert.equal(await findRecord(db.read, other.environment.id, refused.reference), undefined, 'it is my record')
    assert.ok(await complete(ctx, other, code))
  })

  test(`people of the same name in two Environments are two users (${kind})`, async (t) => {
    const db = await openFresh(t)
    const ctx = contextOf(db, testWorld())
    const { mine, other } = await makeNeighbours(db, ctx.world)
    const [a, b] = [await signIn(ctx, mine), await signIn(ctx, other)]
    assert.notEqual(a.session.userId, b.session.userId)
    assert.equal(await findSession(db.read, mine.environment.id, b.token, now), undefined)
  })

  test(`a new sign-in in a browser replaces its session; sessions of other browsers live on (${kind})`, async (t) => {
    const db = await openFresh(t)
    const ctx = contextOf(db, testWorld())
    const { mine, other } = await makeNeighbours(db, ctx.world)
    const env = mine.environment.id
    const first = await signIn(ctx, mine)
    const elsewhere = await signIn(ctx, mine)
    const theirs = await signIn(ctx, other)
    const formerToken = (id: typeof env) => (id === env ? first.token : theirs.token)
    const second = await signIn(ctx, mine, named('grace'), { formerToken })
    assert.notEqual(second.token, first.token, 'a new token at each sign-in (session fixation)')
    assert.equal((await findSession(db.read, env, first.token, now))?.ended?.why, 'replaced')
    assert.ok(isOpen(await findSession(db.read, env, elsewhere.token, now)))
    assert.ok(isOpen(await findSession(db.read, other.environment.id, theirs.token, now)))
    const { ended_why } = await db.read
      .selectFrom('sessions')
      .select('ended_why')
      .where('id', '=', first.session.id)
      .executeTakeFirstOrThrow()
    assert.equal(ended_why, 'replaced')
  })

  test(`a refused sign-in leaves the session of the browser alone (${kind})`, async (t) => {
    const db = await openFresh(t)
    const ctx = contextOf(db, testWorld())
    const place = await makePlace(db, ctx.world)
    const first = await signIn(ctx, place)
    await refusal(signIn(ctx, place, { attributes: [] }, { formerToken: () => first.token }))
    assert.ok(isOpen(await findSession(db.read, place.environment.id, first.token, now)))
  })
})

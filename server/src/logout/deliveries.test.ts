import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { uris, writeSoap } from '@sallyport/saml'
import type { Id } from '#config/world.ts'
import { type ConnectionInPlace, requestIssuerOf } from '#connections/connections.ts'
import { startJobs } from '#jobs/jobs.ts'
import { keyOfPlace } from '#keys/place-keys.ts'
import {
  contextOf,
  makePlace,
  makePlaces,
  newUser,
  publicUrl,
  type TestWorld,
  testWorld,
  the,
} from '#login/test-place.ts'
import { type DeliveryContext, deliver } from '#logout/deliver.ts'
import { deliveryJob } from '#logout/deliveries.ts'
import { listAttempts, logoutOf } from '#logout/logouts.ts'
import { endAndTell } from '#logout/tell.ts'
import { type Behaviour, confirms, startProvider, type TestProvider } from '#logout/test-provider.ts'
import type { EndedWhy } from '#sessions/ends.ts'
import { openSession, type SessionToOpen } from '#sessions/sessions.ts'
import type { Database } from '#storage/database.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'
import { insertUser } from '#users/users.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const person = {
  value: 'ada@acme.example',
  format: uris.nameId.emailAddress,
  nameQualifier: 'q',
  spNameQualifier: 'sq',
}

type Stage = {
  readonly db: Database
  readonly world: TestWorld
  readonly place: ConnectionInPlace
  readonly provider: TestProvider
  readonly ctx: DeliveryContext
  readonly open: (change?: Partial<SessionToOpen>) => Promise<Id<'sess'>>
  readonly end: (why?: EndedWhy, ...ids: readonly Id<'sess'>[]) => Promise<void>
  /** Does all that is due now, and waits for it. */
  readonly work: (ctx?: DeliveryContext) => Promise<void>
  readonly ledger: () => Promise<readonly ReturnType<typeof logoutOf>[]>
}

async function setStage(t: TestContext, db: Database): Promise<Stage> {
  const world = testWorld()
  const provider = await startProvider(t, world)
  const singleLogout = { enabled: true, method: 'back-channel', url: provider.url }
  const place = await makePlace(db, world, { connections: [{ settings: { singleLogout } }] })
  const ctx = deliveryContext(db, world)
  await introduce(ctx, place, provider)
  const stage = { db, world, place, provider, ctx }
  return { ...stage, ...actionsOf(db, world, place), work: (other = ctx) => workOff(other) }
}

function deliveryContext(db: Database, world: TestWorld): DeliveryContext {
  const log = {
    info: () => {},
    warn: () => {},
    error: (...what: readonly unknown[]) => assert.fail(JSON.stringify(what)),
  }
  return { ...contextOf(db, world), config: { publicUrl, allowPrivateHosts: ['127.0.0.1'] }, log }
}

async function introduce(ctx: DeliveryContext, place: ConnectionInPlace, provider: TestProvider): Promise<void> {
  const { certificatePem } = await keyOfPlace(ctx, place)
  provider.trust({ certificatePem, entityId: requestIssuerOf(place.connection, publicUrl) })
}

function actionsOf(db: Database, world: TestWorld, { environment, connection }: ConnectionInPlace) {
  const made = () => ({ chance: world.chance, now: world.clock() })
  return {
    open: async (change: Partial<SessionToOpen> = {}) => {
      const username = Buffer.from(world.chance.bytes(8)).toString('hex')
      const user = the(
        await insertUser(db.write, environment.id, newUser({ connectionId: connection.id, username }), made()),
      )
      const session = {
        userId: user.id,
        connectionId: connection.id,
        nameId: person,
        sessionIndex: `_${username}`,
        authnContext: undefined,
        notOnOrAfter: undefined,
        ...change,
      }
      return (await db.transaction((tx) => openSession(tx, environment.id, session, made()))).session.id
    },
    end: async (why: EndedWhy = 'ended-by-person', ...ids: readonly Id<'sess'>[]) => {
      await db.transaction((tx) => endAndTell(tx, environment.id, { ids }, { why, ...made() }))
    },
    ledger: async () => {
      const rows = await db.read
        .selectFrom('logouts')
        .selectAll()
        .where('environment_id', '=', environment.id)
        .orderBy('created_at')
        .execute()
      return rows.map(logoutOf)
    },
  }
}

async function workOff(ctx: DeliveryContext): Promise<void> {
  const job = deliveryJob(ctx)
  const stop = new AbortController().signal
  let attempts: number
  do {
    attempts = await countAttempts(ctx.db)
    while ((await job.once(stop)) === 'more');
    await job.settle?.()
  } while ((await countAttempts(ctx.db)) > attempts)
}

async function countAttempts(db: Database): Promise<number> {
  return (await db.read.selectFrom('logouts').select('attempts').execute()).reduce(
    (sum, { attempts }) => sum + attempts,
    0,
  )
}

/** The outcomes and codes of all attempts, in order. */
async function attemptsOf({ db, place, ledger }: Stage): Promise<readonly string[]> {
  const lists = (await ledger()).map(({ id }) => listAttempts(db.read, place.environment.id, id))
  return (await Promise.all(lists)).flat().map(({ outcome, details }) => `${outcome} ${details.code ?? ''}`.trim())
}

const answers = (status: number, body: string): Behaviour => {
  return (response) => void response.writeHead(status, { 'content-type': 'text/xml' }).end(body)
}

const failures = (
  world: TestWorld,
): Readonly<Record<string, readonly [behaviour: Behaviour, state: string, attempt: string]>> => {
  const { success, requester, responder, partialLogout } = uris.status
  return {
    'PartialLogout below Success': [
      confirms(world, { status: { code: success, subCode: partialLogout } }),
      'partial',
      'partial partial-logout',
    ],
    'PartialLogout below Responder': [
      confirms(world, { status: { code: responder, subCode: partialLogout } }),
      'partial',
      'partial partial-logout',
    ],
    'a refusal for good': [confirms(world, { status: { code: requester } }), 'refused', 'refused status'],
    'a refusal for now': [confirms(world, { status: { code: responder } }), 'waiting', 'failed status'],
    'an unsigned answer': [confirms(world, {}, 'nobody'), 'waiting', 'failed signature-present'],
    'an unsigned PartialLogout': [
      confirms(world, { status: { code: success, subCode: partialLogout } }, 'nobody'),
      'waiting',
      'failed signature-present',
    ],
    'an answer signed by another key': [confirms(world, {}, 'other-idp'), 'waiting', 'failed signature-key'],
    'an answer of somebody else': [
      confirms(world, { issuer: 'https://else.example' }),
      'waiting',
      'failed response-issuer',
    ],
    'an answer to another request': [confirms(world, { inResponseTo: '_other' }), 'waiting', 'failed in-response-to'],
    'status 500': [answers(500, '<html>broken</html>'), 'waiting', 'failed soap-envelope'],
    'status 503': [answers(503, 'busy'), 'waiting', 'failed status'],
    'a redirect': [
      (response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
      'waiting',
      'failed redirected',
    ],
    'no XML': [answers(200, 'OK'), 'waiting', 'failed xml-well-formed'],
    'nothing at all': [answers(200, ''), 'waiting', 'failed xml-well-formed'],
    'an endless answer': [answers(200, writeSoap(`<!--${'x'.repeat(300 * 1024)}-->`)), 'waiting', 'failed too-large'],
    'a hang-up': [(response) => void response.destroy(), 'waiting', 'failed unreachable'],
    silence: [() => {}, 'waiting', 'failed too-slow'],
  }
}

onEveryDatabase((kind, openFresh: OpenFresh, makeFresh) => {
  test(`the request names person and session as the assertion did, and is signed (Profiles 4.4.4.1) (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { provider, open, end, ledger, work, world } = stage
    const id = await open({ sessionIndex: '_7' })
    await end('ended-by-person', id)
    assert.deepEqual(
      (await ledger()).map(({ state }) => state),
      ['waiting'],
    )
    await work()
    const [heard] = provider.heard
    assert.deepEqual([heard?.nameId, heard?.sessionIndexes], [person, ['_7']])
    assert.equal(heard?.notOnOrAfter?.getTime(), world.clock().getTime() + 5 * minute)
    const [entry] = await ledger()
    assert.deepEqual(
      [entry?.state, entry?.attempts, entry?.sessionId, entry?.messageId, entry?.finishedAt],
      ['done', 1, id, heard?.id, world.clock()],
    )
    assert.deepEqual(await attemptsOf(stage), ['done'])
    await work()
    assert.equal(provider.heard.length, 1, 'and no more')
    assert.equal(stage.ctx.attempts.all().done, 1)
  })

  test(`every kind of answer becomes a state and an attempt with a cure (Core 3.2.2.2) (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    for (const [what, [behaviour, state, attempt]] of Object.entries(failures(stage.world))) {
      await stage.db.write.deleteFrom('logouts').execute()
      await stage.db.write.deleteFrom('logout_pauses').execute()
      stage.provider.behave(behaviour)
      await stage.end('ended-by-administrator', await stage.open())
      await stage.work(what === 'silence' ? { ...stage.ctx, timeoutMs: 200 } : stage.ctx)
      assert.deepEqual(
        [await attemptsOf(stage), (await stage.ledger()).map((one) => one.state)],
        [[attempt], [state]],
        what,
      )
      const [entry] = await stage.ledger()
      const [tried] = await listAttempts(stage.db.read, stage.place.environment.id, the(entry).id)
      assert.ok(tried?.details.sentence && tried.details.cure, `${what} has a sentence and a cure`)
    }
  })

  test(`an identity provider is away for an hour: all that waits is delivered when it is back, and it is not stormed (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { provider, world, open, end, work, ledger } = stage
    await provider.goAway()
    const ids = await Promise.all(Array.from({ length: 20 }, () => open()))
    await end('ended-by-administrator', ...ids)
    for (let passed = 0; passed < hour; passed += 5 * second) {
      await work()
      world.passTime(5 * second)
    }
    const tries = await attemptsOf(stage)
    assert.deepEqual([...new Set(tries)], ['failed unreachable'])
    assert.equal(stage.ctx.attempts.all().failed, tries.length)
    assert.ok(tries.length < 24, `${tries.length} attempts in an hour, for 20 requests`)
    await provider.comeBack()
    world.passTime(10 * minute)
    await work()
    assert.deepEqual([...new Set((await ledger()).map(({ state }) => state))], ['done'])
    assert.equal(provider.heard.length, 20)
    assert.equal(new Set(provider.heard.flatMap(({ sessionIndexes }) => sessionIndexes)).size, 20)
  })

  test(`after a day it is given up, and the ledger says so (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { provider, world, open, end, work, ledger } = stage
    provider.behave(answers(503, ''))
    await end('limit', await open())
    for (let passed = 0; passed <= 25 * hour; passed += 10 * minute) {
      await work()
      world.passTime(10 * minute)
    }
    const [entry] = await ledger()
    assert.deepEqual([entry?.state, entry?.nextAttemptAt], ['given-up', undefined])
    assert.ok(the(entry?.finishedAt).getTime() - the(entry).createdAt.getTime() > 23.5 * hour)
    provider.behave(confirms(world))
    await work()
    assert.equal(provider.heard.length, the(entry).attempts)
  })

  test(`an identity provider that hangs holds up nobody else’s (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const providers = [await startProvider(t, world), await startProvider(t, world)]
    const connections = providers.map(({ url }, index) => {
      return { name: `${index}`, settings: { singleLogout: { enabled: true, method: 'back-channel', url } } }
    })
    const places = await makePlaces(db, world, { connections })
    const ctx = { ...deliveryContext(db, world), timeoutMs: 60_000 }
    for (const [index, place] of places.entries()) await introduce(ctx, place, the(providers[index]))
    const [slow, quick] = places.map((place) => actionsOf(db, world, place))
    const hanging: ServerResponse[] = []
    the(providers[0]).behave((response) => void hanging.push(response))
    const job = deliveryJob(ctx)
    const stopping = new AbortController()
    const slowOnes = await Promise.all(Array.from({ length: 40 }, () => the(slow).open()))
    await the(slow).end('ended-by-administrator', ...slowOnes)
    while ((await job.once(stopping.signal)) === 'more');
    await the(quick).end('ended-by-administrator', await the(quick).open())
    const told = once(process, 'never', { signal: AbortSignal.timeout(20_000) }).catch(() => 'too late')
    const confirmed = new Promise((resolve) => {
      the(providers[1]).behave((response, request) => {
        confirms(world)(response, request)
        resolve('told')
      })
    })
    while ((await job.once(stopping.signal)) === 'more');
    assert.equal(await Promise.race([confirmed, told]), 'told')
    assert.ok(hanging.length <= 4, 'and one that hangs is asked few things at once')
    stopping.abort()
    await job.settle?.()
  })

  test(`two processes deliver each request once (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const stage = await setStage(t, db)
    const { provider, ctx, open, end, ledger } = stage
    const ids = await Promise.all(Array.from({ length: 30 }, () => open()))
    await end('ended-by-administrator', ...ids)
    const other = { ...ctx, db: await openAgain() }
    await Promise.all([stage.work(), stage.work(other)])
    assert.equal(provider.heard.length, 30)
    assert.deepEqual([...new Set((await ledger()).map(({ state }) => state))], ['done'])
    assert.deepEqual((await attemptsOf(stage)).length, 30)
  })

  test(`whoever dies in the middle of an attempt loses nothing: another takes it when the lease has run out (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { db, world, provider, open, end, work, ledger } = stage
    await end('ended-by-administrator', await open())
    // As a process leaves it that was killed after it had taken the row.
    await db.write
      .updateTable('logouts')
      .set({ leased_until: world.clock().getTime() + 15 * second, attempts: 1 })
      .execute()
    await work()
    assert.equal(provider.heard.length, 0)
    world.passTime(15 * second)
    await work()
    assert.deepEqual([provider.heard.length, (await ledger()).map(({ state }) => state)], [1, ['done']])
  })

  test(`a result that comes after its lease counts for nothing (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { db, world, provider, open, end, work, ledger } = stage
    await end('ended-by-administrator', await open())
    provider.behave((response, request) => {
      // Meanwhile another process has taken the row.
      const until = world.clock().getTime() + 16 * second
      void db.write
        .updateTable('logouts')
        .set({ leased_until: until })
        .execute()
        .then(() => confirms(world)(response, request))
    })
    await work()
    assert.deepEqual([(await ledger()).map(({ state }) => state), await attemptsOf(stage)], [['waiting'], []])
    assert.equal(stage.ctx.attempts.all().done, 0)
  })

  test(`the running jobs wake when a session ends, and stop at once while an identity provider hangs (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { db, world, provider, open, end, ledger } = stage
    const ctx = { ...stage.ctx, timeoutMs: 60_000 }
    const jobs = startJobs(db, ctx.log, [deliveryJob(ctx)])
    const heard = new Promise<void>((resolve) => provider.behave(() => resolve()))
    await end('ended-by-person', await open())
    await heard
    await jobs.stop()
    const [entry] = await ledger()
    assert.deepEqual([entry?.state, entry?.attempts], ['waiting', 0], 'and what was under way can begin anew at once')
    provider.behave(confirms(world))
    await stage.work()
    assert.deepEqual(
      (await ledger()).map(({ state }) => state),
      ['done'],
    )
  })

  test(`a connection that no longer tells from server to server is not told (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { ctx, place } = stage
    const { settings } = place.connection
    const off = { ...settings, singleLogout: { ...settings.singleLogout, enabled: false } }
    const subject = { nameId: person, sessionIndexes: [] }
    const request = { messageId: '_1', subject, stop: new AbortController().signal }
    const { outcome, details } = await deliver(
      ctx,
      { ...place, connection: { ...place.connection, settings: off } },
      request,
    )
    assert.deepEqual([outcome, details.code, stage.provider.heard.length], ['refused', 'single-logout-off', 0])
  })

  test(`a private address is not called unless the operator allows it (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { ctx, provider, open, end, work } = stage
    await end('ended-by-person', await open())
    await work({ ...ctx, config: { publicUrl, allowPrivateHosts: [] } })
    assert.deepEqual([await attemptsOf(stage), provider.heard.length], [['failed not-https'], 0])
  })
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import type { Id } from '#config/world.ts'
import { contextOf, makePlace, now, publicUrl, type TestWorld, testWorld, the } from '#login/test-place.ts'
import type { DeliveryContext } from '#logout/deliver.ts'
import { deliveryJob } from '#logout/deliveries.ts'
import { listAttempts, logoutOf } from '#logout/logouts.ts'
import { measureLogouts } from '#logout/measures.ts'
import { endAndTell } from '#logout/tell.ts'
import { give, insertToldClient } from '#logout/test-clients.ts'
import { clientSettings, deleteClient, findClient, updateClient } from '#oauth/clients.ts'
import { signingJwks } from '#oauth/signing-keys.ts'
import { insertPerson, insertSessionRows, sessionRow } from '#sessions/test-sessions.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const HOUR_MS = 3_600_000

type Behaviour = (response: ServerResponse) => void
const says = (status: number, body = '', headers: Readonly<Record<string, string>> = {}): Behaviour => {
  return (response) => void response.writeHead(status, headers).end(body)
}

type Heard = { readonly token: string; readonly headers: IncomingMessage['headers']; readonly method: string }

/** The application's address for logout tokens, on 127.0.0.1 until the test is over. */
async function startListener(t: TestContext) {
  const heard: Heard[] = []
  const behaviour = { now: says(200) }
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request))
    assert.deepEqual([...form.keys()], ['logout_token'])
    heard.push({ token: form.get('logout_token') ?? '', headers: request.headers, method: request.method ?? '' })
    behaviour.now(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/told`, heard, behaviour }
}

async function setStage(t: TestContext, db: Database) {
  const world = testWorld()
  const { environment } = await makePlace(db, world)
  const env = environment.id
  const listener = await startListener(t)
  await insertToldClient(db, env, 'app', { backChannelLogoutUri: listener.url })
  const ada = await insertPerson(db, world, { environment })
  let chains = 0
  /** A session of Ada's that ends, in which `clientId` was given something. */
  const end = async (clientId = 'app'): Promise<string> => {
    const chainId = `chain${chains++}`
    const row = sessionRow(world, ada, { chain_id: chainId, expires_at: world.clock().getTime() + HOUR_MS })
    await insertSessionRows(db, [row])
    await give(db, env, { chainId, clientId })
    const ending = { why: 'ended-by-person', chance: world.chance, now: world.clock() } as const
    await db.transaction((tx) => endAndTell(tx, env, { ids: [row.id] }, ending))
    return chainId
  }
  const ctx = deliveryContext(db, world)
  const ledger = async () => {
    const rows = await db.read.selectFrom('logouts').selectAll().orderBy('created_at').orderBy('chain_id').execute()
    return Promise.all(rows.map(async (row) => ({ ...logoutOf(row), tries: await listAttempts(db.read, env, row.id) })))
  }
  return { db, world, env, ada, listener, end, ctx, ledger, work: () => workOff(ctx) }
}

function deliveryContext(db: Database, world: TestWorld): DeliveryContext {
  const log = { info: () => {}, warn: () => {}, error: (...what: unknown[]) => assert.fail(JSON.stringify(what)) }
  return { ...contextOf(db, world), config: { publicUrl, allowPrivateHosts: ['127.0.0.1'] }, log, timeoutMs: 500 }
}

/** Does all that is due now, and waits for it. */
async function workOff(ctx: DeliveryContext): Promise<void> {
  const job = deliveryJob(ctx)
  while ((await job.once(new AbortController().signal)) === 'more') await job.settle?.()
  await job.settle?.()
}

type Ending = readonly [behaviour: Behaviour, state: string, code?: string, received?: string]

const answers: Readonly<Record<string, Ending>> = {
  '200': [says(200), 'done'],
  '204': [says(204), 'done'],
  '200 with a page': [says(200, 'x'.repeat(100_000)), 'done'],
  '200, compressed': [says(200, 'x', { 'content-encoding': 'gzip' }), 'done'],
  '400 with an error': [
    says(400, '{"error":"invalid_request",\n "error_description":"no such\u001b session"}'),
    'refused',
    'client-refused',
    '{"error":"invalid_request", "error_description":"no such\\u001b session"}',
  ],
  '400 with a novel': [says(400, 'no '.repeat(1000)), 'refused', 'client-refused', `${'no '.repeat(100)}…`],
  '400 and not a word': [says(400), 'refused', 'client-refused'],
  '401': [says(401), 'waiting', 'status'],
  '500': [says(500, 'sorry'), 'waiting', 'status'],
  '503': [says(503), 'waiting', 'status'],
  'a redirect': [says(307, '', { location: 'http://127.0.0.1:9/' }), 'waiting', 'redirected'],
  '400, endless': [says(400, 'x'.repeat(100_000)), 'waiting', 'too-large'],
  'a hang-up': [(response) => void response.destroy(), 'waiting', 'unreachable'],
  silence: [() => {}, 'waiting', 'too-slow'],
}

onEveryDatabase((kind, openFresh) => {
  test(`a logout token has what section 2.4 wants of it, and nothing that makes it an ID token (${kind})`, async (t) => {
    const { ctx, db, env, world, ada, listener, end, ledger, work } = await setStage(t, await openFresh(t))
    const chainId = await end()
    await work()
    const [{ token, headers, method }] = [the(listener.heard[0])]
    assert.deepEqual([method, headers['content-type']], ['POST', 'application/x-www-form-urlencoded'])
    const { keys: own } = await signingJwks(ctx, env)
    const published = own.map(({ kty, n, e, kid }) => ({ kty, n, e, kid }))
    const keys = createLocalJWKSet({ keys: published } as JSONWebKeySet)
    const { payload, protectedHeader } = await jwtVerify(token, keys, { currentDate: world.clock() })
    const [entry] = await ledger()
    const iat = now.getTime() / 1000
    assert.deepEqual(payload, {
      iss: `${publicUrl}/acme/production`,
      sub: ada.id,
      aud: 'app',
      iat,
      exp: iat + 120,
      jti: entry?.messageId,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      sid: chainId,
    })
    const [active] = await db.read.selectFrom('oauth_keys').select('id').where('state', '=', 'active').execute()
    assert.deepEqual(protectedHeader, { alg: 'RS256', typ: 'logout+jwt', kid: active?.id })
    assert.deepEqual([entry?.state, entry?.tries[0]?.outcome, entry?.tries.length], ['done', 'done', 1])
    assert.deepEqual(ctx.attempts.all().done, 1)
  })

  test(`what an answer means, and what the ledger says of it (section 2.8) (${kind})`, async (t) => {
    const { listener, end, ledger, work, db, world } = await setStage(t, await openFresh(t))
    for (const [what, [behaviour, state, code, received]] of Object.entries(answers)) {
      listener.behaviour.now = behaviour
      await db.write.deleteFrom('logouts').execute()
      await end()
      await work()
      const [entry] = await ledger()
      const [first] = entry?.tries ?? []
      assert.deepEqual([entry?.state, first?.details.code, first?.details.received], [state, code, received], what)
      assert.equal(first?.details.cure === undefined, state === 'done', what)
      assert.equal(entry?.nextAttemptAt === undefined, state !== 'waiting', what)
      // Nothing more is posted to one that does not answer, until its pause is over.
      world.passTime(24 * HOUR_MS)
    }
  })

  test(`a client that is away is asked one thing at a time and holds up nobody else, then hears of all (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { db, env, world, listener, end, ledger, work } = stage
    const other = await startListener(t)
    await insertToldClient(db, env, 'other', { backChannelLogoutUri: other.url })
    listener.behaviour.now = says(503)
    for (let count = 0; count < 3; count++) await end()
    await work()
    const tried = listener.heard.length
    assert.equal((await measureLogouts(db)).clientsPaused, 1)
    assert.equal((await measureLogouts(db)).providersPaused, 0)
    await end('other')
    await work()
    assert.deepEqual([other.heard.length, listener.heard.length], [1, tried])
    listener.behaviour.now = says(200)
    world.passTime(60_000)
    await work()
    await work()
    assert.deepEqual(new Set((await ledger()).map(({ state }) => state)), new Set(['done']))
    assert.equal((await measureLogouts(db)).clientsPaused, 0)
    const ids = [...listener.heard, ...other.heard].map(({ token }) => jtiOf(token))
    assert.equal(new Set(ids).size, ids.length, 'each attempt has an id of its own')
  })

  test(`after a day it is given up, and until then it is in the ledger (${kind})`, async (t) => {
    const { listener, world, end, ledger, work } = await setStage(t, await openFresh(t))
    listener.behaviour.now = says(500)
    await end()
    for (let count = 0; count < 200 && (await ledger())[0]?.state === 'waiting'; count++) {
      await work()
      world.passTime(10 * 60_000)
    }
    const [entry] = await ledger()
    assert.deepEqual([entry?.state, entry?.nextAttemptAt], ['given-up', undefined])
  })

  test(`a private address is refused unless the operator allows it; an address that is gone is told nothing (${kind})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { db, env, ctx, listener, end, ledger, work } = stage
    await end()
    await workOff({ ...ctx, config: { ...ctx.config, allowPrivateHosts: [] } })
    assert.equal((await ledger())[0]?.tries[0]?.details.code, 'not-https')
    await insertToldClient(db, env, 'inside', { backChannelLogoutUri: 'https://10.0.0.1/told' })
    await end('inside')
    await work()
    assert.equal((await ledger())[1]?.tries[0]?.details.code, 'private-address')

    const client = the(await findClient(db.read, env, 'app'))
    await updateClient(db.write, client, { settings: clientSettings.parse({}) }, now)
    stage.world.passTime(HOUR_MS)
    await work()
    const [first] = await ledger()
    assert.deepEqual([first?.state, first?.tries.at(-1)?.details.code], ['refused', 'back-channel-logout-off'])
    assert.equal(listener.heard.length, 0)
  })

  test(`a client that is removed is not told, and takes its entries along (${kind})`, async (t) => {
    const { db, env, listener, end, ledger, work } = await setStage(t, await openFresh(t))
    listener.behaviour.now = says(503)
    await end()
    await work()
    await db.transaction((tx) => deleteClient(tx, env, 'app'))
    assert.deepEqual(await ledger(), [])
    assert.equal((await measureLogouts(db)).clientsPaused, 0)
  })

  test(`a person who was removed meanwhile is still named (${kind})`, async (t) => {
    const { db, env, ada, listener, end, work } = await setStage(t, await openFresh(t))
    await end()
    await db.write.deleteFrom('users').where('environment_id', '=', env).where('id', '=', ada.id).execute()
    await work()
    assert.equal(claimsOf(the(listener.heard[0]).token).sub, ada.id)
  })
})

function claimsOf(token: string): { readonly jti: string; readonly sub: Id<'user'> } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

const jtiOf = (token: string): string => claimsOf(token).jti

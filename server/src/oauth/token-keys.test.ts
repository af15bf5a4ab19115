import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'
import { Secret } from '#config/secret.ts'
import { makeNeighbours, testWorld, the } from '#login/test-place.ts'
import { findPlaceWithVersion, versionOf } from '#oauth/find-place.ts'
import { demandActive, makePrivateKey, signingKeys } from '#oauth/signing-keys.ts'
import { sentenceOf, TokenKeyRefused, tokenKeyFaults } from '#oauth/token-key-refusal.ts'
import {
  activateTokenKey,
  addNextTokenKey,
  findTokenKey,
  listTokenKeys,
  retireTokenKey,
  type TokenKeyState,
} from '#oauth/token-keys.ts'
import type { Database } from '#storage/database.ts'
import { type MakeFresh, onEveryDatabase } from '#storage/on-every-database.ts'
import { seal } from '#storage/seal.ts'

const secret = new Secret('a secret of more than thirty-two characters')
// Making keys takes a while: all tests have the same one.
const privateKey = await makePrivateKey()
const HOUR = 60 * 60 * 1000

async function start(t: Parameters<MakeFresh>[0], makeFresh: MakeFresh) {
  const { db, openAgain } = await makeFresh(t)
  const world = testWorld()
  const { mine, other } = await makeNeighbours(db, world)
  const environmentId = mine.environment.id
  const ctx = { db, secret, world }
  const add = (to: Database = db) =>
    to.transaction((tx) => addNextTokenKey(tx, environmentId, privateKey, { secret, world }))
  const step = (confirmed: boolean) => ({ now: world.clock(), confirmed })
  const activate = (id: string, { confirmed = false, on = db } = {}) =>
    on.transaction((tx) => activateTokenKey(tx, environmentId, id, step(confirmed)))
  const retire = (id: string, { confirmed = false, on = db } = {}) =>
    on.transaction((tx) => retireTokenKey(tx, environmentId, id, step(confirmed)))
  const first = the((await demandActive(ctx, environmentId))[0])
  const states = async (): Promise<Readonly<Record<string, TokenKeyState>>> => {
    const keys = await listTokenKeys(db.read, environmentId)
    return Object.fromEntries(keys.map(({ id, state }) => [id, state]))
  }
  const published = async () => (await signingKeys(ctx, environmentId)).jwks.keys.map(({ kid }) => kid)
  const slugs = { companySlug: mine.company.slug, environmentSlug: mine.environment.slug }
  const version = async () => the(await findPlaceWithVersion(db.read, slugs)).version
  return {
    ...{ db, openAgain, world, ctx, environmentId, other: other.environment, first },
    place: mine,
    ...{ add, activate, retire, states, published, version, slugs },
  }
}

const refusedWith = (fault: string) => (error: unknown) => error instanceof TokenKeyRefused && error.fault === fault

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`a key is next, then active, then previous, then retired; what signs stands first (${kind})`, async (t) => {
    const { db, world, first, add, activate, retire, states, published, version } = await start(t, makeFresh)
    assert.deepEqual(await published(), [first.id])
    const versions = [await version()]
    const { id, readyAt } = await add()
    assert.equal(readyAt?.getTime(), world.clock().getTime() + HOUR)
    assert.deepEqual(await states(), { [first.id]: 'active', [id]: 'next' })
    assert.deepEqual(await published(), [first.id, id])
    versions.push(await version())

    world.passTime(HOUR)
    const done = the(await activate(id))
    assert.deepEqual([done.active.id, done.former?.id, done.retired], [id, first.id, []])
    assert.deepEqual(await states(), { [first.id]: 'previous', [id]: 'active' })
    assert.deepEqual(await published(), [id, first.id])
    versions.push(await version())

    world.passTime(48 * HOUR)
    assert.equal((await retire(first.id))?.was, 'previous')
    assert.deepEqual(await states(), { [first.id]: 'retired', [id]: 'active' })
    assert.deepEqual(await published(), [id])
    versions.push(await version())
    assert.equal(new Set(versions).size, 4, 'each step is another version')
    const row = await db.read.selectFrom('oauth_keys').selectAll().where('id', '=', first.id).executeTakeFirstOrThrow()
    assert.deepEqual([row.private_key_sealed, row.changed_at], ['', world.clock().getTime()])
  })

  test(`activating retires those previous keys whose tokens have run out, and no other (${kind})`, async (t) => {
    const { world, first, add, activate, states } = await start(t, makeFresh)
    const second = await add()
    await activate(second.id, { confirmed: true })
    world.passTime(HOUR)
    const third = await add()
    await activate(third.id, { confirmed: true })
    assert.deepEqual(await states(), { [first.id]: 'previous', [second.id]: 'previous', [third.id]: 'active' })
    world.passTime(47 * HOUR)
    const fourth = await add()
    const { retired } = the(await activate(fourth.id, { confirmed: true }))
    assert.deepEqual(
      retired.map(({ id }) => id),
      [first.id],
    )
    const [one, two, three, four] = [first, second, third, fourth].map(({ id }) => id)
    const expected = { [the(one)]: 'retired', [the(two)]: 'previous', [the(three)]: 'previous', [the(four)]: 'active' }
    assert.deepEqual(await states(), expected)
  })

  test(`what cannot follow, or comes too early, is refused, and changes nothing (${kind})`, async (t) => {
    const { db, world, environmentId, first, add, activate, retire, states } = await start(t, makeFresh)
    await assert.rejects(activate(first.id), refusedWith('token-key-not-next'))
    await assert.rejects(retire(first.id, { confirmed: true }), refusedWith('token-key-active'))
    const { id } = await add()
    await assert.rejects(add(), refusedWith('token-key-next-exists'))
    world.passTime(HOUR - 1)
    await assert.rejects(activate(id), (error) => {
      return refusedWith('token-key-unread')(error) && /T13:00:00.000Z/.test((error as TokenKeyRefused).found)
    })
    assert.deepEqual(await states(), { [first.id]: 'active', [id]: 'next' })
    await retire(id)
    await assert.rejects(retire(id), refusedWith('token-key-retired'))
    await assert.rejects(activate(id, { confirmed: true }), refusedWith('token-key-not-next'))
    const again = await add()
    await activate(again.id, { confirmed: true })
    world.passTime(48 * HOUR - 1)
    await assert.rejects(retire(first.id), refusedWith('token-key-in-use'))
    assert.deepEqual(await states(), { [first.id]: 'previous', [id]: 'retired', [again.id]: 'active' })
    await retire(first.id, { confirmed: true })
    for (const change of [activateTokenKey, retireTokenKey]) {
      const step = { now: world.clock(), confirmed: true }
      assert.equal(await db.transaction<unknown>((tx) => change(tx, environmentId, 'key_none', step)), undefined)
    }
    for (const fault of tokenKeyFaults) {
      const { sentence, cure } = sentenceOf({ fault, found: 'x' })
      for (const text of [sentence, cure]) assert.match(text, /^[A-Z].*\.$/)
    }
  })

  test(`several processes at once: one first key, one next key, one active key (${kind})`, async (t) => {
    const { openAgain, ctx, other, add, activate, retire, states, first } = await start(t, makeFresh)
    const second = await openAgain()
    const made = await Promise.all([ctx, { ...ctx, db: second }].map((one) => demandActive(one, other.id)))
    assert.deepEqual(
      made.map((rows) => rows.map(({ id }) => id)),
      Array(2).fill((await listTokenKeys(ctx.db.read, other.id)).map(({ id }) => id)),
    )
    const added = await Promise.allSettled([add(), add(second), add(), add(second)])
    assert.equal(added.filter(({ status }) => status === 'fulfilled').length, 1)
    for (const one of added) if (one.status === 'rejected') assert.ok(refusedWith('token-key-next-exists')(one.reason))
    const id = the(Object.entries(await states()).find(([, state]) => state === 'next'))[0]

    const confirmed = true
    const there = [activate(id, { confirmed }), activate(id, { confirmed, on: second })]
    const activated = await Promise.allSettled(there)
    assert.equal(activated.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.deepEqual(await states(), { [first.id]: 'previous', [id]: 'active' })

    const last = (await add()).id
    const results = await Promise.allSettled([activate(last, { confirmed }), retire(last, { on: second })])
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
    const all = Object.values(await states())
    assert.equal(all.filter((state) => state === 'active').length, 1, String(all))
  })

  test(`a neighbour’s keys are not found, published, used or changed (${kind})`, async (t) => {
    const { db, ctx, world, other, environmentId, add, first, version, slugs } = await start(t, makeFresh)
    const { id } = await add()
    const before = [await listTokenKeys(db.read, environmentId), await version()]
    assert.deepEqual(await listTokenKeys(db.read, other.id), [])
    assert.equal(await findTokenKey(db.read, other.id, id), undefined)
    for (const theirs of [id, first.id]) {
      const step = { now: world.clock(), confirmed: true }
      for (const change of [activateTokenKey, retireTokenKey])
        assert.equal(await db.transaction<unknown>((tx) => change(tx, other.id, theirs, step)), undefined)
    }
    const { jwks } = await signingKeys(ctx, other.id)
    assert.ok(jwks.keys.length === 1 && jwks.keys.every(({ kid }) => kid !== id && kid !== first.id))
    assert.deepEqual([await listTokenKeys(db.read, environmentId), await version()], before)
    for (const strange of [
      { ...slugs, companySlug: 'nobody' },
      { ...slugs, environmentSlug: 'nowhere' },
    ])
      assert.equal(await findPlaceWithVersion(db.read, strange), undefined)
  })

  test(`the version in the database is the one that the keys are read with (${kind})`, async (t) => {
    const { ctx, environmentId, add, version, place } = await start(t, makeFresh)
    const same = async () =>
      assert.equal(await version(), versionOf(place, (await signingKeys(ctx, environmentId)).version))
    await same()
    await add()
    await same()
  })

  test(`a key that was kept as PEM is the same key (${kind})`, async (t) => {
    const { db, ctx, environmentId, first } = await start(t, makeFresh)
    const [before] = (await signingKeys(ctx, environmentId)).jwks.keys
    const key = createPrivateKey({ key: JSON.parse(JSON.stringify(before)), format: 'jwk' })
    const pem = key.export({ type: 'pkcs8', format: 'pem' }) as string
    const sealed = { private_key_sealed: seal(pem, first.id, { secret, chance: ctx.world.chance }) }
    await db.write.updateTable('oauth_keys').set(sealed).where('id', '=', first.id).execute()
    assert.deepEqual((await signingKeys(ctx, environmentId)).jwks.keys, [before])
  })

  test(`private keys are sealed, each for its own row, and are shown to nobody (${kind})`, async (t) => {
    const { db, ctx, environmentId, add } = await start(t, makeFresh)
    const { id } = await add()
    const rows = await db.read.selectFrom('oauth_keys').selectAll().execute()
    assert.equal(rows.length, 2)
    for (const row of rows) assert.match(row.private_key_sealed, /^v1\.[\w-]+$/)
    assert.doesNotMatch(JSON.stringify(await listTokenKeys(db.read, environmentId)), /PRIVATE|v1\./)
    const { jwks } = await signingKeys(ctx, environmentId)
    const mine = jwks.keys.find(({ kid }) => kid === id)
    assert.equal(mine?.n, JSON.parse(privateKey).n)
    const wrong = new Secret('another secret of more than thirty-two characters')
    await assert.rejects(signingKeys({ ...ctx, secret: wrong }, environmentId), { code: 'wrong-secret' })
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '#config/secret.ts'
import { activateKey, addNextKey, retireKey } from '#keys/change-keys.ts'
import { decryptionKeysOf, findKey, type KeyState, listKeys, publishedKeysOf, signingKeyOf } from '#keys/keys.ts'
import { type KeyPair, makeKeyPair } from '#keys/make-key-pair.ts'
import { changeFaults, KeyRefused, sentenceOf } from '#keys/refusal.ts'
import { makeNeighbours, testWorld, the } from '#login/test-place.ts'
import type { Database } from '#storage/database.ts'
import { type MakeFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const secret = new Secret('a secret of more than thirty-two characters')
// Making keys takes a while: all tests have the same ones.
const [pair, another] = await Promise.all(
  ['one', 'two'].map((name) => makeKeyPair({ companySlug: name, environmentSlug: 'production' }, testWorld())),
)

async function start(t: Parameters<MakeFresh>[0], makeFresh: MakeFresh) {
  const { db, openAgain } = await makeFresh(t)
  const world = testWorld()
  const { mine, other } = await makeNeighbours(db, world)
  const environmentId = mine.environment.id
  const owner = { environmentId, companySlug: 'acme', environmentSlug: 'production' }
  const add = (one: KeyPair = the(pair), to: Database = db) =>
    to.transaction((tx) => addNextKey(tx, environmentId, { pair: one, origin: 'imported' }, { secret, world }))
  const activate = (id: string, on: Database = db) => {
    world.passTime(1)
    return on.transaction((tx) => activateKey(tx, environmentId, id, world.clock()))
  }
  const retire = (id: string, on: Database = db) =>
    on.transaction((tx) => retireKey(tx, environmentId, id, world.clock()))
  const first = await signingKeyOf(db, owner, { secret, world })
  const states = async (): Promise<Readonly<Record<string, KeyState>>> => {
    const keys = await listKeys(db.read, environmentId)
    return Object.fromEntries(keys.map(({ id, state }) => [id, state]))
  }
  return { db, openAgain, world, owner, environmentId, other: other.environment, add, activate, retire, first, states }
}

const refusedWith = (fault: string) => (error: unknown) => error instanceof KeyRefused && error.fault === fault

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`a key is next, then active, then previous, then retired (${kind})`, async (t) => {
    const { db, world, owner, environmentId, add, activate, retire, first, states } = await start(t, makeFresh)
    const signs = async () => (await signingKeyOf(db, owner, { secret, world })).id
    const decrypting = async () => (await decryptionKeysOf(db.read, environmentId, { secret })).length
    const published = async () => {
      const { signing, encryption } = await publishedKeysOf(db.read, environmentId)
      const names = new Map((await listKeys(db.read, environmentId)).map((key) => [key.certificatePem, key.id]))
      return [signing, encryption].map((list) => list.map((pem) => names.get(pem)))
    }
    assert.deepEqual(await published(), [[first.id], [first.id]])

    const { id } = await add()
    assert.deepEqual(await states(), { [first.id]: 'active', [id]: 'next' })
    assert.deepEqual([await signs(), await decrypting()], [first.id, 2])
    assert.deepEqual(await published(), [
      [first.id, id],
      [first.id, id],
    ])

    const done = the(await activate(id))
    assert.deepEqual([done.active.id, done.active.state, done.former?.id], [id, 'active', first.id])
    assert.deepEqual(await states(), { [first.id]: 'previous', [id]: 'active' })
    assert.deepEqual([await signs(), await decrypting()], [id, 2])
    assert.deepEqual(await published(), [[id, first.id], [id]])

    assert.deepEqual((await retire(first.id))?.was, 'previous')
    assert.deepEqual(await states(), { [first.id]: 'retired', [id]: 'active' })
    assert.deepEqual([await signs(), await decrypting()], [id, 1])
    assert.deepEqual(await published(), [[id], [id]])
    const row = await db.read
      .selectFrom('signing_keys')
      .selectAll()
      .where('id', '=', first.id)
      .executeTakeFirstOrThrow()
    assert.deepEqual([row.private_key_sealed, row.changed_at], ['', world.clock().getTime()])
  })

  test(`what cannot follow is refused, and changes nothing (${kind})`, async (t) => {
    const { environmentId, world, db, add, activate, retire, first, states } = await start(t, makeFresh)
    await assert.rejects(activate(first.id), refusedWith('key-not-next'))
    await assert.rejects(retire(first.id), refusedWith('key-active'))
    const { id } = await add()
    await assert.rejects(add(the(another)), refusedWith('key-next-exists'))
    await assert.rejects(add(), refusedWith('key-there-already'))
    assert.deepEqual(await states(), { [first.id]: 'active', [id]: 'next' })
    await retire(id)
    await assert.rejects(retire(id), refusedWith('key-retired'))
    await assert.rejects(activate(id), refusedWith('key-not-next'))
    const again = await add()
    assert.deepEqual(await states(), { [first.id]: 'active', [id]: 'retired', [again.id]: 'next' })
    for (const change of [activateKey, retireKey])
      assert.equal(
        await db.transaction<unknown>((tx) => change(tx, environmentId, 'key_none', world.clock())),
        undefined,
      )
    for (const fault of changeFaults) {
      const { sentence, cure } = sentenceOf({ fault, found: 'x' })
      for (const text of [sentence, cure]) assert.match(text, /^[A-Z].*\.$/)
    }
  })

  test(`without an active key the next one becomes active all the same (${kind})`, async (t) => {
    const { db, world, other } = await start(t, makeFresh)
    const add = { pair: the(pair), origin: 'imported' } as const
    const { id } = await db.transaction((tx) => addNextKey(tx, other.id, add, { secret, world }))
    const done = await db.transaction((tx) => activateKey(tx, other.id, id, world.clock()))
    assert.deepEqual([done?.active.id, done?.former], [id, undefined])
  })

  test(`several processes at once: one next key, one active key, and nothing half done (${kind})`, async (t) => {
    const { openAgain, add, activate, retire, states, first } = await start(t, makeFresh)
    const second = await openAgain()
    const added = await Promise.allSettled([add(the(pair)), add(the(another), second)])
    assert.deepEqual(added.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    const id = the(Object.entries(await states()).find(([, state]) => state === 'next'))[0]

    const activated = await Promise.allSettled([activate(id), activate(id, second), activate(id), activate(id, second)])
    assert.equal(activated.filter(({ status }) => status === 'fulfilled').length, 1)
    for (const one of activated) if (one.status === 'rejected') assert.ok(refusedWith('key-not-next')(one.reason))
    assert.deepEqual(await states(), { [first.id]: 'previous', [id]: 'active' })

    const last = (await add(the(another)).catch(() => add(the(pair)))).id
    const results = await Promise.allSettled([activate(last), retire(last, second)])
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
    const all = Object.values(await states())
    assert.equal(all.filter((state) => state === 'active').length, 1, String(all))
  })

  test(`a neighbour’s keys are not found, published, used or changed (${kind})`, async (t) => {
    const { db, world, other, environmentId, add, first } = await start(t, makeFresh)
    const { id } = await add()
    const before = await listKeys(db.read, environmentId)
    assert.deepEqual(await listKeys(db.read, other.id), [])
    assert.equal(await findKey(db.read, other.id, id), undefined)
    assert.deepEqual(await decryptionKeysOf(db.read, other.id, { secret }), [])
    assert.deepEqual(await publishedKeysOf(db.read, other.id), { signing: [], encryption: [] })
    for (const theirs of [id, first.id]) {
      for (const change of [activateKey, retireKey])
        assert.equal(await db.transaction<unknown>((tx) => change(tx, other.id, theirs, world.clock())), undefined)
    }
    assert.deepEqual(await listKeys(db.read, environmentId), before)
  })

  test(`private keys are sealed, each for its own row, and are shown to nobody (${kind})`, async (t) => {
    const { db, environmentId, add } = await start(t, makeFresh)
    await add()
    const rows = await db.read.selectFrom('signing_keys').selectAll().execute()
    assert.equal(rows.length, 2)
    for (const row of rows) {
      assert.match(row.private_key_sealed, /^v1\.[\w-]+$/)
      assert.doesNotMatch(JSON.stringify(row), /PRIVATE/)
    }
    assert.doesNotMatch(JSON.stringify(await listKeys(db.read, environmentId)), /PRIVATE|v1\./)
    const wrong = new Secret('another secret of more than thirty-two characters')
    await assert.rejects(decryptionKeysOf(db.read, environmentId, { secret: wrong }), { code: 'wrong-secret' })
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeNeighbours, makePlace, newUser, now, testWorld, the } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { displayName, findUser, findUserById, insertUser, type NewUser, noteSignIn } from '#users/users.ts'

const world = testWorld()
const made = { chance: world.chance, now }

function ada(connectionId: NewUser['connectionId'], change: Partial<NewUser> = {}): NewUser {
  const email = change.email ?? `${change.username ?? 'ada'}@acme.example`
  return newUser({ connectionId, federatedId: 'f-1', userType: 'site', firstName: 'Ada', ...change, email })
}

onEveryDatabase((kind, openFresh, makeFresh) => {
  test(`a user who came by sign-in is found by username, federated id and id, as stored (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { connection, environment } = await makePlace(db, world)
    const user = the(await insertUser(db.write, environment.id, ada(connection.id), made))
    assert.match(user.id, /^user_[a-z2-7]{20}$/)
    const rest = { id: user.id, environmentId: environment.id, deactivatedAt: undefined, version: 1 }
    assert.deepEqual(user, { ...ada(connection.id), ...rest })
    assert.deepEqual(await findUser(db.read, environment.id, { kind: 'username', value: 'ada' }), user)
    assert.deepEqual(await findUser(db.read, environment.id, { kind: 'federated-id', value: 'f-1' }), user)
    assert.deepEqual(await findUserById(db.read, environment.id, user.id), user)
  })

  test(`people are found by their exact name and by no other kind of name (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { connection, environment } = await makePlace(db, world)
    await insertUser(db.write, environment.id, ada(connection.id), made)
    for (const value of ['Ada', 'ADA', 'ada ', ' ada', 'ad', 'a%', 'a_a', 'f-1', '']) {
      assert.equal(await findUser(db.read, environment.id, { kind: 'username', value }), undefined, value)
    }
    for (const value of ['ada', 'F-1', '']) {
      assert.equal(await findUser(db.read, environment.id, { kind: 'federated-id', value }), undefined, value)
    }
  })

  test(`names that only look alike are other people (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { connection, environment } = await makePlace(db, world)
    // Upper case, composed and decomposed, Cyrillic, a space without width.
    for (const username of ['zoë', 'Zoë', 'zoe\u0308', 'zоë', 'zoë\u200b']) {
      const user = { ...ada(connection.id, { username, federatedId: undefined }), email: undefined }
      assert.ok(await insertUser(db.write, environment.id, user, made), username)
    }
  })

  test(`a name that is taken makes nobody, and of fifty at once one is made (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const second = await openAgain()
    const { connection, environment } = await makePlace(db, world)
    const insert = (nth: number, change: Partial<NewUser> = {}) =>
      insertUser((nth % 2 ? db : second).write, environment.id, ada(connection.id, change), made)
    const results = await Promise.all(Array.from({ length: 50 }, (_, nth) => insert(nth)))
    assert.equal(results.filter((user) => user !== undefined).length, 1)
    assert.equal(await insert(0, { username: 'other' }), undefined, 'the federated id is taken')
    assert.equal(await insert(0, { federatedId: 'f-2' }), undefined, 'the username is taken')
    assert.ok(await insert(0, { username: 'b', federatedId: undefined }))
    assert.ok(await insert(0, { username: 'c', federatedId: undefined }), 'no federated id is nobody’s')
  })

  test(`a neighbour’s user is not found, takes no name, and is not changed (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other } = await makeNeighbours(db, world)
    const theirs = the(await insertUser(db.write, other.environment.id, ada(other.connection.id), made))
    const env = mine.environment.id
    assert.equal(await findUser(db.read, env, { kind: 'username', value: 'ada' }), undefined)
    assert.equal(await findUser(db.read, env, { kind: 'federated-id', value: 'f-1' }), undefined)
    assert.equal(await findUserById(db.read, env, theirs.id), undefined)
    const times = () => db.read.selectFrom('users').select(['id', 'last_sign_in_at']).execute()
    const before = await times()
    await noteSignIn(db.write, env, theirs.id, new Date(now.getTime() + 1))
    assert.deepEqual(await times(), before)
    assert.ok(await insertUser(db.write, env, ada(mine.connection.id), made))
  })

  test(`the last sign-in is noted (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { connection, environment } = await makePlace(db, world)
    const user = the(await insertUser(db.write, environment.id, ada(connection.id), made))
    await noteSignIn(db.write, environment.id, user.id, new Date(now.getTime() + 5))
    const row = await db.read.selectFrom('users').select('last_sign_in_at').executeTakeFirstOrThrow()
    assert.equal(row.last_sign_in_at, now.getTime() + 5)
  })

  test(`removing a connection leaves its people, who then belong to none (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { connection, environment } = await makePlace(db, world)
    await insertUser(db.write, environment.id, ada(connection.id), made)
    await db.write.deleteFrom('connections').execute()
    const user = await findUser(db.read, environment.id, { kind: 'username', value: 'ada' })
    assert.equal(the(user).connectionId, undefined)
  })
})

test('a page addresses people by their names, or by the username where there are none', () => {
  const names = (firstName?: string, lastName?: string) => displayName({ username: 'u', firstName, lastName })
  assert.deepEqual(
    [names('Ada', 'Lindqvist'), names('Ada'), names(undefined, 'Lindqvist'), names('', ''), names()],
    ['Ada Lindqvist', 'Ada', 'Lindqvist', 'u', 'u'],
  )
})

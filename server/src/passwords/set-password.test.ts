import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '#config/secret.ts'
import { findPassword, forgetAttempts, savePassword, takeAttempt } from '#passwords/passwords.ts'
import { faultOf, type PasswordFault, PasswordRefused, sentenceOf } from '#passwords/refusal.ts'
import { setPassword } from '#passwords/set-password.ts'
import { defaultPasswordSettings, findPasswordSettings, isExpired, passwordSettings } from '#passwords/settings.ts'
import { PASSWORD, peopleWithPasswords } from '#passwords/test-people.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { updateUser } from '#users/users.ts'

const code = (expected: string) => (error: unknown) => error instanceof PasswordRefused && error.fault.code === expected

onEveryDatabase((kind, openFresh) => {
  test(`a password is set only for whom it can be, and only a good one (${kind})`, async (t) => {
    const { db, ctx, environmentId, makeUser } = await peopleWithPasswords(t, openFresh)
    const set = (user: Awaited<ReturnType<typeof makeUser>>, text: string) =>
      setPassword(ctx, user, { password: new Secret(text), mustChange: false })
    const ada = await makeUser()
    const grace = await makeUser({ username: 'grace', email: undefined, createdThrough: 'sso' })
    const left = await makeUser({ username: 'left', email: undefined })
    const now = new Date(1)
    const source = () => ({ by: 'rule' }) as const
    const gone = await updateUser(db.write, left, { deactivatedAt: now }, { source, now })
    await assert.rejects(set(grace, 'quite another sentence'), code('password-sso'))
    await assert.rejects(set(gone, 'quite another sentence'), code('password-inactive'))
    await assert.rejects(set(ada, 'short'), code('password-short'))
    await assert.rejects(set(ada, PASSWORD), code('password-same'))
    assert.equal(await findPassword(db.read, environmentId, grace.id), undefined)
  })

  test(`a neighbour’s password is not found, counted or changed (${kind})`, async (t) => {
    const { db, environmentId, makeUser, other, world } = await peopleWithPasswords(t, openFresh)
    const theirs = await makeUser({}, { inside: other.environment.id })
    const before = await findPassword(db.read, other.environment.id, theirs.id)
    const asMine = { environmentId, id: theirs.id }
    assert.equal(await findPassword(db.read, environmentId, theirs.id), undefined)
    assert.equal(await db.transaction((tx) => takeAttempt(tx, asMine, world.clock())), false)
    await savePassword(db.write, asMine, { hash: 'x', mustChange: true, now: world.clock() })
    assert.deepEqual(await findPassword(db.read, other.environment.id, theirs.id), before)
  })

  test(`a password that was changed while it was looked at lets nobody in (${kind})`, async (t) => {
    const { db, environmentId, makeUser, other, world } = await peopleWithPasswords(t, openFresh)
    const user = await makeUser()
    const { hash = '' } = (await findPassword(db.read, environmentId, user.id)) ?? {}
    await db.transaction((tx) => takeAttempt(tx, user, world.clock()))
    assert.equal(await forgetAttempts(db.write, { ...user, environmentId: other.environment.id }, hash), false)
    assert.equal(await forgetAttempts(db.write, user, 'another'), false)
    assert.equal((await findPassword(db.read, environmentId, user.id))?.failedAttempts, 1)
    assert.equal(await forgetAttempts(db.write, user, hash), true)
    assert.equal((await findPassword(db.read, environmentId, user.id))?.failedAttempts, 0)
  })

  test(`an Environment that says nothing has passwords off (${kind})`, async (t) => {
    const { db, environmentId } = await peopleWithPasswords(t, openFresh)
    await db.write.deleteFrom('environment_passwords').execute()
    assert.deepEqual(await findPasswordSettings(db.read, environmentId), {
      enabled: false,
      minimumLength: 12,
      expiryDays: 90,
    })
  })
})

test('what a password must be', () => {
  const ada = { username: 'ada.lindqvist', email: 'ada.lindqvist@acme.example' }
  const judge = (password: string) => faultOf(password, ada, defaultPasswordSettings)?.code
  assert.equal(judge('eleven char'), 'password-short')
  assert.equal(judge('twelve chars'), undefined)
  assert.equal(judge('🦉'.repeat(11)), 'password-short', 'characters, not their halves')
  assert.equal(judge('ab'.repeat(128)), undefined)
  assert.equal(judge(`${'ab'.repeat(128)}c`), 'password-long')
  assert.equal(judge('Ada.Lindqvist'), 'password-obvious')
  assert.equal(judge('ADA.lindqvist@acme.example'), 'password-obvious')
  assert.equal(judge('aaaaaaaaaaaaaaa'), 'password-obvious')
})

test('every fault has a sentence and a cure', () => {
  const faults: readonly PasswordFault[] = [
    { code: 'password-sso' },
    { code: 'password-inactive' },
    { code: 'password-short', minimumLength: 15 },
    { code: 'password-long' },
    { code: 'password-obvious' },
    { code: 'password-same' },
    { code: 'password-differs' },
    { code: 'password-link' },
  ]
  for (const fault of faults) {
    const { sentence, cure } = sentenceOf(fault)
    assert.match(sentence, /^[A-Z].*\.$/, fault.code)
    assert.match(cure, /^[A-Z].*\.$/, fault.code)
    assert.equal(new PasswordRefused(fault).message, sentence)
  }
})

test('settings: what is not among the choices is refused', () => {
  for (const wrong of [
    { minimumLength: 7 },
    { minimumLength: 65 },
    { expiryDays: 45 },
    { enabled: 'yes' },
    { other: 1 },
  ])
    assert.equal(passwordSettings.safeParse(wrong).success, false)
  for (const expiryDays of [15, 30, 60, 90, 120, 'never'])
    assert.equal(passwordSettings.parse({ expiryDays }).expiryDays, expiryDays)
})

test('a password that never expires is changed only where somebody else has set it', () => {
  const old = { setAt: new Date(0), mustChange: false }
  assert.equal(isExpired(old, { expiryDays: 'never' }, new Date('2099-01-01')), false)
  assert.equal(isExpired({ ...old, mustChange: true }, { expiryDays: 'never' }, new Date(0)), true)
})

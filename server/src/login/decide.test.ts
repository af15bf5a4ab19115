import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ResponseVerdict } from '@sallyport/saml'
import { afterJudging, afterRecognising, keyOf, requestCheck } from '#login/decide.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import type { PendingLogin } from '#login/pending-logins.ts'
import { after, now, placeOf, testWorld } from '#login/test-place.ts'
import type { Person } from '#login/verified-responses.ts'
import type { User } from '#users/users.ts'

const world = testWorld()
const { connection } = placeOf(world)
const portal = placeOf(world, { idpInitiated: true }).connection

const open: PendingLogin = {
  requestId: '_request',
  connectionId: connection.id,
  browserHash: 'hash',
  done: undefined,
  recordId: 'rec_a',
  createdAt: after(-60_000),
  expiresAt: after(1),
  takenAt: undefined,
}
const expired = { ...open, expiresAt: now }

const asked = { pending: open, relayState: 'token', connection, unsolicited: false, now }
const unasked = { ...asked, pending: undefined, relayState: undefined, unsolicited: true }

const requests: readonly (readonly [
  what: string,
  found: Parameters<typeof requestCheck>[0],
  AnyCheck['outcome'],
  received: RegExp,
])[] = [
  ['open', asked, 'passed', /^begun at 2026-03-01T11:59:00/],
  ['expired at this instant', { ...asked, pending: expired }, 'failed', /expired at 2026-03-01T12:00:00/],
  [
    'expired after it was answered: that it was answered says more',
    { ...asked, pending: { ...expired, takenAt: after(-1) } },
    'passed',
    /begun/,
  ],
  ['of another connection', { ...asked, connection: portal }, 'failed', /another connection/],
  ['without RelayState', { ...asked, pending: undefined, relayState: undefined }, 'failed', /^no RelayState/],
  ['with an unknown RelayState', { ...asked, pending: undefined }, 'failed', /belongs to no sign-in/],
  ['unsolicited, not allowed', unasked, 'failed', /^no RelayState/],
  ['unsolicited, allowed (Profiles 4.1.5)', { ...unasked, connection: portal }, 'passed', /identity provider/],
  [
    'allowed, but it answers a request',
    { ...unasked, connection: portal, unsolicited: false },
    'failed',
    /^no RelayState/,
  ],
]

for (const [what, found, outcome, received] of requests) {
  test(`the request that an answer is for (Profiles 4.1.4.3): ${what}`, () => {
    const check = requestCheck(found)
    assert.deepEqual([check.code, check.outcome], ['request-open', outcome])
    assert.match(check.received ?? '', received)
    assert.equal(check.expected === undefined, check.received === 'begun at the identity provider')
  })
}

test('an answer is taken only when its message and our own checks are sound', () => {
  const claims = {} as NonNullable<ResponseVerdict['claims']>
  const unverified = { attributeNames: [] }
  const good = {
    ok: true,
    checks: [{ code: 'status', outcome: 'passed', about: 'response' }],
    claims,
    unverified,
  } as const
  const bad = { ok: false, checks: [{ code: 'status', outcome: 'failed', about: 'response' }], unverified } as const
  const check = (outcome: AnyCheck['outcome']): AnyCheck => ({ code: 'request-open', outcome, about: 'message' })
  assert.equal(afterJudging(good, [check('passed')]).next, 'take')
  assert.equal(afterJudging(good, [check('passed'), check('failed')]).next, 'refuse')
  assert.equal(afterJudging(bad, [check('passed')]).next, 'refuse')
  const codes = afterJudging(bad, [check('passed')]).checks.map(({ code }) => code)
  assert.deepEqual(codes, ['status', 'request-open'], 'the report has both, the message first')
})

const person: Person = {
  nameId: { value: 'ada' },
  attributes: [
    { name: 'first', values: ['Ada', 'Augusta'] },
    { name: 'mail', values: [' ', 'ada@acme.example'] },
  ],
}
const ada: User = {
  id: 'user_ada',
  environmentId: connection.environmentId,
  connectionId: connection.id,
  username: 'ada',
  federatedId: undefined,
  userType: 'platform',
  firstName: undefined,
  lastName: undefined,
  email: undefined,
}
const key = { kind: 'username', value: 'ada' } as const

test('User Id Type says by what a person is found', () => {
  assert.deepEqual(keyOf(person, connection).key, key)
  const federated = placeOf(world, { userIdType: 'federated-id' }).connection
  assert.deepEqual(keyOf(person, federated).key, { kind: 'federated-id', value: 'ada' })
  assert.equal(keyOf({ attributes: [] }, connection).key, undefined)
})

test('a known user of this connection comes in', () => {
  const step = afterRecognising(ada, key, person, connection)
  assert.equal(step.next, 'open-session')
  assert.deepEqual(
    step.checks.map(({ code, outcome }) => [code, outcome]),
    [
      ['user-known', 'passed'],
      ['user-connection', 'passed'],
    ],
  )
})

for (const connectionId of [portal.id, undefined]) {
  test(`a user of ${connectionId === undefined ? 'no' : 'another'} connection is refused, whatever this one says`, () => {
    const step = afterRecognising({ ...ada, connectionId }, key, person, connection)
    assert.equal(step.next, 'refuse')
    assert.deepEqual(step.checks.at(-1)?.code, 'user-connection')
    assert.equal(step.checks.at(-1)?.outcome, 'failed')
    assert.match(step.checks.at(-1)?.received ?? '', connectionId === undefined ? /no connection/ : /^conn_/)
  })
}

test('an unknown person is refused with Create Users off, and made with it on', () => {
  const off = placeOf(world, { createUsers: { enabled: false } }).connection
  const refused = afterRecognising(undefined, key, person, off)
  assert.deepEqual([refused.next, refused.checks[0]?.received], ['refuse', 'none, and Create Users is off'])
  assert.equal(afterRecognising(undefined, key, person, connection).next, 'create-user')
})

test('a new user has the first value of each mapped attribute, and the default user type', () => {
  const attributes = { firstName: 'first', lastName: 'last', email: 'mail' }
  const createUsers = { enabled: true, attributes, defaults: { userType: 'site' } }
  const made = afterRecognising(undefined, key, person, placeOf(world, { createUsers }).connection)
  assert.ok(made.next === 'create-user')
  const { connectionId, ...user } = made.user
  assert.deepEqual(user, {
    username: 'ada',
    federatedId: undefined,
    userType: 'site',
    firstName: 'Ada',
    lastName: undefined,
    email: 'ada@acme.example',
  })
  assert.match(connectionId, /^conn_/)
})

test('a new user by federated id has it for both names', () => {
  const made = afterRecognising(undefined, { kind: 'federated-id', value: 'f-1' }, person, connection)
  assert.ok(made.next === 'create-user')
  assert.deepEqual([made.user.username, made.user.federatedId], ['f-1', 'f-1'])
})

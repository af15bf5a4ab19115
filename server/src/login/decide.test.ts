import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ResponseVerdict, uris } from '@sallyport/saml'
import { afterJudging, afterRecognising, identityOf, requestCheck } from '#login/decide.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import type { PendingLogin } from '#login/pending-logins.ts'
import { after, now, placeOf, testWorld, the } from '#login/test-place.ts'
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
  createdThrough: 'sso',
  accessProfileId: undefined,
  defaultApplicationId: undefined,
  deactivatedAt: undefined,
  version: 1,
}
const key = { kind: 'username', value: 'ada' } as const

test('User Id Type says by what a person is found', () => {
  assert.deepEqual(identityOf(person, connection).key, key)
  const federated = placeOf(world, { userIdType: 'federated-id' }).connection
  assert.deepEqual(identityOf(person, federated).key, { kind: 'federated-id', value: 'ada' })
  assert.equal(identityOf({ attributes: [] }, connection).key, undefined)
})

test('a known user of this connection comes in', () => {
  const step = afterRecognising(ada, key, connection)
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
    const step = afterRecognising({ ...ada, connectionId }, key, connection)
    assert.equal(step.next, 'refuse')
    assert.deepEqual(step.checks.at(-1)?.code, 'user-connection')
    assert.equal(step.checks.at(-1)?.outcome, 'failed')
    assert.match(step.checks.at(-1)?.received ?? '', connectionId === undefined ? /no connection/ : /^conn_/)
  })
}

test('an unknown person is refused with Create Users off, and made with it on', () => {
  const off = placeOf(world, { createUsers: { enabled: false } }).connection
  const refused = afterRecognising(undefined, key, off)
  assert.deepEqual([refused.next, refused.checks[0]?.received], ['refuse', 'none, and Create Users is off'])
  assert.equal(afterRecognising(undefined, key, connection).next, 'create-user')
})

test('a new user by federated id has it for both names', () => {
  const federated = placeOf(world, { userIdType: 'federated-id' }).connection
  const { username, federatedId, attribute } = the(identityOf(person, federated).identity)
  assert.deepEqual([username, federatedId, attribute], ['ada', 'ada', 'NameID'])
})

const byUid = { userIdLocation: 'attribute', userIdAttribute: 'uid' } as const

test('without a user id the person is known by a lasting NameID, where Create Users is on', () => {
  const on = placeOf(world, byUid).connection
  const empty = { ...person, attributes: [{ name: 'uid', values: [' '] }] }
  for (const found of [identityOf(person, on), identityOf(empty, on)]) {
    assert.deepEqual(found.key, { kind: 'name-id', connectionId: on.id, value: '[null,null,null,"ada"]' })
    assert.equal(found.identity?.username, 'ada')
    assert.equal(found.check.outcome, 'passed')
  }
  const off = placeOf(world, { ...byUid, createUsers: { enabled: false } }).connection
  const two = { ...person, attributes: [{ name: 'uid', values: ['a', 'b'] }] }
  const transient = { ...person, nameId: { value: '_x', format: uris.nameId.transient } }
  for (const [who, connection] of [
    [person, off],
    [two, on],
    [transient, on],
    [{ attributes: [] }, on],
  ] as const) {
    assert.deepEqual(
      [identityOf(who, connection).key, identityOf(who, connection).check.outcome],
      [undefined, 'failed'],
    )
  }
})

test('a NameID is another one in another format or of another qualifier', () => {
  const on = placeOf(world, byUid).connection
  const keyWith = (nameId: Person['nameId']) => identityOf({ nameId, attributes: [] }, on).key?.value
  const keys = [
    keyWith({ value: 'ada' }),
    keyWith({ value: 'ada', format: uris.nameId.persistent }),
    keyWith({ value: 'ada', nameQualifier: 'idp' }),
    keyWith({ value: 'ada', spNameQualifier: 'idp' }),
  ]
  assert.equal(new Set(keys).size, 4)
})

test('a deactivated user does not come in', () => {
  const step = afterRecognising({ ...ada, deactivatedAt: now }, key, connection)
  assert.deepEqual([step.next, step.checks.at(-1)?.code], ['refuse', 'user-active'])
})

test('whom nobody speaks for is bound where the username is in a domain of the connection', () => {
  const { connection } = placeOf(world, { usernameDomains: ['acme.example'] })
  const unbound = (username: string): User => ({ ...ada, connectionId: undefined, username })
  for (const username of ['ada@acme.example', 'ada@ACME.example', 'a@b@acme.example']) {
    const step = afterRecognising(unbound(username), key, connection)
    assert.ok(step.next === 'open-session' && step.bind, username)
  }
  for (const username of [
    'ada',
    'acme.example',
    'ada@sub.acme.example',
    'ada@acme.example.org',
    'ada@acme.example@x',
  ]) {
    assert.equal(afterRecognising(unbound(username), key, connection).next, 'refuse', username)
  }
})

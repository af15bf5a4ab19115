// The decisions of a sign-in, apart from reading and writing: what was found goes in, what comes next comes out.

import type { Claims, ResponseVerdict } from '@sallyport/saml'
import type { Connection } from '#connections/connections.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import type { PendingLogin } from '#login/pending-logins.ts'
import { userIdOf, valuesOf } from '#login/user-id.ts'
import type { Person } from '#login/verified-responses.ts'
import type { NewUser, User, UserKey } from '#users/users.ts'

/** Whether somebody here waits for the answer: asked before it is judged, since it says which request it must name. */
export function requestCheck(found: {
  readonly pending: PendingLogin | undefined
  readonly relayState: string | undefined
  readonly connection: Connection
  readonly unsolicited: boolean
  readonly now: Date
}): AnyCheck {
  const { pending, relayState, connection, unsolicited, now } = found
  const expected = 'an open sign-in with this RelayState, for this connection'
  const check = { code: 'request-open', about: 'message', expected } as const
  if (pending === undefined) {
    if (unsolicited && connection.settings.idpInitiated) {
      return { code: 'request-open', about: 'message', outcome: 'passed', received: 'begun at the identity provider' }
    }
    const received = relayState === undefined ? 'no RelayState' : 'a RelayState that belongs to no sign-in'
    return { ...check, outcome: 'failed', received }
  }
  if (pending.connectionId !== connection.id)
    return { ...check, outcome: 'failed', received: 'one of another connection' }
  if (pending.expiresAt <= now && pending.takenAt === undefined) {
    return { ...check, outcome: 'failed', received: `one that expired at ${pending.expiresAt.toISOString()}` }
  }
  return { ...check, outcome: 'passed', received: `begun at ${pending.createdAt.toISOString()}` }
}

export type AfterJudging =
  | { readonly next: 'refuse'; readonly checks: readonly AnyCheck[] }
  | { readonly next: 'take'; readonly checks: readonly AnyCheck[]; readonly claims: Claims }

/** After the message was judged: is there anything left to ask but whether it is new? */
export function afterJudging(verdict: ResponseVerdict, own: readonly AnyCheck[]): AfterJudging {
  const checks = [...verdict.checks, ...own]
  return verdict.claims !== undefined && own.every(({ outcome }) => outcome === 'passed')
    ? { next: 'take', checks, claims: verdict.claims }
    : { next: 'refuse', checks }
}

export type AfterRecognising =
  | { readonly next: 'refuse'; readonly checks: readonly AnyCheck[] }
  | { readonly next: 'open-session'; readonly checks: readonly AnyCheck[]; readonly user: User }
  | { readonly next: 'create-user'; readonly checks: readonly AnyCheck[]; readonly user: NewUser }

/** By what the person is found; the check says so where there is no telling. */
export function keyOf(person: Person, connection: Connection): { readonly check: AnyCheck; readonly key?: UserKey } {
  const { check, userId } = userIdOf(person, connection.settings)
  if (userId === undefined) return { check }
  const kind = connection.settings.userIdType === 'federated-id' ? 'federated-id' : 'username'
  return { check, key: { kind, value: userId } }
}

/** After looking for the user: who comes in, who is made, who is refused. */
export function afterRecognising(
  user: User | undefined,
  key: UserKey,
  person: Person,
  connection: Connection,
): AfterRecognising {
  const expected = `a user whose ${key.kind === 'username' ? 'username' : 'federated id'} is ${key.value}`
  const known = { code: 'user-known', about: 'assertion', expected } as const
  if (user === undefined) {
    if (!connection.settings.createUsers.enabled) {
      return { next: 'refuse', checks: [{ ...known, outcome: 'failed', received: 'none, and Create Users is off' }] }
    }
    const made: AnyCheck = { ...known, outcome: 'passed', received: 'none: made now, as Create Users is on' }
    return { next: 'create-user', checks: [made], user: newUser(key, person, connection) }
  }
  const found: AnyCheck = { ...known, outcome: 'passed', received: user.id }
  const bound = { code: 'user-connection', about: 'assertion', expected: connection.id } as const
  if (user.connectionId !== connection.id) {
    const received = user.connectionId ?? 'a user who belongs to no connection'
    return { next: 'refuse', checks: [found, { ...bound, outcome: 'failed', received }] }
  }
  return { next: 'open-session', checks: [found, { ...bound, outcome: 'passed', received: user.connectionId }], user }
}

function newUser(key: UserKey, person: Person, connection: Connection): NewUser {
  const { attributes, defaults } = connection.settings.createUsers
  const first = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : valuesOf(person, name)[0]
  return {
    connectionId: connection.id,
    username: key.value,
    federatedId: key.kind === 'federated-id' ? key.value : undefined,
    userType: defaults.userType,
    firstName: first(attributes.firstName),
    lastName: first(attributes.lastName),
    email: first(attributes.email),
  }
}

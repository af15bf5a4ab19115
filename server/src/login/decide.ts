// The decisions of a sign-in, apart from reading and writing: what was found goes in, what comes next comes out.

import type { Claims, ResponseVerdict } from '@sallyport/saml'
import type { Connection } from '#connections/connections.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import type { PendingLogin } from '#login/pending-logins.ts'
import { lacksUserId, lastingNameId, userIdOf } from '#login/user-id.ts'
import type { Person } from '#login/verified-responses.ts'
import type { Identity } from '#provisioning/create-account.ts'
import type { User, UserKey } from '#users/users.ts'

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

/** By what the person is found; the check says so where there is no telling. */
export function identityOf(
  person: Person,
  connection: Connection,
): { readonly check: AnyCheck; readonly key?: UserKey; readonly identity?: Identity } {
  const { settings } = connection
  const { check, userId } = userIdOf(person, settings)
  if (userId !== undefined) {
    const attribute = settings.userIdLocation === 'subject' ? 'NameID' : (settings.userIdAttribute ?? '')
    return settings.userIdType === 'federated-id'
      ? {
          check,
          key: { kind: 'federated-id', value: userId },
          identity: { username: userId, federatedId: userId, attribute },
        }
      : { check, key: { kind: 'username', value: userId }, identity: { username: userId, attribute } }
  }
  // Attribute for User ID is absent or empty: with Create Users on the person is known by the NameID instead.
  const nameId = settings.userIdLocation === 'attribute' ? lastingNameId(person) : undefined
  if (nameId === undefined || !settings.createUsers.enabled || !lacksUserId(person, settings)) return { check }
  return {
    check: { ...check, outcome: 'passed', received: `no value; known by the Name ID ${nameId.value} instead` },
    key: { kind: 'name-id', connectionId: connection.id, value: nameId.key },
    identity: { username: nameId.value, nameIdKey: nameId.key, attribute: 'NameID' },
  }
}

export type AfterRecognising =
  | { readonly next: 'refuse'; readonly checks: readonly AnyCheck[] }
  | { readonly next: 'open-session'; readonly checks: readonly AnyCheck[]; readonly user: User; readonly bind: boolean }
  | { readonly next: 'create-user'; readonly checks: readonly AnyCheck[] }

/** After looking for the user: who comes in, who is made, who is refused. */
export function afterRecognising(user: User | undefined, key: UserKey, connection: Connection): AfterRecognising {
  const known = {
    code: 'user-known',
    about: 'assertion',
    expected: `a user whose ${wordsOf[key.kind]} is ${key.value}`,
  } as const
  if (user === undefined) {
    if (!connection.settings.createUsers.enabled) {
      return { next: 'refuse', checks: [{ ...known, outcome: 'failed', received: 'none, and Create Users is off' }] }
    }
    return { next: 'create-user', checks: [{ ...known, outcome: 'passed', received: madeNow }] }
  }
  const found: AnyCheck = { ...known, outcome: 'passed', received: user.id }
  const { check: bound, bind } = boundCheck(user, connection)
  if (bound.outcome === 'failed') return { next: 'refuse', checks: [found, bound] }
  if (user.deactivatedAt !== undefined) {
    const received = `deactivated at ${user.deactivatedAt.toISOString()}`
    const active = {
      code: 'user-active',
      outcome: 'failed',
      about: 'assertion',
      expected: 'an active user',
      received,
    } as const
    return { next: 'refuse', checks: [found, bound, active] }
  }
  return { next: 'open-session', checks: [found, bound], user, bind }
}

const madeNow = 'none: made now, as Create Users is on'

const wordsOf: Readonly<Record<UserKey['kind'], string>> = {
  username: 'username',
  'federated-id': 'federated id',
  'name-id': 'Name ID of this connection',
}

// One identity provider does not speak for another's people. Whom nobody speaks for yet, and whose username is in a domain
// of this connection, is bound to it from now on.
function boundCheck(user: User, connection: Connection): { readonly check: AnyCheck; readonly bind: boolean } {
  const bound = { code: 'user-connection', about: 'assertion', expected: connection.id } as const
  if (user.connectionId === connection.id) {
    return { check: { ...bound, outcome: 'passed', received: user.connectionId }, bind: false }
  }
  if (user.connectionId !== undefined) {
    return { check: { ...bound, outcome: 'failed', received: user.connectionId }, bind: false }
  }
  const domain = domainOf(user.username)
  if (domain !== undefined && connection.settings.usernameDomains.includes(domain)) {
    return {
      check: { ...bound, outcome: 'passed', received: `none until now; ${domain} is of this connection` },
      bind: true,
    }
  }
  const received = 'a user who belongs to no connection, and whose username is in none of its domains'
  return { check: { ...bound, outcome: 'failed', received }, bind: false }
}

function domainOf(username: string): string | undefined {
  const at = username.lastIndexOf('@')
  return at === -1 ? undefined : username.slice(at + 1).toLowerCase()
}

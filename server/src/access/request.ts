import type { Id } from '#config/world.ts'
import type { Account } from '#users/accounts.ts'

export const actions = ['sign-in', 'authorize', 'call'] as const
export const clientKinds = ['web', 'native', 'single-page', 'machine'] as const
export const purposes = ['media-helper', 'mobile'] as const

export type Action = (typeof actions)[number]
export type Purpose = (typeof purposes)[number]

/** Values by name. */
export type Attributes = Readonly<Record<string, readonly string[]>>

export type AccessUser = {
  readonly id: string
  readonly type: 'platform' | 'site'
  readonly teams: readonly string[]
  /** Each as `Application:Role`. */
  readonly roles: readonly string[]
  readonly accessProfile?: string | undefined
  /** Of the assertion; undefined: those of the session that is named. */
  readonly attributes?: Attributes | undefined
}

export type AccessClient = {
  readonly id: string
  readonly kind: (typeof clientKinds)[number]
  readonly purpose?: Purpose | undefined
}

/** Somebody, or some program, wants something. */
export type AccessRequest = {
  readonly action: Action
  /** Absent where a program asks for itself. */
  readonly user?: AccessUser | undefined
  /** Where what the assertion said of the user was kept. */
  readonly sessionId?: Id<'sess'> | undefined
  readonly client?: AccessClient | undefined
  readonly context: {
    readonly address: string
    readonly at: Date
    readonly authnContext?: string | undefined
    readonly sessionAgeSeconds?: number | undefined
    /** Undefined: the assertion said nothing of clients, so all are allowed. */
    readonly authorizedClientIds?: readonly string[] | undefined
  }
}

export function accessUserOf({ user, teams, applications, accessProfileName }: Account): AccessUser {
  return {
    id: user.id,
    type: user.userType,
    teams: teams.map(({ name }) => name),
    roles: applications.flatMap(({ name, roles }) => roles.map((role) => `${name}:${role.name}`)),
    accessProfile: accessProfileName,
  }
}

/** An attribute may be there several times. */
export function attributesOf(
  given: readonly { readonly name: string; readonly values: readonly string[] }[],
): Attributes {
  const byName = Map.groupBy(given, ({ name }) => name)
  return Object.fromEntries([...byName].map(([name, all]) => [name, all.flatMap(({ values }) => values)]))
}
